package main

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/axlepack/axle/internal/indextest"
)

// TestConcurrentBuilds runs several builds at once that share a cache, and two
// of them a project: each file is downloaded once, and all zips are equal.
func TestConcurrentBuilds(t *testing.T) {
	t.Parallel()
	user := t.TempDir()
	index := indextest.New(t, indextest.Options{Metadata: indextest.Advertised}, describe(t, "", `
palette 1.0 py3-none-any
kiln 2.0 cp39..cp311@win_amd64,manylinux_2_17_x86_64
    native: kiln/_kiln
`)...)
	var dirs []string
	for i := range 3 {
		dir := filepath.Join(user, fmt.Sprintf("project%d", i))
		mustWrite(t, filepath.Join(dir, "extension.yml"), []byte(`extension: {name: ext, version: "1.0.0", api_level: "1.4.0", requires_python: ">=3.9,<3.12", zip_safe: false}
bundle: {platforms: [windows/amd64, linux/amd64]}
`))
		mustWrite(t, filepath.Join(dir, "extension.py"), nil)
		mustWrite(t, filepath.Join(dir, "requirements.txt"), []byte("kiln\npalette\n"))
		dirs = append(dirs, dir)
	}
	dirs = append(dirs, dirs[0])
	var wait sync.WaitGroup
	for _, dir := range dirs {
		wait.Go(func() { mustRun(t, user, 0, "", "build", "-i", index.Simple(), dir) })
	}
	wait.Wait()
	if n := index.Count(indextest.Whole, ".whl"); n != 7 {
		t.Errorf("%d downloads, want 7", n)
	}
	want := sum(t, filepath.Join(dirs[0], "dist", "extension_build", "ext-1.0.0.zip"))
	for _, dir := range dirs[1:] {
		if got := sum(t, filepath.Join(dir, "dist", "extension_build", "ext-1.0.0.zip")); got != want {
			t.Errorf("%s has another zip", dir)
		}
	}
	if left := leftovers(user); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
