package extension_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
)

// inMemory reads requirements from a map of files, with nothing of the machine.
func inMemory(files map[string]string, env map[string]string) extension.RequirementsOptions {
	tree := fstest.MapFS{}
	for name, text := range files {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return extension.RequirementsOptions{
		Open: func(name string) ([]byte, error) { return fs.ReadFile(tree, filepath.ToSlash(name)) },
		Stat: func(name string) (fs.FileInfo, error) { return fs.Stat(tree, filepath.ToSlash(name)) },
		Env:  func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	}
}

func readRequirements(t *testing.T, text string) extension.Requirements {
	t.Helper()
	r, _, err := extension.ParseRequirements("r.txt", inMemory(map[string]string{"r.txt": text}, nil))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return r
}

// Everything that is wrong in a file is said at once, at its place. The golden
// file is written with -update.
func TestBadRequirements(t *testing.T) {
	files := map[string]string{
		"other.txt": "foo\n", "circle.txt": "-r circle.txt\n", "bad.txt": "foo=1\nbar\n", "extras.txt": "foo[x]<2\n./demo-1.0-py3-none-any.whl\n./pkg\n",
		"demo-1.0-py3-none-any.whl": "x", "demo.whl": "x", "demo-1.0.tar.gz": "x", "pkg/pyproject.toml": "", "empty/x": "",
	}
	env := map[string]string{"TOKEN": "s3cret", "BAD": "foo==", "USER": "me", "PASS": "p@ss"}
	goldenErrors(t, "testdata/errors/requirements.txt", func(name string, data []byte) ([]fault.Warning, error) {
		files[name] = string(data)
		_, warnings, err := extension.ParseRequirements(name, inMemory(files, env))
		return warnings, err
	})
}

func TestRequirementLines(t *testing.T) {
	r := readRequirements(t, `# what we need
Requests[Socks]>=2.8,<3 ; python_version >= "3.8" \
    --hash=sha256:`+strings.Repeat("AB", 32)+` \
    --config-settings=a=b -C a=c
`)
	l := r.Items[0]
	if l.Requirement.Name != "requests" || len(l.Requirement.Extras) != 1 || l.File != "r.txt" || l.Line != 2 {
		t.Errorf("%+v", l)
	}
	if l.Requirement.Marker.IsZero() || l.Hashes[0] != (extension.Hash{Algorithm: "sha256", Digest: strings.Repeat("ab", 32)}) {
		t.Errorf("%+v", l)
	}
	if got := fmt.Sprint(l.ConfigSettings); got != "map[a:[b c]]" {
		t.Error(got)
	}
	err := l.Problem(fault.Resolution, "has no wheel", "relax it")
	if fault.ExitCode(err) != fault.Resolution || !strings.HasPrefix(err.Error(), "r.txt:2:1: has no wheel") {
		t.Errorf("%v %d", err, fault.ExitCode(err))
	}
	if !r.HashesRequired() {
		t.Error("hashes are not required")
	}
}

func TestHashesRequired(t *testing.T) {
	hashed := "foo==1 --hash=sha256:" + strings.Repeat("0", 64) + "\n"
	for text, want := range map[string]bool{
		"foo\n": false, "--require-hashes\nfoo\n": true, hashed: true, "--no-require-hashes\n" + hashed: false, "bar\n" + hashed: true,
	} {
		if got := readRequirements(t, text).HashesRequired(); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestFormatControl(t *testing.T) {
	for _, c := range []struct {
		text           string
		binary, source string // what numpy and foo may come from
	}{
		{"", "numpy foo", "numpy foo"},
		{"--only-binary :all:", "numpy foo", ""},
		{"--no-binary :all:", "", "numpy foo"},
		{"--only-binary :all:\n--no-binary NumPy", "foo", "numpy"},
		{"--no-binary numpy\n--only-binary :all:", "numpy foo", ""},
		{"--only-binary numpy --no-binary numpy", "foo", "numpy foo"},
		{"--only-binary :all: --only-binary :none:", "numpy foo", "numpy foo"},
		{"--only-binary :all:,:none:,foo", "numpy foo", "numpy"},
		{"numpy --only-binary foo", "numpy foo", "numpy"},
	} {
		r := readRequirements(t, c.text)
		var binary, source []string
		for _, name := range []string{"numpy", "foo"} {
			b, s := r.Formats.Allows(normalName(t, name))
			if b {
				binary = append(binary, name)
			}
			if s {
				source = append(source, name)
			}
		}
		if strings.Join(binary, " ") != c.binary || strings.Join(source, " ") != c.source {
			t.Errorf("%q: binary %v, source %v", c.text, binary, source)
		}
	}
}

func TestReleaseControl(t *testing.T) {
	for _, c := range []struct {
		text         string
		pre, decided bool // for foo
	}{
		{"", false, false},
		{"--pre", true, true},
		{"--all-releases foo", true, true},
		{"--all-releases bar", false, false},
		{"--only-final :all: --all-releases foo", true, true},
		{"--all-releases :all: --only-final foo", false, true},
		{"--only-final :all:", false, true},
	} {
		pre, decided := readRequirements(t, c.text).Releases.Pre("foo")
		if pre != c.pre || decided != c.decided {
			t.Errorf("%q: %v %v", c.text, pre, decided)
		}
	}
}

// Secrets that come from variables, or stand in addresses, are in no message.
func TestRequirementsKeepSecrets(t *testing.T) {
	env := map[string]string{"TOKEN": "s3cret", "URL": "https://me:s3cret@index.test/x"}
	for _, text := range []string{
		"foo==${TOKEN}!", "-i https://${TOKEN}@index.test/ --frobnicate", "${TOKEN} bar", "foo @ ${URL}/x.txt;bad", "--hash=${TOKEN}", "foo --hash=${TOKEN}",
		"foo --hash=sha256:${TOKEN}", "git+https://u:s3cret@index.test/x", "foo @ https://u:s3cret@index.test/x.whl", "-r https://u:s3cret@index.test/r.txt",
		"--${TOKEN}", "-f 'x ${TOKEN}", "--no-index=${TOKEN}", "--pre ${TOKEN}", "--only-binary '${TOKEN}!'", "--use-feature=${TOKEN}!", "-f ${TOKEN}", "./${TOKEN}.whl", "foo; ${TOKEN}",
		"file:///${TOKEN}/x-1-py3-none-any.whl", "-r ${TOKEN}", "foo -C ${TOKEN}", "--s${TOKEN}",
	} {
		_, warnings, err := extension.ParseRequirements("r.txt", inMemory(map[string]string{"r.txt": text}, env))
		var b strings.Builder
		fault.Print(&b, err)
		all := b.String() + fmt.Sprint(warnings)
		if err != nil {
			all += err.Error()
		}
		if strings.Contains(all, "s3cret") {
			t.Errorf("%s: a secret is printed:\n%s", text, all)
		}
	}
	r, _, err := extension.ParseRequirements("r.txt", inMemory(map[string]string{"r.txt": "foo==1.0 ; os_name != '${TOKEN}'"}, env))
	if err != nil || strings.Contains(r.Items[0].Text, "s3cret") {
		t.Errorf("%v %v", r.Items, err)
	}
}

func TestManyIncludes(t *testing.T) {
	files := map[string]string{"r.txt": "-r 0.txt\n", "40.txt": "foo\n"}
	for i := range 40 {
		files[fmt.Sprintf("%d.txt", i)] = strings.Repeat(fmt.Sprintf("-r %d.txt\n", i+1), 2)
	}
	_, _, err := extension.ParseRequirements("r.txt", inMemory(files, nil))
	if err == nil || !strings.Contains(err.Error(), "more than 1000 files") {
		t.Error(err)
	}
}

func TestUnreadableRequirements(t *testing.T) {
	opt := inMemory(nil, nil)
	if _, _, err := extension.ParseRequirements("r.txt", opt); err == nil || err.Error() != "r.txt: no such file" {
		t.Error(err)
	}
	opt.Open = func(name string) ([]byte, error) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("disk is on fire")}
	}
	if _, _, err := extension.ParseRequirements("r.txt", opt); err == nil || !strings.Contains(err.Error(), "disk is on fire") {
		t.Error(err)
	}
}

func TestRequirementsInLatin1(t *testing.T) {
	_, _, err := extension.ParseRequirements("r.txt", inMemory(map[string]string{"r.txt": "foo\n# caf\xe9\n"}, nil))
	if err == nil || err.Error() != "r.txt:2:1: is not UTF-8" || len(fault.Hints(err)) != 1 {
		t.Error(err)
	}
}

func TestFileAddresses(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths of other systems")
	}
	dir := t.TempDir()
	wheel := filepath.Join(dir, "my dir", "demo-1.0-py3-none-any.whl")
	if err := os.MkdirAll(filepath.Dir(wheel), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(wheel, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "r.txt")
	for _, text := range []string{
		"file://" + strings.ReplaceAll(wheel, " ", "%20"), "file://localhost" + strings.ReplaceAll(wheel, " ", "%20"),
		"demo @ file://" + strings.ReplaceAll(wheel, " ", "%20"), "file:my%20dir/demo-1.0-py3-none-any.whl", "./my dir/demo-1.0-py3-none-any.whl",
	} {
		if err := os.WriteFile(list, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		r, _, err := extension.ParseRequirements(list, extension.RequirementsOptions{Dir: dir})
		if err != nil || r.Items[0].Path != wheel || r.Items[0].Requirement.Name != "demo" {
			t.Errorf("%s: %+v %v", text, r.Items, err)
		}
	}
}

func FuzzParseRequirements(f *testing.F) {
	for _, c := range readCases(f, "testdata/errors/requirements.txt") {
		f.Add([]byte(c.text))
	}
	for _, s := range []string{"foo==1 \\\n --hash=sha256:x\n", "-r r.txt", "# coding: latin-1\nfoo # \xe9", "\xff\xfef\x00", "-f 'a b' -i \"x", "a @ file://x;y", ";", "; a", "-r", "foo[]; \\"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, warnings, err := extension.ParseRequirements("r.txt", inMemory(map[string]string{"r.txt": string(data)}, map[string]string{"A": "b ${C} # d", "C": "--pre"}))
		var b strings.Builder
		fault.Print(&b, err)
		for _, w := range warnings {
			if w.Line < 1 || w.Col < 1 {
				t.Errorf("%q: a warning without its place: %v", data, w)
			}
		}
		if list, ok := err.(fault.List); ok {
			for _, e := range list {
				if p := e.(*fault.Problem); p.File != "r.txt" || p.Line < 0 {
					t.Errorf("%q: %+v", data, p)
				}
			}
		}
		for _, l := range r.Items {
			if l.Line < 1 || l.Requirement.Name == "" && l.Path == "" && l.Requirement.URL == "" {
				t.Errorf("%q: %+v", data, l)
			}
		}
	})
}
