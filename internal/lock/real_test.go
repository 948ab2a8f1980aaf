package lock

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/peer"
)

func TestMain(m *testing.M) {
	code := m.Run()
	peer.Clean()
	os.Exit(code)
}

// selectScript lets packaging validate a lock and select from it, for each
// target: the names of the files, or what it complains of.
const selectScript = `
import json, sys, tomllib
from pathlib import Path
from packaging.pylock import Pylock
from packaging.tags import Tag
with open(sys.argv[1], "rb") as f:
    document = tomllib.load(f)
lock = Pylock.from_dict(document)
lock.validate()
answers = {}
for target, case in json.load(sys.stdin).items():
    try:
        tags = [Tag(*t.split("-")) for t in case["tags"]]
        chosen = lock.select(environment=case["environment"], tags=tags)
        names = [getattr(f, "filename", None) or (f.url or f.path).rpartition("/")[2].replace("%2B", "+") for _, f in chosen]
        answers[target] = " ".join(sorted(names))
    except Exception as e:
        answers[target] = "error: " + str(e)
json.dump(answers, sys.stdout)
`

// TestPackagingSelects holds the locks of this package's tests against the
// reference implementation: it finds them valid, and installs for each target
// what the target's pins are.
func TestPackagingSelects(t *testing.T) {
	python := filepath.Join(peer.Venv(t, "packaging>=26.3"), "python")
	dir := t.TempDir()
	whole, wholeAsked := matrix(t, dir)
	apart, apartAsked := apartLock(t)
	for _, c := range []struct {
		name  string
		lock  Lock
		asked Asked
	}{{"everything", whole, wholeAsked}, {"told apart by tags", apart, apartAsked}} {
		t.Run(c.name, func(t *testing.T) {
			data, _ := mustMarshal(t, c.lock, c.asked, dir)
			path := filepath.Join(dir, Filename)
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
			for target, got := range packagingSelects(t, python, path, c.lock) {
				s, _ := c.lock.solution(mustTarget(t, target))
				var want []string
				for _, f := range (Lock{Solutions: []Solution{s}}).Files() {
					want = append(want, f.Filename.Text)
				}
				if got != strings.Join(want, " ") {
					t.Errorf("%s: packaging takes\n%s, want\n%s", target, got, strings.Join(want, " "))
				}
			}
		})
	}
}

func packagingSelects(t *testing.T, python, path string, l Lock) map[string]string {
	t.Helper()
	type one struct {
		Environment map[string]string `json:"environment"`
		Tags        []string          `json:"tags"`
	}
	cases := map[string]one{}
	for _, s := range l.Solutions {
		env := s.Target.Environment()
		c := one{Environment: map[string]string{
			"os_name": env.OSName, "sys_platform": env.SysPlatform, "platform_system": env.PlatformSystem, "platform_machine": env.PlatformMachine,
			"platform_release": env.PlatformRelease, "platform_version": env.PlatformVersion, "python_version": env.PythonVersion,
			"python_full_version": env.PythonVersion + ".7", "platform_python_implementation": env.PlatformPythonImplementation,
			"implementation_name": env.ImplementationName, "implementation_version": env.PythonVersion + ".7",
		}}
		for _, tag := range s.Target.Tags().List() {
			c.Tags = append(c.Tags, tag.String())
		}
		cases[s.Target.String()] = c
	}
	input, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", selectScript, path)
	cmd.Stdin = strings.NewReader(string(input))
	answers := map[string]string{}
	if err := json.Unmarshal([]byte(peer.Run(t, cmd)), &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}
