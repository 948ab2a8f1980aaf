package pack

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pythons finds the interpreters that can be asked: python3 on the PATH, and
// those of pyenv.
func pythons(t *testing.T) []string {
	t.Helper()
	home, _ := os.UserHomeDir()
	found, _ := filepath.Glob(filepath.Join(home, ".pyenv", "versions", "3*", "bin", "python"))
	if path, err := exec.LookPath("python3"); err == nil && exec.Command(path, "-c", "").Run() == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		t.Skip("no Python")
	}
	return found
}

// TestRow01: dependencies beside the modules run straight from the zip, and
// their metadata is found there.
func TestRow01(t *testing.T) {
	e := extension()
	e.ZipSafe = true
	e.Members = []Member{
		member("dep_a/__init__.py", "dep-a 1.2", "from .data import text\n"),
		member("dep_a/data.py", "dep-a 1.2", "import pkgutil\ntext = pkgutil.get_data('dep_a', 'words.txt').decode()\n"),
		member("dep_a/words.txt", "dep-a 1.2", "words of a dependency"),
		member("dep_a-1.2.dist-info/METADATA", "dep-a 1.2", "Metadata-Version: 2.1\nName: dep-a\nVersion: 1.2\n"),
		member("dep_a-1.2.dist-info/RECORD", "dep-a 1.2", "dep_a/__init__.py,,\n"),
	}
	w := write(t, e)
	const script = `
import sys
sys.path.insert(0, sys.argv[1])
import dep_a
if sys.version_info >= (3, 8):
    from importlib import metadata
    assert metadata.version("dep-a") == "1.2"
print(dep_a.text, "from", dep_a.__file__)
`
	for _, python := range pythons(t) {
		out, err := exec.Command(python, "-I", "-c", script, w.Path).CombinedOutput()
		want := "words of a dependency from " + filepath.Join(w.Path, "dep_a", "__init__.py")
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %v\n%s", python, err, out)
		}
	}
}
