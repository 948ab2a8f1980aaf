"""Answers for universal_extension where the real package is not installed.

It has the public interface that the product documents for extensions, so that
one made for a Universal Agent also runs without. There is no Controller here:
what an extension tells it (output fields, events) is logged.
"""
from collections import namedtuple

from . import deco, event, ui  # noqa: F401
from ._tell import logger

__all__ = ["ExtensionResult", "RequestType", "UniversalExtension", "deco", "event", "logger", "ui"]


class RequestType(object):
    """The kind of work that an extension was started for."""

    EXTENSION_START = "EXTENSION_START"
    DYNAMIC_CHOICE = "DYNAMIC_CHOICE"
    DYNAMIC_COMMAND = "DYNAMIC_COMMAND"


class ExtensionResult(object):
    """What an operation of an extension returns.

    The meaning of the parameters depends on the operation: extension_start has
    output_fields and unv_output, a dynamic choice values, a dynamic command
    output, output_data and output_name. All have rc and message.
    """

    def __init__(self, rc=0, message="", output_fields=None, unv_output=None,
                 values=None, output=False, output_data=None, output_name=None, **kwargs):
        self.rc = rc
        self.message = message
        self.output_fields = output_fields
        self.unv_output = unv_output
        self.values = values
        self.output = output
        self.output_data = output_data
        self.output_name = output_name
        for name, value in kwargs.items():
            setattr(self, name, value)


class Uip(object):
    """What the product tells of a task instance; outside of it, nothing."""

    def __init__(self):
        self.task_variables = {}
        self.is_triggered = False
        self.trigger_id = ""
        self.instance_id = ""
        self.monitor_id = ""
        self.request_type = RequestType.EXTENSION_START


class UniversalExtension(object):
    """The base class of an extension."""

    ExtensionConfig = namedtuple("ExtensionConfig", ["meter_provider", "tracer_provider"])
    uip = Uip()
    log = logger

    # Whether the extension made an instance of itself, as one does that also
    # has code for being started as a script.
    axle_made = False

    def __new__(cls, *args, **kwargs):
        UniversalExtension.axle_made = True
        return super(UniversalExtension, cls).__new__(cls)

    def __init__(self):
        pass

    def extension_start(self, fields):
        """Do the work of a task instance; returns an ExtensionResult."""
        raise NotImplementedError("extension_start of %s" % type(self).__name__)

    def extension_cancel(self):
        """End the work early."""

    def update_extension_status(self, fields):
        """The older name of ui.update_output_fields."""
        ui.update_output_fields(fields)


UniversalExtension.ExtensionConfig.__new__.__defaults__ = (None, None)
