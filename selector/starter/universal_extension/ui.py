"""What an extension shows of itself while it runs."""
from ._tell import logger


def update_output_fields(fields):
    """Set output fields of the task instance; here they are logged."""
    if not isinstance(fields, dict):
        raise ValueError("fields: a dict is needed, not %s" % type(fields).__name__)
    logger.info("output fields: %s", fields)
