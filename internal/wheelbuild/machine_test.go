package wheelbuild

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/native"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/interpreters"
)

// reported is an interpreter that calls itself so.
func reported(path, version string, platforms ...string) interpreters.Interpreter {
	r := interpreters.Report{Path: path, Version: version, Implementation: "cpython", Platforms: platforms}
	return interpreters.Interpreter{Path: path, Report: &r}
}

func TestMachines(t *testing.T) {
	pypy := reported("pypy", "3.10.14", "linux_x86_64", "manylinux_2_36_x86_64")
	pypy.Report.Implementation = "pypy"
	free := reported("free", "3.14.1", "macosx_15_0_arm64")
	free.Report.Freethreaded = true
	graal := reported("graal", "3.12.0", "manylinux_2_36_x86_64")
	graal.Report.Implementation = "graalpy"
	list := machines([]interpreters.Interpreter{
		reported("old", "3.7.16", "manylinux_2_36_x86_64"), reported("py2", "2.7.18", "manylinux_2_36_x86_64"),
		reported("first", "3.11.2", "linux_x86_64", "manylinux_2_36_x86_64"), pypy, free, graal,
		reported("bare", "3.11.2", "linux_x86_64"), {Path: "broken", Err: errors.New("x")}, reported("odd", "unknown", "win_amd64"),
		reported("win", "3.13.0", "win_amd64"), reported("pre", "3.15.0rc1", "musllinux_1_2_x86_64"), reported("second", "3.11.2", "manylinux_2_36_x86_64"),
		reported("dev", "3.12.0+", "manylinux_2_36_x86_64"),
	})
	var got []string
	for _, m := range best(list, []target.Python{{Impl: target.CPython, Major: 3, Minor: 11}, {Impl: target.CPython, Major: 3, Minor: 15}}) {
		got = append(got, m.path+" "+m.target.String())
	}
	want := []string{
		"first cp311@manylinux_2_36_x86_64", "second cp311@manylinux_2_36_x86_64", "pre cp315@musllinux_1_2_x86_64",
		"win cp313@win_amd64", "dev cp312@manylinux_2_36_x86_64", "free cp314t@macosx_15_0_arm64", "pypy pp310@manylinux_2_36_x86_64",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Which interpreter builds, for what is asked. All are in truth the machine's
// own, so that what is seen is the choice.
func TestChoiceOfInterpreter(t *testing.T) {
	real := python(t)
	var started []string
	var mu sync.Mutex
	f := newFixture(t, func(o *Options) {
		o.Interpreters = nil
		for i, version := range []string{"3.9.1", "3.11.1", "3.13.1", "3.7.1"} {
			in := *real.Report
			in.Version = version
			// The same interpreter by other names.
			link := filepath.Join(t.TempDir(), fmt.Sprint("python", i))
			if err := os.Symlink(real.Path, link); err != nil {
				t.Skip("no symbolic links: ", err)
			}
			o.Interpreters = append(o.Interpreters, interpreters.Interpreter{Path: link, Report: &in})
		}
		o.Wanted = []target.Python{{Impl: target.CPython, Major: 3, Minor: 9}, {Impl: target.CPython, Major: 3, Minor: 11}}
		o.Started = func(source, python string) func(error) {
			mu.Lock()
			defer mu.Unlock()
			started = append(started, source+" by "+python)
			return func(error) {}
		}
	})
	wheel := func(s Source, on string) (string, error) {
		started = nil
		w, err := f.Wheel(t.Context(), s, parseTarget(t, on))
		return w.File.Filename.Text + " " + strings.Join(started, ", "), err
	}
	for _, c := range []struct {
		name string
		p    plan
		info string
		on   string
		want string // "" is unfit
	}{
		{"newest wanted", plan{}, "", "cp314@win_amd64", "demo-1.0-py3-none-any.whl demo 1.0 by 3.11.1"},
		{"as the project asks", plan{}, "Requires-Python: <3.10", "cp39@win_amd64", "demo-1.0-py3-none-any.whl demo 1.0 by 3.9.1"},
		{"newest of those not wanted", plan{}, "Requires-Python: >=3.12", "cp313@win_amd64", "demo-1.0-py3-none-any.whl demo 1.0 by 3.13.1"},
		{"for one Python", plan{"tag": "py313-none-any"}, "", "cp39@win_amd64", ""},
		{"of another Python on this machine", plan{"tag": "cp39-none-any"}, "", "cp39@win_amd64", "demo-1.0-cp39-none-any.whl demo 1.0 by 3.11.1"},
	} {
		files := project(t, c.p)
		if c.info != "" {
			files["PKG-INFO"] = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n" + c.info + "\n"
			files["plan.json"] = strings.Replace(files["plan.json"], "{", fmt.Sprintf("{%q: [%q],", "more", c.info), 1)
		}
		got, err := wheel(sdist(t, "demo-1.0.tar.gz", files), c.on)
		var unfit *UnfitError
		if errors.As(err, &unfit) {
			got, err = "", nil
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
	if _, err := wheel(sdist(t, "demo-1.0.tar.gz", with(project(t, plan{}), "PKG-INFO", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Python: >=3.14\n")), "cp314@win_amd64"); fault.ExitCode(err) != fault.NoInterpreter ||
		!strings.Contains(err.Error(), "demo 1.0 asks for Python >=3.14 to be built, and there is only") {
		t.Error(err)
	}
}

// The oldest Python has a try where the newest fails.
func TestOldestIsTried(t *testing.T) {
	real := python(t)
	old, new := *real.Report, *real.Report
	old.Version, new.Version = "3.9.1", "3.13.1"
	link := filepath.Join(t.TempDir(), "python")
	if err := os.Symlink(real.Path, link); err != nil {
		t.Skip("no symbolic links: ", err)
	}
	f := newFixture(t, func(o *Options) {
		o.Interpreters = []interpreters.Interpreter{{Path: real.Path, Report: &new}, {Path: link, Report: &old}}
		o.Wanted = []target.Python{{Impl: target.CPython, Major: 3, Minor: 9}, {Impl: target.CPython, Major: 3, Minor: 13}}
	})
	marker := filepath.Join(t.TempDir(), "marker")
	first := fmt.Sprintf("import os\nif not os.path.exists(%q):\n    open(%[1]q, 'w').close()\n    raise RuntimeError('too new')\n", marker)
	s := sdist(t, "demo-1.0.tar.gz", with(project(t, plan{}), "tools/backend.py", first+indextest.Backend))
	if m, err := f.Metadata(t.Context(), s); err != nil || m.Name != "demo" {
		t.Error(m, err)
	}
}

// A native wheel is named by what is in it, and serves what it is for alone.
func TestNativeWheel(t *testing.T) {
	in, on := python(t), host(t)
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has tags that say nothing")
	}
	library, facts := sharedLibrary(t, in.Path)
	f := newFixture(t)
	s := sdist(t, "demo-1.0.tar.gz", project(t, plan{
		"tag": "cpXY-cpXY-linux_ARCH", "copies": plan{"demo/_demo.so": library},
	}))
	w, err := f.Wheel(t.Context(), s, on)
	check(t, err)
	least := target.Platform{}
	name := w.File.Filename
	if len(name.Platforms) == 1 {
		least, err = target.ParsePlatform(name.Platforms[0])
		check(t, err)
	}
	if least.Family != on.Platform.Family || least.Arch != on.Platform.Arch || !on.Platform.Admits(least) {
		t.Fatalf("the wheel is called %s", name.Text)
	}
	if glibc := facts.GlibcFloor(); on.Platform.Family == target.Manylinux && least.Minor < glibc[1] {
		t.Errorf("%s, and it needs glibc %v", name.Text, glibc)
	}
	for _, c := range []struct {
		on           target.Target
		reason, hint string
	}{
		{target.Target{Python: on.Python, Platform: target.Platform{Family: target.Windows, Arch: "amd64"}}, "was built here into a wheel for", "dist/dep"},
		{target.Target{Python: target.Python{Impl: target.CPython, Major: 3, Minor: 30}, Platform: on.Platform}, "there is no Python 3.30 here", "--builder-python"},
		{target.Target{Python: target.Python{Impl: target.CPython, Major: 3, Minor: 6}, Platform: on.Platform}, "Python 3.6 is too old to build with", "dist/dep"},
		{target.Target{Python: on.Python, Platform: least.Lowest()}, "was built here into a wheel for", "--platform " + least.String()},
	} {
		if c.on.Platform == least {
			continue // it needs as little as can be
		}
		_, err := f.Wheel(t.Context(), s, c.on)
		var unfit *UnfitError
		if !errors.As(err, &unfit) || !strings.Contains(unfit.Reason, c.reason) || !strings.Contains(unfit.Remedy, c.hint) {
			t.Errorf("%s: %v", c.on, err)
		}
	}
	f.called("get_requires", "build_wheel", "prepare_metadata")
}

// sharedLibrary is an extension module of the machine's Python.
func sharedLibrary(t testing.TB, python string) (string, native.Facts) {
	t.Helper()
	out, err := exec.Command(python, "-c", "import sysconfig; print(sysconfig.get_config_var('DESTSHARED'))").Output()
	check(t, err)
	list, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "*.so"))
	for _, path := range list {
		file, err := os.Open(path)
		check(t, err)
		info, err := file.Stat()
		check(t, err)
		facts, ok, err := native.Inspect(path, file, info.Size())
		_ = file.Close()
		if ok && err == nil && facts.GlibcFloor()[1] > 5 {
			return path, facts
		}
	}
	t.Skip("the machine's Python has no extension module with a file of its own")
	return "", native.Facts{}
}

func TestSymbolFloor(t *testing.T) {
	for version, want := range map[string]int{
		"GLIBCXX_3.4": 5, "GLIBCXX_3.4.8": 5, "GLIBCXX_3.4.9": 12, "GLIBCXX_3.4.21": 24, "GLIBCXX_3.4.29": 34, "GLIBCXX_3.4.32": 39, "GLIBCXX_3.4.34": -1,
		"CXXABI_1.3": 5, "CXXABI_1.3.9": 24, "CXXABI_1.3.13": 34, "CXXABI_TM_1": 5, "CXXABI_2.0": -1,
		"GCC_3.0": 5, "GCC_4.2.0": 5, "GCC_7.0.0": 27, "GCC_15.0.0": -1, "ZLIB_1.2.9": 27, "ZLIB_1.3": -1, "LIBATOMIC_1.0": 24,
		"GLIBC_2.99": 0, "OPENSSL_3.0.0": 0, "": 0,
	} {
		got, ok := symbolFloor(version)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%s: %d, want %d", version, got, want)
		}
	}
}

func TestPromised(t *testing.T) {
	for name, want := range map[string]bool{
		"libc.so.6": true, "libstdc++.so.6": true, "ld-linux-x86-64.so.2": true, "libz.so.1": true, "libc.musl-x86_64.so.1": true,
		"libyaml-0.so.2": false, "libssl.so.3": false, "libz.so.2": false, "libpython3.11.so.1.0": false,
	} {
		if promised(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}
