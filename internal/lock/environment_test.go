package lock

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// targetsFrom is every Python on every platform.
func targetsFrom(t testing.TB, pythons, platforms string) []target.Target {
	t.Helper()
	var all []target.Target
	for platform := range strings.FieldsSeq(platforms) {
		list, err := target.ParsePythons(pythons)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			all = append(all, mustTarget(t, p.String()+"@"+platform))
		}
	}
	return all
}

// set is the environments of targets.
func (m *markers) set(targets []target.Target) members {
	out := m.none()
	for _, t := range targets {
		out.Put(m.place(t))
	}
	return out
}

const fourPlatforms = "linux/amd64 linux/arm64 windows/amd64 macos/arm64"

func TestMarkers(t *testing.T) {
	all := targetsFrom(t, "3.9..3.14", fourPlatforms)
	tests := []struct {
		name string
		in   func(target.Target) bool
		want string
	}{
		{"all", func(target.Target) bool { return true }, ``},
		{"old Pythons", func(t target.Target) bool { return t.Python.Minor < 11 }, `python_version < "3.11"`},
		{"new Pythons", func(t target.Target) bool { return t.Python.Minor >= 11 }, `python_version >= "3.11"`},
		{"one Python", func(t target.Target) bool { return t.Python.Minor == 11 }, `python_version == "3.11"`},
		{"all but one Python", func(t target.Target) bool { return t.Python.Minor != 11 }, `python_version != "3.11"`},
		{"a range of Pythons", func(t target.Target) bool { return t.Python.Minor >= 10 && t.Python.Minor < 13 },
			`python_version >= "3.10" and python_version < "3.13"`},
		{"first and last", func(t target.Target) bool { return t.Python.Minor == 9 || t.Python.Minor == 14 },
			`python_version == "3.14" or python_version == "3.9"`},
		{"Windows", func(t target.Target) bool { return t.Platform.Family == target.Windows }, `sys_platform == "win32"`},
		{"not Windows", func(t target.Target) bool { return t.Platform.Family != target.Windows }, `sys_platform != "win32"`},
		{"Linux on ARM", func(t target.Target) bool { return t.Platform.Arch == "aarch64" }, `platform_machine == "aarch64"`},
		{"Linux on ARM, old", func(t target.Target) bool { return t.Platform.Arch == "aarch64" && t.Python.Minor < 12 },
			`python_version < "3.12" and platform_machine == "aarch64"`},
		{"one target", func(tg target.Target) bool { return tg == mustTarget(t, "3.10@windows/amd64") },
			`python_version == "3.10" and sys_platform == "win32"`},
		{"old, and Windows", func(t target.Target) bool { return t.Python.Minor < 11 || t.Platform.Family == target.Windows },
			`python_version < "3.11" or sys_platform == "win32"`},
	}
	m := newMarkers(all)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := m.cover(m.set(slices.DeleteFunc(slices.Clone(all), func(tg target.Target) bool { return !test.in(tg) })))
			if err != nil || got.String() != test.want {
				t.Errorf("%v, %v; want %s", got, err, test.want)
			}
		})
	}
}

// TestMarkersAreExact: whatever the set, its marker holds for its members and
// for no others.
func TestMarkersAreExact(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	matrices := [][]target.Target{
		targetsFrom(t, "3.9..3.14", fourPlatforms),
		targetsFrom(t, "2.7..3.15,pp310,pp311,3.13t,3.14t", "linux/amd64 manylinux_2_17_x86_64 alpine/amd64 windows/386 windows/amd64 macos/amd64 macos/arm64 linux/riscv64"),
		targetsFrom(t, "3.11", "windows/amd64"),
	}
	for _, all := range matrices {
		m := newMarkers(all)
		for range 60 {
			some := slices.DeleteFunc(slices.Clone(all), func(target.Target) bool { return random.IntN(5) > 0 })
			if len(some) == 0 {
				continue
			}
			set := m.set(some)
			marker, err := m.cover(set)
			if err != nil {
				t.Fatal(err)
			}
			for _, tg := range all {
				if set.Has(m.place(tg)) != marker.Eval(tg.Environment()) {
					t.Fatalf("%s: %t, and %s", tg, set.Has(m.place(tg)), marker)
				}
			}
		}
	}
}

func TestEnvironments(t *testing.T) {
	const cpython = ` and platform_python_implementation == "CPython"`
	tests := []struct{ pythons, platforms, python, want string }{
		{"3.9..3.14", "linux/amd64 windows/arm64", "<3.15,>=3.9",
			`sys_platform == "linux" and platform_machine == "x86_64"` + cpython + "\n" +
				`sys_platform == "win32" and platform_machine == "ARM64"` + cpython},
		{"3.9,3.10,3.12,3.14", "macos/arm64", "<3.15,>=3.9",
			`sys_platform == "darwin" and platform_machine == "arm64"` + cpython + ` and python_version < "3.11"` + "\n" +
				`sys_platform == "darwin" and platform_machine == "arm64"` + cpython + ` and python_version == "3.12"` + "\n" +
				`sys_platform == "darwin" and platform_machine == "arm64"` + cpython + ` and python_version == "3.14"`},
		{"3.11", "alpine/amd64 linux/amd64 manylinux_2_17_x86_64", "<3.12,>=3.11",
			`sys_platform == "linux" and platform_machine == "x86_64"` + cpython},
		{"2.7,3.4,3.5,3.6,pp310", "linux/amd64", "<3.11,>=2.7",
			`sys_platform == "linux" and platform_machine == "x86_64"` + cpython + ` and python_version >= "3.4" and python_version < "3.7"` + "\n" +
				`sys_platform == "linux" and platform_machine == "x86_64" and platform_python_implementation == "PyPy" and python_version == "3.10"` + "\n" +
				`sys_platform == "linux2" and platform_machine == "x86_64"` + cpython + ` and python_version == "2.7"`},
	}
	for _, test := range tests {
		all := targetsFrom(t, test.pythons, test.platforms)
		m := newMarkers(all)
		markers, err := m.environments()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(texts(markers), "\n"); got != test.want {
			t.Errorf("%s on %s:\n%s\nwant\n%s", test.pythons, test.platforms, got, test.want)
		}
		python, err := m.pythons()
		if err != nil || python.String() != test.python {
			t.Errorf("%s: requires-python %s (%v), want %s", test.pythons, python, err, test.python)
		}
		oneHolds(t, markers, all)
	}
}

// oneHolds: of markers that exclude each other one holds for each target, and
// none for a Python or a platform that is not among them.
func oneHolds(t *testing.T, markers []pep508.Marker, all []target.Target) {
	t.Helper()
	environments := map[environment]bool{}
	for _, tg := range all {
		environments[environmentOf(tg)] = true
	}
	for _, tg := range targetsFrom(t, "2.7..3.15,pp39,pp310", fourPlatforms+" windows/arm64 macos/amd64") {
		n := 0
		for _, m := range markers {
			if m.Eval(tg.Environment()) {
				n++
			}
		}
		low, high := newMarkers(all).bounds()
		if p := tg.Python; p.Major < low.major || p.Major == low.major && p.Minor < low.minor || p.Major == high.major && p.Minor > high.minor {
			continue // requires-python says no
		}
		if want := map[bool]int{true: 1}[environments[environmentOf(tg)]]; n != want {
			t.Errorf("%s: %d environments hold, want %d", tg, n, want)
		}
	}
}

// TestRandomLocks writes and reads locks of many shapes, and lets them be
// installed by the rules of PEP 751: each target gets its own files, or a note
// says that it does not.
func TestRandomLocks(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		all := targetsFrom(t, "3.9..3.12,3.14,3.14t", "linux/amd64 manylinux_2_17_x86_64 alpine/amd64 windows/amd64")
		all = slices.DeleteFunc(all, func(target.Target) bool { return random.IntN(3) == 0 })
		if len(all) == 0 {
			continue
		}
		sets := map[string][]string{}
		for _, tg := range all {
			files := []string{"root-1.0-py3-none-any.whl"}
			for _, project := range []string{"alpha", "beta", "gamma"} {
				version := 1 + tg.Python.Minor/(10+random.IntN(3))
				switch random.IntN(4) {
				case 0:
					files = append(files, fmt.Sprintf("%s-%d.0-py3-none-any.whl", project, version))
				case 1, 2:
					files = append(files, fmt.Sprintf("%s-%d.0-%s-%s-%s.whl", project, version, tg.Python.Tag(), tg.ABI(), tg.Platform))
				}
			}
			sets[tg.String()] = files
		}
		l, a := makeLock(t, catalog{"root-1.0-py3-none-any.whl": ">=3.9 | alpha | beta | gamma"}, []string{"root"}, sets)
		_, d := mustMarshal(t, l, a, "/project")
		notes := d.Divergences(l)
		for _, s := range l.Solutions {
			told := strings.Contains(strings.Join(notes, "\n"), s.Target.String()[:4])
			selected, err := d.Select(s.Target)
			if err != nil && !told {
				t.Fatalf("%s: %v", s.Target, err)
			}
			var got, want []string
			for _, sel := range selected {
				got = append(got, sel.Artifact.Name)
			}
			for _, p := range s.Pins {
				want = append(want, p.File.Filename.Text)
			}
			if !slices.Equal(got, want) && !told {
				t.Fatalf("%s: %v, want %v", s.Target, got, want)
			}
		}
	}
}
