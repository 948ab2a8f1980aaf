"""Resolving the heavy sets beside uv pip compile, from a recorded index.

    python3 bench/resolve_vs_uv.py [ROUNDS] [SET ...]

Both ask the same index server on the loopback interface, which serves the
recorded pages and metadata of the conformance folder (AXLE_CONFORMANCE,
default ../shared/conformance). Warm: both caches are full, whole processes in
turn. Cold: both caches are empty, and the server counts what was asked. The
set "targets" is axle alone: 24 targets beside one of them.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

import pair

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPUS = pathlib.Path(os.environ.get("AXLE_CONFORMANCE", ROOT.parent / "shared" / "conformance")) / "resolver"
UV_PLATFORM = {"macosx_11_0_arm64": "aarch64-apple-darwin", "win_amd64": "x86_64-pc-windows-msvc",
               "manylinux_2_17_x86_64": "x86_64-manylinux_2_17", "manylinux_2_28_x86_64": "x86_64-manylinux_2_28"}
MANIFEST = """\
extension: {name: heavy, version: "1.0.0", api_level: "1.4.0", requires_python: ">=3.7", zip_safe: false}
"""


class Index:
    """The recorded index, replayed by the corpus's own server."""

    def __init__(self, packs, port):
        self.port = port
        self.log = tempfile.TemporaryFile("w+")
        command = [sys.executable, str(CORPUS / "tools" / "mirror.py"), "replay", ",".join(map(str, packs)), str(port)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/simple/six/").close()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the index server does not answer")

    url = property(lambda self: f"http://127.0.0.1:{self.port}/simple/")

    def close(self):
        self.process.terminate()
        self.process.wait(10)


def project(where, requirements):
    shutil.rmtree(where, ignore_errors=True)
    source = pathlib.Path(where, "src")
    source.mkdir(parents=True)
    source.joinpath("extension.yml").write_text(MANIFEST)
    source.joinpath("extension.py").write_text("")
    pathlib.Path(where, "requirements.txt").write_text("\n".join(requirements) + "\n")
    return where


def targets(axle, index, work, rounds):
    """24 targets of four well-known projects, and one of them."""
    folder = project(os.path.join(work, "targets"), ["requests", "PyYAML", "cryptography", "numpy"])
    env = dict(os.environ, PIP_FIND_LINKS="", AXLE_CACHE=os.path.join(work, "targets-cache"))
    every = [f"cp3{minor}@{platform}" for minor in range(9, 15)
             for platform in ("linux/amd64", "linux/arm64", "windows/amd64", "macos/arm64")]

    def run(chosen):
        options = [word for name in chosen for word in ("--target", name)]
        return lambda: pair.run([axle, "matrix", "-q", "-i", index.url, *options, folder], env=env)

    run(every)()
    print("\nrequests PyYAML cryptography numpy, warm")
    pair.table(pair.in_turn(rounds, {"one target": run(["cp311@linux/amd64"]), "24 targets": run(every)}), "one target")


def tolerant(command, **kwargs):
    """Like pair.run, for commands that may say no."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **kwargs)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    names = sys.argv[2:] or ["jupyter", "airflow", "boto3-urllib3", "s3-crt-none", "targets"]
    work = tempfile.mkdtemp(prefix="axle-bench-")
    axle = pair.build_axle(work)
    tools = pair.venv(["uv"])
    uv = os.path.join(tools, "bin", "uv")
    index = Index([CORPUS / "index.zip", CORPUS / "heavy" / "index-more.zip"], 8917)
    try:
        for name in names:
            if name == "targets":
                targets(axle, index, work, rounds)
                continue
            heavy = json.loads((CORPUS / "heavy" / f"{name}.json").read_text())
            python = "cp" + "".join(heavy["python"].split(".")[:2])
            folder = project(os.path.join(work, name), heavy["requirements"])
            cutoff = heavy.get("cutoff")
            slow = name == "s3-crt-none"
            base = dict(os.environ, PIP_FIND_LINKS="")
            caches = {"axle": os.path.join(work, "axle-cache"), "uv": os.path.join(work, "uv-cache")}
            env = dict(base, AXLE_CACHE=caches["axle"], UV_CACHE_DIR=caches["uv"], UV_NO_CONFIG="1",
                       MACOSX_DEPLOYMENT_TARGET="11.0")
            ours = [axle, "matrix", "-q", "--prefer", "specific", "-i", index.url,
                    "--target", f"{python}@{heavy['target']}", folder]
            theirs = [uv, "pip", "compile", "-q", "--no-header", "--python", os.path.join(tools, "bin", "python"), "--default-index", index.url, "--only-binary", ":all:",
                      "--python-version", heavy["python"], "--python-platform", UV_PLATFORM[heavy["target"]],
                      os.path.join(folder, "requirements.txt")]
            for cache in caches.values():
                pair.empty(cache)
            cold = {"axle": [tolerant(ours, env=env)], "uv pip compile": [tolerant(theirs, env=env)]}
            print(f"\n{name}, cold" + (f" (recorded before {cutoff})" if cutoff else ""))
            pair.table(cold, "axle")
            tasks = {"axle": lambda: tolerant(ours, env=env), "uv pip compile": lambda: tolerant(theirs, env=env)}
            print(f"{name}, warm")
            pair.table(pair.in_turn(1 if slow else rounds, tasks, warmup=0 if slow else 1), "axle")
    finally:
        index.close()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
