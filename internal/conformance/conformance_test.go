package conformance

import (
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
