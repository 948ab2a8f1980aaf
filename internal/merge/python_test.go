package merge

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/target"
)

// python3 finds an interpreter, or skips the test.
func python3(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err == nil {
		err = exec.Command(path, "-c", "import sys; sys.exit(sys.version_info < (3, 8))").Run()
	}
	if err != nil {
		t.Skip("no python3 on the PATH")
	}
	return path
}

// run runs a program with nothing of the host in its environment but PATH.
func run(t testing.TB, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "PYTHONDONTWRITEBYTECODE=1"}, env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(bytes.ReplaceAll(out, []byte("\r\n"), []byte("\n")))
}

// extract unpacks a package.
func extract(t testing.TB, path, dir string) {
	t.Helper()
	r, err := archive.OpenReader(path, archive.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := archive.Extract(t.Context(), r, dir, archive.ExtractOptions{}); err != nil {
		t.Fatal(err)
	}
}

// TestRow06 runs a package: distributions keep their own metadata, scripts
// and .pth files work, and RECORD is what importlib.metadata expects.
func TestRow06(t *testing.T) {
	python := python3(t)
	dir := t.TempDir()
	w := open(t, OpenOptions{}, sample(t, dir)...)
	written := build(t, w, solved(t, "cp311@linux/amd64", w.All()[0].Source, w.All()[1].Source))
	root := filepath.Join(dir, "a package", "root")
	extract(t, written[0].Path, root)
	script := `
import sys, site
sys.path.insert(0, sys.argv[1])
site.addsitedir(sys.argv[1])
from importlib import metadata
import alpha, alpha_extra, alpha_plat, beta
print(metadata.version("alpha"), metadata.version("beta"), metadata.version("sample_ext"))
print(metadata.requires("sample-ext"))
d = metadata.distribution("alpha")
print([e.value for e in d.entry_points if e.group == "console_scripts"])
missing = [str(f) for f in d.files if not f.locate().is_file()]
print(len(d.files), missing)
`
	want := "1.2 2.0 1.0.0\n['alpha==1.2', 'beta==2.0']\n['alpha:main']\n21 []\n"
	if got := run(t, nil, python, "-I", "-c", script, root); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for name, want := range map[string]string{"alpha": "alpha runs\n", "alpha-tool": "tool runs []\n", "alpha-old": "old runs\n", "alpha.sh": "shell runs\n"} {
		path := filepath.Join(root, "bin", name)
		if got := run(t, nil, path); got != want {
			t.Errorf("bin/%s: %q, want %q", name, got, want)
		}
		if got := run(t, []string{"AXLE_PYTHON=" + python}, path); got != want {
			t.Errorf("bin/%s with AXLE_PYTHON: %q, want %q", name, got, want)
		}
	}
	if got := run(t, nil, python, filepath.Join(root, "bin", "alpha-tool"), "a b"); got != "tool runs ['a b']\n" {
		t.Errorf("bin/alpha-tool as a Python script: %q", got)
	}
	if got := run(t, nil, python, filepath.Join(root, "bin", "alpha")); got != "alpha runs\n" {
		t.Errorf("bin/alpha as a Python script: %q", got)
	}
}

// real skips a test that needs the machine's index.
func real(t *testing.T) {
	t.Helper()
	if os.Getenv("AXLE_REAL") == "" {
		t.Skip("AXLE_REAL is not set")
	}
}

// venv makes a virtual environment with packages from the index.
func venv(t *testing.T, packages ...string) string {
	t.Helper()
	dir := t.TempDir()
	run(t, nil, python3(t), "-m", "venv", dir)
	python := filepath.Join(dir, "bin", "python")
	pip(t, python, append([]string{"install"}, packages...)...)
	return python
}

// pip runs pip with the machine's own configuration.
func pip(t *testing.T, python string, args ...string) {
	t.Helper()
	cmd := exec.Command(python, append([]string{"-m", "pip", "-q", "--disable-pip-version-check"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pip %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

const oracle = `
import json, sys
from packaging import tags, utils
for line in sys.stdin:
    case = json.loads(line)
    names = [(n, utils.parse_wheel_filename(n)[3]) for n in case["names"]]
    for cell in case["cells"]:
        version, platforms, abi, interp = tuple(cell["version"]), cell["platforms"], cell["abi"], cell["interp"]
        if interp.startswith("pp"):
            order = list(tags.generic_tags(interp, [abi], platforms))
            order += tags.compatible_tags(version, "pp3" if version[0] == 3 else None, platforms)
        else:
            order = list(tags.cpython_tags(version, [abi], platforms))
            order += tags.compatible_tags(version, interp, platforms)
        got = []
        for tag in order:
            got = [n for n, own in names if tag in own]
            if got: break
        if got != cell["want"]:
            print(case["seed"], cell, got)
print("done")
`

// TestRealPackaging lets pypa/packaging pick among the names of random plans.
func TestRealPackaging(t *testing.T) {
	real(t)
	python := venv(t, "packaging")
	type cell struct {
		Version     [2]int   `json:"version"`
		Interpreter string   `json:"interp"`
		ABI         string   `json:"abi"`
		Platforms   []string `json:"platforms"`
		Want        []string `json:"want"`
	}
	var in bytes.Buffer
	for seed := range uint64(300) {
		solutions, holes := randomMatrix(t, rand.New(rand.NewPCG(seed, 3)))
		opt := one
		opt.Holes = holes
		p, err := NewPlan(solutions, opt)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Packages) == 0 {
			continue
		}
		var names []string
		for _, pkg := range p.Packages {
			names = append(names, pkg.Filename.Text)
		}
		var cells []cell
		add := func(at target.Target, want []string) {
			cells = append(cells, cell{[2]int{at.Python.Major, at.Python.Minor}, at.Python.Tag(), at.ABI(), at.Platform.PlatformTags(), want})
		}
		for _, s := range solutions {
			pkg, _ := p.For(s.Target)
			add(s.Target, []string{pkg.Filename.Text})
		}
		for _, h := range holes {
			add(h, []string{})
		}
		if err := json.NewEncoder(&in).Encode(map[string]any{"seed": seed, "names": names, "cells": cells}); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(python, "-c", oracle)
	cmd.Stdin = &in
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "done\n" {
		t.Errorf("%v\n%.3000s", err, out)
	}
}

// TestRealWheels merges what pip chooses for every CPython of the machine, and
// uses it there.
func TestRealWheels(t *testing.T) {
	real(t)
	home, _ := os.UserHomeDir()
	found, _ := filepath.Glob(filepath.Join(home, ".pyenv", "versions", "*", "bin", "python"))
	found = append(found, python3(t))
	done := map[string]bool{}
	for _, python := range found {
		version := strings.TrimSpace(run(t, nil, python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"))
		at, err := target.Parse(version + "@manylinux_2_34_x86_64")
		if err != nil || done[version] || at.Python.Major < 3 || at.Python.Minor < 8 {
			continue
		}
		done[version] = true
		t.Run(version, func(t *testing.T) { realWheels(t, python, at) })
	}
	if len(done) == 0 {
		t.Skip("no CPython of 3.8 or later")
	}
}

func realWheels(t *testing.T, python string, at target.Target) {
	dir := t.TempDir()
	pip(t, python, "download", "--only-binary", ":all:", "-d", dir, "requests", "PyYAML", "cryptography", "numpy")
	wheels, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err != nil {
		t.Fatal(err)
	}
	var sources []Source
	for _, path := range wheels {
		sources = append(sources, sourceOf(t, path))
	}
	w := open(t, OpenOptions{}, sources...)
	if warnings, err := w.Check(); err != nil || len(warnings)+len(w.Findings()) > 0 {
		t.Errorf("%v %v %v", err, warnings, w.Findings())
	}
	solutions := solved(t, at.String(), sources...)
	written := build(t, w, solutions)
	t.Logf("%s: %d files, %d bytes", written[0].Package.Filename.Text, written[0].Files, written[0].Size)
	root := filepath.Join(dir, "root")
	extract(t, written[0].Path, root)
	got := run(t, []string{"AXLE_PYTHON=" + python}, python, "-I", "-W", "ignore", "-c", `
import sys
sys.path.insert(0, sys.argv[1])
from importlib import metadata
import requests, yaml, numpy, cryptography
from cryptography.fernet import Fernet
assert Fernet(Fernet.generate_key()).encrypt(b"x")
assert numpy.linalg.inv(numpy.eye(3))[0, 0] == 1
assert yaml.__with_libyaml__ and yaml.safe_load("a: [1]") == {"a": [1]}
for n in ("requests", "PyYAML", "numpy", "cryptography"):
    d = metadata.distribution(n)
    assert all(f.locate().is_file() for f in d.files), n
for r in metadata.requires("sample-ext"):
    name, version = r.split("==")
    assert metadata.version(name) == version, r
print("fine")
`, root)
	if got != "fine\n" {
		t.Errorf("got %s", got)
	}
	if out := run(t, []string{"AXLE_PYTHON=" + python}, filepath.Join(root, "bin", "normalizer"), "--version"); !strings.Contains(out, "Charset-Normalizer") {
		t.Errorf("bin/normalizer says %s", out)
	}
}
