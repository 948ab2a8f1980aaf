"""What axle run adds to a start, and the first line beside venv, pex and shiv.

    python3 bench/run_overhead.py [ROUNDS] [PYTHON]

Two extensions are deployed: one that prints a line, and one that imports
requests and cryptography first. The times are from the start of the process to
its first line; commands run in turn.

"by hand" is the deployment's interpreter with the same path and the same
options (-s -S -B); "by hand, with site" leaves -S out, as people start Python.
The virtual environment, the pex and the shiv hold the same versions, and have
run before, so that byte code is written and archives are unpacked. Peers are
installed by pip into a temporary folder. Peak memory is of one more run of
each, through /usr/bin/time where the machine has it.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import pair

MANIFEST = """\
extension:
  name: {name}
  version: "1.0.0"
  api_level: "1.4.0"
  requires_python: "=={minor}.*"
  zip_safe: false
bundle:
  platforms: [{platform}]
"""
PLAIN = "print('first line')\n"
HEAVY = "import requests, cryptography.fernet\nprint('first line', requests.__version__)\n"


def deploy(axle, work, env, python, minor, name, code, requirements):
    """Build and deploy an extension for one Python of this machine: its record."""
    source = pathlib.Path(work, name, "src")
    source.mkdir(parents=True)
    platform = "linux/arm64" if os.uname().machine == "aarch64" else "linux/amd64"
    source.joinpath("extension.yml").write_text(MANIFEST.format(name=name, minor=minor, platform=platform))
    source.joinpath("extension.py").write_text(code)
    source.parent.joinpath("requirements.txt").write_text(requirements)
    subprocess.run([axle, "build", "-q", str(source.parent)], env=env, check=True, stdout=subprocess.DEVNULL)
    zips = list(source.parent.glob("dist/extension_build/*.zip"))
    out = subprocess.run([axle, "deploy", "--json", "--interpreter", python, str(zips[0])], env=env, check=True, stdout=subprocess.PIPE).stdout
    return json.loads(out)["deployment"]


def peers(work, python, package):
    """Commands for the same dependencies by venv, pex and shiv."""
    # The very versions of the deployment.
    pins = subprocess.run([python, "-m", "pip", "list", "--path", package, "--format", "freeze", "--disable-pip-version-check"],
                          check=True, capture_output=True, text=True).stdout.split()
    pins = [p for p in pins if not p.startswith(("heavy", "pip=", "setuptools="))]
    venv = os.path.join(work, "venv")
    subprocess.run([python, "-m", "venv", venv], check=True)
    inside = os.path.join(venv, "bin", "python")
    subprocess.run([inside, "-m", "pip", "install", "-q", *pins], check=True)
    module = pathlib.Path(work, "peer", "first_line.py")
    module.parent.mkdir()
    module.write_text("def main():\n    " + HEAVY.replace("\n", "\n    ").rstrip() + "\n\n\nif __name__ == '__main__':\n    main()\n")
    tools = os.path.join(work, "tools")
    subprocess.run([python, "-m", "venv", tools], check=True)
    subprocess.run([os.path.join(tools, "bin", "python"), "-m", "pip", "install", "-q", "pex", "shiv"], check=True)
    env = dict(os.environ, PEX_ROOT=os.path.join(work, "pex-root"), SHIV_ROOT=os.path.join(work, "shiv-root"))
    pex, shiv = os.path.join(work, "app.pex"), os.path.join(work, "app.pyz")
    subprocess.run([os.path.join(tools, "bin", "pex"), *pins, "-D", str(module.parent), "-m", "first_line", "-o", pex], env=env, check=True)
    packages = os.path.join(work, "shiv-packages")
    subprocess.run([inside, "-m", "pip", "install", "-q", "--target", packages, *pins], check=True)
    packages_module = pathlib.Path(packages, "first_line.py")
    packages_module.write_text(module.read_text())
    subprocess.run([os.path.join(tools, "bin", "shiv"), "--site-packages", packages, "-e", "first_line:main", "-o", shiv], env=env, check=True)
    return {"venv": ([inside, str(module)], env), "pex": ([python, pex], env), "shiv": ([python, shiv], env)}


def first_line(command, env):
    """Milliseconds to the first line of standard output."""
    start = time.perf_counter()
    child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
    line = child.stdout.readline()
    seconds = time.perf_counter() - start
    child.stdout.close()
    if child.wait() or not line.startswith(b"first line"):
        raise SystemExit(f"{command} ended with {child.returncode} and said {line!r}")
    return 1000 * seconds


def peak(command, env):
    """Peak memory in MiB; of a process that a small one started, since Linux counts its parent's too."""
    if not os.path.exists("/usr/bin/time"):
        return float("nan")
    done = subprocess.run(["/usr/bin/time", "-f", "%M", *command], env=env, check=True, capture_output=True, text=True)
    return int(done.stderr.split()[-1]) / 1024


def measure(rounds, tasks, base):
    runs = {name: [] for name in tasks}
    for number in range(rounds + 3):
        for name, (command, env) in tasks.items():
            took = first_line(command, env)
            if number >= 3:
                runs[name].append(took)
    print(f"{'ms to the first line':24} {'min':>7} {'median':>7} {'max':>7}  {'peak MiB':>8}  beside {base}: ratio, difference (medians of pairs; of minima)")
    for name, times in runs.items():
        ratio = statistics.median(a / b for a, b in zip(times, runs[base]))
        apart = statistics.median(a - b for a, b in zip(times, runs[base]))
        print(f"{name:24} {min(times):7.2f} {statistics.median(times):7.2f} {max(times):7.2f}  {peak(*tasks[name]):8.1f}"
              f"  {ratio:.2f}, {apart:+.2f} ms; {min(times) - min(runs[base]):+.2f} ms")


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    python = sys.argv[2] if len(sys.argv) > 2 else sys.executable
    work = tempfile.mkdtemp(prefix="axle-bench-")
    axle = pair.build_axle(work)
    root = os.path.join(work, "root")
    env = dict(os.environ, AXLE_ROOT=root, PYTHONDONTWRITEBYTECODE="")
    minor = subprocess.run([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], check=True, capture_output=True, text=True).stdout.strip()
    # Both have the same dependencies, so that both have the same path.
    requirements = "requests\ncryptography\n"
    plain = deploy(axle, work, env, python, minor, "plain", PLAIN, requirements)
    heavy = deploy(axle, work, env, python, minor, "heavy", HEAVY, requirements)

    def by_hand(record, options):
        path = os.pathsep.join([record["code_path"], record["package_path"]])
        return [python, *options, os.path.join(record["code_path"], "extension.py")], dict(env, PYTHONPATH=path)

    print(f"Python {minor}; load {os.getloadavg()[0]:.1f}")
    measure(rounds, {
        "by hand": by_hand(plain, ["-s", "-S", "-B"]),
        "axle run": ([axle, "run", "plain"], env),
        "by hand, with site": by_hand(plain, ["-s", "-B"]),
    }, "by hand")
    tasks = {"axle run": ([axle, "run", "heavy"], env), "by hand": by_hand(heavy, ["-s", "-S", "-B"])}
    tasks.update(peers(work, python, heavy["package_path"]))
    print("\nwith requests and cryptography imported first")
    measure(max(rounds // 3, 5), tasks, "axle run")
    print(f"load {os.getloadavg()[0]:.1f}")
    subprocess.run(["rm", "-rf", work], check=True)


if __name__ == "__main__":
    main()
