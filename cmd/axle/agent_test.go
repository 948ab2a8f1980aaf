package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/wheeltest"
	"github.com/axlepack/axle/interpreters"
)

// agentZip writes an extension zip with a package that fits every Python 3.
func agentZip(t *testing.T, name, code string, settings ...string) string {
	t.Helper()
	wheel := name + "-1.0.0-py3-none-any.whl"
	yml := fmt.Sprintf("extension:\n  name: %s\n  version: 1.0.0\n  api_level: 1.4.0\n  %s\n", name, strings.Join(append(settings, "zip_safe: false"), "\n  "))
	path := filepath.Join(t.TempDir(), name+".zip")
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for member, data := range map[string][]byte{
		"extension.yml": []byte(yml), "extension.py": []byte(code),
		"dep/" + wheel: wheeltest.Make(t, wheel, map[string]string{"helper.py": "VALUE = 'helped'\n"}),
	} {
		f, err := w.CreateHeader(&zip.FileHeader{Name: member, Method: zip.Store})
		if err == nil {
			_, err = f.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// agentRun runs a command of the program in a home of its own.
type agentRun struct {
	t              *testing.T
	home, python   string
	prefix         []string // of the command line
	env            []string
	stdout, stderr string
	code           int
}

func newAgentRun(t *testing.T) *agentRun {
	t.Helper()
	python := machinePython()
	if python == "" {
		t.Skip("this machine has no Python 3")
	}
	home := t.TempDir()
	return &agentRun{t: t, home: home, python: python, env: []string{"HOME=" + home, "AXLE_ROOT=" + filepath.Join(home, "root"), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}}
}

// run runs axle, and checks its exit code.
func (a *agentRun) run(code int, args ...string) {
	a.t.Helper()
	axle, err := exec.LookPath("axle") // this test's binary
	if err != nil {
		a.t.Fatal(err)
	}
	line := slices.Concat(a.prefix, []string{axle}, args)
	cmd := exec.Command(line[0], line[1:]...)
	var stdout, stderr bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = a.env, &stdout, &stderr
	err = cmd.Run()
	if cmd.ProcessState == nil {
		a.t.Fatalf("axle %q: %v", args, err)
	}
	a.stdout, a.stderr, a.code = stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
	if a.code != code {
		a.t.Errorf("axle %q: exit code %d, want %d\n%s%s", args, a.code, code, a.stdout, a.stderr)
	}
}

// says checks that standard output and standard error have these parts.
func (a *agentRun) says(stdout, stderr string) {
	a.t.Helper()
	if !strings.Contains(a.stdout, stdout) || !strings.Contains(a.stderr, stderr) {
		a.t.Errorf("standard output\n%s\nwant %q\nstandard error\n%s\nwant %q", a.stdout, stdout, a.stderr, stderr)
	}
}

// json is the document that was printed, without its version.
func (a *agentRun) json(kind string) map[string]any {
	a.t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(a.stdout), &doc); err != nil || doc["version"] != float64(documentVersion) || doc[kind] == nil || len(doc) != 2 {
		a.t.Fatalf("no document of %s (%v):\n%s", kind, err, a.stdout)
	}
	if list, ok := doc[kind].([]any); ok {
		if len(list) == 0 {
			return nil
		}
		return list[0].(map[string]any)
	}
	return doc[kind].(map[string]any)
}

// TestCore05WithoutNetworkAndPath: an agent needs a Python and nothing else: no
// network, no pip, no compiler, no PATH.
func TestCore05WithoutNetworkAndPath(t *testing.T) {
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		t.Skip("there is no unshare to take the network away with")
	}
	if out, err := exec.Command(unshare, "-n", "true").CombinedOutput(); err != nil {
		t.Skipf("the network cannot be taken away here: %s", out)
	}
	a := newAgentRun(t)
	a.prefix = []string{unshare, "-n"}
	a.env = []string{"AXLE_ROOT=" + filepath.Join(a.home, "root")} // no PATH, no HOME
	code := "import helper, os, socket, sys\nprint(helper.VALUE, os.environ.get('PATH'), [n for _, n in socket.if_nameindex() if n != 'lo'])\n" +
		"try:\n    socket.create_connection(('192.0.2.1', 80), 1)\nexcept OSError as e:\n    print('no network')\nsys.exit(9)\n"
	zip := agentZip(t, "alone", code)
	a.run(0, "deploy", "--interpreter", a.python, zip)
	a.says("deployed     alone 1.0.0\n", "")
	a.run(9, "run", "alone")
	a.says("helped None []\nno network\n", "")
	if a.stderr != "" {
		t.Errorf("standard error: %s", a.stderr)
	}
}

// TestAgentCommands: the commands of an agent, one after the other.
func TestAgentCommands(t *testing.T) {
	a := newAgentRun(t)
	zip := agentZip(t, "demo", "import helper, sys\nprint(helper.VALUE, sys.argv[1:])\nsys.exit(len(sys.argv) - 1)\n", `requires_python: ">=3"`)
	with := []string{"--interpreter", a.python}

	a.run(0, append(with, "select", zip)...)
	a.says("package      demo-1.0.0-py3-none-any.whl (by py3-none-any)\n", "")
	a.run(0, append(with, "select", "--explain", zip)...)
	a.says("+ "+a.python, "")
	a.says("    + demo-1.0.0-py3-none-any.whl: fits best, by py3-none-any\n", "")
	a.run(0, append(with, "select", "--json", zip)...)
	if got := a.json("selection"); got["package"] != "demo-1.0.0-py3-none-any.whl" || got["extension"] != "demo" {
		t.Errorf("selection: %v", got)
	}
	a.run(0, "deployments")
	if a.stdout != "" {
		t.Errorf("select deployed something: %s", a.stdout)
	}
	a.run(0, "deployments", "--json")
	if got := a.json("deployments"); got != nil {
		t.Errorf("deployments: %v", got)
	}

	a.run(0, append(with, "deploy", zip)...)
	a.says("deployed     demo 1.0.0\n", "")
	a.run(0, append(with, "deploy", zip)...)
	a.says("deployed     demo 1.0.0 (it was there already, nothing changed)\n", "")
	a.run(0, append(with, "deploy", "--json", zip)...)
	if got := a.json("deployment"); got["name"] != "demo" || got["changed"] != nil || got["code_path"] == nil {
		t.Errorf("deployment: %v", got)
	}
	a.run(0, "deployments")
	a.says("demo  1.0.0  ", "")
	a.run(0, "deployments", "--json")
	if got := a.json("deployments"); got["name"] != "demo" || got["package"].(map[string]any)["file"] != "demo-1.0.0-py3-none-any.whl" {
		t.Errorf("deployments: %v", got)
	}

	a.run(0, "run", "demo")
	a.says("helped []\n", "")
	a.run(3, "run", "demo", "--", "--root", "-x", "--")
	a.says("helped ['--root', '-x', '--']\n", "")
	a.run(2, "run", "demo", "plain", "words")
	a.says("helped ['plain', 'words']\n", "")
	a.run(1, "run", "--root", filepath.Join(a.home, "root"), "demo", "word")
	a.run(1, "run", "demo", "--root", filepath.Join(a.home, "root"), "word")
	a.says("helped ['word']\n", "")
}

// TestAgentFields: the fields come as text or as a file, before or after the
// name.
func TestAgentFields(t *testing.T) {
	a := newAgentRun(t)
	zip := agentZip(t, "demo", "class Extension:\n    def extension_start(self, fields):\n        print(fields)\n        return type('R', (), {'rc': 6})\n")
	a.run(0, "deploy", "--interpreter", a.python, zip)
	file := filepath.Join(a.home, "fields.json")
	if err := os.WriteFile(file, []byte(`{"a": "file"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	result := `{"message": "", "output_fields": null, "rc": 6, "unv_output": null}` + "\n"
	a.run(6, "run", "demo", "--fields", ` {"a": [1]}`)
	a.says("{'a': [1]}\n"+result, "")
	a.run(6, "run", "--fields", file, "demo")
	a.says("{'a': 'file'}\n"+result, "")
	a.run(6, "run", "demo")
	a.says("{}\n"+result, "")
	a.run(2, "run", "demo", "--fields", filepath.Join(a.home, "gone"))
	a.run(3, "run", "demo", "--fields", "{broken")
	a.says("", "not a JSON object")
}

// TestAgentRefusals: every way in which the commands of an agent fail has its
// exit code.
func TestAgentRefusals(t *testing.T) {
	a := newAgentRun(t)
	with := []string{"--interpreter", a.python}
	page := filepath.Join(a.home, "page.zip")
	if err := os.WriteFile(page, []byte("<html>"), 0o644); err != nil {
		t.Fatal(err)
	}
	zip := agentZip(t, "demo", "print(1)\n", `requires_python: "==3*"`)
	old := agentZip(t, "old", "", `requires_python: "==2.7*"`)
	for _, command := range []string{"select", "deploy"} {
		a.run(2, command)
		a.run(3, append(with, command, page)...)
		a.says("", "not a zip archive")
		a.run(11, append(with, command, filepath.Join(a.home, "gone.zip"))...)
		a.run(4, append(with, command, old)...)
		a.says("", "no interpreter fits")
		a.run(4, command, "--interpreter", filepath.Join(a.home, "gone"), zip)
		a.says("", "no such file")
	}
	a.run(11, "run", "demo")
	a.says("", "not deployed")
	a.run(4, append(with, "select", "--json", old)...)
	if got := a.json("selection"); got["interpreter"] != nil {
		t.Errorf("selection: %v", got)
	}
	a.run(4, append(with, "select", "--explain", old)...)
	a.says("- "+a.python, "no interpreter fits")

	config := filepath.Join(a.home, "agent.yml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "accept: []\nroot: %q\n", filepath.Join(a.home, "data")), 0o644); err != nil {
		t.Fatal(err)
	}
	a.run(5, append(with, "deploy", "--config", config, zip)...)
	a.says("", "accept list")
	if err := os.WriteFile(config, fmt.Appendf(nil, "accept: ['d*']\nroot: %q\n", filepath.Join(a.home, "data")), 0o644); err != nil {
		t.Fatal(err)
	}
	a.env = []string{"HOME=" + a.home} // no AXLE_ROOT
	a.run(0, append(with, "deploy", "--config", config, zip)...)
	if runtime.GOOS != "windows" {
		a.says("extension    "+filepath.Join(a.home, "data", "e", "demo"), "")
	}
	a.run(0, "run", "demo", "--config", config)
	a.says("1\n", "")
}

// TestCore13StrictOrder: the program says when an interpreter was passed over,
// and stops there when it is told to.
func TestCore13StrictOrder(t *testing.T) {
	a := newAgentRun(t)
	second := ""
	for _, in := range interpreters.Find(t.Context(), interpreters.Options{Discover: true}) {
		if in.Report != nil && in.Report.PythonVersion().Release(0) == 2 {
			second = in.Path
		}
	}
	if second == "" {
		t.Skip("needs a Python 2 beside the Python 3, for which the package is not")
	}
	zip := agentZip(t, "demo", "import helper\nprint(helper.VALUE)\n")
	a.run(0, "deploy", "--interpreter", second, "--interpreter", a.python, zip)
	a.says("interpreter  "+a.python, "note: "+second+" comes first and has no fitting package; --strict-order would stop there\n")
	a.run(0, "run", "demo")
	a.run(5, "deploy", "--strict-order", "--interpreter", second, "--interpreter", a.python, zip)
	a.says("", "no dependency package fits "+second)
	a.says("", "hint: a later interpreter has a package: leave out --strict-order\n")
	a.run(0, "-q", "select", "--interpreter", second, "--interpreter", a.python, zip)
	if a.stderr != "" {
		t.Errorf("standard error: %s", a.stderr)
	}
}
