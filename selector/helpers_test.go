package selector

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheeltest"
	"github.com/axlepack/axle/interpreters"
)

// report is what an interpreter of a target would say of itself. Between
// version numbers, "cp311@manylinux_2_28_x86_64 3.11.4".
func report(t testing.TB, text string) *interpreters.Report {
	t.Helper()
	name, version, _ := strings.Cut(text, " ")
	tg, err := target.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	if version == "" {
		version = fmt.Sprintf("%d.%d.7", tg.Python.Major, tg.Python.Minor)
	}
	r := &interpreters.Report{
		Schema: 1, Path: "/usr/bin/python", Version: version, Implementation: map[string]string{"cp": "cpython", "pp": "pypy"}[string(tg.Python.Impl)],
		Platforms: tg.Platform.LocalPlatformTags(), Freethreaded: tg.Python.Freethreaded,
	}
	list := tg.LocalTags().List()
	for len(list) > 0 {
		first, n := list[0], 1
		if first.Platform == r.Platforms[0] { // one for each platform, in their order
			n = len(r.Platforms)
			first.Platform = "*"
		}
		r.Tags = append(r.Tags, first.String())
		list = list[n:]
	}
	if got, want := r.TagOrder().List(), tg.LocalTags().List(); !slices.Equal(got, want) {
		t.Fatalf("%s: the tags are %v, want %v", text, got, want)
	}
	return r
}

// listOf makes a list of interpreters from such texts; their paths are
// /python/TEXT, without the version.
func listOf(t testing.TB, texts ...string) []interpreters.Interpreter {
	t.Helper()
	var list []interpreters.Interpreter
	for _, text := range texts {
		name, _, _ := strings.Cut(text, " ")
		list = append(list, interpreters.Interpreter{Path: "/python/" + name, Source: interpreters.FromList, Report: report(t, text)})
	}
	return list
}

// manifest is an extension.yml; settings are further lines of the section
// extension.
func manifest(name, version string, settings ...string) string {
	lines := append([]string{"extension:", "name: " + name, "version: \"" + version + "\"", "api_level: \"1.4.0\""}, settings...)
	return strings.Join(lines, "\n  ") + "\n"
}

const unzipped = "zip_safe: false"

// content is what goes into a zip: text by name.
type content map[string]string

// zipBytes makes a zip of files in the order of their names, with Python's own
// layout and not with ours: stored where stored says so.
func zipBytes(t testing.TB, files content, stored func(name string) bool) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		h.SetMode(0o644)
		if stored(name) {
			h.Method = zip.Store
		}
		member, err := w.CreateHeader(h)
		if err == nil {
			_, err = member.Write([]byte(files[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func isWheel(name string) bool { return strings.HasSuffix(name, ".whl") }

// writeZip writes an extension zip, its packages stored, and returns its path.
func writeZip(t testing.TB, files content) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "extension.zip")
	if err := os.WriteFile(path, zipBytes(t, files, isWheel), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// packageOf makes a dependency package.
func packageOf(t testing.TB, filename string, files content) string {
	t.Helper()
	return string(wheeltest.Make(t, filename, files))
}

// open opens a zip until the test ends.
func open(t testing.TB, path string) *Zip {
	t.Helper()
	z, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = z.Close() })
	return z
}

// withPackages is an extension zip with empty packages of these names.
func withPackages(t testing.TB, yml string, filenames ...string) *Zip {
	t.Helper()
	files := content{"extension.yml": yml, "extension.py": ""}
	for _, name := range filenames {
		files["dep/"+name] = packageOf(t, name, content{"module.py": ""})
	}
	return open(t, writeZip(t, files))
}

// machine are the interpreters of this machine, asked once.
var machine = sync.OnceValue(func() []interpreters.Interpreter {
	list := interpreters.Find(context.Background(), interpreters.Options{Discover: true})
	return slices.DeleteFunc(list, func(in interpreters.Interpreter) bool { return in.Report == nil })
})

// minors are the interpreters of the machine, one for each minor version and
// implementation, the oldest first. The test is skipped when there is none.
func minors(t testing.TB) []interpreters.Interpreter {
	t.Helper()
	var found []interpreters.Interpreter
	seen := map[string]bool{}
	for _, in := range machine() {
		if key := pythonTag(*in.Report); !seen[key] {
			seen[key] = true
			found = append(found, in)
		}
	}
	if len(found) == 0 {
		t.Skip("no Python was found on this machine")
	}
	slices.SortFunc(found, func(a, b interpreters.Interpreter) int {
		return a.Report.PythonVersion().Compare(b.Report.PythonVersion())
	})
	return found
}

// newest is the newest CPython of the machine, and skips the test without one.
func newest(t testing.TB) interpreters.Interpreter {
	t.Helper()
	list := slices.DeleteFunc(minors(t), func(in interpreters.Interpreter) bool { return in.Report.Implementation != "cpython" })
	if len(list) == 0 || list[len(list)-1].Report.PythonVersion().Release(0) < 3 {
		t.Skip("no CPython 3 was found on this machine")
	}
	return list[len(list)-1]
}

// place selects for one interpreter and deploys below root, without byte code,
// which takes its time.
func place(t testing.TB, zipPath, root string, in interpreters.Interpreter) Deployment {
	t.Helper()
	return deployWith(t, zipPath, DeployOptions{Root: root, NoCompile: true}, in)
}

// deploy is place with byte code, as agents deploy.
func deploy(t testing.TB, zipPath, root string, in interpreters.Interpreter) Deployment {
	t.Helper()
	return deployWith(t, zipPath, DeployOptions{Root: root}, in)
}

func deployWith(t testing.TB, zipPath string, opt DeployOptions, in interpreters.Interpreter) Deployment {
	t.Helper()
	d, err := tryDeploy(context.Background(), zipPath, opt, in)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func tryDeploy(ctx context.Context, zipPath string, opt DeployOptions, list ...interpreters.Interpreter) (Deployment, error) {
	z, err := Open(zipPath)
	if err != nil {
		return Deployment{}, err
	}
	defer z.Close()
	c, err := z.Select(ctx, list, SelectOptions{})
	if err != nil {
		return Deployment{}, err
	}
	return Deploy(ctx, z, c, opt)
}

// ran is how a run ended.
type ran struct {
	code           int
	stdout, stderr string
}

// run runs a deployed extension as a child.
func run(t testing.TB, opt RunOptions) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	opt.Stdout, opt.Stderr = &stdout, &stderr
	if opt.Stdin == nil {
		opt.Stdin = strings.NewReader("")
	}
	code, err := Run(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	clean := func(b *bytes.Buffer) string { return strings.ReplaceAll(b.String(), "\r\n", "\n") }
	return ran{code, clean(&stdout), clean(&stderr)}
}

// want checks the standard output and the exit code of a run.
func (r ran) want(t testing.TB, code int, stdout string) {
	t.Helper()
	if r.code != code || r.stdout != stdout {
		t.Errorf("exit code %d and %q, want %d and %q; standard error:\n%s", r.code, r.stdout, code, stdout, r.stderr)
	}
}

// runOnce deploys an extension that consists of these files, with packages that
// fit every Python, and runs it.
func runOnce(t testing.TB, in interpreters.Interpreter, files content, opt RunOptions) ran {
	t.Helper()
	root := t.TempDir()
	d := place(t, writeZip(t, files), root, in)
	opt.Root, opt.Name = root, d.Record.Name
	return run(t, opt)
}

// starterSize is how many modules the starter has.
func starterSize() (n int) {
	for range starterModules() {
		n++
	}
	return n
}

// eachPython runs a test for every minor version of Python on the machine.
func eachPython(t *testing.T, test func(t *testing.T, in interpreters.Interpreter)) {
	t.Helper()
	forPythons(t, minors(t), test)
}

// somePythons runs a test for the oldest and the newest Python 2 and 3 of the
// machine, and for those that are not CPython.
func somePythons(t *testing.T, test func(t *testing.T, in interpreters.Interpreter)) {
	t.Helper()
	var some []interpreters.Interpreter
	list := minors(t)
	for i, in := range list {
		major := in.Report.PythonVersion().Release(0)
		if i == 0 || i == len(list)-1 || in.Report.Implementation != "cpython" || list[i-1].Report.PythonVersion().Release(0) != major {
			some = append(some, in)
		}
	}
	forPythons(t, some, test)
}

func forPythons(t *testing.T, list []interpreters.Interpreter, test func(t *testing.T, in interpreters.Interpreter)) {
	t.Helper()
	for _, in := range list {
		t.Run(pythonTag(*in.Report), func(t *testing.T) {
			t.Parallel()
			test(t, in)
		})
	}
}

// tree lists the files below a folder with slashes, sorted.
func tree(t testing.TB, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			rel, relErr := filepath.Rel(dir, path)
			names, err = append(names, filepath.ToSlash(rel)), relErr
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// program runs a program and gives its output; the test fails when it fails.
func program(t testing.TB, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	return string(out)
}

// nothingStaged fails the test where something lies in the staging folder.
func nothingStaged(t testing.TB, root string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root, "t"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("left behind in staging: %s", e.Name())
	}
}

// pythonTag is how a target calls the Python of an interpreter: "cp311", "cp314t",
// "pp310".
func pythonTag(r interpreters.Report) string {
	short := map[string]string{"cpython": "cp", "pypy": "pp"}[r.Implementation]
	v := r.PythonVersion()
	tag := fmt.Sprintf("%s%d%d", short, v.Release(0), v.Release(1))
	if r.Freethreaded {
		tag += "t"
	}
	return tag
}
