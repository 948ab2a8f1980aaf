"""The decorator of dynamic commands, by its other address."""
from . import dynamic_command  # noqa: F401
