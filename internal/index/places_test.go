package index_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
)

func writeFiles(t testing.TB, dir string, files ...indextest.File) {
	t.Helper()
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFindLinks(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, demo("1.0", "cp39-cp39-linux_x86_64"), demo("1.5", "py3-none-any"), indextest.File{Name: "notes.txt"}, indextest.File{Name: "demolition-1.0-py3-none-any.whl"}, indextest.File{Name: "demo-0.9.tar.gz", Content: []byte("x")})
	s := indextest.New(t, indextest.Options{}, demo("1.5", "py3-none-any"), demo("2.0", "py3-none-any"))
	want := []string{"demo-0.9.tar.gz", "demo-1.0-cp39-cp39-linux_x86_64.whl", "demo-1.5-py3-none-any.whl", "demo-2.0-py3-none-any.whl"}
	for _, place := range []string{dir, (fileURL(dir))} {
		p := project(t, newClient(t, s, func(s *settings) { s.config.FindLinks = []string{place} }), "demo")
		if diff := cmp.Diff(want, names(p)); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", place, diff)
		}
		f := p.Files()
		if !f[1].Local || f[1].Path != filepath.Join(dir, want[1]) || !strings.HasPrefix(f[1].URL, "file://") || f[1].Size == 0 {
			t.Errorf("local file: %+v", f[1])
		}
		if !f[2].Local || f[3].Local {
			t.Errorf("the developer's own file goes before that of the index: %v, %v", f[2].Local, f[3].Local)
		}
	}
	c := newClient(t, s, func(s *settings) { s.config.FindLinks, s.config.NoIndex = []string{dir}, true })
	if got := names(project(t, c, "demo")); len(got) != 3 {
		t.Errorf("no index: %q", got)
	}
	if _, err := c.Project(t.Context(), "other"); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("%v", err)
	}
}

func fileURL(path string) string { return "file://" + filepath.ToSlash(path) }

func TestFindLinksOfOtherKinds(t *testing.T) {
	dir := t.TempDir()
	wheel := demo("1.0", "py3-none-any")
	writeFiles(t, dir, wheel)
	page := filepath.Join(dir, "links.html")
	if err := os.WriteFile(page, []byte(`<a href="`+wheel.Name+`">x</a>`), 0o600); err != nil {
		t.Fatal(err)
	}
	s := indextest.New(t, indextest.Options{}, wheel)
	for kind, place := range map[string]string{
		"a wheel": filepath.Join(dir, wheel.Name), "a page on disk": page, "a page": s.Simple() + "demo/", "an address of a wheel": s.URL + "/files/" + wheel.Name,
	} {
		t.Run(kind, func(t *testing.T) {
			c := newClient(t, nil, func(s *settings) { s.config.FindLinks = []string{place} })
			f := project(t, c, "demo").Files()
			if len(f) != 1 || f[0].Name != wheel.Name {
				t.Fatalf("%+v", f)
			}
			m, err := c.Metadata(t.Context(), f[0])
			if err != nil || m.NameText != "demo" {
				t.Errorf("%+v, %v", m, err)
			}
		})
	}
}

func TestMissingFindLinksIsAWarning(t *testing.T) {
	s := indextest.New(t, indextest.Options{}, demo("1.0", "py3-none-any"))
	gone := filepath.Join(t.TempDir(), "gone")
	var warnings []string
	c := newClient(t, s, func(set *settings) {
		set.config.FindLinks = []string{gone, s.Simple() + "gone/"}
		set.options.Warn = func(w fault.Warning) { warnings = append(warnings, w.String()) }
	})
	project(t, c, "demo")
	if _, err := c.Project(t.Context(), "other"); err == nil {
		t.Error("other was found")
	}
	if len(warnings) != 2 || !strings.Contains(warnings[0], gone) {
		t.Errorf("warnings %q", warnings)
	}
}

func TestIndexInAFolder(t *testing.T) {
	dir := t.TempDir()
	wheel := demo("1.0", "py3-none-any")
	for _, sub := range []string{"simple/demo", "simple/plain", "files"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	writeFiles(t, filepath.Join(dir, "files"), wheel)
	plain := indextest.File{Name: "plain-1.0-py3-none-any.whl"}
	writeFiles(t, filepath.Join(dir, "simple", "plain"), plain)
	if err := os.WriteFile(filepath.Join(dir, "simple", "demo", "index.html"), []byte(`<a href="../../files/`+wheel.Name+`">x</a>`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{fileURL(dir) + "/simple", filepath.Join(dir, "simple")} {
		c := newClient(t, nil, func(s *settings) { s.config.Indexes = []index.Index{{URL: address}} })
		f := project(t, c, "demo").Files()[0]
		if !f.Local || f.Path != filepath.Join(dir, "files", wheel.Name) {
			t.Errorf("%+v", f)
		}
		if got, err := c.Fetch(t.Context(), f); err != nil || got != f.Path {
			t.Errorf("Fetch: %q, %v", got, err)
		}
		project(t, c, "plain")
		var missing *index.NotFoundError
		if _, err := c.Project(t.Context(), "other"); !errors.As(err, &missing) {
			t.Errorf("%v", err)
		}
	}
}

func TestDirectSource(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"demo-1.0.tar.gz", "main.zip", "demo-1.0-py3-none-any.whl", "setup.py"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for place, want := range map[string]string{
		dir: filepath.Base(dir), filepath.Join(dir, "demo-1.0.tar.gz"): "demo-1.0.tar.gz", filepath.Join(dir, "main.zip"): "main.zip",
		"https://files.test/x/archive/v1.0.zip#subdirectory=a&sha256=" + strings.Repeat("ab", 32): "v1.0.zip",
	} {
		f, err := index.DirectSource(place)
		if err != nil || f.Name != want || f.IsWheel || f.Sdist.Name != "" || f.Unusable != "" {
			t.Errorf("%s: %+v, %v", place, f, err)
		}
		if local := !strings.HasPrefix(place, "https:"); local != (f.Path == place) || local == (f.SHA256() != "") {
			t.Errorf("%s: %+v", place, f)
		}
	}
	for _, place := range []string{filepath.Join(dir, "demo-1.0-py3-none-any.whl"), filepath.Join(dir, "setup.py"), filepath.Join(dir, "gone.zip"), "https://files.test/demo"} {
		if f, err := index.DirectSource(place); fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%s: %+v, %v", place, f, err)
		}
	}
}

func TestDirect(t *testing.T) {
	s := indextest.New(t, indextest.Options{Ranges: indextest.FullRanges}, demo("1.0", "py3-none-any"))
	dir := t.TempDir()
	writeFiles(t, dir, demo("1.0", "py3-none-any"))
	c := newClient(t, s)
	listed := file(t, c, "demo-1.0-py3-none-any.whl")
	sum := listed.SHA256()
	for _, place := range []string{
		s.URL + "/files/demo-1.0-py3-none-any.whl#sha256=" + sum,
		strings.Replace(s.URL, "http://", "http://user:hush@", 1) + "/files/demo-1.0-py3-none-any.whl#sha256=" + sum,
		fileURL(dir) + "/demo-1.0-py3-none-any.whl#sha256=" + sum,
		filepath.Join(dir, "demo-1.0-py3-none-any.whl"),
	} {
		f, err := index.Direct(place)
		if err != nil {
			t.Errorf("%s: %v", place, err)
			continue
		}
		if !f.IsWheel || f.Wheel.Name != "demo" || strings.Contains(fmt.Sprintf("%+v", f), "hush") || strings.Contains(place, "#") && f.SHA256() != sum {
			t.Errorf("%s: %+v", place, f)
		}
		if m, err := c.Metadata(t.Context(), f); err != nil || m.Name != "demo" {
			t.Errorf("%s: %v", place, err)
		}
		if got, err := c.Download(t.Context(), f); err != nil || got.SHA256 != sum {
			t.Errorf("%s: %+v, %v", place, got, err)
		}
	}
	for _, place := range []string{dir, filepath.Join(dir, "gone.whl"), "https://files.test/", "https://files.test/x.exe", "ftp://files.test/demo-1.0-py3-none-any.whl"} {
		if f, err := index.Direct(place); fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%s: %+v, %v", place, f, err)
		}
	}
}
