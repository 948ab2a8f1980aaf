package selector

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
)

func TestEditAgent(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "new", "agent.yml")
	if _, err := RemoveInterpreters(file, []string{"/a"}); fault.ExitCode(err) != fault.NotFound {
		t.Errorf("a list that is not there: %v", err)
	}
	e, err := AddInterpreters(file, []string{"/a", "/b"}, Place{})
	if err != nil || !e.Changed || !slices.Equal(e.Interpreters, []string{"/a", "/b"}) {
		t.Fatalf("%+v, %v", e, err)
	}
	text := "# mine\ninterpreters: [/a, /b]\naccept: [x] # one\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link.yml")
	if err := os.Symlink(file, link); err != nil {
		t.Skip(err)
	}
	if e, err = AddInterpreters(link, []string{"/b"}, Place{}); err != nil || e.Changed {
		t.Errorf("%+v, %v", e, err)
	}
	if e, err = AddInterpreters(link, []string{"/c"}, Place{First: true}); err != nil || !e.Changed {
		t.Errorf("%+v, %v", e, err)
	}
	if e, err = RemoveInterpreters(link, []string{"/a"}); err != nil || strings.Join(e.Interpreters, " ") != "/c /b" {
		t.Errorf("%+v, %v", e, err)
	}
	got, _ := os.ReadFile(file)
	if want := strings.Replace(text, "/a, /b", "/c, /b", 1); string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
	if info, _ := os.Stat(file); info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("mode %v", info.Mode())
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".axle-*"))
	if len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	// what is wrong with the file is said, and it stays as it is
	if err := os.WriteFile(file, []byte("accept: 5\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := AddInterpreters(file, []string{"/c"}, Place{}); fault.ExitCode(err) != fault.BadInput {
		t.Errorf("a bad file: %v", err)
	}
}
