# Makes a virtual environment without pip at sys.argv[1], and writes where its
# interpreter finds what to the file sys.argv[2], as JSON. It runs on Python 3.8
# and later.
import json
import os
import subprocess
import sys
import sysconfig
import venv

builder = venv.EnvBuilder(symlinks=os.name != "nt", with_pip=False)
context = builder.ensure_directories(sys.argv[1])
builder.create(sys.argv[1])
if "venv" in sysconfig.get_scheme_names():
    answer = sysconfig.get_paths("venv", {"base": context.env_dir, "platbase": context.env_dir})
else:
    ask = "import json, sysconfig; print('\\n' + json.dumps(sysconfig.get_paths()))"
    paths = subprocess.check_output([context.env_exe, "-I", "-c", ask])
    answer = json.loads(paths.decode("utf-8").strip().splitlines()[-1])
answer["python"] = context.env_exe
# Where installers put headers; that of the scheme is the interpreter's own.
answer["include"] = os.path.join(context.env_dir, "include", "site", "python%d.%d" % sys.version_info[:2])
with open(sys.argv[2], "w", encoding="utf-8") as f:
    json.dump(answer, f)
