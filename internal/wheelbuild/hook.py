# Calls one hook of a build backend (PEP 517), in the interpreter of the build
# environment. It runs on Python 3.8 and later.
#
# The one argument is a JSON file: what to call. What comes of it is written to
# the file that it names, since a backend prints what it likes: {"value": …},
# {"missing": true} where the backend does not have the hook, or {"error": …}.
import importlib
import json
import os
import sys


class Refused(Exception):
    pass


def load(request):
    path = [os.path.normpath(os.path.join(request["source"], *p.split("/"))) for p in request["backend_path"]]
    sys.path[:0] = path
    module, _, attributes = request["backend"].partition(":")
    try:
        found = importlib.import_module(module)
    except ImportError as e:
        missing = e.name is not None and (module + ".").startswith(e.name + ".")
        if not missing:
            raise
        raise Refused("there is no module %s" % e.name)
    if path and not inside(found, path):
        raise Refused("%s is not in backend-path, but in %s" % (module, getattr(found, "__file__", None)))
    for name in filter(None, attributes.split(".")):
        found = getattr(found, name)
    return found


def inside(module, path):
    file = getattr(module, "__file__", None)
    if not file:
        return False
    file = os.path.realpath(file)
    return any(file.startswith(os.path.join(os.path.realpath(p), "")) for p in path)


def call(request):
    hook = getattr(load(request), request["hook"], None)
    if hook is None:
        return {"missing": True}
    value = hook(*request["arguments"], **request["settings"])
    if request["hook"].startswith("get_requires"):
        value = [] if value is None else list(value)
        good = all(isinstance(v, str) for v in value)
    else:
        good = isinstance(value, str)
    if not good:
        raise Refused("it returned %r" % (value,))
    return {"value": value}


def main():
    sys.path[:] = [p for p in sys.path if p != os.path.dirname(os.path.abspath(__file__))]
    with open(sys.argv[1], encoding="utf-8") as f:
        request = json.load(f)
    sys.argv[1:] = []
    os.chdir(request["source"])
    try:
        answer = call(request)
    except Refused as e:
        answer = {"error": str(e)}
    except SystemExit as e:
        if isinstance(e.code, str):
            print(e.code, file=sys.stderr)
        answer = {"error": "it ended the program, with %r" % (e.code,)}
    except BaseException as e:
        import traceback

        at = e.__traceback__
        for _ in range(2):  # this file's own calls say nothing
            at = at.tb_next or at
        traceback.print_exception(type(e), e, at)
        answer = {"error": "it raised " + type(e).__name__}
    sys.stdout.flush()
    with open(request["answer"], "w", encoding="utf-8") as f:
        json.dump(answer, f)


main()
