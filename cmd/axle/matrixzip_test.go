package main

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
)

// TestMatrixOfZip: what the matrix says of a project is what it finds in the
// zip that was built of it.
func TestMatrixOfZip(t *testing.T) {
	a := newAgentRun(t)
	dir := filepath.Join(a.home, "sample")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "testdata", "sample"))); err != nil {
		t.Fatal(err)
	}
	a.env = append(a.env, "AXLE_CACHE="+filepath.Join(a.home, "cache"))
	if err := os.RemoveAll(filepath.Join(dir, "dist")); err != nil {
		t.Fatal(err)
	}
	a.run(0, "matrix", "--json", dir)
	planned := cellsOf(t, a.json("matrix"))
	a.run(0, "build", "-q", dir)
	a.run(0, "matrix", "--json", filepath.Join(dir, "dist", "extension_build", "sample_ext-1.0.0.zip"))
	// The zip knows no floor of its columns but that of its packages.
	found := cellsOf(t, a.json("matrix"))
	if len(planned) == 0 || !maps.Equal(planned, found) {
		t.Errorf("planned %v\nfound %v", planned, found)
	}
}

// cellsOf gives the package of each Python on each kind of platform.
func cellsOf(t *testing.T, matrix map[string]any) map[string]string {
	t.Helper()
	cells := map[string]string{}
	for _, c := range matrix["cells"].([]any) {
		cell := c.(map[string]any)
		platform := cell["platform"].(string)
		name, _ := cell["package"].(string)
		cells[cell["python"].(string)+" "+platform[:3]+platform[len(platform)-5:]] = name
	}
	return cells
}
