# Starts an extension under the interpreter of its deployment. axle wrote it, and
# axle run starts it; by hand: INTERPRETER -s -S -B boot.py ARGUMENTS
# Python 2.7, and 3.4 or later.
import sys

SEP = "\\" if sys.platform == "win32" else "/"
BOOT = __file__
if not BOOT.startswith(SEP) and BOOT[1:3] != ":\\":
    import os
    BOOT = os.path.abspath(BOOT)

# The starter comes from a folder beside those of the packages. Of the path that
# the interpreter made, the first entry is the folder of this file.
host = sys.path[:] if getattr(sys.flags, "safe_path", False) else sys.path[1:]
starter = SEP.join([BOOT.rsplit(SEP, 4)[0], "p", str("@starter@")])
axle_start = None
if @cached@:
    # Its byte code alone, without a search along the path: half of this start.
    try:
        import marshal
        with open(SEP.join([starter, "__pycache__", @cached@]), "rb") as f:
            code = f.read()
        if code[:4] == sys.modules["_frozen_importlib_external"].MAGIC_NUMBER:
            axle_start = type(sys)("axle_start")
            exec(marshal.loads(code[16:]), axle_start.__dict__)
    except Exception:
        axle_start = None
if axle_start is None:
    sys.path[:] = [starter] + host
    import axle_start

# Paths are relative to the root folder, or to the extension's code.
program, main = axle_start.prepare(
    boot=BOOT, host=host, starter=starter, code="@code@", package="@package@", pth=["@pth@"], extra=["@extra@"],
    version=["@version@"], again="@again@")
exec(program, main)
axle_start.finish(main)
