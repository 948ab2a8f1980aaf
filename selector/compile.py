# Makes byte code of the files whose names come on standard input, in the folder
# it is started in. They will be moved to the folder that is its argument.
# An empty line ends a batch, which is answered with a line. Files that do not
# compile (templates, code for another Python) are left alone.
import os
import py_compile
import sys

final = sys.argv[1]
lines = getattr(sys.stdin, "buffer", sys.stdin)
options = {"doraise": True}
if hasattr(py_compile, "PycInvalidationMode"):
    options["invalidation_mode"] = py_compile.PycInvalidationMode.TIMESTAMP

for line in iter(lines.readline, b""):
    name = line.rstrip(b"\n")
    if not name:
        sys.stdout.write("\n")
        sys.stdout.flush()
        continue
    if not isinstance(name, str) or os.name == "nt":
        name = name.decode("utf-8") if os.name == "nt" else os.fsdecode(name)
    try:
        py_compile.compile(name, dfile=os.path.join(final, name), **options)
    except Exception:
        pass
