package main

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/archive"
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

// TestMatrixOfRenamedPackage: a package that was given the name of another
// platform serves nothing.
func TestMatrixOfRenamedPackage(t *testing.T) {
	a := newAgentRun(t)
	dir := filepath.Join(a.home, "sample")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "testdata", "sample"))); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "dist")); err != nil {
		t.Fatal(err)
	}
	a.env = append(a.env, "AXLE_CACHE="+filepath.Join(a.home, "cache"))
	a.run(0, "build", "-q", "--python", "3.11", "--platform", "windows/amd64", dir)
	built := filepath.Join(dir, "dist", "extension_build", "sample_ext-1.0.0.zip")
	a.run(0, "matrix", "--check", "--python", "3.11", built)
	a.says("windows/amd64", "")
	renamed := filepath.Join(a.home, "renamed.zip")
	renameMembers(t, built, renamed, "win_amd64", "manylinux_2_17_aarch64")
	a.run(3, "verify", renamed)
	a.says("", "[wheel-tags]")
	for _, drawing := range [][]string{nil, {"--json"}, {"--markdown"}, {"--html", "-"}} {
		a.run(5, append([]string{"matrix", "--check", "--python", "3.11", renamed}, drawing...)...)
		a.says("sample_ext-1.0.0-cp311-abi3-manylinux_2_17_aarch64.whl is refused: ", "no package serves cp311@manylinux_2_17_aarch64")
	}
}

// renameMembers copies a zip, with another text in the names of its members.
func renameMembers(t *testing.T, from, to, was, is string) {
	t.Helper()
	r, err := archive.OpenReader(from, archive.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	err = archive.WriteFile(to, func(out io.Writer) error {
		w := archive.NewWriter(out)
		for _, m := range r.Members() {
			if err := w.CopyRaw(r, m, strings.ReplaceAll(m.Name, was, is), m.Mode); err != nil {
				return err
			}
		}
		return w.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
}
