"""What the scripts of this folder share: running commands in turn, and ratios.

Every figure is of whole processes: wall seconds, and the peak resident memory
of the largest process of a command. Commands run in turn (A B A B ...), so a
machine that changes its speed changes it for both.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def venv(packages, where=None):
    """Make a virtual environment with packages from the machine's index."""
    where = where or tempfile.mkdtemp(prefix="axle-bench-venv-")
    python = os.path.join(where, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", where], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
    return where


def build_axle(where):
    """Build the program of this checkout and say where it lies ($AXLE: take that one)."""
    if os.environ.get("AXLE"):
        return os.environ["AXLE"]
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    out = os.path.join(where, "axle")
    env = dict(os.environ, CGO_ENABLED="0")
    subprocess.run(["go", "build", "-trimpath", "-o", out, "./cmd/axle"], cwd=root, env=env, check=True)
    return out


def run(command, **kwargs):
    """Run one command to its end: (wall seconds, peak resident bytes)."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **kwargs)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stderr.close()
    seconds = time.perf_counter() - start
    if child.returncode:
        sys.stderr.write(errors.decode(errors="replace"))
        raise SystemExit(f"{command[0]} ended with {child.returncode}")
    return seconds, usage.ru_maxrss * 1024


def in_turn(rounds, tasks, warmup=1):
    """Run tasks {name: function -> (seconds, bytes)} in turn, rounds times."""
    figures = {name: [] for name in tasks}
    for number in range(warmup + rounds):
        for name, task in tasks.items():
            seconds, peak = task()
            if number >= warmup:
                figures[name].append((seconds, peak))
    return figures


def table(figures, base):
    """Print a row for each task, and its ratio to base, round by round."""
    print(f"{'':28} {'min':>8} {'median':>8} {'max':>8}  {'peak MiB':>8}  ratio to {base}")
    for name, runs in figures.items():
        walls = [seconds for seconds, _ in runs]
        peak = max(p for _, p in runs) / 2**20
        ratios = [seconds / b for (seconds, _), (b, _) in zip(runs, figures[base])]
        print(f"{name:28} {min(walls):8.3f} {statistics.median(walls):8.3f} {max(walls):8.3f}  {peak:8.1f}"
              f"  {statistics.median(ratios):.2f}")


def empty(folder):
    """Make folder an empty one."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder
