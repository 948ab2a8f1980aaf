"""axle deploy of a package of 75 MB beside unzip of the same package.

    python3 bench/deploy_vs_unzip.py [ROUNDS]

The extension needs requests, PyYAML, cryptography and numpy for this machine's
Python; axle builds it from the index that the machine's pip uses. Then, in
turn, axle deploys it into a new root (--no-compile: unzip compiles nothing
either), deploys it again, and unzip extracts the package. axle also verifies the
SHA-256 of every file, keeps the package, makes all of it durable, and gives each
file a second name. Each round has folders of its own, which are removed at
the end: where files were removed a moment ago, ext4 looks long for places for
new ones. Before each command the disk has all that was written, so that none
waits for what another left.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

import pair

MANIFEST = """\
extension:
  name: bench_ext
  version: "1.0.0"
  api_level: "1.4.0"
  requires_python: "==%d.%d.*"
  zip_safe: false
bundle:
  platforms: [linux/%s]
"""


def build(axle, where):
    """Build the extension: its zip, and the package in it as a file of its own."""
    source = pathlib.Path(where, "project", "src")
    source.mkdir(parents=True)
    arch = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
    source.joinpath("extension.yml").write_text(MANIFEST % (sys.version_info[0], sys.version_info[1], arch))
    source.joinpath("extension.py").write_text("import requests, yaml, cryptography, numpy\nprint(numpy.__version__)\n")
    source.parent.joinpath("requirements.txt").write_text("requests\nPyYAML\ncryptography\nnumpy\n")
    subprocess.run([axle, "-q", "build", str(source.parent)], check=True, stdout=subprocess.DEVNULL)
    path = next(source.parent.joinpath("dist", "extension_build").glob("*.zip"))
    package = os.path.join(where, "package.zip")
    with zipfile.ZipFile(path) as z:
        name = next(n for n in z.namelist() if n.startswith("dep/"))
        pathlib.Path(package).write_bytes(z.read(name))
    with zipfile.ZipFile(package) as z:
        print(f"{len(z.infolist())} files, {sum(i.file_size for i in z.infolist()) / 1e6:.1f} MB, "
              f"packed {os.path.getsize(package) / 1e6:.1f} MB; load {os.getloadavg()[0]:.1f}")
    return str(path), package


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    where = tempfile.mkdtemp(prefix="axle-bench-deploy-")
    try:
        axle = pair.build_axle(where)
        path, package = build(axle, where)
        count = iter(range(10**6))
        last = [""]

        def deploy(root):
            os.sync()
            return pair.run([axle, "-q", "deploy", "--no-compile", "--root", root, "--interpreter", sys.executable, path])

        def anew():
            last[0] = os.path.join(where, f"root-{next(count)}")
            return deploy(last[0])

        def unzip():
            os.sync()
            return pair.run(["unzip", "-q", package, "-d", os.path.join(where, f"unzipped-{next(count)}")])

        figures = pair.in_turn(rounds, {"axle deploy": anew, "axle deploy again": lambda: deploy(last[0]), "unzip": unzip})
        pair.table(figures, "unzip")
    finally:
        shutil.rmtree(where, ignore_errors=True)


if __name__ == "__main__":
    main()
