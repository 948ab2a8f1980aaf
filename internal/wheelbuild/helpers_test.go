package wheelbuild

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/interpreters"
)

const pyproject = `[build-system]
requires = []
build-backend = "backend"
backend-path = ["tools"]
`

// plan says what the backend of the tests does.
type plan map[string]any

// project is the files of a source whose backend follows a plan.
func project(t testing.TB, p plan) map[string]string {
	t.Helper()
	for key, value := range map[string]any{"name": "demo", "version": "1.0"} {
		if _, ok := p[key]; !ok {
			p[key] = value
		}
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"pyproject.toml": pyproject, "plan.json": string(text), "tools/backend.py": indextest.Backend}
}

func with(files map[string]string, more ...string) map[string]string {
	files = maps.Clone(files)
	for i := 0; i < len(more); i += 2 {
		files[more[i]] = more[i+1]
	}
	return files
}

// sdist writes a source distribution with these files below one folder.
func sdist(t testing.TB, name string, files map[string]string) Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	top := strings.TrimSuffix(name, ".tar.gz") + "/"
	var b bytes.Buffer
	g := gzip.NewWriter(&b)
	w := tar.NewWriter(g)
	for _, file := range slices.Sorted(maps.Keys(files)) {
		data := files[file]
		if !strings.HasPrefix(file, "../") {
			file = top + file
		}
		check(t, w.WriteHeader(&tar.Header{Name: file, Mode: 0o644, Size: int64(len(data))}))
		_, err := w.Write([]byte(data))
		check(t, err)
	}
	check(t, w.Close())
	check(t, g.Close())
	check(t, os.WriteFile(path, b.Bytes(), 0o644))
	f, err := index.Direct(path)
	check(t, err)
	return Source{File: f}
}

// folder writes a project folder.
func folder(t testing.TB, files map[string]string) Source {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "mylib")
	put(t, dir, files)
	return Source{File: index.File{Name: "mylib", Path: dir, Local: true}}
}

func put(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		check(t, os.MkdirAll(filepath.Dir(path), 0o755))
		check(t, os.WriteFile(path, []byte(text), 0o644))
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// python is a Python 3.8 or later of this machine.
func python(t testing.TB) interpreters.Interpreter {
	t.Helper()
	in, err := machinePython()
	if err != nil {
		t.Skip("a Python 3.8 or later is needed: ", err)
	}
	return in
}

var machinePython = sync.OnceValues(func() (interpreters.Interpreter, error) {
	path, err := exec.LookPath("python3")
	if err != nil {
		return interpreters.Interpreter{}, err
	}
	r, err := interpreters.Probe(context.Background(), path, interpreters.Options{})
	if err != nil {
		return interpreters.Interpreter{}, err
	}
	if r.PythonVersion().Compare(oldest) < 0 {
		return interpreters.Interpreter{}, fmt.Errorf("%s is Python %s", path, r.Version)
	}
	return interpreters.Interpreter{Path: r.Path, Report: &r}, nil
})

// host is the target that the machine's Python builds for.
func host(t testing.TB) target.Target {
	t.Helper()
	in := python(t)
	m, ok := newMachine(in.Path, *in.Report)
	if !ok {
		t.Skip("the machine's Python is none of those that build")
	}
	return m.target
}

func parseTarget(t testing.TB, s string) target.Target {
	t.Helper()
	out, err := target.Parse(s)
	check(t, err)
	return out
}

// shelf has the wheels of build environments.
type shelf struct {
	wheels map[pep508.Name]lock.File
	asked  []string
	build  func(ctx context.Context, name pep508.Name, on target.Target) (lock.File, error)
}

func (s *shelf) Resolve(ctx context.Context, on target.Target, requires []pep508.Requirement) ([]lock.Pin, error) {
	var pins []lock.Pin
	for _, r := range requires {
		if !r.Marker.IsZero() && !r.Marker.Eval(on.Environment()) {
			continue
		}
		s.asked = append(s.asked, r.String())
		f, ok := s.wheels[r.Name]
		if !ok && s.build != nil {
			var err error
			if f, err = s.build(ctx, r.Name, on); err != nil {
				return nil, err
			}
		} else if !ok {
			return nil, fmt.Errorf("%s: not on the shelf", r.Name)
		}
		pins = append(pins, lock.Pin{Project: r.Name, Version: f.Filename.Version, File: f})
	}
	return pins, nil
}

func (s *shelf) Fetch(_ context.Context, f lock.File) (string, error) { return f.Path, nil }

// fixture is a builder with what it works on.
type fixture struct {
	*Builder
	t       testing.TB
	log     string
	temp    string
	shelf   *shelf
	options Options
}

// files finds those of this machine where they lie.
type files struct{ *index.Client }

func newFixture(t testing.TB, change ...func(*Options)) *fixture {
	t.Helper()
	store, err := cache.Open(t.TempDir())
	check(t, err)
	client, err := index.New(index.Config{NoIndex: true}, index.ClientOptions{Cache: store})
	check(t, err)
	t.Cleanup(func() { check(t, client.Close()) })
	f := &fixture{t: t, log: filepath.Join(t.TempDir(), "log"), temp: t.TempDir(), shelf: &shelf{wheels: map[pep508.Name]lock.File{}}}
	f.options = Options{
		Files: files{client}, Requirements: f.shelf, Cache: store, TempDir: f.temp,
		Env: append(os.Environ(), "BUILD_LOG="+f.log),
	}
	if in, err := machinePython(); err == nil {
		f.options.Interpreters = []interpreters.Interpreter{in}
	}
	for _, c := range change {
		c(&f.options)
	}
	f.again()
	t.Cleanup(f.isTidy)
	return f
}

// again makes a new builder with the same cache.
func (f *fixture) again() { f.Builder = New(f.options) }

// isTidy checks that no temporary folder is left.
func (f *fixture) isTidy() {
	entries, err := os.ReadDir(f.temp)
	check(f.t, err)
	for _, e := range entries {
		f.t.Errorf("left behind: %s", e.Name())
	}
}

// calls are the hooks called since the last time, without their settings.
func (f *fixture) calls() []string {
	f.t.Helper()
	data, err := os.ReadFile(f.log)
	if os.IsNotExist(err) {
		return nil
	}
	check(f.t, err)
	check(f.t, os.Remove(f.log))
	var out []string
	for line := range strings.Lines(string(data)) {
		hook, _, _ := strings.Cut(line, " ")
		out = append(out, strings.TrimSuffix(hook, "_for_build_wheel"))
	}
	return out
}

func (f *fixture) called(want ...string) {
	f.t.Helper()
	if got := f.calls(); !slices.Equal(got, want) {
		f.t.Errorf("the backend was asked %q, want %q", got, want)
	}
}

// fileOf is a wheel on the shelf.
func fileOf(t testing.TB, name string, data []byte) lock.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	check(t, os.WriteFile(path, data, 0o644))
	f, err := wheel.ParseFilename(name)
	check(t, err)
	return lock.File{Filename: f, Path: path, SHA256: fmt.Sprintf("%064x", len(data))}
}
