package selector

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/peer"
)

// archives is the corpus of archives, with what deploying makes of each in its
// README.md.
var archives = filepath.Join("..", "testdata", "archives")

// TestArchives deploys every archive of the corpus: what is wrong is refused in
// the words that the corpus says, and leaves nothing anywhere.
func TestArchives(t *testing.T) {
	in := newest(t)
	text, err := os.ReadFile(filepath.Join(archives, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), " |")
		if len(cells) < 4 || !strings.HasSuffix(cells[0], ".zip") {
			continue
		}
		seen++
		file := strings.TrimPrefix(cells[0], "| ")
		code, err := strconv.Atoi(strings.TrimSpace(cells[2]))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(file, func(t *testing.T) {
			around := t.TempDir()
			root := filepath.Join(around, "root")
			_, err := tryDeploy(t.Context(), filepath.Join(archives, file), DeployOptions{Root: root, NoCompile: true}, in)
			if code == 0 {
				if err != nil {
					t.Fatal(err)
				}
				run(t, RunOptions{Root: root, Name: "sample"}).want(t, 0, "deployed\n")
				if _, err := Verify(t.Context(), root, "sample", false); err != nil {
					t.Error(err)
				}
				return
			}
			mustFail(t, file, err, code, strings.TrimSpace(cells[3]))
			if code == fault.NoPackage {
				code = fault.BadInput // of the zip as such
			}
			if _, err := verifyZip(t, filepath.Join(archives, file)); fault.ExitCode(err) != code && !strings.Contains(file, "own-name") {
				t.Errorf("verify: %v, want exit code %d", err, code)
			}
			if list, err := List(root); err != nil || len(list) > 0 {
				t.Errorf("deployed: %v (%v)", list, err)
			}
			for _, name := range tree(t, around) {
				if !strings.HasPrefix(name, "root/l/") {
					t.Errorf("left behind: %s", name)
				}
			}
		})
	}
	if seen < 80 {
		t.Errorf("%d archives in the README", seen)
	}
}

// FuzzExtract: whatever an archive holds, opening, reading and extracting it as
// axle deploy does neither panics nor leaves anything but files and folders below
// the folder that was given, and all of it as large as was said.
func FuzzExtract(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(archives, "*.zip"))
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if len(data) < 4<<10 {
			f.Add(data)
		}
	}
	base := f.TempDir()
	path := filepath.Join(base, "fuzz.zip")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		z, err := Open(path)
		if err != nil {
			if fault.ExitCode(err) != fault.BadInput {
				t.Fatalf("exit code %d: %v", fault.ExitCode(err), err)
			}
			return
		}
		defer z.Close()
		around := filepath.Join(base, "around")
		defer os.RemoveAll(around)
		extractAll(t, z.reader, around, archive.ExtractOptions{Include: isOwn})
		for i := range z.Extension.Packages {
			p := &z.Extension.Packages[i]
			if z.read(p); p.Problem != nil {
				continue
			}
			inner, err := z.open(p.Member)
			if err != nil {
				continue
			}
			if entries, _, err := record(inner, p.Filename); err == nil {
				extractAll(t, inner, around, archive.ExtractOptions{Verify: entries.Map(), ReadOnly: true})
			}
		}
	})
}

// extractAll extracts into a folder of its own below around, and looks at what
// there is then.
func extractAll(t *testing.T, r *archive.Reader, around string, opt archive.ExtractOptions) {
	t.Helper()
	if err := os.RemoveAll(around); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(around, "a", "b")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var most int64
	for _, m := range r.Members() {
		most += m.Size
	}
	if most > 1<<20 {
		return
	}
	err := archive.Extract(context.Background(), r, dir, opt)
	var size int64
	werr := filepath.WalkDir(around, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if size += info.Size(); !info.Mode().IsRegular() || !strings.HasPrefix(path, dir) || info.Mode()&0o7000 != 0 {
			t.Fatalf("%s: %s", path, info.Mode())
		}
		return nil
	})
	if werr != nil || size > most {
		t.Fatalf("%d bytes of %d, %v, %v", size, most, err, werr)
	}
}

// TestFuzzForLong fuzzes for ten minutes with AXLE_LONG=1.
func TestFuzzForLong(t *testing.T) {
	limit := peer.Long(t, 10*time.Minute)
	ctx, cancel := context.WithTimeout(t.Context(), limit+5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "test", ".", "-run", "^$", "-fuzz", "^FuzzExtract$", "-fuzztime", limit.String(), "-fuzzminimizetime", "20x", "-parallel", "1")
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	if err != nil && strings.Contains(string(out), "context deadline exceeded") && !strings.Contains(string(out), "Failing input") {
		err = nil // the fuzzer takes the end of its own time for a failure
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	t.Log(strings.Join(lines[max(0, len(lines)-3):], "\n")) // how many inputs were tried
}
