package merge

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/internal/wheeltest"
)

// files are the members of a wheel, as wheeltest takes them.
type files = map[string]string

// makeWheel writes a wheel into dir and gives it as a source.
func makeWheel(t testing.TB, dir, name string, members files) Source {
	t.Helper()
	return sourceOf(t, wheeltest.WriteFile(t, dir, name, wheeltest.Make(t, name, members)))
}

func sourceOf(t testing.TB, path string) Source {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	f, err := wheel.ParseFilename(filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	file := lock.File{Filename: f, URL: "https://index.test/" + f.Text, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(data))}
	return Source{File: file, Path: path, Sum: file.SHA256}
}

// open opens wheels, until the test ends.
func open(t testing.TB, opt OpenOptions, sources ...Source) *Wheels {
	t.Helper()
	w, err := Open(t.Context(), sources, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

// solved gives targets the same wheels.
func solved(t testing.TB, targets string, sources ...Source) []lock.Solution {
	t.Helper()
	var out []lock.Solution
	for _, at := range strings.Fields(targets) {
		s := lock.Solution{Target: mustTarget(t, at)}
		for _, source := range sources {
			f := source.File.Filename
			s.Pins = append(s.Pins, lock.Pin{Project: f.Name, Version: f.Version, File: source.File})
		}
		slices.SortFunc(s.Pins, func(a, b lock.Pin) int { return strings.Compare(string(a.Project), string(b.Project)) })
		out = append(out, s)
	}
	return out
}

// build plans and writes packages, and gives their paths.
func build(t testing.TB, w *Wheels, solutions []lock.Solution) []Written {
	t.Helper()
	opt := one
	opt.Needs = w
	p, err := NewPlan(solutions, opt)
	if err != nil {
		t.Fatal(err)
	}
	written, err := w.WriteAll(t.Context(), p, t.TempDir(), WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return written
}

// read gives the members of an archive with their contents; the name of an
// executable one ends in "*".
func read(t testing.TB, path string) files {
	t.Helper()
	r, err := archive.OpenReader(path, archive.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	out := files{}
	for _, m := range r.Members() {
		data, err := r.ReadFile(m.Name)
		if err != nil {
			t.Fatal(err)
		}
		name := m.Name
		if m.Mode&0o111 != 0 {
			name += "*"
		}
		out[name] = string(data)
	}
	return out
}

// notes is a memory that counts.
type notes struct {
	mu         sync.Mutex
	kept       map[string][]byte
	hits, sets int
}

func (n *notes) Get(space, key string) ([]byte, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	data, ok := n.kept[space+"/"+key]
	if ok {
		n.hits++
	}
	return data, ok
}

func (n *notes) Set(space, key string, data []byte) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.kept == nil {
		n.kept = map[string][]byte{}
	}
	n.kept[space+"/"+key] = data
	n.sets++
	return nil
}

// solvedOf gives one target all wheels.
func solvedOf(t testing.TB, w *Wheels) []lock.Solution {
	t.Helper()
	var sources []Source
	for _, one := range w.All() {
		sources = append(sources, one.Source)
	}
	return solved(t, "cp311@linux/amd64", sources...)
}

func mustPlan(t testing.TB, w *Wheels, solutions []lock.Solution) Plan {
	t.Helper()
	opt := one
	opt.Needs = w
	p, err := NewPlan(solutions, opt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
