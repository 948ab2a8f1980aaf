package index

// PipScript is a Python program that prints, as one line of JSON, the index
// that the pip of the interpreter uses when nothing is configured. It is for
// "python -c", with -E and -s where they can be had; it runs on Python 2.7 and
// 3.4 or later and knows pip 9 to 26. Where the interpreter has no pip it
// looks at the one that ensurepip would install. It prints {"index": null}
// where there is none at all, and touches neither network nor disk.
const PipScript = `
import json, os, sys
sys.path[:] = [p for p in sys.path if p not in ('', '.', os.getcwd())]
def default():
    try:
        try:
            from pip._internal.cli import cmdoptions
        except ImportError:
            try:
                from pip._internal import cmdoptions
            except ImportError:
                from pip import cmdoptions
        url = cmdoptions.index_url().default
        if url:
            return url
    except Exception:
        pass
    try:
        from pip._internal.models.index import PyPI
    except ImportError:
        from pip.models import PyPI
    return PyPI.simple_url
def bundled():
    import ensurepip
    for folder in (os.path.join(os.path.dirname(ensurepip.__file__), '_bundled'), '/usr/share/python-wheels'):
        for name in sorted(os.listdir(folder) if os.path.isdir(folder) else []):
            if name.startswith('pip-') and name.endswith('.whl'):
                sys.path.insert(0, os.path.join(folder, name))
                return
def find():
    try:
        return default()
    except Exception:
        pass
    try:
        for name in [m for m in sys.modules if m == 'pip' or m.startswith('pip.')]:
            del sys.modules[name]
        bundled()
        return default()
    except Exception:
        return None
print(json.dumps({'index': find()}))
`
