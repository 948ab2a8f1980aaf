# Imports modules, whose names come on standard input, with the path that an
# extension has. Arguments: the folder of the package and that of the starter.
# What fails is said on standard output: the name, a tab, the exception.
# A name that begins a line alone is being imported: it says what did not return.
import os
import sys

package, starter = sys.argv[1], sys.argv[2]
names = sys.stdin.read().split("\n")
host = sys.path[:] if getattr(sys.flags, "safe_path", False) else sys.path[1:]
sys.path[:] = [starter] + host
import axle_start  # noqa: E402

sys.path[:] = axle_start.without_site(host) + [package]
axle_start.add_builtins()
for pth in sorted(n for n in os.listdir(package) if n.endswith(".pth") and not n.startswith(".")):
    axle_start.add_pth(package, pth)
sys.path.append(starter)

# What modules print is not ours; they may even close or replace sys.stdout.
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for name in names:
    if not name:
        continue
    out.write(name + "\n")
    out.flush()
    try:
        __import__(name)
    except BaseException as e:
        text = " ".join(str(e).split())
        line = "%s\t%s: %s\n" % (name, type(e).__name__, text)
        out.write(line if sys.version_info[0] == 2 else line.encode("ascii", "backslashreplace").decode())
        out.flush()
out.write("\n")
out.flush()
os._exit(0)
