package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheel"
)

// sample is a wheel of some files, and the RECORD that fits it.
func sample(t testing.TB) (*Reader, map[string]wheel.RecordEntry) {
	t.Helper()
	files := map[string]string{
		"demo/__init__.py": "", "demo/a/b/c/deep.py": "import sys\n", "demo/ü.txt": "ü",
		"demo/big.bin": string(text(3*copyBuffer + 5)), "demo/exact.bin": string(text(copyBuffer)), "top.py": "print()\n",
		"demo-1.0.dist-info/RECORD": "x", "demo-1.0.dist-info/RECORD.jws": "y",
	}
	var entries []entry
	record := map[string]wheel.RecordEntry{}
	for i, name := range slices.Sorted(maps.Keys(files)) {
		data := files[name]
		e := entry{name: name, data: data, method: []uint16{methodStore, methodDeflate}[i%2]}
		if name == "top.py" {
			e.mode = 0o100777
		}
		entries = append(entries, e)
		record[name] = wheel.RecordEntry{Path: name, Hash: wheel.SHA256(sha256.Sum256([]byte(data))), Size: int64(len(data))}
	}
	record["demo-1.0.dist-info/RECORD"] = wheel.RecordEntry{Path: "demo-1.0.dist-info/RECORD", Size: -1}
	record["demo-1.0.dist-info/RECORD.jws"] = wheel.RecordEntry{Path: "demo-1.0.dist-info/RECORD.jws", Size: -1}
	return mustOpen(t, makeZip(entries...)), record
}

func TestExtract(t *testing.T) {
	r, record := sample(t)
	for _, opt := range []ExtractOptions{{}, {Verify: record}, {Verify: record, Workers: 1}, {Verify: record, Workers: 50, Sync: true}} {
		dir := t.TempDir()
		if err := Extract(context.Background(), r, dir, opt); err != nil {
			t.Fatal(err)
		}
		var found []string
		check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			name, _ := filepath.Rel(dir, path)
			found = append(found, filepath.ToSlash(name))
			return err
		}))
		want := slices.Sorted(slices.Values(r.Names()))
		if slices.Sort(found); !slices.Equal(found, want) {
			t.Errorf("extracted %q, want %q", found, want)
		}
		for _, name := range want {
			got, err := os.ReadFile(filepath.Join(dir, name))
			check(t, err)
			content, err := r.ReadFile(name)
			check(t, err)
			if !bytes.Equal(got, content) {
				t.Errorf("%s: %d bytes, want %d", name, len(got), len(content))
			}
			if info, _ := os.Stat(filepath.Join(dir, name)); runtime.GOOS != "windows" && (info.Mode()&0o100 != 0) != (name == "top.py") {
				t.Errorf("%s: mode %v", name, info.Mode())
			}
		}
		if err := Extract(context.Background(), r, dir, opt); !errors.Is(err, fs.ErrExist) {
			t.Errorf("extracted twice: %v", err)
		}
	}
}

func TestExtractSome(t *testing.T) {
	r, record := sample(t)
	dir := t.TempDir()
	record["not/there"] = wheel.RecordEntry{Path: "not/there"}
	include := func(name string) bool { return strings.HasPrefix(name, "demo/a/") }
	check(t, Extract(context.Background(), r, dir, ExtractOptions{Verify: record, Include: include}))
	if got := listDir(t, dir); !slices.Equal(got, []string{"demo"}) {
		t.Errorf("extracted %q", got)
	}
}

func TestExtractHoldsFilesToRecord(t *testing.T) {
	const name = "demo/a/b/c/deep.py"
	edit := func(f func(e *wheel.RecordEntry)) func(map[string]wheel.RecordEntry) {
		return func(m map[string]wheel.RecordEntry) { e := m[name]; f(&e); m[name] = e }
	}
	for _, c := range []struct {
		name    string
		change  func(map[string]wheel.RecordEntry)
		want    string
		written bool // found while writing
	}{
		{"hash", edit(func(e *wheel.RecordEntry) { e.Hash = wheel.SHA256([32]byte{}) }), name + ": its sha256 is not the one in RECORD", true},
		{"size", edit(func(e *wheel.RecordEntry) { e.Size++ }), name + ": it has 11 bytes, and RECORD says 12", false},
		{"no entry", func(m map[string]wheel.RecordEntry) { delete(m, name) }, name + ": RECORD does not have it", false},
		{"no hash", edit(func(e *wheel.RecordEntry) { e.Hash = wheel.Hash{} }), name + ": RECORD has no hash of it", false},
		{"weak hash", edit(func(e *wheel.RecordEntry) { e.Hash.Algorithm = "md5" }), name + ": RECORD has a hash of it by md5", false},
		{"no file", func(m map[string]wheel.RecordEntry) { m["gone.py"] = wheel.RecordEntry{Path: "gone.py"} }, "gone.py: RECORD has it, and the archive does not", false},
		{"both", func(m map[string]wheel.RecordEntry) {
			delete(m, name)
			m["gone.py"] = wheel.RecordEntry{Path: "gone.py"}
		}, "does not have it\ntest.zip: gone.py: RECORD has it", false},
	} {
		r, record := sample(t)
		c.change(record)
		dir := t.TempDir()
		err := Extract(context.Background(), r, dir, ExtractOptions{Verify: record})
		if err == nil || !strings.Contains(err.Error(), c.want) || fault.ExitCode(err) != fault.Mismatch {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := listDir(t, dir); !c.written && len(got) > 0 {
			t.Errorf("%s: %q written before the check", c.name, got)
		}
	}
	r, record := sample(t)
	for name, e := range record {
		if e.Size >= 0 {
			e.Hash, e.Size = wheel.Hash{Algorithm: "sha512", Digest: "AAAA"}, -1
			record[name] = e
		}
	}
	if err := Extract(context.Background(), r, t.TempDir(), ExtractOptions{Verify: record}); err == nil || !strings.Contains(err.Error(), "its sha512 is not") {
		t.Errorf("sha512: %v", err)
	}
}

func TestExtractDamaged(t *testing.T) {
	data := makeZip(entry{name: "a", data: "hello, world", method: 8, central: put32(centralCRC, 1), local: put32(localCRC, 1)})
	err := Extract(context.Background(), mustOpen(t, data), t.TempDir(), ExtractOptions{})
	if !errors.Is(err, errCRC) || fault.ExitCode(err) != fault.BadInput {
		t.Errorf("wrong CRC-32: %v", err)
	}
}

func TestExtractCancelled(t *testing.T) {
	var entries []entry
	for i := range 300 {
		entries = append(entries, entry{name: fmt.Sprintf("%d/a", i), data: "x"})
	}
	r := mustOpen(t, makeZip(entries...))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Extract(ctx, r, t.TempDir(), ExtractOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	// The source ends the context in the middle of a large file.
	big := mustOpen(t, makeZip(entry{name: "big", data: strings.Repeat("x", 20*copyBuffer)}))
	ctx, cancel = context.WithCancel(context.Background())
	big.src = &cancelling{big.src.(*bytes.Reader), cancel}
	dir := t.TempDir()
	if err := Extract(ctx, big, dir, ExtractOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled inside a file: %v", err)
	}
	if info, err := os.Stat(filepath.Join(dir, "big")); err != nil || info.Size() >= 20*copyBuffer {
		t.Errorf("the file was written to its end: %v", err)
	}
}

type cancelling struct {
	*bytes.Reader
	cancel func()
}

func (c *cancelling) ReadAt(p []byte, off int64) (int, error) {
	c.cancel()
	return c.Reader.ReadAt(p, off)
}

// A folder that is a link must not lead files out of the target.
func TestExtractDoesNotFollowLinks(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "demo")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	r, _ := sample(t)
	if err := Extract(context.Background(), r, dir, ExtractOptions{}); err == nil {
		t.Error("extracted through a link")
	}
	if got := listDir(t, outside); len(got) > 0 {
		t.Errorf("%q written outside", got)
	}
}

func TestOpenNested(t *testing.T) {
	inner := makeZip(entry{name: "a", data: "hello", method: 8})
	large := makeZip(entry{name: "a", data: "hello"}, entry{name: "b", data: strings.Repeat("x", spoolInMemory)})
	outer := mustOpen(t, makeZip(
		entry{name: "first", data: "x"},
		entry{name: "dep/stored.whl", data: string(inner)},
		entry{name: "dep/packed.whl", data: string(inner), method: 8},
		entry{name: "dep/large.whl", data: string(large), method: 8},
		entry{name: "dep/bad.whl", data: "no archive"},
		entry{name: "dep/lies.whl", data: string(inner), method: 8, central: put32(centralCRC, 1), local: put32(localCRC, 1)},
	))
	for _, name := range []string{"dep/stored.whl", "dep/packed.whl", "dep/large.whl"} {
		r, err := OpenNested(outer, name, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.ReadFile("a"); string(got) != "hello" || err != nil || r.Path() != "test.zip!"+name {
			t.Errorf("%s: %q, %v", r.Path(), got, err)
		}
		check(t, r.Close())
	}
	for name, want := range map[string]string{"dep/bad.whl": "test.zip!dep/bad.whl: not a zip archive", "dep/lies.whl": "dep/lies.whl: its CRC-32 is wrong", "none": "none: no such member"} {
		if _, err := OpenNested(outer, name, Limits{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := OpenNested(outer, "dep/large.whl", Limits{MemberBytes: 100}); err == nil {
		t.Error("limits do not reach the nested archive")
	}
}

func TestOpenNestedLeavesNoTemporaryFile(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	whole := bytes.Repeat([]byte("x"), spoolInMemory+1)
	outer := mustOpen(t, makeZip(entry{name: "bad", data: string(whole), method: 8}, entry{name: "good",
		data: string(makeZip(entry{name: "a", data: string(whole)})), method: 8}))
	if _, err := OpenNested(outer, "bad", Limits{}); err == nil {
		t.Error("text opened as an archive")
	}
	r, err := OpenNested(outer, "good", Limits{})
	check(t, err)
	if got := listDir(t, os.Getenv("TMPDIR")); len(got) != 1 {
		t.Errorf("temporary files: %q", got)
	}
	check(t, r.Close())
	if got := listDir(t, os.Getenv("TMPDIR")); len(got) != 0 {
		t.Errorf("left %q", got)
	}
}

func TestClosedMemberIsNotRead(t *testing.T) {
	r := mustOpen(t, makeZip(entry{name: "a", data: "hello", method: 8}))
	for range 2 { // the inflater that the first gave back serves the second
		f, err := r.Open("a")
		check(t, err)
		check(t, f.Close())
		if n, err := f.Read(make([]byte, 9)); n != 0 || !errors.Is(err, fs.ErrClosed) {
			t.Errorf("read %d bytes of a closed member, %v", n, err)
		}
		check(t, f.Close())
	}
	if _, err := r.Open("b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such member: %v", err)
	}
}
