# Starts an extension under the interpreter that was chosen for it.
#
#   boot.py CODE FIELDS COUNT PATH... PTH_COUNT PTH... ARGUMENT...
#
# CODE is the folder or zip of the extension, PATH are the entries that come
# first on sys.path, PTH are .pth files. It runs on Python 2.7 and 3.4+ and
# imports as little as it can: it is part of every start.
import sys


def add_pth(path):
    """Honour a .pth file as the documentation of the site module has it."""
    import io
    import os
    folder = os.path.dirname(path)
    try:
        with io.open(path, encoding="utf-8-sig") as f:
            lines = f.read().splitlines()
    except (IOError, OSError, UnicodeDecodeError) as e:
        sys.stderr.write("axle: %s: %s\n" % (path, e))
        return
    for line in lines:
        line = line.rstrip()
        if not line or line.startswith("#"):
            continue
        if line.startswith(("import ", "import\t")):
            try:
                exec(line, {"__name__": "axle_pth", "__file__": path})
            except Exception as e:
                sys.stderr.write("axle: %s: %r: %s\n" % (path, line, e))
            continue
        entry = os.path.join(folder, line)
        if entry not in sys.path and os.path.exists(entry):
            sys.path.append(entry)


def add_builtins():
    """Give what the site module would: exit, quit, help, license, credits."""
    if sys.version_info[0] > 2:
        import site
        for name in ("setquit", "setcopyright", "sethelper"):
            try:
                getattr(site, name)()
            except Exception:
                pass
        return
    import __builtin__

    class Quitter(object):
        def __call__(self, code=None):
            raise SystemExit(code)
    __builtin__.exit = __builtin__.quit = Quitter()


def load(code):
    """The code object of extension.py, and its path."""
    import os
    path = os.path.join(code, "extension.py")
    if os.path.isdir(code):
        with open(path, "rb") as f:
            return compile(f.read(), path, "exec", dont_inherit=True), path, None
    import zipimport
    loader = zipimport.zipimporter(code)
    return loader.get_code("extension"), path, loader


def start():
    argv = sys.argv[1:]
    code, fields = argv[0], argv[1]
    count = int(argv[2])
    paths, argv = argv[3:3 + count], argv[3 + count:]
    count = int(argv[0])
    pths, argv = argv[1:1 + count], argv[1 + count:]
    # The folder of this file was put first by the interpreter itself.
    # What the site module added, where it had to run, is the host's.
    host = [p for p in sys.path[1:] if not p.endswith(("site-packages", "dist-packages"))]
    sys.path[:] = paths[:-1] + host
    sys.path.append(paths[-1])
    add_builtins()
    for path in pths:
        add_pth(path)
    program, path, loader = load(code)
    sys.argv = [path] + argv
    main = sys.modules["__main__"].__dict__
    for name in list(main):
        if not name.startswith("__"):
            del main[name]
    main.update(__file__=path, __loader__=loader, __spec__=None, __package__=None, __cached__=None)
    exec(program, main)
    after(main, fields)


def after(main, fields):
    """Start an extension that is a class for the Universal Agent."""
    shim = sys.modules.get("universal_extension")
    if shim is not None and hasattr(shim, "axle_start"):
        shim.axle_start(main.get("Extension"), fields)


start()
