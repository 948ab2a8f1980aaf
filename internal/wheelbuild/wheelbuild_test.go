package wheelbuild

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// memberOf reads a file of a wheel.
func memberOf(t testing.TB, path, name string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	check(t, err)
	defer func() { _ = z.Close() }()
	f, err := z.Open(name)
	check(t, err)
	data, err := io.ReadAll(f)
	check(t, err)
	return string(data)
}

// Row 9: building on the target stays possible.
func TestRow9PureWheelServesEveryTarget(t *testing.T) {
	f := newFixture(t)
	in := python(t)
	s := sdist(t, "demo-1.0.tar.gz", project(t, plan{"requires": []string{"six>=1"}, "noise": 3000}))
	m, err := f.Metadata(t.Context(), s)
	check(t, err)
	if m.Name != "demo" || m.Version.String() != "1.0" || len(m.RequiresDist) != 1 {
		t.Errorf("metadata: %+v", m)
	}
	f.called("get_requires", "prepare_metadata")
	var first lock.File
	for _, text := range []string{"cp311@win_amd64", "cp39@linux/arm64", "cp314@macos/arm64", "cp37@linux/amd64", "pp310@linux/amd64"} {
		w, err := f.Wheel(t.Context(), s, parseTarget(t, text))
		check(t, err)
		if first.Path == "" {
			first = w.File
		}
		if w.File.Filename.Text != "demo-1.0-py3-none-any.whl" || w.File.SHA256 != first.SHA256 || len(w.Warnings) > 0 {
			t.Errorf("%s: %+v", text, w)
		}
	}
	f.called("build_wheel")
	if got, want := memberOf(t, first.Path, "demo/__init__.py"), fmt.Sprintf("BUILT_BY = %d\n", in.Report.PythonVersion().Release(1)); got != want {
		t.Errorf("built by %q, want %q", got, want)
	}
	// A second run finds everything, and the same bytes come of another build.
	f.again()
	if _, err := f.Metadata(t.Context(), s); err != nil {
		t.Error(err)
	}
	if w, err := f.Wheel(t.Context(), s, parseTarget(t, "cp311@win_amd64")); err != nil || w.File.SHA256 != first.SHA256 {
		t.Error(w, err)
	}
	f.called()
	other := newFixture(t)
	if w, err := other.Wheel(t.Context(), s, parseTarget(t, "cp311@win_amd64")); err != nil || w.File.SHA256 != first.SHA256 {
		t.Error("another build gave other bytes", err)
	}
}

func TestStaticMetadata(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.Interpreters = nil })
	const head = "Name: demo\nVersion: 1.0\nRequires-Dist: six\n"
	for text, static := range map[string]bool{
		"Metadata-Version: 2.2\n" + head:                                          true,
		"Metadata-Version: 2.4\n" + head + "Dynamic: license-file\n":              true,
		"Metadata-Version: 2.4\n" + head + "Dynamic: Requires-Dist\n":             false,
		"Metadata-Version: 2.3\n" + head + "Dynamic: requires-python\n":           false,
		"Metadata-Version: 2.1\n" + head:                                          false,
		"Metadata-Version: 2.2\nRequires-Dist: not a requirement at all\n" + head: false,
		"Metadata-Version: 2.2\nName: other\nVersion: 1.0\n":                      true,
		"no header at all": false,
	} {
		m, err := f.Metadata(t.Context(), sdist(t, "demo-1.0.tar.gz", with(project(t, plan{}), "PKG-INFO", text)))
		switch {
		case !static && fault.ExitCode(err) != fault.NoInterpreter:
			t.Errorf("%q: %v, %v", text, m, err)
		case static && strings.Contains(text, "other"):
			if fault.ExitCode(err) != fault.BadInput || !strings.Contains(err.Error(), "demo 1.0: its metadata is that of other 1.0") {
				t.Errorf("%q: %v", text, err)
			}
		case static && (err != nil || len(m.RequiresDist) != 1):
			t.Errorf("%q: %v, %v", text, m, err)
		}
	}
	f.called()
}

func TestMetadataFromWheel(t *testing.T) {
	python(t)
	f := newFixture(t)
	s := sdist(t, "demo-1.0.tar.gz", project(t, plan{"prepare": false, "get_requires": false}))
	m, err := f.Metadata(t.Context(), s)
	if err != nil || m.Version.String() != "1.0" {
		t.Fatal(m, err)
	}
	f.called("build_wheel")
	if _, err := f.Wheel(t.Context(), s, parseTarget(t, "cp311@win_amd64")); err != nil {
		t.Fatal(err)
	}
	f.called()
}

func TestFolder(t *testing.T) {
	python(t)
	f := newFixture(t)
	s := folder(t, with(project(t, plan{}), "build/lib/old.py", "", "dist/demo-0.9.whl", "", ".venv/pyvenv.cfg", "",
		"demo.egg-info/SOURCES.txt", "", "tools/__pycache__/backend.pyc", "", "build/hook.py", "", "src/dist/kept.py", ""))
	before := listing(t, s.File.Path)
	m, err := f.Metadata(t.Context(), s)
	check(t, err)
	s.File.Sdist.Name, s.File.Sdist.Version = m.Name, m.Version
	w, err := f.Wheel(t.Context(), s, parseTarget(t, "cp311@win_amd64"))
	if err != nil || w.File.Filename.Text != "demo-1.0-py3-none-any.whl" {
		t.Fatal(w, err)
	}
	f.called("get_requires", "prepare_metadata", "build_wheel")
	if after := listing(t, s.File.Path); !slices.Equal(before, after) {
		t.Errorf("the folder was %q, is %q", before, after)
	}
	// What is no part of the project does not count; what is, does.
	put(t, s.File.Path, map[string]string{"build/lib/old.py": "changed", ".git/index": "x"})
	f.again()
	if _, err := f.Metadata(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	f.called()
	put(t, s.File.Path, map[string]string{"README": "changed"})
	f.again()
	if _, err := f.Metadata(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	f.called("get_requires", "prepare_metadata")
}

func listing(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	check(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		out = append(out, path)
		return err
	}))
	return out
}

func TestTree(t *testing.T) {
	s := folder(t, map[string]string{
		"pyproject.toml": "", "build/lib/x.py": "", "build/temp.linux/x.o": "", "build/own.py": "", "dist/a.whl": "", "env/pyvenv.cfg": "", "env/lib/x.py": "",
		"a.egg-info/SOURCES.txt": "", "b.egg-info/data.py": "", "src/build/lib/y.py": "", "src/m.pyc": "", ".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": "1\n",
	})
	if err := os.Symlink("build/own.py", filepath.Join(s.File.Path, "link.py")); err != nil {
		t.Skip("no symbolic links: ", err)
	}
	check(t, os.Symlink("nowhere", filepath.Join(s.File.Path, "broken")))
	read := func() *tree {
		tree, err := readTree(t.Context(), s.File.Path)
		check(t, err)
		return tree
	}
	first := read()
	want := []string{"b.egg-info/data.py", "build/own.py", "link.py", "pyproject.toml", "src/build/lib/y.py"}
	if got := slices.Sorted(slices.Values(first.files)); !slices.Equal(got, want) {
		t.Errorf("files: %q, want %q", got, want)
	}
	put(t, s.File.Path, map[string]string{".git/refs/heads/main": "2\n"})
	second := read()
	put(t, s.File.Path, map[string]string{"link.py": "text"})
	if third := read(); first.digest == second.digest || second.digest == third.digest {
		t.Error("a change is not seen")
	}
	to := filepath.Join(t.TempDir(), "copy")
	check(t, second.copy(t.Context(), to))
	if data, err := os.ReadFile(filepath.Join(to, ".git")); err != nil || string(data) != "gitdir: "+filepath.Join(s.File.Path, ".git")+"\n" {
		t.Errorf("%q, %v", data, err)
	}
	check(t, os.Symlink("..", filepath.Join(s.File.Path, "src", "loop")))
	if got := slices.Sorted(slices.Values(read().files)); !slices.Equal(got, want) {
		t.Errorf("with a loop of links: %q", got)
	}
}

// What is wrong with a source is the user's input (exit 3) or the backend's
// failure (exit 7), and is told with the source's name.
func TestFailures(t *testing.T) {
	python(t)
	for name, c := range map[string]struct {
		files  map[string]string
		code   int
		text   string
		output string
	}{
		"parent member":       {with(project(t, plan{}), "../evil.py", ""), fault.BadInput, "demo-1.0.tar.gz: ../evil.py", ""},
		"no project":          {map[string]string{"README": "x"}, fault.BadInput, "demo 1.0: there is neither a pyproject.toml nor a setup.py", ""},
		"broken TOML":         {map[string]string{"pyproject.toml": "[build-system]\nrequires = ["}, fault.BadInput, "demo 1.0: pyproject.toml:2:", ""},
		"no requires":         {map[string]string{"pyproject.toml": "[build-system]\n"}, fault.BadInput, "[build-system] has no requires", ""},
		"backend outside":     {map[string]string{"pyproject.toml": strings.Replace(pyproject, "tools", "../tools", 1)}, fault.BadInput, "is not a folder of the source", ""},
		"no backend":          {with(project(t, plan{}), "pyproject.toml", strings.Replace(pyproject, `"backend"`, `"absent.sub"`, 1)), fault.Resolution, "there is no module absent", ""},
		"backend of Python":   {with(project(t, plan{}), "pyproject.toml", strings.Replace(pyproject, `"backend"`, `"json"`, 1)), fault.Resolution, "json is not in backend-path", ""},
		"import fails":        {with(project(t, plan{}), "tools/backend.py", "import absent_module\n"), fault.Resolution, "it raised ModuleNotFoundError", "absent_module"},
		"hook fails":          {project(t, plan{"fail": "build_wheel", "noise": 4000}), fault.Resolution, "demo 1.0 cannot be built: backend failed in build_wheel under Python", "RuntimeError: a deliberate failure"},
		"requirements fail":   {project(t, plan{"fail": "get_requires_for_build_wheel"}), fault.Resolution, "failed in get_requires_for_build_wheel", "RuntimeError"},
		"metadata fail":       {project(t, plan{"fail": "prepare_metadata_for_build_wheel"}), fault.Resolution, "failed in prepare_metadata_for_build_wheel", "RuntimeError"},
		"hook exits":          {project(t, plan{"exit": "build_wheel"}), fault.Resolution, "it ended the program, with 0", ""},
		"hook dies":           {project(t, plan{"die": "build_wheel"}), fault.Resolution, "exit status 3", ""},
		"hook dies well":      {project(t, plan{"die": "build_wheel", "status": 0}), fault.Resolution, "it ended the program", ""},
		"other name":          {project(t, plan{"name": "other"}), fault.BadInput, "its metadata is that of other 1.0", ""},
		"other version":       {project(t, plan{"version": "1.1"}), fault.BadInput, "its metadata is that of demo 1.1", ""},
		"other wheel":         {project(t, plan{"wheel": "other-1.0-py3-none-any.whl"}), fault.BadInput, "no dist-info folder for other 1.0", ""},
		"no wheel":            {project(t, plan{"wheel": "demo.zip"}), fault.BadInput, "not a wheel file name", ""},
		"wheel elsewhere":     {project(t, plan{"wheel": "../demo-1.0-py3-none-any.whl"}), fault.Resolution, "is no file that it made", ""},
		"changed file":        {project(t, plan{"tampered": plan{"demo/__init__.py": "evil"}}), fault.BadInput, "demo/__init__.py is not what RECORD says", ""},
		"unknown file":        {project(t, plan{"tampered": plan{"demo/more.py": ""}}), fault.BadInput, "demo/more.py is not in RECORD", ""},
		"member outside":      {project(t, plan{"files": plan{"../evil.py": ""}}), fault.BadInput, "demo-1.0-py3-none-any.whl: ../evil.py", ""},
		"other tags":          {project(t, plan{"wheel_tags": []string{"py2-none-any"}}), fault.BadInput, "its WHEEL has other tags than its name", ""},
		"wheel wants more":    {project(t, plan{"wheel_requires": []string{"surprise"}}), fault.Resolution, "demo 1.0: its wheel asks for other things", ""},
		"unknown requirement": {with(project(t, plan{}), "pyproject.toml", strings.Replace(pyproject, "[]", `["absent>=1"]`, 1)), fault.Internal, "demo 1.0, of what it takes to build it: absent: not on the shelf", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			s := sdist(t, "demo-1.0.tar.gz", c.files)
			_, err := f.Wheel(t.Context(), s, parseTarget(t, "cp311@win_amd64"))
			if err == nil || fault.ExitCode(err) != c.code || !strings.Contains(err.Error(), c.text) {
				t.Fatalf("exit %d, %v", fault.ExitCode(err), err)
			}
			if strings.Contains(err.Error(), f.temp) {
				t.Errorf("names a temporary folder: %v", err)
			}
			if c.output != "" && !strings.Contains(err.Error(), "\n  | ") || !strings.Contains(err.Error(), c.output) {
				t.Errorf("the output is missing: %v", err)
			}
			if lines := strings.Count(err.Error(), "\n"); lines > shownLines {
				t.Errorf("%d lines", lines)
			}
		})
	}
}

// A failure is not repeated for the next target.
func TestFailsOnce(t *testing.T) {
	python(t)
	f := newFixture(t)
	s := sdist(t, "demo-1.0.tar.gz", project(t, plan{"fail": "build_wheel"}))
	for _, text := range []string{"cp311@win_amd64", "cp312@win_amd64"} {
		var failed *BuildError
		if _, err := f.Wheel(t.Context(), s, parseTarget(t, text)); !errors.As(err, &failed) || len(failed.Hints()) != 1 {
			t.Fatal(err)
		}
	}
	f.called("get_requires", "build_wheel")
}

func TestHangingBackend(t *testing.T) {
	python(t)
	f := newFixture(t, func(o *Options) { o.Timeout = 2 * time.Second })
	s := sdist(t, "demo-1.0.tar.gz", project(t, plan{"hang": "prepare_metadata_for_build_wheel"}))
	start := time.Now()
	_, err := f.Metadata(t.Context(), s)
	if err == nil || !strings.Contains(err.Error(), "it still ran after 2s") || fault.ExitCode(err) != fault.Resolution {
		t.Error(err)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
}

// Cancelling ends the backend, with what it started, and tidies up.
func TestCancel(t *testing.T) {
	python(t)
	f := newFixture(t)
	s := sdist(t, "demo-1.0.tar.gz", project(t, plan{"hang": "build_wheel"}))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for !strings.Contains(readLog(f.log), "build_wheel {}") && !strings.Contains(readLog(f.log), "build_wheel 3") && ctx.Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
		cancel()
	}()
	start := time.Now()
	_, err := f.Wheel(ctx, s, parseTarget(t, "cp311@win_amd64"))
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if took := time.Since(start); took > 60*time.Second {
		t.Errorf("it took %s", took)
	}
}

func readLog(path string) string {
	data, _ := os.ReadFile(path)
	return string(data)
}

// Backends see nothing that is meant for others.
func TestEnvironmentOfBackend(t *testing.T) {
	python(t)
	const hook = `
import os
def build_wheel(directory, config_settings=None, metadata_directory=None):
    for name in sorted(os.environ):
        print(name + "=" + os.environ[name])
    print("END")
    raise SystemExit(" ".join(sorted(k for k in os.environ if k.startswith(("PIP_", "AXLE_", "UV_")) or k in ("PYTHONPATH", "NETRC"))) + "|" + os.environ["KEPT"])
`
	f := newFixture(t, func(o *Options) {
		o.Env = append(o.Env, "PIP_INDEX_URL=https://user:secret@index.test/", "AXLE_INDEX_URL=x", "UV_INDEX=y", "PYTHONPATH=/tmp", "NETRC=z", "KEPT=yes", "pip_extra=secret")
	})
	_, err := f.Wheel(t.Context(), sdist(t, "demo-1.0.tar.gz", with(project(t, plan{}), "tools/backend.py", hook)), parseTarget(t, "cp311@win_amd64"))
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "with '|yes'") {
		t.Error(err)
	}
}

func TestSettings(t *testing.T) {
	python(t)
	f := newFixture(t)
	s := sdist(t, "demo-1.0.tar.gz", project(t, plan{}))
	s.Settings = map[string][]string{"one": {"1"}, "two": {"a", "b"}}
	_, err := f.Wheel(t.Context(), s, parseTarget(t, "cp311@win_amd64"))
	check(t, err)
	if log := readLog(f.log); !strings.Contains(log, `{"one": "1", "two": ["a", "b"]}`) {
		t.Error(log)
	}
	f.calls()
	s.Settings["one"] = []string{"2"} // another build
	_, err = f.Metadata(t.Context(), s)
	check(t, err)
	f.called("get_requires", "prepare_metadata")
}

func TestSubdirectory(t *testing.T) {
	python(t)
	f := newFixture(t)
	inner := map[string]string{}
	for name, text := range project(t, plan{}) {
		inner["libs/demo/"+name] = text
	}
	s := sdist(t, "all-2.0.tar.gz", inner)
	s.File.Sdist, s.Subdirectory = index.File{}.Sdist, "libs/demo"
	if w, err := f.Wheel(t.Context(), s, parseTarget(t, "cp311@win_amd64")); err != nil || w.File.Filename.Name != "demo" {
		t.Error(w, err)
	}
	for _, bad := range []string{"libs/none", "../x", "libs/demo/plan.json"} {
		s.Subdirectory = bad
		if _, err := f.Metadata(t.Context(), s); fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// What a build requires is installed as an installer would do it.
func TestBuildRequirements(t *testing.T) {
	python(t)
	f := newFixture(t)
	f.shelf.wheels["helper"] = fileOf(t, "helper-2.0-py3-none-any.whl", indextest.Wheel("helper-2.0-py3-none-any.whl",
		"Metadata-Version: 2.1\nName: helper\nVersion: 2.0\n",
		"helper-2.0.data/scripts/raw", "#!python\nprint('raw runs')\n",
		"helper-2.0.data/data/share/helper.txt", "shared", "helper-2.0.data/headers/helper.h", "",
		"helper-2.0.data/purelib/helper_pure.py", "VALUE = 7\n",
		"helper/cli.py", "import sys\ndef main():\n    print('cli runs under', sys.prefix)\n",
		"helper-2.0.dist-info/entry_points.txt", "[console_scripts]\nhelper-cli = helper.cli:main\n"))
	const hook = `
import os, subprocess, sys
import helper, helper_pure
from importlib.metadata import version
def get_requires_for_build_wheel(config_settings=None):
    return ["helper", "late; python_version < '3'"]
def build_wheel(directory, config_settings=None, metadata_directory=None):
    out = subprocess.check_output(["helper-cli"]).decode() + subprocess.check_output(["raw"]).decode()
    assert sys.prefix in out and "raw runs" in out, out
    assert os.path.exists(os.path.join(sys.prefix, "share", "helper.txt"))
    assert os.path.exists(os.path.join(sys.prefix, "include", "site", "python%d.%d" % sys.version_info[:2], "helper", "helper.h"))
    raise SystemExit("%s %d %s" % (version("helper"), helper_pure.VALUE, sys.prefix == os.environ["VIRTUAL_ENV"]))
`
	files := with(project(t, plan{}), "tools/backend.py", hook, "pyproject.toml", strings.Replace(pyproject, "[]", `["helper>=1"]`, 1))
	_, err := f.Wheel(t.Context(), sdist(t, "demo-1.0.tar.gz", files), parseTarget(t, "cp311@win_amd64"))
	if err == nil || !strings.Contains(err.Error(), "2.0 7 True") {
		t.Error(err)
	}
	if want := []string{"helper>=1", "helper>=1", "helper"}; !slices.Equal(f.shelf.asked, want) {
		t.Errorf("asked for %q, want %q", f.shelf.asked, want)
	}
}

// What it takes to build may have to be built; but not by itself.
func TestBuildRequirementsAreBuilt(t *testing.T) {
	python(t)
	f := newFixture(t)
	tool := sdist(t, "tool-3.0.tar.gz", project(t, plan{"name": "tool", "version": "3.0"}))
	requiring := func(name string) map[string]string {
		return with(project(t, plan{"name": "demo"}), "pyproject.toml", strings.Replace(pyproject, "[]", `["`+name+`"]`, 1))
	}
	circle := sdist(t, "circle-1.0.tar.gz", requiring("circle"))
	f.shelf.build = func(ctx context.Context, name pep508.Name, on target.Target) (lock.File, error) {
		s := map[pep508.Name]Source{"tool": tool, "circle": circle}[name]
		if _, err := f.Metadata(ctx, s); err != nil {
			return lock.File{}, err
		}
		w, err := f.Wheel(ctx, s, on)
		return w.File, err
	}
	w, err := f.Wheel(t.Context(), sdist(t, "demo-1.0.tar.gz", requiring("tool")), parseTarget(t, "cp311@win_amd64"))
	if err != nil || w.File.Filename.Name != "demo" {
		t.Error(w, err)
	}
	if _, err := f.Metadata(t.Context(), circle); err == nil || !strings.Contains(err.Error(), "circle 1.0 requires itself to be built: circle 1.0 → circle 1.0") {
		t.Error(err)
	}
}
