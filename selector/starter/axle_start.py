"""Makes the path and the __main__ of an extension; boot.py of a deployment calls it.

Python 2.7, and 3.4 or later. It imports as little as it can: it is part of
every start.
"""
import sys

SEP = "\\" if sys.platform == "win32" else "/"


def native(text):
    """A path as this Python has paths: axle writes them in UTF-8, whatever the locale."""
    if SEP == "\\":
        text = text.encode("mbcs") if sys.version_info[0] == 2 else text
        return text.replace("/", SEP)
    name = text.encode("utf-8")
    return name if sys.version_info[0] == 2 else name.decode(sys.getfilesystemencoding(), "surrogateescape")


def under(base, path):
    path = native(path)
    if not path:
        return base
    if path.startswith(SEP) or path[1:2] == ":":
        return path
    return base + SEP + path


def fail(boot, code, message, again, hint=None):
    """End as axle does with what it cannot run."""
    name = boot.rsplit(SEP, 3)[1]  # ROOT/e/NAME/ID/boot.py
    text = "error: %s: %s\nhint: %s\n" % (name, message, hint or "deploy again with: axle deploy " + native(again))
    sys.stderr.write(text if sys.version_info[0] == 2 else text.encode("ascii", "backslashreplace").decode())
    raise SystemExit(code)


def without_site(path):
    """The interpreter's own library: where the site module had to run, its additions are the host's."""
    if sys.flags.no_site:
        return path
    names = ("prefix", "exec_prefix", "base_prefix", "base_exec_prefix", "real_prefix")
    prefixes = [getattr(sys, name).rstrip(SEP) + SEP for name in names if getattr(sys, name, None)]

    def of_library(entry):
        inside = [entry[len(p):] for p in prefixes if entry.startswith(p)]
        return bool(inside) and not any("site-packages" in part or "dist-packages" in part for part in inside)

    return [entry for entry in path if of_library(entry)]


def add_builtins():
    """Give what the site module would: exit, quit and help."""
    if not sys.flags.no_site:
        return
    if sys.version_info[0] == 2:
        return add_site()
    try:
        import _sitebuiltins
    except ImportError:
        return
    import builtins
    eof = "Ctrl-Z plus Return" if SEP == "\\" else "Ctrl-D (i.e. EOF)"
    builtins.quit = _sitebuiltins.Quitter("quit", eof)
    builtins.exit = _sitebuiltins.Quitter("exit", eof)
    builtins.help = _sitebuiltins._Helper()


def add_site():
    """Python 2 runs the site module whenever it is imported: here it finds nothing."""
    path, prefixes = sys.path[:], (sys.prefix, sys.exec_prefix)
    sys.modules["sitecustomize"] = sys.modules[__name__]
    sys.prefix = sys.exec_prefix = SEP + "nowhere"
    try:
        import site  # noqa: F401
    except Exception:
        pass
    sys.prefix, sys.exec_prefix = prefixes
    sys.path[:] = path
    del sys.modules["sitecustomize"]


def add_pth(sitedir, name):
    """Honour a .pth file as the site module does. Some look for sitedir by that name."""
    import io
    import os
    path = os.path.join(sitedir, name)
    try:
        with io.open(path, encoding="utf-8-sig") as f:
            lines = f.read().splitlines()
    except (IOError, OSError, UnicodeDecodeError) as e:
        sys.stderr.write("warning: %s: %s\n" % (path, e))
        return
    for number, line in enumerate(lines, 1):
        line = line.rstrip()
        if not line or line.startswith("#"):
            continue
        try:
            if line.startswith(("import ", "import\t")):
                exec(line, {"__name__": "axle_pth"})
                continue
            entry = os.path.abspath(os.path.join(sitedir, native(line)))
            if entry not in sys.path and os.path.exists(entry):
                sys.path.append(entry)
        except Exception as e:
            sys.stderr.write("warning: %s, line %d: %s: %s; the rest of the file is left out\n" % (path, number, type(e).__name__, e))
            return


def find(code):
    """The code object of extension.py, and what __main__ is to know of itself."""
    if sys.version_info[0] == 2:
        return find_old(code)
    for finder in sys.meta_path:
        spec = finder.find_spec("extension", [code]) if hasattr(finder, "find_spec") else None
        if spec is not None:
            break
    else:
        return None, None
    # With a spec, as with python -m, multiprocessing finds it again.
    path = spec.loader.get_filename("extension")
    return spec.loader.get_code("extension"), {
        "__file__": path, "__cached__": spec.cached, "__loader__": spec.loader, "__spec__": spec, "__package__": "",
    }


def find_old(code):
    path = code + SEP + "extension.py"
    if code.endswith(".zip"):
        import zipimport
        loader = zipimport.zipimporter(code)
        return loader.get_code("extension"), {"__file__": path, "__loader__": loader, "__package__": None}
    with open(path, "rU") as f:
        source = f.read()
    return compile(source, path, "exec", 0, True), {"__file__": path, "__package__": None}


def show_without(boot):
    """Make a hook that prints an error as if what starts the extension were not there."""
    here = (boot, boot[:-1], show_without.__code__.co_filename)  # boot.py may run as boot.pyc

    def ours(frame):
        name = frame.f_code.co_filename
        return name in here or name.startswith("<frozen ") or name.endswith(SEP + "axle_extension.py")

    def show(kind, value, tb):
        inside = tb
        while inside is not None and ours(inside.tb_frame):
            inside = inside.tb_next
        if inside is not None or kind is SyntaxError:
            tb = inside
        if hasattr(value, "with_traceback"):
            value = value.with_traceback(tb)
        sys.__excepthook__(kind, value, tb)

    return show


# So many objects that can be part of a cycle are made before the first search for garbage.
PATIENCE = 50000


def relax_collector():
    """Let the first search for garbage wait; from then on they come as usual.

    Imports make many objects and no garbage: those of requests and cryptography
    take a twentieth less time. An unreachable cycle notices the first search.
    """
    implementation = getattr(sys, "implementation", None)
    if implementation is None or implementation.name != "cpython":
        return
    import gc
    usual, set_threshold = gc.get_threshold(), gc.set_threshold
    if not 0 < usual[0] < PATIENCE:
        return

    class Noticed(object):
        def __del__(self, get_threshold=gc.get_threshold):
            if get_threshold()[0] == PATIENCE:  # or else the extension has set its own
                set_threshold(*usual)

    noticed = Noticed()
    noticed.cycle = noticed
    set_threshold(PATIENCE, *usual[1:])


def prepare(boot, host, starter, code, package, pth, extra, version, again):
    """Make the path, and a __main__ of the extension's own; gives its code and names."""
    sys.excepthook = show_without(boot)
    root = boot.rsplit(SEP, 4)[0]
    if list(sys.version_info[:3]) != version:
        fail(boot, 4, "its interpreter %s is Python %d.%d.%d now, and was %s at the deployment" % (
            (sys.executable,) + tuple(sys.version_info[:3]) + (".".join(str(n) for n in version),)), again)
    code = under(root, code)
    relax_collector()
    # The extension first, as the folder of any script; its dependencies
    # behind the standard library, where site-packages are.
    sys.path[:] = [code] + [under(code, p) for p in extra] + without_site(host)
    add_builtins()
    if package:
        package = under(root, package)
        sys.path.append(package)
        for name in pth:
            add_pth(package, native(name))
    # Last, so that a real universal_extension among them wins.
    sys.path.append(starter)
    program, names = find(code)
    if program is None:
        fail(boot, 11, "there is no extension.py in " + code, again)
    main = type(sys)("__main__")
    main.__dict__.update(names)
    sys.argv[0] = names["__file__"]
    port = getattr(sys, "_xoptions", {}).get("axle_debugpy")
    if port:
        import axle_debug
        axle_debug.listen(port, lambda code, message, hint: fail(boot, code, message, again, hint))
    # boot.py is still at work: a module that nobody holds loses its names.
    sys.modules["axle_boot"] = sys.modules["__main__"]
    sys.modules["__main__"] = main
    return program, main.__dict__


def finish(main):
    """Start an extension that is a class for the Universal Agent."""
    if hasattr(main.get("Extension"), "extension_start"):
        import axle_extension
        axle_extension.start(main["Extension"])
