package target_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// askPackaging prints what pypa/packaging says of the interpreter that runs
// it, on a platform that it is told. It runs on Python 2.7 too.
const askPackaging = `
import json, sys
sys.path.insert(0, sys.argv[1])
from packaging import markers, tags
version, platforms = sys.version_info[:2], json.loads(sys.argv[2])
if tags.interpreter_name() == "pp":
    found = list(tags.generic_tags(platforms=platforms)) + list(tags.compatible_tags(version, "pp3", platforms))
else:
    found = list(tags.cpython_tags(version, platforms=platforms))
    found += tags.compatible_tags(version, "cp%d%d" % version, platforms)
print(json.dumps({"tags": [str(t) for t in found], "markers": markers.default_environment()}))
`

type reported struct {
	Tags    []string
	Markers map[string]string
}

// TestRealInterpreters compares tags and markers with those that packaging
// gives under each CPython of pyenv, with packaging from the index.
func TestRealInterpreters(t *testing.T) {
	if os.Getenv("AXLE_REAL") == "" {
		t.Skip("AXLE_REAL is not set")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	pythons, err := filepath.Glob(filepath.Join(home, ".pyenv", "versions", "[23]*", "bin", "python"))
	if err != nil || len(pythons) == 0 {
		t.Skipf("no CPython of pyenv: %v", err)
	}
	for _, python := range pythons {
		full := filepath.Base(filepath.Dir(filepath.Dir(python)))
		t.Run(full, func(t *testing.T) {
			parts := strings.SplitN(full, ".", 3)
			got := parse(t, parts[0]+"."+parts[1]+"@linux/amd64")
			want := ask(t, python, got.Platform)
			if list := texts(got.Tags()); !slices.Equal(list, want.Tags) {
				t.Errorf("tags\n got %v\nwant %v", list, want.Tags)
			}
			checkMarkers(t, got.Environment(), want.Markers)
			if env := got.Environment(); env.ImplementationVersion != "0" && want.Markers["implementation_version"] != full {
				t.Errorf("the interpreter is not %s: %v", full, want.Markers)
			}
		})
	}
}

// TestRealPyPy does the same with the machine's PyPy.
func TestRealPyPy(t *testing.T) {
	pypy, err := exec.LookPath("pypy3")
	if os.Getenv("AXLE_REAL") == "" || err != nil {
		t.Skipf("AXLE_REAL is not set, or: %v", err)
	}
	version, err := exec.CommandContext(t.Context(), pypy, "-c", "import sys; print('%d.%d' % sys.version_info[:2])").Output()
	if err != nil {
		t.Fatal(err)
	}
	got := parse(t, "pypy"+strings.TrimSpace(string(version))+"@linux/amd64")
	want := ask(t, pypy, got.Platform)
	if list := texts(got.Tags()); !slices.Equal(list, want.Tags) {
		t.Errorf("tags\n got %v\nwant %v", list, want.Tags)
	}
	checkMarkers(t, got.Environment(), want.Markers)
}

// pip names the Python whose pip installs for this one: PyPy often has none,
// and packaging is the same file for all of Python 3.
func pip(python string) string {
	if strings.Contains(filepath.Base(python), "pypy") {
		return "python3"
	}
	return python
}

func ask(t *testing.T, python string, platform target.Platform) (out reported) {
	t.Helper()
	dir := t.TempDir()
	install := exec.CommandContext(t.Context(), pip(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", dir, "packaging")
	if text, err := install.CombinedOutput(); err != nil {
		t.Fatalf("pip install packaging: %v\n%s", err, text)
	}
	platforms, err := json.Marshal(platform.PlatformTags())
	if err != nil {
		t.Fatal(err)
	}
	text, err := exec.CommandContext(t.Context(), python, "-c", askPackaging, dir, string(platforms)).Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// checkMarkers compares all variables but those of one machine, and those
// that name a patch release.
func checkMarkers(t *testing.T, env pep508.Environment, want map[string]string) {
	t.Helper()
	for variable, got := range map[string]string{
		"os_name": env.OSName, "sys_platform": env.SysPlatform,
		"platform_system": env.PlatformSystem, "platform_machine": env.PlatformMachine,
		"platform_python_implementation": env.PlatformPythonImplementation,
		"implementation_name":            env.ImplementationName, "python_version": env.PythonVersion,
	} {
		if got != want[variable] {
			t.Errorf("%s: %q, want %q", variable, got, want[variable])
		}
	}
}
