package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheeltest"
	"github.com/axlepack/axle/interpreters"
	"github.com/axlepack/axle/selector"
)

// smallZip writes an extension zip with a package of a few modules, which prints
// its name, its version and what the package says. It fits every Python 3.
func smallZip(t testing.TB, dir, name, version string) string {
	t.Helper()
	return zipOf(t, dir, name, version, fmt.Sprintf("import own, shared.m5\nprint(%q, own.VERSION, shared.m5.VALUE)\n", name))
}

// zipOf is smallZip with other code.
func zipOf(t testing.TB, dir, name, version, code string) string {
	t.Helper()
	wheelName := name + "-" + version + "-py3-none-any.whl"
	files := map[string]string{"shared/__init__.py": "", "shared/table.txt": "the same in all versions\n", "own.py": fmt.Sprintf("VERSION = %q\n", version)}
	for i := range 6 {
		files[fmt.Sprintf("shared/m%d.py", i)] = fmt.Sprintf("VALUE = %d\n", i)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for member, data := range map[string]string{
		"extension.yml":    fmt.Sprintf("extension: {name: %s, version: %q, api_level: \"1.4.0\", requires_python: \">=3.6\", zip_safe: false}\n", name, version),
		"extension.py":     code,
		"dep/" + wheelName: string(wheeltest.Make(t, wheelName, files)),
	} {
		m, err := w.CreateHeader(&zip.FileHeader{Name: member, Method: zip.Store})
		if err == nil {
			_, err = m.Write([]byte(data))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name+"-"+version+".zip")
	mustWriteAll(t, path, out.Bytes())
	return path
}

func mustWriteAll(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// mustBeWhole fails the test unless every deployment of a root is whole, file by
// file, and names is what is current.
func mustBeWhole(t testing.TB, root string, names ...string) {
	t.Helper()
	list, err := selector.ListAll(root)
	if err != nil {
		t.Errorf("the list: %v", err)
	}
	current := map[string]bool{}
	for _, d := range list {
		if d.Current {
			current[d.Record.Name] = true
		}
		if _, err := selector.Verify(t.Context(), root, d.Record.Name+"=="+d.Record.ID, false); err != nil {
			t.Errorf("%s %s: %v", d.Record.Name, d.Record.ID, err)
		}
	}
	for _, name := range names {
		if !current[name] {
			t.Errorf("%s: nothing is current", name)
		}
		if _, err := selector.Find(root, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// mustBeClean fails the test where a root holds what no deployment needs.
func mustBeClean(t testing.TB, root string) {
	t.Helper()
	found, err := selector.Examine(t.Context(), root, time.Now(), false)
	if err != nil {
		t.Errorf("examining: %v", err)
	}
	for _, f := range found {
		if f.Check == "leftovers" && f.Level != selector.LevelOK || f.Level == selector.LevelProblem && f.Check != "space" {
			t.Errorf("%s: %s: %s", f.Check, f.Subject, f.Text)
		}
	}
	if entries, err := os.ReadDir(filepath.Join(root, "t")); err != nil || len(entries) > 0 {
		t.Errorf("staging has %v (%v)", entries, err)
	}
}

// TestClockSetBack: deployments from the future stay current, are told of, and
// are never taken for old; what is deployed later comes after them.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	if machinePython() == "" {
		t.Skip("there is no Python on this machine")
	}
	user := t.TempDir()
	root := filepath.Join(user, ".root")
	old, young := smallZip(t, user, "ext", "1.0.0"), smallZip(t, user, "ext", "2.0.0")
	in := machineInterpreter(t)
	future := func() time.Time { return time.Now().AddDate(50, 0, 0) }
	deployAt(t, root, old, in, future)
	deployAt(t, root, young, in, time.Now)
	d, err := selector.Find(root, "ext")
	if err != nil || d.Record.Version != "2.0.0" {
		t.Fatalf("current is %s (%v)", d.Record.Version, err)
	}
	mustRun(t, user, 0, "in the future: the clock was set back", "doctor")
	mustRun(t, user, 0, "nothing to remove", "prune", "--older-than", "1h")
	past := time.Now().AddDate(-50, 0, 0)
	if p, err := selector.Prune(t.Context(), root, selector.PruneOptions{OlderThan: time.Hour, Keep: 2, Now: past}); err != nil || len(p.Removed) > 0 {
		t.Errorf("pruned %v (%v)", p.Removed, err)
	}
	mustRun(t, user, 0, "deployed     ext 1.0.0 (in place of 2.0.0)", "rollback", "ext")
	mustRun(t, user, 0, "ext 1.0.0 5", "run", "ext")
	mustRun(t, user, 0, "in place of 1.0.0", "deploy", young)
	mustRun(t, user, 0, "in place of 2.0.0", "rollback", "ext")
	mustBeWhole(t, root, "ext")
}

// TestNoSuchZip: what is not there is said to be so.
func TestNoSuchZip(t *testing.T) {
	t.Parallel()
	user := t.TempDir()
	for _, command := range []string{"deploy", "select", "verify"} {
		mustRun(t, user, fault.NotFound, "error: nope.zip: no such file\n", command, "nope.zip")
	}
}

// machineInterpreter is the machine's Python with its answer.
func machineInterpreter(t testing.TB) interpreters.Interpreter {
	t.Helper()
	list := interpreters.Find(t.Context(), interpreters.Options{Listed: []string{machinePython()}})
	if len(list) == 0 || list[0].Report == nil {
		t.Skip("the Python of this machine does not answer")
	}
	return list[0]
}

func deployAt(t testing.TB, root, path string, in interpreters.Interpreter, now func() time.Time) {
	t.Helper()
	z, err := selector.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	c, err := z.Select(t.Context(), []interpreters.Interpreter{in}, selector.SelectOptions{})
	if err == nil {
		_, err = selector.Deploy(t.Context(), z, c, selector.DeployOptions{Root: root, NoCompile: true, Now: now})
	}
	if err != nil {
		t.Fatal(err)
	}
}
