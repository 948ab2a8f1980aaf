"""Starts an extension that is a class for the Universal Agent."""
import json
import os
import signal
import sys


def start(cls):
    """Call extension_start with the fields, print the result, end with its rc."""
    base = getattr(sys.modules.get("universal_extension"), "UniversalExtension", None)
    if getattr(base, "axle_made", False):
        return  # it started itself
    values = fields()
    if hasattr(cls, "extension_new"):
        cls.extension_new(values)
    instance = cls()
    listen(instance)
    rc = report(instance.extension_start(values))
    sys.stdout.flush()
    if rc:
        # Systems keep eight bits: what they cannot say must not look like 0.
        sys.exit(rc if 0 < rc < 256 else 255)


def fields():
    """The fields, from where axle run put them; children do not see them."""
    text, name = os.environ.pop("AXLE_FIELDS", None), os.environ.pop("AXLE_FIELDS_FILE", None)
    if name:
        with open(name, "rb") as f:
            text = f.read().decode("utf-8-sig")
    return json.loads(text) if text else {}


def listen(instance):
    """Let the request to end reach extension_cancel, where there is one of its own."""
    cancel = getattr(type(instance), "extension_cancel", None)
    base = getattr(sys.modules.get("universal_extension"), "UniversalExtension", None)
    if cancel is None or cancel is getattr(base, "extension_cancel", None) or not hasattr(signal, "SIGTERM"):
        return
    if sys.version_info[0] == 2 and base is not None and cancel.__func__ is base.extension_cancel.__func__:
        return
    signal.signal(signal.SIGTERM, lambda number, frame: instance.extension_cancel())


def report(result):
    """Print what an operation returned, as one line of JSON, and give its rc."""
    names = ("rc", "message", "output_fields", "unv_output")
    said = dict((name, getattr(result, name, None)) for name in names)
    if result is not None and said["rc"] is None:
        raise TypeError("extension_start returned %s, and not an ExtensionResult" % type(result).__name__)
    said["rc"] = int(said["rc"] or 0)
    said["message"] = said["message"] or ""
    print(json.dumps(said, sort_keys=True, default=str))
    return said["rc"]
