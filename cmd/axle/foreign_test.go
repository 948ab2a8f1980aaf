package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/peer"
)

// foreign is a file of the folder that holds real interpreters of other
// systems. Tests skip where AXLE_FOREIGN names none.
func foreign(t *testing.T, file string) string {
	t.Helper()
	peer.Real(t)
	dir := os.Getenv("AXLE_FOREIGN")
	if dir == "" {
		t.Skip("needs interpreters of other systems: set AXLE_FOREIGN to the folder that has them")
	}
	path := filepath.Join(dir, filepath.FromSlash(file))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("AXLE_FOREIGN has no %s here: %v", file, err)
	}
	return path
}

// TestForeignLinuxARM runs the zip that was built here for all targets under
// Linux aarch64: by this axle with that Python on its list, and by the build of
// axle for that processor.
func TestForeignLinuxARM(t *testing.T) {
	python := foreign(t, "linux-aarch64/python3.11")
	_, built := buildReal(t)
	zip := built.Build.Zips[0].Path
	for name, axle := range map[string][]string{
		"its Python": {"axle"},
		"its axle":   {foreign(t, "linux-aarch64/exec"), program(t, "linux", "arm64")},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			call := func(args ...string) string {
				args = append(axle[1:len(axle):len(axle)], args...)
				cmd := exec.Command(axle[0], args...)
				cmd.Env = append(os.Environ(), "AXLE_CACHE="+root)
				return peer.Run(t, cmd)
			}
			if out := call("deploy", "--root", root, "--interpreter", python, zip); !strings.Contains(out, "_aarch64.whl") {
				t.Errorf("another package was chosen:\n%s", out)
			}
			out := call("run", "--root", root, "demo_real", "--", "tester")
			for _, want := range []string{"Hello tester, from Python 3.11", "requests 2", "PyYAML 6", "a sealed letter", "the sum of 0 to 99 is 4950"} {
				if !strings.Contains(out, want) {
					t.Errorf("%q is not in what it printed:\n%s", want, out)
				}
			}
		})
	}
}

// TestForeignWindows builds requests and PyYAML for Windows here, and deploys
// and runs them there with the build of axle for Windows. (NumPy's and
// cryptography's libraries want more than Wine has.)
func TestForeignWindows(t *testing.T) {
	wine, python := foreign(t, "windows-amd64/exec"), foreign(t, "windows-amd64/python/python.exe")
	dir := t.TempDir()
	mustWrite(t, filepath.Join(dir, "extension.yml"), []byte(`extension: {name: wine_ext, version: "1.0.0", api_level: "1.4.0", requires_python: ">=3.9,<3.15", zip_safe: false}`+"\n"))
	mustWrite(t, filepath.Join(dir, "requirements.txt"), []byte("requests\nPyYAML\n"))
	mustWrite(t, filepath.Join(dir, "extension.py"), []byte(`
import sys
import requests, yaml, yaml._yaml
print("Hello %s from %s" % (sys.argv[1], sys.platform))
print("requests " + requests.Request("GET", "http://example.test/a b").prepare().url)
print("PyYAML", yaml.load("[1, {a: b}]", Loader=yaml.CSafeLoader))
sys.exit(7)
`))
	build := exec.Command("axle", "-q", "build", dir)
	build.Env = append(os.Environ(), "AXLE_CACHE="+realCache())
	peer.Run(t, build)
	axle := program(t, "windows", "amd64")
	call := func(args ...string) (string, error) {
		cmd := exec.Command(wine, append([]string{axle}, args...)...)
		cmd.Env = append(os.Environ(), "AXLE_CACHE="+drive(filepath.Join(dir, "cache")))
		cmd.Stdin = strings.NewReader("")
		out, err := cmd.CombinedOutput()
		return strings.ReplaceAll(string(out), "\r\n", "\n"), err
	}
	root, zip := drive(filepath.Join(dir, "root")), drive(filepath.Join(dir, "dist", "extension_build", "wine_ext-1.0.0.zip"))
	if out, err := call("select", "--interpreter", drive(python), zip); err != nil || !strings.Contains(out, "-win_amd64.whl (by cp311-") {
		t.Fatalf("select: %v\n%s", err, out)
	}
	if out, err := call("deploy", "--root", root, "--interpreter", drive(python), zip); err != nil {
		t.Fatalf("deploy: %v\n%s", err, out)
	}
	out, err := call("run", "--root", root, "wine_ext", "--", "tester")
	if code := exitCode(err); code != 7 {
		t.Errorf("exit code %d, want the extension's own, 7", code)
	}
	const want = "Hello tester from win32\nrequests http://example.test/a%20b\nPyYAML [1, {'a': 'b'}]\n"
	if out != want {
		t.Errorf("it printed:\n%s\nwant:\n%s", out, want)
	}
}

// drive is a path as programs under Wine see it.
func drive(path string) string { return "Z:" + strings.ReplaceAll(path, "/", `\`) }

func exitCode(err error) int {
	if exit, ok := err.(*exec.ExitError); ok {
		return exit.ExitCode()
	}
	return 0
}

// TestForeignWindowsChildren kills axle on Windows while an extension runs: the
// extension and what it started end too, by the job that they are in.
func TestForeignWindowsChildren(t *testing.T) {
	wine, python := foreign(t, "windows-amd64/exec"), foreign(t, "windows-amd64/python/python.exe")
	dir := t.TempDir()
	beat := filepath.Join(dir, "beat")
	// The child would go on for two minutes.
	zip := agentZip(t, "parent", `
import subprocess, sys, time
code = """
import sys, time
for i in range(600):
    with open(sys.argv[1], "a") as f:
        f.write("x")
    time.sleep(0.2)
"""
subprocess.Popen([sys.executable, "-c", code, sys.argv[1]])
time.sleep(120)
`)
	// A name of its own, to be ended by.
	data, err := os.ReadFile(program(t, "windows", "amd64"))
	if err != nil {
		t.Fatal(err)
	}
	axle, root := filepath.Join(dir, "axle-of-children.exe"), drive(filepath.Join(dir, "root"))
	if err := os.WriteFile(axle, data, 0o755); err != nil {
		t.Fatal(err)
	}
	deploy := exec.Command(wine, axle, "deploy", "--root", root, "--interpreter", drive(python), drive(zip))
	deploy.Env = append(os.Environ(), "AXLE_CACHE="+drive(filepath.Join(dir, "cache")))
	peer.Run(t, deploy)
	run := exec.Command(wine, axle, "run", "--root", root, "parent", "--", drive(beat))
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	beats := func() int64 {
		info, err := os.Stat(beat)
		if err != nil {
			return 0
		}
		return info.Size()
	}
	waitFor(t, "the child to begin", func() bool { return beats() > 0 })
	// What is left holds the pipes of the run: it is not waited for before.
	defer func() { _ = run.Wait() }()
	peer.Run(t, exec.Command(wine, "taskkill", "/F", "/IM", filepath.Base(axle)))
	last := int64(-1)
	waitFor(t, "the child to end", func() bool {
		before := last
		last = beats()
		return before == last
	})
}

// waitFor looks every two seconds, for a minute.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 30 {
		if done() {
			return
		}
		time.Sleep(2 * time.Second)
	}
	t.Fatalf("waited a minute for %s", what)
}
