package unpack

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	archiver "github.com/mholt/archiver/v4"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
)

type member struct {
	name string
	data string
	mode int64 // 0644 by default
	kind byte  // as in a tar
	link string
}

func makeTar(t testing.TB, members ...member) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Mode: m.mode, Typeflag: m.kind, Linkname: m.link, Size: int64(len(m.data))}
		if h.Typeflag == 0 {
			h.Typeflag = tar.TypeReg
		}
		if strings.HasSuffix(m.name, "/") {
			h.Typeflag = tar.TypeDir
		}
		if h.Mode == 0 {
			h.Mode = 0o644
		}
		check(t, w.WriteHeader(h))
		_, err := w.Write([]byte(m.data))
		check(t, err)
	}
	check(t, w.Close())
	return out.Bytes()
}

func makeZip(t testing.TB, members ...member) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate}
		h.SetMode(fs.FileMode(m.mode))
		if m.kind == tar.TypeSymlink {
			h.SetMode(fs.ModeSymlink | 0o777)
		}
		f, err := w.CreateHeader(h)
		check(t, err)
		_, err = f.Write([]byte(m.data))
		check(t, err)
	}
	check(t, w.Close())
	return out.Bytes()
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// compress packs data as the end of the name asks.
func compress(t testing.TB, name string, data []byte) []byte {
	t.Helper()
	var c archiver.Compressor
	switch filepath.Ext(name) {
	case ".gz", ".tgz":
		c = archiver.Gz{}
	case ".bz2", ".tbz2":
		c = archiver.Bz2{}
	case ".xz", ".txz":
		c = archiver.Xz{}
	case ".zst", ".tzst":
		c = archiver.Zstd{}
	default:
		return data
	}
	var out bytes.Buffer
	w, err := c.OpenWriter(&out)
	check(t, err)
	_, err = w.Write(data)
	check(t, err)
	check(t, w.Close())
	return out.Bytes()
}

func extract(t testing.TB, name string, data []byte, limits Limits) (dir string, err error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	check(t, os.WriteFile(path, data, 0o644))
	dir = t.TempDir()
	return dir, Extract(context.Background(), path, dir, limits)
}

// tree is every file and folder below dir, a file with what is in it.
func tree(t testing.TB, dir string) []string {
	t.Helper()
	var found []string
	check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		name = filepath.ToSlash(name)
		if err != nil || name == "." {
			return err
		}
		if d.IsDir() {
			found = append(found, name+"/")
			return nil
		}
		if !d.Type().IsRegular() {
			t.Errorf("%s: %v", name, d.Type())
		}
		data, err := os.ReadFile(path)
		found = append(found, name+"="+string(data))
		return err
	}))
	return found
}

var sdist = []member{
	{name: "demo-1.0/"},
	{name: "demo-1.0/setup.py", data: "#!x", mode: 0o775},
	{name: "demo-1.0/src/demo/__init__.py", data: ""},
	{name: "./demo-1.0/PKG-INFO", data: "Name: demo\n"},
}

var sdistTree = []string{
	"demo-1.0/", "demo-1.0/PKG-INFO=Name: demo\n", "demo-1.0/setup.py=#!x", "demo-1.0/src/", "demo-1.0/src/demo/", "demo-1.0/src/demo/__init__.py=",
}

func TestFormats(t *testing.T) {
	plain := makeTar(t, sdist...)
	for _, s := range formats {
		for _, name := range []string{"demo-1.0" + s.suffix, "x.br-2.0.sz." + strings.ToUpper(s.suffix)} {
			data := compress(t, strings.ToLower(name), plain)
			if s.suffix == ".zip" {
				zipped := slices.Clone(sdist)
				zipped[3].name = "demo-1.0/PKG-INFO"
				data = makeZip(t, zipped...)
			}
			dir, err := extract(t, name, data, Limits{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got := tree(t, dir); !slices.Equal(got, sdistTree) {
				t.Errorf("%s: %q", name, got)
			}
			if info, err := os.Stat(filepath.Join(dir, "demo-1.0/setup.py")); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm()&0o100 == 0) {
				t.Errorf("%s: %v, %v", name, info.Mode(), err)
			}
		}
	}
}

func TestUnsupported(t *testing.T) {
	for _, name := range []string{"demo-1.0.rar", "demo-1.0.7z", "demo.gz", "demo", "tar.gz.exe"} {
		_, err := extract(t, name, makeTar(t, sdist...), Limits{})
		if err == nil || !strings.Contains(err.Error(), name+": not an archive that axle unpacks") || fault.ExitCode(err) != fault.BadInput || len(fault.Hints(err)) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Extract(context.Background(), "/no/such.tar.gz", t.TempDir(), Limits{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func TestDamaged(t *testing.T) {
	whole := makeTar(t, member{name: "a", data: strings.Repeat("hello ", 5000)}, member{name: "b", data: "x"})
	for _, s := range formats {
		name := "demo-1.0" + s.suffix
		data := compress(t, name, whole)
		if s.suffix == ".zip" {
			data = makeZip(t, member{name: "a", data: "hello"})
		}
		for what, data := range map[string][]byte{"cut": data[:len(data)*2/3], "other": []byte("<html>not found</html>"), "empty": nil} {
			_, err := extract(t, name, data, Limits{})
			if err == nil || !strings.Contains(err.Error(), name+": the archive is damaged: ") && !strings.Contains(err.Error(), name+": it has no members") || fault.ExitCode(err) != fault.BadInput {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
}

func TestLinks(t *testing.T) {
	dir, err := extract(t, "x.tar", makeTar(t,
		member{name: "d/first", kind: tar.TypeSymlink, link: "../d/second"},
		member{name: "d/second", kind: tar.TypeSymlink, link: "./e/file"},
		member{name: "d/e/file", data: "hello", mode: 0o755},
		member{name: "hard", kind: tar.TypeLink, link: "d/e/file"},
	), Limits{})
	want := []string{"d/", "d/e/", "d/e/file=hello", "d/first=hello", "d/second=hello", "hard=hello"}
	if got := tree(t, dir); err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	for name, m := range map[string]member{
		"outside":          {name: "l", kind: tar.TypeSymlink, link: "../../etc/passwd"},
		"absolute":         {name: "l", kind: tar.TypeSymlink, link: "/etc/passwd"},
		"hard, outside":    {name: "l", kind: tar.TypeLink, link: "../etc/passwd"},
		"hard, absolute":   {name: "l", kind: tar.TypeLink, link: "/etc/passwd"},
		"nothing":          {name: "l", kind: tar.TypeSymlink, link: "gone"},
		"folder":           {name: "l", kind: tar.TypeSymlink, link: "d"},
		"itself":           {name: "l", kind: tar.TypeSymlink, link: "l"},
		"through a folder": {name: "l", kind: tar.TypeSymlink, link: `..\x`},
	} {
		dir, err := extract(t, "x.tar", makeTar(t, member{name: "d/file", data: "x"}, m), Limits{})
		if err == nil || !strings.Contains(err.Error(), "l: it is a link to ") {
			t.Errorf("%s: %v", name, err)
		}
		if got := tree(t, dir); len(got) > 0 {
			t.Errorf("%s: %q written", name, got)
		}
	}
}

func TestNasty(t *testing.T) {
	for name, c := range map[string]struct {
		members []member
		want    []string
	}{
		"parent":          {[]member{{name: "../a"}}, []string{"../a: the path leaves its folder"}},
		"absolute":        {[]member{{name: "/a"}}, []string{"/a: the path is absolute"}},
		"backslash":       {[]member{{name: `..\a`}}, []string{"the name has a backslash"}},
		"device":          {[]member{{name: "x/nul.txt"}}, []string{"x/nul.txt: the name is that of a device"}},
		"several":         {[]member{{name: "../a"}, {name: "ok"}, {name: "/b"}}, []string{"../a: ", "/b: "}},
		"twice":           {[]member{{name: "a"}, {name: "./a"}}, []string{"a: it comes twice"}},
		"case":            {[]member{{name: "a"}, {name: "A"}}, []string{"A: its name differs from a"}},
		"file and folder": {[]member{{name: "a"}, {name: "a/b"}}, []string{"a: it is a file, and a folder in a/b"}},
		"empty folder":    {[]member{{name: "a"}, {name: "A/"}}, []string{"a: it is a file, and a folder in A"}},
		"link and file":   {[]member{{name: "a"}, {name: "a", kind: tar.TypeSymlink, link: "b"}, {name: "b"}}, []string{"a: it comes twice"}},
	} {
		data := makeTar(t, c.members...)
		dir, err := extract(t, "x.tar.gz", compress(t, "x.tar.gz", data), Limits{})
		if err == nil || fault.ExitCode(err) != fault.BadInput || strings.Count(err.Error(), "\n") != len(c.want)-1 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), "x.tar.gz: "+want) && !strings.Contains(err.Error(), want) {
				t.Errorf("%s: nothing says %q: %v", name, want, err)
			}
		}
		if got := tree(t, dir); len(got) > 0 {
			t.Errorf("%s: %q written", name, got)
		}
	}
	for _, kind := range []byte{tar.TypeFifo, tar.TypeChar, tar.TypeBlock} {
		if _, err := extract(t, "x.tar", makeTar(t, member{name: "a", kind: kind}), Limits{}); err == nil || !strings.Contains(err.Error(), "a: it is neither a file nor a folder") {
			t.Errorf("kind %c: %v", kind, err)
		}
	}
	if _, err := extract(t, "x.zip", makeZip(t, member{name: "a", data: "/etc/passwd", kind: tar.TypeSymlink}), Limits{}); err == nil || !strings.Contains(err.Error(), "a: it is neither") {
		t.Errorf("link in a zip: %v", err)
	}
	var many []member
	for range 200 {
		many = append(many, member{name: "../a"})
	}
	_, err := extract(t, "x.tar", makeTar(t, many...), Limits{})
	var problem *archive.Problem
	if !errors.As(err, &problem) || strings.Count(err.Error(), "\n") != maxProblems-1 {
		t.Errorf("many: %v", err)
	}
}

func TestLimits(t *testing.T) {
	data := makeTar(t, member{name: "a", data: "0123456789"}, member{name: "b", data: "0123456789"}, member{name: "c", kind: tar.TypeSymlink, link: "a"})
	for _, c := range []struct {
		limits Limits
		want   string
	}{
		{Limits{}, ""},
		{Limits{Members: 3, Bytes: 30}, ""},
		{Limits{Members: 2}, "more members than the limit"},
		{Limits{Bytes: 19}, "larger than the limit"},
		{Limits{Bytes: 29}, "larger than the limit"}, // the copy counts
	} {
		dir, err := extract(t, "x.tar", data, c.limits)
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || fault.ExitCode(err) != fault.BadInput) {
			t.Errorf("%+v: %v", c.limits, err)
		}
		if got := tree(t, dir); err != nil && len(got) > 0 {
			t.Errorf("%+v: %q written", c.limits, got)
		}
	}
	lying := makeZip(t, member{name: "a", data: strings.Repeat("x", 1000)})
	at := bytes.LastIndex(lying, []byte("PK\x01\x02"))
	lying[at+24], lying[at+25] = 10, 0 // its size in the directory
	if _, err := extract(t, "x.zip", lying, Limits{Bytes: 100}); err == nil || fault.ExitCode(err) != fault.BadInput {
		t.Errorf("lying size: %v", err)
	}
}

func TestCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.tar")
	check(t, os.WriteFile(path, makeTar(t, sdist...), 0o644))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Extract(ctx, path, t.TempDir(), Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("before: %v", err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	w := &writer{plan: newPlan("x", Limits{}), left: 1 << 40, buf: make([]byte, 10)}
	endless := readerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil })
	if n, err := w.copy(ctx, io.Discard, endless, 1<<40); !errors.Is(err, context.Canceled) || n > 100 {
		t.Errorf("inside a file: %d bytes, %v", n, err)
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestTargetMustBeEmpty(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.tar")
	check(t, os.WriteFile(path, makeTar(t, member{name: "d/a", data: "new"}), 0o644))
	dir, outside := t.TempDir(), t.TempDir()
	check(t, os.Mkdir(filepath.Join(dir, "d"), 0o755))
	check(t, os.WriteFile(filepath.Join(dir, "d", "a"), []byte("old"), 0o644))
	if err := Extract(context.Background(), path, dir, Limits{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file is in the way: %v", err)
	}
	dir = t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "d")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	if err := Extract(context.Background(), path, dir, Limits{}); err == nil {
		t.Error("extracted through a link")
	}
	if got := tree(t, outside); len(got) > 0 {
		t.Errorf("%q written outside", got)
	}
}

// What passes the first pass can be written: safe names, within the limits, and
// links that lead to files. (The second pass takes nothing that is not in the
// plan; without files and folders the fuzzer is a thousand times faster.)
func FuzzPlan(f *testing.F) {
	f.Add(makeTar(f, sdist[1])[:1024])
	f.Add(makeTar(f, member{name: "a"}, member{name: "l", kind: tar.TypeSymlink, link: "a"})[:1024])
	f.Add(makeTar(f, member{name: "../b"})[:512])
	f.Fuzz(func(t *testing.T, data []byte) {
		p := newPlan("x.tar", Limits{Members: 20, Bytes: 1 << 16})
		from := &source{"x.tar", bytes.NewReader(data), archiver.Tar{}}
		if from.each(context.Background(), p.add) != nil || p.check() != nil {
			return
		}
		var total int64
		for name, size := range p.files {
			total += size
			if reason := archive.CheckName(name); reason != "" || p.folders[name] {
				t.Errorf("%q: %s", name, reason)
			}
		}
		for link := range p.links {
			file, ok := p.resolve(link)
			if total += p.files[file]; !ok {
				t.Errorf("%q leads nowhere", link)
			}
		}
		if total > p.limits.Bytes {
			t.Errorf("%d bytes", total)
		}
	})
}
