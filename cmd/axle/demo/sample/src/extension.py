"""The sample extension of axle demo: says which files it was given."""
import sys

import kiln
import palette

try:
    import oldnotes
except ImportError:
    oldnotes = None


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else "axle"
    print("Hello %s, from Python %d.%d" % ((name,) + sys.version_info[:2]))
    print("  kiln %s was built for %s" % (kiln.__version__, kiln.BUILT_FOR))
    print("  palette %s is the same everywhere: %s" % (palette.__version__, ", ".join(palette.COLOURS)))
    if oldnotes is None:
        print("  oldnotes is for Python below 3.11, so it is not here")
    else:
        print("  oldnotes %s is here, since this Python is below 3.11" % oldnotes.__version__)


if __name__ == "__main__":
    main()
