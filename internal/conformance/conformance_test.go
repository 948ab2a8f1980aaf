package conformance

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"
)

func TestVectorsYieldEveryLineOfAnOp(t *testing.T) {
	seen := 0
	for v := range Vectors[map[string]any](t, "standards/versions.jsonl.gz", "parse") {
		if v.Op != "parse" || v.ID == 0 {
			t.Fatalf("vector %+v", v)
		}
		seen++
	}
	if seen < 100 {
		t.Fatalf("only %d lines", seen)
	}
}

func TestCarriedPartsAreFoundWithoutTheSharedFolder(t *testing.T) {
	t.Setenv("AXLE_CONFORMANCE", filepath.Join(t.TempDir(), "nothing"))
	for _, part := range []string{"versions", "specifiers", "markers", "requirements", "tags"} {
		for range Lines(t, "standards/"+part+".jsonl.gz") {
			break
		}
	}
}

func TestAMissingPartSkips(t *testing.T) {
	t.Run("part", func(t *testing.T) {
		defer func() {
			if !t.Skipped() {
				t.Error("not skipped")
			}
		}()
		Path(t, "standards/nothing.jsonl.gz")
	})
}

// TestAnotherFolderIsReadAlone: what it lacks is not taken from elsewhere.
func TestAnotherFolderIsReadAlone(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("AXLE_CONFORMANCE", dir)
	if err := os.WriteFile(filepath.Join(dir, "mine.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := Path(t, "mine.json"); got != filepath.Join(dir, "mine.json") {
		t.Error(got)
	}
	t.Run("part", func(t *testing.T) {
		defer func() {
			if !t.Skipped() {
				t.Error("not skipped")
			}
		}()
		Path(t, "standards/versions.jsonl.gz")
	})
}

// Half of the corpora is as good as the whole: folders that are empty and packs
// that are without a project skip by name, and what lines build on is there.
func TestPartsOfTheCorpora(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("AXLE_CONFORMANCE", dir)
	if err := os.MkdirAll(filepath.Join(dir, "resolver", "heavy"), 0o755); err != nil {
		t.Fatal(err)
	}
	pack, err := os.Create(filepath.Join(dir, "resolver", "index.zip"))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(pack)
	if _, err := z.Create("simple/there.json"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := pack.Close(); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(*testing.T){
		"files": func(t *testing.T) { Files(t, "resolver/heavy", "*.json") },
		"index": func(t *testing.T) { Index(t, "resolver/index.zip", "there", "missing") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if !t.Skipped() {
					t.Error("not skipped")
				}
			}()
			read(t)
		})
	}
	Index(t, "resolver/index.zip", "there")
	n := 0
	for range CarriedVectors[map[string]any](t, "standards/markers.jsonl.gz", "env") {
		n++
	}
	if n == 0 {
		t.Error("no environments")
	}
}
