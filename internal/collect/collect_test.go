package collect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/wheel"
)

// folder is an index whose files lie in a folder.
type folder struct {
	dir  string
	fail map[string]error
	wait time.Duration

	mu    sync.Mutex
	asked map[string]int
	now   atomic.Int32
	most  atomic.Int32
}

func (f *folder) Fetch(ctx context.Context, file lock.File) (string, error) {
	n := f.now.Add(1)
	defer f.now.Add(-1)
	for most := f.most.Load(); n > most && !f.most.CompareAndSwap(most, n); most = f.most.Load() {
	}
	f.mu.Lock()
	if f.asked == nil {
		f.asked = map[string]int{}
	}
	f.asked[file.Filename.Text]++
	f.mu.Unlock()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case <-time.After(f.wait):
	}
	if err := f.fail[file.Filename.Text]; err != nil {
		return "", err
	}
	return filepath.Join(f.dir, file.Filename.Text), nil
}

func sum(data string) string {
	s := sha256.Sum256([]byte(data))
	return hex.EncodeToString(s[:])
}

func pin(name, data string) lock.Pin {
	f := lock.File{Filename: wheel.Filename{Text: name}, URL: "https://index.test/" + name, SHA256: sum(data)}
	return lock.Pin{Project: pep508.Name(name), File: f}
}

func local(path, sha string, size int64) lock.Pin {
	name := filepath.Base(path)
	return lock.Pin{Project: pep508.Name(name), File: lock.File{Filename: wheel.Filename{Text: name}, Path: path, SHA256: sha, Size: size}}
}

func write(t *testing.T, dir, name, data string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEachFileOnceInOrder(t *testing.T) {
	dir := t.TempDir()
	index := &folder{dir: dir, wait: 2 * time.Millisecond}
	var solutions []lock.Solution
	for range 6 {
		var s lock.Solution
		for i := range 20 {
			s.Pins = append(s.Pins, pin(fmt.Sprintf("p%02d.whl", 19-i), fmt.Sprint(i)))
		}
		solutions = append(solutions, s)
	}
	files, err := Collect(t.Context(), solutions, index, Options{Workers: 3})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 20 {
		t.Fatalf("%d files, want 20", len(files))
	}
	for i, f := range files {
		if want := fmt.Sprintf("p%02d.whl", i); f.Filename.Text != want || f.Sum != f.SHA256 || f.Local != filepath.Join(dir, want) {
			t.Errorf("file %d is %+v, want %s", i, f, want)
		}
		if n := index.asked[f.Filename.Text]; n != 1 {
			t.Errorf("%s was fetched %d times", f.Filename.Text, n)
		}
	}
	if most := index.most.Load(); most > 3 {
		t.Errorf("%d downloads at once, with 3 allowed", most)
	}
}

func TestUnpinnedAndLocalFilesAreHashed(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.whl", "from the index")
	path := write(t, dir, "b.whl", "from the folder")
	a := pin("a.whl", "")
	a.File.SHA256 = ""
	files, err := Collect(t.Context(), []lock.Solution{{Pins: []lock.Pin{a, local(path, "", 0)}}}, &folder{dir: dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if files[0].Sum != sum("from the index") || files[1].Sum != sum("from the folder") || files[1].Local != path {
		t.Errorf("got %+v", files)
	}
}

func TestEveryFailureIsReported(t *testing.T) {
	dir := t.TempDir()
	changed := write(t, dir, "changed.whl", "new")
	short := write(t, dir, "short.whl", "x")
	index := &folder{dir: dir, fail: map[string]error{
		"b.whl": fault.New(fault.Resolution, "b.whl: the index answers 500", "try again later"),
		"c.whl": errors.New("connection reset"),
	}}
	_, err := Collect(t.Context(), []lock.Solution{
		{Pins: []lock.Pin{pin("a.whl", "1"), pin("b.whl", "2"), pin("c.whl", "3")}},
		{Pins: []lock.Pin{pin("b.whl", "2"), local(changed, sum("old"), 0), local(filepath.Join(dir, "gone.whl"), "", 0), local(short, "", 99)}},
	}, index, Options{})
	var list fault.List
	if !errors.As(err, &list) {
		t.Fatalf("got %v", err)
	}
	want := []struct {
		code int
		text string
	}{
		{fault.Resolution, "b.whl: the index answers 500"},
		{fault.Resolution, "c.whl: connection reset"},
		{fault.Mismatch, changed + " has the SHA-256 " + sum("new") + ", where " + sum("old") + " is locked"},
		{fault.Resolution, filepath.Join(dir, "gone.whl") + " is not there"},
		{fault.Mismatch, short + " has 1 bytes, where 99 are locked"},
	}
	if len(list) != len(want) {
		t.Fatalf("%d errors, want %d:\n%v", len(list), len(want), err)
	}
	for i, w := range want {
		if code := fault.ExitCode(list[i]); code != w.code || !strings.HasPrefix(list[i].Error(), w.text) {
			t.Errorf("error %d: exit %d, %q; want exit %d, %q", i, code, list[i], w.code, w.text)
		}
	}
	if hints := fault.Hints(list[0]); len(hints) != 1 {
		t.Errorf("hints of the fetcher are lost: %v", hints)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	index := &folder{dir: t.TempDir(), wait: time.Hour}
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := Collect(ctx, []lock.Solution{{Pins: []lock.Pin{pin("a.whl", "1")}}}, index, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
