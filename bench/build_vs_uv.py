"""axle build for 24 targets beside uv pip install --target for each of them.

    python3 bench/build_vs_uv.py [ROUNDS]

requests, PyYAML, cryptography and numpy for four platforms and Python 3.9 to
3.14, both with warm caches, in turn. uv installs each target into a folder,
and the folder is then zipped: with Python's zipfile, deflated, and once more
with members only stored, which flatters uv. uv is told which interpreter to
use, so that it need not look for one. axle writes its packages and the
extension zip. Nothing but the index that the machine's pip uses is asked.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time
import zipfile

import pair

REQUIREMENTS = "requests\nPyYAML\ncryptography\nnumpy\n"
PYTHONS = ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]
PLATFORMS = ["x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "x86_64-pc-windows-msvc", "aarch64-apple-darwin"]
MANIFEST = """\
extension:
  name: bench_ext
  version: "1.0.0"
  api_level: "1.4.0"
  requires_python: ">=3.9,<3.15"
  zip_safe: false
bundle:
  platforms: [linux/amd64, linux/arm64, windows/amd64, macos/arm64]
"""


def project(where):
    source = pathlib.Path(where, "project", "src")
    source.mkdir(parents=True)
    source.joinpath("extension.yml").write_text(MANIFEST)
    source.joinpath("extension.py").write_text("print('hello')\n")
    source.parent.joinpath("requirements.txt").write_text(REQUIREMENTS)
    return str(source.parent)


def zip_folder(folder, out, method):
    with zipfile.ZipFile(out, "w", method) as z:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if path.is_file():
                z.write(path, path.relative_to(folder))


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    work = tempfile.mkdtemp(prefix="axle-bench-")
    axle = pair.build_axle(work)
    tools = pair.venv(["uv"])
    uv = os.path.join(tools, "bin", "uv")
    folder = project(work)
    requirements = os.path.join(folder, "requirements.txt")
    env = dict(os.environ, AXLE_CACHE=os.path.join(work, "axle-cache"), UV_CACHE_DIR=os.path.join(work, "uv-cache"),
               MACOSX_DEPLOYMENT_TARGET="11.0")

    def build():
        return pair.run([axle, "build", "--quiet", folder], env=env)

    def installs(zip_method=None):
        target = pair.empty(os.path.join(work, "targets"))
        total, peak = 0.0, 0
        for platform in PLATFORMS:
            for python in PYTHONS:
                out = os.path.join(target, f"{platform}-{python}")
                seconds, memory = pair.run(
                    [uv, "pip", "install", "-q", "--python", os.path.join(tools, "bin", "python"), "--target", out, "--python-platform", platform,
                     "--python-version", python, "--only-binary", ":all:", "-r", requirements], env=env)
                total, peak = total + seconds, max(peak, memory)
                if zip_method is not None:
                    start = time.perf_counter()
                    zip_folder(out, out + ".zip", zip_method)
                    total += time.perf_counter() - start
        return total, peak

    tasks = {
        "axle build (24 targets)": build,
        "uv install x24": installs,
        "uv install x24 + zip stored": lambda: installs(zipfile.ZIP_STORED),
    }
    figures = pair.in_turn(rounds, tasks)
    # Deflating 24 trees takes minutes: it is timed once, and left out with QUICK=1.
    if not os.environ.get("QUICK"):
        figures["uv install x24 + zip deflate"] = [installs(zipfile.ZIP_DEFLATED)]
    pair.table(figures, "axle build (24 targets)")
    size = sum(f.stat().st_size for f in pathlib.Path(folder, "dist", "extension_build").glob("*.zip"))
    print(f"extension zip: {size / 2**20:.0f} MiB")
    subprocess.run(["rm", "-rf", work], check=True)


if __name__ == "__main__":
    main()
