package cache

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func open(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func write(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func TestBlob(t *testing.T) {
	s := open(t)
	want := sumOf("hello")
	if _, ok := s.Blob(want); ok {
		t.Fatal("an empty cache has the blob")
	}
	sum, size, path, err := s.Put(t.Context(), strings.ToUpper(want), write("hello"))
	if err != nil || sum != want || size != 5 {
		t.Fatalf("Put: %s, %d, %v", sum, size, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o222 != 0 {
		t.Errorf("%v, %v: want a read-only file", info, err)
	}
	if got, ok := s.Blob(want); !ok || got != path {
		t.Errorf("Blob: %q, %v", got, ok)
	}
	if _, _, again, err := s.Put(t.Context(), "", write("hello")); err != nil || again != path {
		t.Errorf("second Put: %q, %v", again, err)
	}
	noRests(t, s)
}

// noRests looks for temporary files.
func noRests(t *testing.T, s *Store) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.dir, tempDir))
	if err != nil || len(entries) != 0 {
		t.Errorf("left in the temporary folder: %v, %v", entries, err)
	}
}

func TestPutRefuses(t *testing.T) {
	broken := errors.New("connection broken")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name  string
		ctx   context.Context
		sum   string
		write func(io.Writer) error
		check func(error) bool
	}{
		{"other digest", t.Context(), sumOf("other"), write("hello"), func(err error) bool {
			var m *MismatchError
			return errors.As(err, &m) && m.Want == sumOf("other") && m.Got == sumOf("hello") && m.Size == 5
		}},
		{"half a file", t.Context(), sumOf("hello"), func(w io.Writer) error { _ = write("hel")(w); return broken }, func(err error) bool { return errors.Is(err, broken) }},
		{"cancelled", cancelled, sumOf("hello"), write("hello"), func(err error) bool { return errors.Is(err, context.Canceled) }},
		{"no digest", t.Context(), "x", write("hello"), func(err error) bool { return err != nil }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t)
			if _, _, path, err := s.Put(tt.ctx, tt.sum, tt.write); !tt.check(err) || path != "" {
				t.Errorf("Put: %q, %v", path, err)
			}
			if _, ok := s.Blob(sumOf("hello")); ok {
				t.Error("the blob is there")
			}
			noRests(t, s)
		})
	}
}

func TestDamagedBlobIsHealed(t *testing.T) {
	for _, damage := range []struct {
		name string
		do   func(path string) error
	}{
		{"truncated", func(p string) error { return os.Truncate(p, 2) }},
		{"same size", func(p string) error { return os.WriteFile(p, []byte("HELLO"), 0o600) }},
		{"removed", os.Remove},
		{"a folder", func(p string) error { return errors.Join(os.Remove(p), os.Mkdir(p, 0o700)) }},
	} {
		t.Run(damage.name, func(t *testing.T) {
			s := open(t)
			_, _, path, err := s.Put(t.Context(), "", write("hello"))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.Chmod(path, 0o600), os.Chtimes(path, time.Now(), time.Unix(1, 0))); err != nil {
				t.Fatal(err)
			}
			if err := damage.do(path); err != nil {
				t.Fatal(err)
			}
			if _, ok := s.Blob(sumOf("hello")); ok {
				t.Fatal("the damaged blob is believed")
			}
			if damage.name == "a folder" {
				return // nobody but a person makes one; it is not theirs to remove
			}
			if _, _, _, err := s.Put(t.Context(), sumOf("hello"), write("hello")); err != nil {
				t.Fatal(err)
			}
			if _, ok := s.Blob(sumOf("hello")); !ok {
				t.Error("the blob is not there again")
			}
		})
	}
}

// A cache that was copied to another machine has other times.
func TestTouchedBlobIsReadAgain(t *testing.T) {
	s := open(t)
	sum, _, path, err := s.Put(t.Context(), "", write("hello"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Unix(5, 0), time.Unix(5, 0)); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Blob(sum); !ok {
		t.Error("an intact blob was thrown away")
	}
	if !s.Verify(sum) {
		t.Error("Verify of an intact blob")
	}
}

// Verify finds what size and time hide.
func TestVerify(t *testing.T) {
	s := open(t)
	sum, _, path, err := s.Put(t.Context(), "", write("hello"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, []byte("HELLO"), 0o600), os.Chtimes(path, info.ModTime(), info.ModTime())); err != nil {
		t.Fatal(err)
	}
	if s.Verify(sum) {
		t.Error("Verify of a damaged blob")
	}
	if _, ok := s.Blob(sum); ok {
		t.Error("the damaged blob is still there")
	}
}

func TestValues(t *testing.T) {
	s := open(t)
	if _, ok := s.Get("page-1", "k"); ok {
		t.Fatal("an empty cache has a value")
	}
	for _, data := range []string{"one", "", strings.Repeat("x", 1<<20)} {
		if err := s.Set("page-1", "k", []byte(data)); err != nil {
			t.Fatal(err)
		}
		if got, ok := s.Get("page-1", "k"); !ok || string(got) != data {
			t.Errorf("Get: %d bytes, %v; want %d", len(got), ok, len(data))
		}
	}
	if _, ok := s.Get("page-2", "k"); ok {
		t.Error("the value is in another namespace")
	}
	if err := s.Delete("page-1", "k"); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Get("page-1", "k"); ok {
		t.Error("the deleted value is there")
	}
	if err := s.Delete("page-1", "k"); err != nil {
		t.Errorf("deleting twice: %v", err)
	}
	if err := s.Set("../page", "k", nil); err == nil {
		t.Error("a namespace left the folder")
	}
	noRests(t, s)
}

func TestDamagedValue(t *testing.T) {
	s := open(t)
	path, err := s.valuePath("page-1", "k")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Set("page-1", "k", []byte("some data")); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		flipped := bytes.Clone(good)
		flipped[i] ^= 0x20
		for _, bad := range [][]byte{flipped, good[:i]} {
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			if got, ok := s.Get("page-1", "k"); ok {
				t.Errorf("damaged at %d: got %q", i, got)
			}
		}
	}
	// A good file in the wrong place is as wrong.
	other, err := s.valuePath("page-1", "other")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(other), 0o700), os.WriteFile(other, good, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Get("page-1", "other"); ok {
		t.Error("the value of another key is believed")
	}
	if err := s.Set("page-1", "k", []byte("new")); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Get("page-1", "k"); string(got) != "new" {
		t.Errorf("not healed: %q", got)
	}
}

// Readers and writers of one key and one blob never see anything but whole
// contents.
func TestConcurrentUse(t *testing.T) {
	dir := t.TempDir()
	texts := []string{strings.Repeat("a", 100_000), strings.Repeat("b", 50_000)}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			s, err := Open(dir)
			if err != nil {
				t.Error(err)
				return
			}
			for n := range 30 {
				text := texts[(i+n)%2]
				if err := s.Set("page-1", "k", []byte(text)); err != nil {
					t.Error(err)
				}
				if got, ok := s.Get("page-1", "k"); ok && string(got) != texts[0] && string(got) != texts[1] {
					t.Errorf("torn value of %d bytes", len(got))
				}
				if _, _, path, err := s.Put(t.Context(), sumOf(text), write(text)); err != nil {
					t.Error(err)
				} else if got, err := os.ReadFile(path); err != nil || string(got) != text {
					t.Errorf("torn blob of %d bytes, %v", len(got), err)
				}
			}
		})
	}
	wg.Wait()
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	var mu sync.Mutex
	held, most := 0, 0
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			s, err := Open(dir) // as another process does
			if err != nil {
				t.Error(err)
				return
			}
			unlock, err := s.Lock(t.Context(), "download x")
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			held++
			most = max(most, held)
			mu.Unlock()
			time.Sleep(time.Millisecond)
			mu.Lock()
			held--
			mu.Unlock()
			unlock()
		})
	}
	wg.Wait()
	if most != 1 {
		t.Errorf("%d held the lock at once", most)
	}
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := s.Lock(t.Context(), "download x")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if free, err := s.Lock(t.Context(), "download y"); err != nil {
		t.Errorf("another name: %v", err)
	} else {
		free()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := s.Lock(ctx, "download x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting in vain: %v", err)
	}
}

func TestSweep(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	old, young := filepath.Join(s.dir, tempDir, "old"), filepath.Join(s.dir, tempDir, "young")
	for _, p := range []string{old, young} {
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Now(), time.Now().Add(-2*staleAfter)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Error("the old file is still there")
	}
	if _, err := os.Stat(young); err != nil {
		t.Error("the young file is gone")
	}
	if _, err := os.Stat(filepath.Join(dir, "CACHEDIR.TAG")); err != nil {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	if _, err := Open(""); err == nil {
		t.Error("no path")
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file); err == nil {
		t.Error("a file in place of the folder")
	}
}

func BenchmarkGet100(b *testing.B) {
	s := open(b)
	data := make([]byte, 2000)
	for i := range 100 {
		if err := s.Set("meta-1", fmt.Sprint(i), data); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		for i := range 100 {
			if _, ok := s.Get("meta-1", fmt.Sprint(i)); !ok {
				b.Fatal("gone")
			}
		}
	}
}
