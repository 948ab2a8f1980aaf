package pack

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// extension makes one with modules and nothing else.
func extension(modules ...string) Extension {
	e := Extension{
		Name: "Sample-Ext", Version: pep440.MustParse("1.0.0"), Manifest: []byte("extension:\n  name: Sample-Ext\n"),
		Modules: modules,
	}
	source := fstest.MapFS{}
	for _, m := range modules {
		source[m] = &fstest.MapFile{Data: []byte("# " + m + "\n" + strings.Repeat("x = 1\n", 50))}
	}
	e.Source = source
	return e
}

// member makes a file of a dependency.
func member(path, owner, data string) Member {
	return Member{Path: path, Owner: owner, WriteTo: func(w *archive.Writer) error {
		return w.Add(path, 0o644, []byte(data))
	}}
}

// makePackage makes a file that serves as a package.
func makePackage(t testing.TB, name string, platforms ...string) Package {
	t.Helper()
	p := Package{Name: name, Path: filepath.Join(t.TempDir(), name)}
	var err error
	p.Sums, err = archive.WriteHashed(p.Path, func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Repeat("package ", 1000)+name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range platforms {
		platform, err := target.ParsePlatform(text)
		if err != nil {
			t.Fatal(err)
		}
		p.Platforms = append(p.Platforms, platform)
	}
	return p
}

func write(t testing.TB, e Extension) Written {
	t.Helper()
	w, err := WriteFile(t.Context(), filepath.Join(t.TempDir(), Filename(e.Name, e.Version, "")), e)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func open(t testing.TB, path string) *archive.Reader {
	t.Helper()
	r, err := archive.OpenReader(path, archive.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// TestRow03: packages are embedded, and the layout is that of the real tool.
func TestRow03(t *testing.T) {
	e := extension("extension.py", "__init__.py", "helpers/text.py")
	e.Packages = []Package{makePackage(t, "sample_ext-1.0.0-py3-none-any.whl"), makePackage(t, "sample_ext-1.0.0-cp311-cp311-win_amd64.whl")}
	w := write(t, e)
	if name := filepath.Base(w.Path); name != "sample_ext-1.0.0.zip" {
		t.Errorf("the zip is called %s", name)
	}
	r := open(t, w.Path)
	want := []string{
		"__init__.py",
		"dep/sample_ext-1.0.0-cp311-cp311-win_amd64.whl",
		"dep/sample_ext-1.0.0-py3-none-any.whl",
		"extension.py",
		"extension.yml",
		"helpers/text.py",
	}
	if got := r.Names(); !slices.Equal(got, want) || w.Files != len(want) {
		t.Errorf("%d members, got %q", w.Files, got)
	}
	for _, m := range r.Members() {
		if stored := m.Method == 0; stored != strings.HasSuffix(m.Name, ".whl") && m.Size > 100 {
			t.Errorf("%s: stored: %v", m.Name, stored)
		}
		if m.Mode != 0o644 {
			t.Errorf("%s: mode %v", m.Name, m.Mode)
		}
	}
	data, err := os.ReadFile(w.Path)
	if err != nil || fmt.Sprintf("%x", sha256.Sum256(data)) != w.Hex() {
		t.Errorf("%v, reported %s", err, w.Hex())
	}
	if got, err := r.ReadFile("extension.yml"); err != nil || string(got) != string(e.Manifest) {
		t.Errorf("extension.yml: %q, %v", got, err)
	}
}

func TestSameBytes(t *testing.T) {
	e := extension("b.py", "a.py")
	e.Packages = []Package{makePackage(t, "sample_ext-1.0.0-py3-none-any.whl")}
	first := write(t, e)
	slices.Reverse(e.Modules)
	if second := write(t, e); second.Sums != first.Sums {
		t.Errorf("%s and %s", first.Hex(), second.Hex())
	}
	const want = "20516ee5c18c7b38c8122d101d48c1032106b5343403477380b4458a0c308eee"
	if got := write(t, extension("a.py")).Hex(); got != want {
		t.Errorf("the bytes of a zip changed: %s", got)
	}
}

// TestWaits: packages may still be on their way when the zip is begun.
func TestWaits(t *testing.T) {
	e := extension("extension.py")
	p := makePackage(t, "sample_ext-1.0.0-py3-none-any.whl")
	e.Packages = []Package{p}
	want := write(t, e).Sums
	sums, ready := p.Sums, make(chan struct{})
	p.Sums, p.Wait = archive.Sums{}, func(context.Context) (archive.Sums, error) { <-ready; return sums, nil }
	e.Packages = []Package{p}
	go close(ready)
	if got := write(t, e).Sums; got != want {
		t.Errorf("%s, want %s", got.Hex(), want.Hex())
	}
	p.Wait = func(context.Context) (archive.Sums, error) { return sums, errors.New("no room") }
	e.Packages = []Package{p}
	if _, err := WriteFile(t.Context(), filepath.Join(t.TempDir(), "x.zip"), e); err == nil || err.Error() != "no room" {
		t.Errorf("got %v", err)
	}
}

// TestWholeOrNot: a failure leaves nothing, and what was there stays.
func TestWholeOrNot(t *testing.T) {
	e := extension("extension.py")
	good := makePackage(t, "sample_ext-1.0.0-py3-none-any.whl")
	changed := makePackage(t, "sample_ext-1.0.0-cp39-none-any.whl")
	if err := os.WriteFile(changed.Path, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	gone := good
	gone.Path += ".gone"
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, try := range map[string]func(string) error{
		"a package that changed": func(path string) error {
			e.Packages = []Package{good, changed}
			_, err := WriteFile(t.Context(), path, e)
			return err
		},
		"a package that is gone": func(path string) error {
			e.Packages = []Package{gone}
			_, err := WriteFile(t.Context(), path, e)
			return err
		},
		"a module that is gone": func(path string) error {
			m := extension("a.py")
			m.Modules = append(m.Modules, "b.py")
			_, err := WriteFile(t.Context(), path, m)
			return err
		},
		"an interrupt": func(path string) error {
			_, err := WriteFile(cancelled, path, extension("a.py"))
			return err
		},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "x.zip")
		if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := try(path); err == nil {
			t.Errorf("%s: no error", name)
		}
		left, err := os.ReadDir(dir)
		if data, _ := os.ReadFile(path); err != nil || len(left) != 1 || string(data) != "before" {
			t.Errorf("%s: left %v, %q", name, left, data)
		}
	}
}

// TestRow02: a binary cannot be run from a zip, and every distribution that
// has one is named.
func TestRow02(t *testing.T) {
	e := extension("extension.py")
	e.ZipSafe = true
	e.Members = []Member{member("yaml/__init__.py", "pyyaml 6.0.2", ""), member("yaml/_yaml.so", "pyyaml 6.0.2", ""), member("c/a.so", "c 1", ""), member("c/b.so", "c 1", "")}
	for i := range e.Members {
		e.Members[i].Native = strings.HasSuffix(e.Members[i].Path, ".so")
	}
	_, err := WriteFile(t.Context(), filepath.Join(t.TempDir(), "x.zip"), e)
	want := "pyyaml 6.0.2: cannot run from a zip: yaml/_yaml.so is a binary\nc 1: cannot run from a zip: c/a.so is a binary (and 1 more)"
	if err == nil || err.Error() != want || fault.ExitCode(err) != fault.BadInput {
		t.Errorf("exit %d: %v", fault.ExitCode(err), err)
	}
	if hints := fault.Hints(err); !slices.Equal(hints, []string{"set zip_safe: false in extension.yml"}) {
		t.Errorf("hints %q", hints)
	}
}

// TestRow16: packages in a zip-safe extension would be ignored.
func TestRow16(t *testing.T) {
	e := extension("extension.py")
	e.ZipSafe, e.Packages = true, []Package{makePackage(t, "sample_ext-1.0.0-py3-none-any.whl")}
	if err := e.Check(); fault.ExitCode(err) != fault.BadInput || !strings.Contains(err.Error(), "zip_safe is true") {
		t.Errorf("got %v", err)
	}
}

func TestClashes(t *testing.T) {
	e := extension("extension.py", "same.py", "Case.py", "hides.py", "case.py", "dep/x.whl", "space/own.py", "folder/x.py")
	e.ZipSafe = true
	e.Members = []Member{
		member("same.py", "a 1", ""), member("hides/__init__.py", "b 2", ""), member("space/theirs.py", "b 2", ""),
		member("twice.py", "b 2", ""), member("twice/__init__.py", "a 1", ""), member("folder", "a 1", ""),
	}
	err := e.Check()
	want := []string{
		"Case.py of the extension itself and case.py of the extension itself want the same name",
		"same.py of the extension itself and same.py of a 1 want the same name",
		"hides.py of the extension itself and hides/__init__.py of b 2 want the same name",
		"folder of a 1 and folder/x.py of the extension itself want the same name",
		"dep/x.whl: agents take this module for a dependency package",
	}
	if err == nil || err.Error() != strings.Join(want, "\n") || fault.ExitCode(err) != fault.NameClash {
		t.Errorf("exit %d:\n%v\nwant\n%s", fault.ExitCode(err), err, strings.Join(want, "\n"))
	}
}

func TestShadowed(t *testing.T) {
	list := Shadowed([]string{"yaml.py", "extension.py", "lib/six.py"}, []Member{member("yaml/__init__.py", "pyyaml 6", ""), member("six.py", "six 1", "")})
	if len(list) != 1 || list[0].String() != "yaml.py: hides yaml/__init__.py of pyyaml 6" {
		t.Errorf("got %v", list)
	}
}

func TestSplit(t *testing.T) {
	packages := []Package{
		makePackage(t, "sample_ext-1.0.0-cp39-cp39-win_amd64.whl", "win_amd64"),
		makePackage(t, "sample_ext-1.0.0-py310-none-any.whl", "win_amd64", "linux/amd64"),
		makePackage(t, "sample_ext-1.0.0-cp39-cp39-aix_7_2.whl"),
	}
	var got []string
	for _, part := range Split(packages) {
		text := Filename("sample_ext", pep440.MustParse("1.0.0"), part.Platform.String())
		for _, p := range part.Packages {
			text += " " + strings.TrimPrefix(p.Name, "sample_ext-1.0.0-")
		}
		got = append(got, text)
	}
	want := []string{
		"sample_ext-1.0.0-manylinux_2_28_x86_64.zip py310-none-any.whl cp39-cp39-aix_7_2.whl",
		"sample_ext-1.0.0-win_amd64.zip cp39-cp39-win_amd64.whl py310-none-any.whl cp39-cp39-aix_7_2.whl",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func solution(t testing.TB, at string, names ...string) lock.Solution {
	t.Helper()
	parsed, err := target.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	s := lock.Solution{Target: parsed}
	for _, name := range names {
		f, err := wheel.ParseFilename(name)
		if err != nil {
			t.Fatal(err)
		}
		s.Pins = append(s.Pins, lock.Pin{Project: f.Name, Version: f.Version, File: lock.File{Filename: f, URL: "https://index.test/" + name}})
	}
	slices.SortFunc(s.Pins, func(a, b lock.Pin) int { return strings.Compare(string(a.Project), string(b.Project)) })
	return s
}

// TestWhyFilesDiffer: beside each file stands what keeps it from the others.
func TestWhyFilesDiffer(t *testing.T) {
	pins := func(at string, change func(p *lock.Pin), names ...string) lock.Solution {
		s := solution(t, at, names...)
		for i := range s.Pins {
			change(&s.Pins[i])
		}
		return s
	}
	requirer := "requests-2-py3-none-any.whl"
	via := func(p *lock.Pin) {
		if p.Project != "requests" {
			p.Via = []pep508.Name{"requests"}
		}
	}
	bound := func(text string) func(p *lock.Pin) {
		return func(p *lock.Pin) {
			if via(p); p.Project == "requests" {
				r, err := pep508.Parse(text)
				if err != nil {
					t.Fatal(err)
				}
				p.Requires = []pep508.Requirement{r}
			}
		}
	}
	newer := func(p *lock.Pin) {
		if via(p); p.Project == "idna" {
			p.RequiresPython, _ = pep440.ParseSpecifierSet(">=3.10")
		}
	}
	direct := func(p *lock.Pin) { p.Direct = true }
	for name, test := range map[string]struct {
		solutions []lock.Solution
		want      []string
	}{
		"Requires-Python": {[]lock.Solution{pins("3.9@win_amd64", via, requirer, "idna-1-py3-none-any.whl"), pins("3.10@win_amd64", newer, requirer, "idna-2-py3-none-any.whl")},
			[]string{"idna-1-py3-none-any.whl for cp39", "idna-2-py3-none-any.whl (Requires-Python >=3.10) for cp310"}},
		"bounds": {[]lock.Solution{pins("3.9@win_amd64", bound("idna<2"), requirer, "idna-1-py3-none-any.whl"), pins("3.10@win_amd64", bound("idna>=2"), requirer, "idna-2-py3-none-any.whl")},
			[]string{"idna-1-py3-none-any.whl (requests wants <2) for cp39", "idna-2-py3-none-any.whl (requests wants >=2) for cp310"}},
		"marker without bounds": {[]lock.Solution{pins("3.9@win_amd64", bound("idna<2"), requirer, "idna-1-py3-none-any.whl"), pins("3.10@win_amd64", via, requirer)},
			[]string{"idna-1-py3-none-any.whl for cp39", "require idna for all targets, without a marker"}},
		"marker": {[]lock.Solution{pins("3.9@win_amd64", via, requirer, "idna-1-py3-none-any.whl"), pins("3.10@win_amd64", via, requirer)},
			[]string{"nothing (a marker of requests) for cp310"}},
		"own marker": {[]lock.Solution{pins("3.9@win_amd64", direct, "idna-1-py3-none-any.whl"), pins("3.10@win_amd64", direct)},
			[]string{"nothing (a marker of the requirements) for cp310"}},
		"other requirer": {[]lock.Solution{pins("3.9@win_amd64", via, requirer, "idna-1-py3-none-any.whl"), pins("3.10@win_amd64", via, "requests-3-py3-none-any.whl")},
			[]string{"nothing (requests 3 does not require it) for cp310"}},
		"no requirer": {[]lock.Solution{pins("3.9@win_amd64", via, requirer, "idna-1-py3-none-any.whl"), pins("3.10@win_amd64", via)},
			[]string{"nothing (requests is not wanted either) for cp310"}},
	} {
		_, err := OneSet(test.solutions, func(lock.File) (string, bool) { return "", false })
		if err == nil {
			t.Errorf("%s: one set", name)
			continue
		}
		said := err.Error() + "\n" + strings.Join(fault.Hints(err), "\n")
		for _, want := range test.want {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %s\nhas no %q", name, said, want)
			}
		}
	}
}

// TestOneSet: a zip-safe extension has room for one set of files.
func TestOneSet(t *testing.T) {
	pure, tomli, colorama := "requests-2-py3-none-any.whl", "tomli-2-py3-none-any.whl", "colorama-1-py3-none-any.whl"
	binary := func(f lock.File) (string, bool) { return "_c.so", f.Filename.Name == pep508.Name("numpy") }
	for _, test := range []struct {
		name      string
		solutions []lock.Solution
		want      string
	}{
		{"none", nil, ""},
		{"one set", []lock.Solution{solution(t, "3.9@linux/amd64", pure), solution(t, "3.10@win_amd64", pure)}, ""},
		{"a marker", []lock.Solution{solution(t, "3.10@linux/amd64", pure, tomli), solution(t, "3.11@linux/amd64", pure), solution(t, "3.12@linux/amd64", pure)},
			"tomli: zip_safe: true has room for one file, and the targets want tomli-2-py3-none-any.whl for cp310@manylinux_2_28_x86_64; nothing for cp311@manylinux_2_28_x86_64 and cp312@manylinux_2_28_x86_64"},
		{"binaries first", []lock.Solution{
			solution(t, "3.10@linux/amd64", "numpy-1-cp310-cp310-manylinux_2_17_x86_64.whl", pure),
			solution(t, "3.10@win_amd64", "numpy-1-cp310-cp310-win_amd64.whl", pure, colorama)},
			"numpy 1: cannot run from a zip: _c.so is a binary\n" +
				"colorama: zip_safe: true has room for one file, and the targets want nothing for cp310@manylinux_2_28_x86_64; colorama-1-py3-none-any.whl for cp310@win_amd64"},
		{"many targets", []lock.Solution{
			solution(t, "3.9@win_amd64", tomli), solution(t, "3.10@win_amd64"), solution(t, "3.11@win_amd64"), solution(t, "3.12@win_amd64"),
			solution(t, "3.13@win_amd64"), solution(t, "3.14@win_amd64"), solution(t, "3.15@win_amd64")},
			"tomli: zip_safe: true has room for one file, and the targets want tomli-2-py3-none-any.whl for cp39@win_amd64; " +
				"nothing for cp310@win_amd64, cp311@win_amd64, cp312@win_amd64, cp313@win_amd64 and 2 more"},
	} {
		pins, err := OneSet(test.solutions, binary)
		if test.want == "" {
			if err != nil || len(test.solutions) > 0 && len(pins) != 1 {
				t.Errorf("%s: %v, %v", test.name, pins, err)
			}
		} else if err == nil || err.Error() != test.want || fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%s: exit %d\n got %v\nwant %s", test.name, fault.ExitCode(err), err, test.want)
		}
	}
}
