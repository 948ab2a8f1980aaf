# Makes a virtual environment without pip at sys.argv[1], and prints where its
# interpreter finds what, as JSON. It runs on Python 3.8 and later.
import json
import os
import subprocess
import sys
import venv

builder = venv.EnvBuilder(symlinks=os.name != "nt", with_pip=False)
context = builder.ensure_directories(sys.argv[1])
builder.create(sys.argv[1])
ask = "import json, sysconfig; print('\\n' + json.dumps(sysconfig.get_paths()))"
paths = subprocess.check_output([context.env_exe, "-I", "-c", ask])
answer = json.loads(paths.decode("utf-8").strip().splitlines()[-1])
answer["python"] = context.env_exe
with open(sys.argv[2], "w", encoding="utf-8") as f:
    json.dump(answer, f)
