"""The logger of an extension: standard error, as with the product."""
import logging
import os
import sys

LEVELS = {"CRITICAL": 50, "ERROR": 40, "WARNING": 30, "INFO": 20, "DEBUG": 10, "TRACE": 5}


def make():
    made = logging.getLogger("UNV")
    if not made.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        made.addHandler(handler)
        made.setLevel(LEVELS.get(os.environ.get("AXLE_LOG_LEVEL", "").upper(), logging.INFO))
        made.propagate = False
    return made


logger = make()
