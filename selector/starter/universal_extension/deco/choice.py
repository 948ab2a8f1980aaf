"""The decorator of dynamic choices, by its other address."""
from . import dynamic_choice_command  # noqa: F401
