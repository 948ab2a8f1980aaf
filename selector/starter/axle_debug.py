"""Lets a debugger attach to an extension: axle run --debugpy PORT."""
import os
import sys

HOST = "127.0.0.1"


def listen(option, fail):
    """Listen with debugpy; option is PORT, or PORT,wait to wait for the debugger."""
    port, _, wait = option.partition(",")
    try:
        debugpy = find()
    except ImportError as e:
        fail(8, "debugpy cannot be imported for --debugpy: %s" % e,
             "add debugpy to requirements.txt, then: axle build, axle deploy; or install it for %s" % sys.executable)
    try:
        debugpy.listen((HOST, int(port)))
    except Exception as e:
        fail(2, "debugpy cannot listen on %s:%s: %s" % (HOST, port, e), "is the port in use? choose another: --debugpy PORT")
    sys.stderr.write("debugpy: listening on %s:%s%s\n" % (HOST, port, ", waiting for a debugger" if wait else ""))
    sys.stderr.flush()
    if wait:
        debugpy.wait_for_client()


def find():
    """That of the extension's package, or else the interpreter's own, alone."""
    try:
        import debugpy
        return debugpy
    except ImportError:
        import site
        places = [p for p in site.getsitepackages() if os.path.isdir(os.path.join(p, "debugpy"))]
        if not places:
            raise
    before = sys.path[:]
    sys.path.extend(places)
    try:
        import debugpy
        import debugpy.server.api  # noqa: F401
        return debugpy
    finally:
        sys.path[:] = [p for p in sys.path if p in before or p not in places]
