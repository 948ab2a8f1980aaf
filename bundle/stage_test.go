package bundle

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/pep440"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// tree lists the files below dir with their contents.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		if rel != stateName {
			lines = append(lines, filepath.ToSlash(rel)+"="+string(data))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return strings.Join(lines, " ")
}

// filled is a stage with a package and a zip of version 1.0.
func filled(t *testing.T, dist, text string) *staged {
	t.Helper()
	s, err := stage(dist)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(s.packages(), "x-1.0-"+text+".whl"), text)
	write(t, s.zip("x-1.0.zip"), text)
	return s
}

func TestPlaceReplacesTheEarlierBuild(t *testing.T) {
	dist := filepath.Join(t.TempDir(), "dist")
	write(t, filepath.Join(dist, "extension_build", "x-0.9.zip"), "of another version")
	for _, text := range []string{"first", "second"} {
		s := filled(t, dist, text)
		if err := s.place("x", pep440.MustParse("1.0")); err != nil {
			t.Fatal(err)
		}
		s.remove()
	}
	want := "dep/x-1.0-second.whl=second extension_build/x-0.9.zip=of another version extension_build/x-1.0.zip=second"
	if got := tree(t, dist); got != want {
		t.Errorf("dist has\n%s\nwant\n%s", got, want)
	}
}

// TestPlaceGoesBack makes the last move fail: what was there before is there
// again.
func TestPlaceGoesBack(t *testing.T) {
	dist := filepath.Join(t.TempDir(), "dist")
	s := filled(t, dist, "first")
	if err := s.place("x", pep440.MustParse("1.0")); err != nil {
		t.Fatal(err)
	}
	s.remove()
	before := tree(t, dist)

	s = filled(t, dist, "second")
	if err := os.Remove(filepath.Join(dist, stateName)); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dist, stateName, "a-folder-in-the-way"), "")
	if err := s.place("x", pep440.MustParse("1.0")); err == nil {
		t.Fatal("moving a file over a folder that is not empty succeeded")
	}
	s.remove()
	if err := os.RemoveAll(filepath.Join(dist, stateName)); err != nil {
		t.Fatal(err)
	}
	if after := tree(t, dist); after != before {
		t.Errorf("dist has\n%s\nwant\n%s", after, before)
	}
}

func TestSweepBringsPackagesBack(t *testing.T) {
	dist := filepath.Join(t.TempDir(), "dist")
	killed := filled(t, dist, "new")
	write(t, filepath.Join(killed.old(), "dep", "x-1.0-py3-none-any.whl"), "collected")
	write(t, filepath.Join(dist, "extension_build", "x-1.0.zip"), "kept")
	if err := sweep(dist); err != nil {
		t.Fatal(err)
	}
	if got, want := tree(t, dist), "dep/x-1.0-py3-none-any.whl=collected extension_build/x-1.0.zip=kept"; got != want {
		t.Errorf("dist has %q, want %q", got, want)
	}
	if err := sweep(filepath.Join(dist, "nowhere")); err != nil {
		t.Error(err)
	}
}
