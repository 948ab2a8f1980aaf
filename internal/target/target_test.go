package target_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
)

func parse(t *testing.T, s string) target.Target {
	t.Helper()
	out, err := target.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func texts(order tags.Order) []string {
	var out []string
	for _, tag := range order.List() {
		out = append(out, tag.String())
	}
	return out
}

func TestParseAndString(t *testing.T) {
	for in, want := range map[string]string{
		"cp311@win_amd64":               "cp311@win_amd64",
		"3.11@linux/amd64":              "cp311@manylinux_2_28_x86_64",
		"3.14t@darwin/arm64":            "cp314t@macosx_11_0_arm64",
		"PP310@Alpine/AMD64":            "pp310@musllinux_1_2_x86_64",
		"cpython3.9@windows/386":        "cp39@win32",
		"2.7@manylinux2014_i686":        "cp27@manylinux_2_17_i686",
		"pypy3.9@manylinux1_x86_64":     "pp39@manylinux_2_5_x86_64",
		"3.15@macosx_14_5_x86_64":       "cp315@macosx_14_0_x86_64",
		"cp310@musllinux_1_1_aarch64":   "cp310@musllinux_1_1_aarch64",
		"cp310@manylinux2010_x86_64":    "cp310@manylinux_2_12_x86_64",
		"cp310@linux/arm/v7":            "cp310@manylinux_2_31_armv7l",
		"cp310@macosx_10_15_x86_64":     "cp310@macosx_10_15_x86_64",
		"cp310@manylinux_2_34_s390x":    "cp310@manylinux_2_34_s390x",
		"cp310@manylinux2014_aarch64":   "cp310@manylinux_2_17_aarch64",
		"cp310@windows/arm64":           "cp310@win_arm64",
		"cp310@manylinux_2_38_riscv64":  "cp310@manylinux_2_38_riscv64",
		"cp313t@manylinux_2_17_ppc64le": "cp313t@manylinux_2_17_ppc64le",
	} {
		got, err := target.Parse(in)
		if err != nil || got.String() != want {
			t.Errorf("%s: %s, %v; want %s", in, got, err, want)
		}
		if again, err := target.Parse(got.String()); err != nil || again != got {
			t.Errorf("%s: reads back as %v, %v", got, again, err)
		}
	}
}

func TestMistakesAreExplained(t *testing.T) {
	for in, want := range map[string]string{
		"cp311":                           "hint: write it as cp311@win_amd64",
		"cp311@":                          "platform \"\": not known",
		"3.11.4@win_amd64":                "for every patch release of it: say 3.11",
		"3@win_amd64":                     "not a Python version",
		"3.41@win_amd64":                  "did you mean 3.11?",
		"3.09@win_amd64":                  "not a Python version",
		"cp@win_amd64":                    "not a Python version",
		"3.99@win_amd64":                  "no such Python is known",
		"3.16@win_amd64":                  "no such Python is known",
		"3.3@win_amd64":                   "no such Python is known",
		"3.12t@win_amd64":                 "free-threaded builds begin with CPython 3.13",
		"pp312@win_amd64":                 "there is no PyPy for Python 3.12",
		"pp310t@win_amd64":                "PyPy has no free-threaded builds",
		"2.7t@win_amd64":                  "free-threaded builds begin",
		"cp311@linux/amd46":               "did you mean linux/amd64?",
		"cp311@windows":                   "name the processor, too: windows/amd64, windows/arm64, windows/386",
		"cp311@manylinux_2_28_x86-64":     "did you mean manylinux_2_28_x86_64?",
		"cp311@linux_x86_64":              "says nothing of the C library: say linux/amd64",
		"cp311@macosx_11_0_universal2":    "say macos/arm64, macos/amd64, or both",
		"cp311@macosx_10_15_arm64":        "did you mean macosx_11_0_arm64?",
		"cp311@manylinux_2_4_x86_64":      "not known",
		"cp311@manylinux_2_16_aarch64":    "not known",
		"cp311@manylinux_3_1_x86_64":      "not known",
		"cp311@manylinux_2_028_x86_64":    "not known",
		"cp311@manylinux2014_2_28_x86_64": "not known",
		"cp311@musllinux2014_x86_64":      "not known",
		"cp311@musllinux_2_0_x86_64":      "not known",
		"cp311@win_x86":                   "not known",
		"cp311@macosx_10_3_x86_64":        "not known",
		"cp311@win/s390x":                 "not known",
		"cp311@/":                         "not known",
		"cp311@plan9/amd64":               "platform \"plan9/amd64\": not known",
	} {
		got, err := target.Parse(in)
		if err == nil {
			t.Errorf("%s: accepted as %s", in, got)
			continue
		}
		var text strings.Builder
		fault.Print(&text, err)
		if !strings.Contains(text.String(), want) {
			t.Errorf("%s: want %q in\n%s", in, want, text.String())
		}
	}
}

func TestEveryPythonHasItsTags(t *testing.T) {
	for in, want := range map[string][4]string{ // version, interpreter, ABI, first pure tag
		"2.7":   {"2.7", "cp27", "cp27mu", "cp27-none-any"},
		"3.4":   {"3.4", "cp34", "cp34m", "cp34-none-any"},
		"3.5":   {"3.5", "cp35", "cp35m", "cp35-none-any"},
		"3.7":   {"3.7", "cp37", "cp37m", "cp37-none-any"},
		"3.8":   {"3.8", "cp38", "cp38", "cp38-none-any"},
		"3.15":  {"3.15", "cp315", "cp315", "cp315-none-any"},
		"3.14t": {"3.14", "cp314", "cp314t", "cp314-none-any"},
		"pp27":  {"2.7", "pp27", "pypy_73", "py27-none-any"},
		"pp310": {"3.10", "pp310", "pypy310_pp73", "pp3-none-any"},
	} {
		at := parse(t, in+"@linux/amd64")
		p := at.Python
		if got := [3]string{p.Version(), p.Tag(), p.ABI()}; got != [3]string(want[:3]) {
			t.Errorf("%s: %v, want %v", in, got, want)
		}
		if p.String() != in {
			t.Errorf("%s: written as %s", in, p)
		}
		list := texts(at.Tags())
		if first := want[1] + "-" + want[2] + "-manylinux_2_28_x86_64"; list[0] != first {
			t.Errorf("%s: first tag %s, want %s", in, list[0], first)
		}
		pure := slices.IndexFunc(list, func(tag string) bool { return strings.HasSuffix(tag, "-any") })
		if list[pure] != want[3] {
			t.Errorf("%s: first tag for any platform %s, want %s", in, list[pure], want[3])
		}
	}
}

func TestABIOfPython2DependsOnThePlatform(t *testing.T) {
	for platform, want := range map[string]string{
		"linux/amd64": "cp27mu", "alpine/amd64": "cp27mu", "windows/amd64": "cp27m", "macos/amd64": "cp27m",
	} {
		if got := parse(t, "2.7@"+platform).ABI(); got != want {
			t.Errorf("%s: %s, want %s", platform, got, want)
		}
	}
}

func TestFreethreadedLoadsNoAbi3(t *testing.T) {
	list := strings.Join(texts(parse(t, "3.14t@windows/amd64").Tags()), " ")
	if strings.Contains(list, "-abi3-") || !strings.Contains(list, "cp314-abi3t-win_amd64") {
		t.Errorf("tags of 3.14t: %s", list)
	}
}

func TestEnvironment(t *testing.T) {
	linux := pep508.Environment{
		OSName: "posix", SysPlatform: "linux", PlatformSystem: "Linux", PlatformMachine: "x86_64",
		PlatformPythonImplementation: "CPython", ImplementationName: "cpython", ImplementationVersion: "3.9.0",
		PythonVersion: "3.9", PythonFullVersion: "3.9.0", AnyPatch: true,
	}
	if got := parse(t, "3.9@linux/amd64").Environment(); got != linux {
		t.Errorf("3.9 on Linux\n got %+v\nwant %+v", got, linux)
	}
	pypy := linux
	pypy.PlatformPythonImplementation, pypy.ImplementationName, pypy.ImplementationVersion = "PyPy", "pypy", "7.3.16"
	if got := parse(t, "pp39@linux/amd64").Environment(); got != pypy {
		t.Errorf("PyPy 3.9\n got %+v\nwant %+v", got, pypy)
	}
	python2 := linux
	python2.SysPlatform, python2.ImplementationName, python2.ImplementationVersion = "linux2", "", "0"
	python2.PythonVersion, python2.PythonFullVersion = "2.7", "2.7.0"
	if got := parse(t, "2.7@linux/amd64").Environment(); got != python2 {
		t.Errorf("2.7\n got %+v\nwant %+v", got, python2)
	}
	for platform, want := range map[string][4]string{
		"linux/arm64":   {"posix", "linux", "Linux", "aarch64"},
		"alpine/386":    {"posix", "linux", "Linux", "i686"},
		"linux/armv7l":  {"posix", "linux", "Linux", "armv7l"},
		"windows/amd64": {"nt", "win32", "Windows", "AMD64"},
		"windows/arm64": {"nt", "win32", "Windows", "ARM64"},
		"windows/386":   {"nt", "win32", "Windows", "x86"},
		"macos/arm64":   {"posix", "darwin", "Darwin", "arm64"},
		"macos/amd64":   {"posix", "darwin", "Darwin", "x86_64"},
	} {
		env := parse(t, "3.14t@"+platform).Environment()
		if got := [4]string{env.OSName, env.SysPlatform, env.PlatformSystem, env.PlatformMachine}; got != want {
			t.Errorf("%s: %v, want %v", platform, got, want)
		}
		if env.PythonFullVersion != "3.14.0" || env.PlatformRelease != "" || env.PlatformVersion != "" {
			t.Errorf("%s: %+v", platform, env)
		}
	}
}

func TestKnownIsWhole(t *testing.T) {
	releases := target.Releases()
	for i, r := range releases {
		if !r.Released.Before(r.EndOfLife) || i > 0 && !releases[i-1].Released.Before(r.Released) {
			t.Errorf("%d.%d: released %v, end of life %v", r.Major, r.Minor, r.Released, r.EndOfLife)
		}
	}
	var names []string
	for _, p := range target.Known() {
		names = append(names, p.String())
		if again, err := target.ParsePython(p.String()); err != nil || again != p {
			t.Errorf("%s reads as %v, %v", p, again, err)
		}
	}
	if got := strings.Join(names, " "); got != "2.7 3.4 3.5 3.6 3.7 3.8 3.9 3.10 3.11 3.12 3.13 3.14 3.15" {
		t.Errorf("known are %s", got)
	}
	now := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for in, want := range map[string]target.Status{"2.7": target.EndOfLife, "3.10": target.EndOfLife, "3.11": target.Supported, "3.15": target.Supported} {
		p, err := target.ParsePython(in)
		r, ok := p.Release()
		if err != nil || !ok || r.StatusAt(now) != want {
			t.Errorf("%s: %v, want %s", in, r.StatusAt(now), want)
		}
	}
	newest := releases[len(releases)-1]
	if s := newest.StatusAt(newest.Released.AddDate(0, 0, -1)); s != target.Unreleased {
		t.Errorf("before its release: %s", s)
	}
	if _, ok := (target.Python{Impl: target.CPython, Major: 3, Minor: 99}).Release(); ok {
		t.Error("3.99 is known")
	}
}

func TestParsePythons(t *testing.T) {
	for in, want := range map[string]string{
		"3.9..3.13,3.14t":        "3.9 3.10 3.11 3.12 3.13 3.14t",
		"3.14t, 3.9 .. 3.10,3.9": "3.9 3.10 3.14t",
		"2.7..3.5":               "2.7 3.4 3.5",
		"3.13t..3.15t":           "3.13t 3.14t 3.15t",
		"pp39..pp311,3.11":       "3.11 pp39 pp310 pp311",
		"cp311":                  "3.11",
		"3.11..3.11":             "3.11",
	} {
		got, err := target.ParsePythons(in)
		var names []string
		for _, p := range got {
			names = append(names, p.String())
		}
		if err != nil || strings.Join(names, " ") != want {
			t.Errorf("%q: %v, %v; want %s", in, names, err, want)
		}
	}
	for in, want := range map[string]string{
		"":             "not a Python version",
		"3.9,,3.10":    "not a Python version",
		"3.13..3.9":    "runs backwards",
		"3.9..pp310":   "of two kinds",
		"3.13..3.14t":  "of two kinds",
		"3.9..":        "not a Python version",
		"3.9-3.13":     "not a Python version",
		"3.8x, 3.77":   "3.77",
		"3.9..3.10..3": "not a Python version",
	} {
		if got, err := target.ParsePythons(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v; want %q", in, got, err, want)
		}
	}
}

func TestCompareIsATotalOrder(t *testing.T) {
	var all []target.Target
	for _, python := range []string{"2.7", "3.9", "3.10", "3.14", "3.14t", "pp310"} {
		for _, platform := range []string{"linux/amd64", "manylinux2014_x86_64", "linux/arm64", "alpine/amd64", "windows/386", "macos/arm64", "macosx_14_0_arm64"} {
			all = append(all, parse(t, python+"@"+platform))
		}
	}
	for _, a := range all {
		for _, b := range all {
			if c := a.Compare(b); c != -b.Compare(a) || (c == 0) != (a == b) {
				t.Errorf("%s, %s: %d and %d", a, b, c, b.Compare(a))
			}
			for _, c := range all {
				if a.Compare(b) <= 0 && b.Compare(c) <= 0 && a.Compare(c) > 0 {
					t.Errorf("%s, %s, %s: not in order", a, b, c)
				}
			}
		}
	}
	if a, b := parse(t, "3.9@linux/amd64"), parse(t, "3.10@linux/amd64"); a.Compare(b) >= 0 {
		t.Error("3.9 comes after 3.10")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"cp311@win_amd64", "3.14t@linux/arm64", "pp310@macosx_11_0_arm64", "2.7@manylinux1_i686", "@", "cp3.11.4@x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := target.Parse(s)
		if err != nil {
			return
		}
		if again, err := target.Parse(got.String()); err != nil || again != got {
			t.Fatalf("%q: %s reads back as %v, %v", s, got, again, err)
		}
		if first := got.Tags().List()[0].Platform; first != got.Platform.String() {
			t.Fatalf("%q: %s is not the first of its own tags, %s is", s, got.Platform, first)
		}
	})
}

func FuzzParsePython(f *testing.F) {
	for _, seed := range []string{"3.11", "cp311", "cpython3.14t", "pypy3.10", "pp27", "3.t"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := target.ParsePython(s)
		if err != nil {
			return
		}
		if again, err := target.ParsePython(got.String()); err != nil || again != got {
			t.Fatalf("%q: %s reads back as %v, %v", s, got, again, err)
		}
	})
}

func FuzzParsePythons(f *testing.F) {
	f.Add("3.9..3.13,3.14t")
	f.Add("pp39..pp311, 2.7")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := target.ParsePythons(s)
		if err == nil && (len(got) == 0 || !slices.IsSortedFunc(got, target.Python.Compare)) {
			t.Fatalf("%q: %v", s, got)
		}
	})
}
