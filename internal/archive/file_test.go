package archive

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestHashingWriter(t *testing.T) {
	data := text(3*copyBuffer + 17)
	r := rand.New(rand.NewPCG(3, 4))
	for _, size := range []int{0, 1, copyBuffer - 1, copyBuffer, copyBuffer + 1, len(data)} {
		var out bytes.Buffer
		h := NewHashingWriter(&out)
		for rest := data[:size]; len(rest) > 0; {
			n := min(len(rest), 1+r.IntN(copyBuffer*3/2))
			wrote, err := h.Write(rest[:n])
			if wrote != n || err != nil {
				t.Fatalf("wrote %d of %d, %v", wrote, n, err)
			}
			rest = rest[n:]
		}
		sums, err := h.Finish()
		want := Sums{int64(size), crc32.ChecksumIEEE(data[:size]), sha256.Sum256(data[:size])}
		if err != nil || sums != want || !bytes.Equal(out.Bytes(), data[:size]) {
			t.Errorf("%d bytes: %+v, %v", size, sums, err)
		}
	}
	for _, short := range []bool{false, true} {
		h := NewHashingWriter(&fullDisk{left: copyBuffer + 5, short: short})
		_, err := io.Copy(h, bytes.NewReader(data))
		_, ferr := h.Finish()
		if want := errors.Join(err, ferr); !errors.Is(want, errFull) && !errors.Is(want, io.ErrShortWrite) {
			t.Errorf("full disk: %v, %v", err, ferr)
		}
	}
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.zip")
	check(t, os.WriteFile(path, []byte("old"), 0o644))
	broken := errors.New("broken")
	big := text(2 * copyBuffer)
	full := func(short bool) func(string) (tempFile, error) {
		return func(path string) (tempFile, error) {
			f, err := createBeside(path)
			return struct {
				io.Writer
				io.Closer
				named
			}{&fullDisk{left: 100, short: short}, f, f}, err
		}
	}
	for name, c := range map[string]struct {
		create func(string) (tempFile, error)
		write  func(io.Writer) error
		want   error
	}{
		"writer fails":     {createBeside, func(w io.Writer) error { _, _ = w.Write(big); return broken }, broken},
		"full disk":        {full(false), func(w io.Writer) error { _, err := w.Write(big); return err }, errFull},
		"full when closed": {full(false), func(w io.Writer) error { _, err := w.Write(big[:200]); return err }, errFull},
		"short write":      {full(true), func(w io.Writer) error { _, err := w.Write(big); return err }, io.ErrShortWrite},
	} {
		err := writeFile(path, c.create, c.write)
		if !errors.Is(err, c.want) || c.want != broken && err.Error() != path+": "+c.want.Error() {
			t.Errorf("%s: %v", name, err)
		}
		if got := listDir(t, dir); !slices.Equal(got, []string{"out.zip"}) {
			t.Errorf("%s: left %q", name, got)
		}
		if data, _ := os.ReadFile(path); string(data) != "old" {
			t.Errorf("%s: the old file is gone", name)
		}
	}
	sums, err := WriteHashed(path, func(w io.Writer) error { _, err := w.Write(big); return err })
	check(t, err)
	if data, _ := os.ReadFile(path); !bytes.Equal(data, big) || sums.SHA256 != sha256.Sum256(big) || sums.Hex() == "" {
		t.Errorf("%d bytes written, %+v", len(data), sums)
	}
	if got := listDir(t, dir); !slices.Equal(got, []string{"out.zip"}) {
		t.Errorf("left %q", got)
	}
	missing := filepath.Join(dir, "missing", "out.zip")
	if err := WriteFile(missing, func(io.Writer) error { return nil }); err == nil || err.Error() != missing+": no such file or directory" && !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	if err := WriteFile(dir, func(io.Writer) error { return nil }); err == nil || !strings.HasPrefix(err.Error(), dir+": ") {
		t.Errorf("a folder is in the way: %v", err)
	}
}

type named interface{ Name() string }

func TestWriteFileThatPanics(t *testing.T) {
	dir := t.TempDir()
	func() {
		defer func() { _ = recover() }()
		_ = WriteFile(filepath.Join(dir, "x"), func(io.Writer) error { panic("x") })
	}()
	if got := listDir(t, dir); len(got) > 0 {
		t.Errorf("left %q", got)
	}
}

func listDir(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	check(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// The way of a build: a package is written and summed up, then embedded.
func TestStoredFile(t *testing.T) {
	dir := t.TempDir()
	inner := filepath.Join(dir, "x.whl")
	sums, err := WriteHashed(inner, func(w io.Writer) error { _, err := w.Write(golden(t)); return err })
	check(t, err)
	outer := filepath.Join(dir, "x.zip")
	check(t, WriteFile(outer, func(out io.Writer) error {
		w := NewWriter(out)
		return errors.Join(w.StoredFile("dep/x.whl", inner, sums), w.Close())
	}))
	r, err := OpenReader(outer, Limits{})
	check(t, err)
	defer func() { check(t, r.Close()) }()
	nested, err := OpenNested(r, "dep/x.whl", Limits{})
	check(t, err)
	if got, err := nested.ReadFile("pkg/__init__.py"); string(got) != "import sys\n" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	check(t, os.WriteFile(inner, []byte("changed"), 0o644))
	if err := NewWriter(io.Discard).StoredFile("dep/x.whl", inner, sums); err == nil {
		t.Error("a file that changed was embedded")
	}
}
