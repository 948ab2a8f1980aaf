"""Answers for universal_extension where the real module is not installed.

Enough of its public interface for an extension to be started outside a
Universal Agent: UniversalExtension, ExtensionResult, logger, ui.
"""
from __future__ import print_function

import logging
import sys

logger = logging.getLogger("universal_extension")
if not logger.handlers:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)


class ExtensionResult(object):
    """What extension_start returns."""

    def __init__(self, rc=0, message="", unv_output=None, output_fields=None, values=None):
        self.rc = rc
        self.message = message
        self.unv_output = unv_output
        self.output_fields = output_fields or {}
        self.values = values


class UniversalExtension(object):
    """The base class of an extension."""

    def extension_start(self, fields):
        raise NotImplementedError("extension_start")

    def extension_cancel(self):
        pass


class _Ui(object):
    """Calls that tell the Controller something; here they are logged."""

    @staticmethod
    def update_output_fields(fields):
        logger.info("output fields: %s", fields)

    @staticmethod
    def update_progress(percent):
        logger.info("progress: %s", percent)


ui = _Ui()


def axle_start(cls, fields):
    """Start an extension class with fields (JSON text) and print its result."""
    import json
    if not (isinstance(cls, type) and issubclass(cls, UniversalExtension)):
        return
    result = cls().extension_start(json.loads(fields) if fields else {})
    if not isinstance(result, ExtensionResult):
        return
    print(json.dumps({
        "rc": result.rc, "message": result.message, "unv_output": result.unv_output,
        "output_fields": result.output_fields,
    }, default=str))
    sys.stdout.flush()
    if result.rc:
        sys.exit(result.rc)
