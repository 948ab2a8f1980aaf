"""axle select beside the same choice made by a Python script with packaging.

    python3 bench/select_vs_packaging.py [ROUNDS]

An extension zip with 60 dependency packages (10 Pythons on 6 platforms, each
of 1,000 modules and 20 libraries), and 10 interpreters whose answers are
remembered: those that axle finds on the machine, filled up with virtual
environments. The script has the tags of every interpreter in a file of JSON,
reads the names in the zip, takes the first interpreter that requires_python
admits and the package whose tag comes first, and reads the Requires-Python of
its METADATA, which is what axle select does; axle also holds the binaries of
the package against its name, and the METADATA against RECORD. Both must make
the same choice.
"""

import base64
import csv
import glob
import hashlib
import io
import json
import os
import pathlib
import subprocess
import sys
import sysconfig
import tempfile
import zipfile

import pair

NAME, VERSION = "bench_ext", "1.0.0"
PYTHONS = ["cp36", "cp37", "cp38", "cp39", "cp310", "cp311", "cp312", "cp313", "cp314", "cp315"]
PLATFORMS = ["manylinux_2_17_x86_64", "manylinux_2_28_aarch64", "musllinux_1_2_x86_64", "win_amd64", "macosx_11_0_arm64", "macosx_11_0_x86_64"]
MANIFEST = f"""\
extension:
  name: {NAME}
  version: "{VERSION}"
  api_level: "1.4.0"
  requires_python: ">=3.6"
  zip_safe: false
"""

CHOOSE = r"""
import io, json, sys, zipfile
from email.parser import BytesHeaderParser
from packaging.specifiers import SpecifierSet
from packaging.tags import parse_tag
from packaging.utils import parse_wheel_filename

remembered, path, requires = json.load(open(sys.argv[1])), sys.argv[2], SpecifierSet(sys.argv[3])
with zipfile.ZipFile(path) as z:
    packages = [(n, parse_wheel_filename(n[4:])) for n in z.namelist() if n.startswith("dep/") and n.endswith(".whl")]
    for interpreter in remembered:
        if not requires.contains(interpreter["version"], prereleases=True):
            continue
        order = {}
        for text in interpreter["tags"]:
            for tag in parse_tag(text):
                order.setdefault(tag, len(order))
        fitting = sorted((min(order[t] for t in tags if t in order), n) for n, (_, _, _, tags) in packages if any(t in order for t in tags))
        for _, name in fitting:
            with zipfile.ZipFile(z.open(name)) as wheel:
                metadata = next(n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
                needs = BytesHeaderParser().parsebytes(wheel.read(metadata))["Requires-Python"] or ""
            if SpecifierSet(needs).contains(interpreter["version"], prereleases=True):
                print(interpreter["path"], name[4:])
                sys.exit(0)
sys.exit(5)
"""


def libraries():
    """A few extension modules of this Python, by size."""
    found = glob.glob(os.path.join(sysconfig.get_path("platstdlib"), "lib-dynload", "*.so"))
    return [pathlib.Path(f).read_bytes() for f in sorted(found, key=os.path.getsize)[-20:]]


def wheel(python, platform, binaries):
    files = {f"m/part{n // 50}/module{n}.py": b"x = %d\n" % n * 50 for n in range(1000)}
    for n, data in enumerate(binaries if platform == PLATFORMS[0] else []):
        files[f"m/_native{n}.cpython-{python[2:]}-x86_64-linux-gnu.so"] = data
    info = f"{NAME}-{VERSION}.dist-info/"
    files[info + "METADATA"] = f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {VERSION}\nRequires-Python: >=3.{python[3:]}\n".encode()
    files[info + "WHEEL"] = f"Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: false\nTag: {python}-{python}-{platform}\n".encode()
    record = io.StringIO()
    lines = csv.writer(record, lineterminator="\n")
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.writerow([name, "sha256=" + digest, len(data)])
    lines.writerow([info + "RECORD", "", ""])
    files[info + "RECORD"] = record.getvalue().encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(name, data)
    return out.getvalue()


def extension(path):
    binaries = libraries()
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("extension.yml", MANIFEST)
        z.writestr("extension.py", "print('hello')\n")
        for python in PYTHONS:
            for platform in PLATFORMS:
                z.writestr(f"dep/{NAME}-{VERSION}-{python}-{python}-{platform}.whl", wheel(python, platform, binaries))


def interpreters(axle, work, env, count=10):
    """Paths of interpreters that axle knows, filled up with virtual environments."""
    listed = json.loads(subprocess.run([axle, "interpreters", "--json"], env=env, check=True, capture_output=True).stdout)["interpreters"]
    paths = [one["path"] for one in listed if one.get("version") or one.get("report")][:count]
    for number in range(len(paths), count):
        where = os.path.join(work, f"venv{number}")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", where], check=True)
        paths.append(os.path.join(where, "bin", "python"))
    return paths


def remember(python, paths, out):
    """What the script remembers: the tags that packaging finds under each interpreter."""
    ask = ("import json, platform, sys; from packaging.tags import sys_tags; "
           "print(json.dumps({'version': platform.python_version(), 'tags': [str(t) for t in sys_tags()]}))")
    where = subprocess.run([python, "-c", "import packaging, os; print(os.path.dirname(os.path.dirname(packaging.__file__)))"],
                           check=True, capture_output=True, text=True).stdout.strip()
    all_of_them = []
    for path in paths:
        answer = subprocess.run([path, "-c", ask], env=dict(os.environ, PYTHONPATH=where), capture_output=True, text=True)
        if answer.returncode == 0:  # packaging does not run on the oldest
            all_of_them.append(dict(json.loads(answer.stdout), path=path))
    pathlib.Path(out).write_text(json.dumps(all_of_them))
    return len(all_of_them)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    work = tempfile.mkdtemp(prefix="axle-bench-")
    axle = pair.build_axle(work)
    env = dict(os.environ, AXLE_CACHE=os.path.join(work, "cache"), AXLE_CONFIG=os.path.join(work, "agent.yml"))
    pathlib.Path(env["AXLE_CONFIG"]).write_text("discover: true\n")
    python = os.path.join(pair.venv(["packaging"], os.path.join(work, "peer")), "bin", "python")
    path = os.path.join(work, "extension.zip")
    extension(path)
    paths = interpreters(axle, work, env)
    # The newest last, so that most of the list is passed over or judged first.
    remembered = os.path.join(work, "remembered.json")
    known = remember(python, paths, remembered)
    pathlib.Path(env["AXLE_CONFIG"]).write_text("discover: false\ninterpreters: " + json.dumps(paths) + "\n")
    script = os.path.join(work, "choose.py")
    pathlib.Path(script).write_text(CHOOSE)
    tasks = {
        "axle select": [axle, "select", path],
        "axle select --json": [axle, "select", "--json", path],
        "script with packaging": [python, script, remembered, path, ">=3.6"],
    }
    for name, command in tasks.items():
        out = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
        print(f"{name}: {' '.join(out.split())[:110]}")
    print(f"{len(paths)} interpreters ({known} of them known to the script), 60 packages, {os.path.getsize(path) / 2**20:.0f} MiB; load {os.getloadavg()[0]:.1f}")
    figures = pair.in_turn(rounds, {name: lambda command=command: pair.run(command, env=env) for name, command in tasks.items()}, warmup=3)
    pair.table(figures, "axle select")
    subprocess.run(["rm", "-rf", work], check=True)


if __name__ == "__main__":
    main()
