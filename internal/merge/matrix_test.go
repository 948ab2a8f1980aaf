package merge

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

var one = Options{Name: "sample_ext", Version: pep440.MustParse("1.0.0")}

func mustTarget(t testing.TB, s string) target.Target {
	t.Helper()
	v, err := target.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func pinOf(t testing.TB, file string) lock.Pin {
	t.Helper()
	name, requires, _ := strings.Cut(file, " ")
	f, err := wheel.ParseFilename(name)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(name))
	set, err := pep440.ParseSpecifierSet(requires)
	if err != nil {
		t.Fatal(err)
	}
	return lock.Pin{
		Project: f.Name, Version: f.Version, RequiresPython: set,
		File: lock.File{Filename: f, URL: "https://index.test/" + name, SHA256: hex.EncodeToString(sum[:]), Size: 1000},
	}
}

func solve(t testing.TB, at target.Target, files ...string) lock.Solution {
	t.Helper()
	s := lock.Solution{Target: at}
	for _, f := range files {
		s.Pins = append(s.Pins, pinOf(t, f))
	}
	slices.SortFunc(s.Pins, func(a, b lock.Pin) int { return strings.Compare(string(a.Project), string(b.Project)) })
	return s
}

// matrix solves every Python on every platform with the files that choose
// names for it; nil stands for a hole.
func matrix(t testing.TB, pythons, platforms string, choose func(python, platform string) []string) (solutions []lock.Solution, holes []target.Target) {
	t.Helper()
	for _, platform := range strings.Fields(platforms) {
		for _, python := range strings.Fields(pythons) {
			at := mustTarget(t, python+"@"+platform)
			if files := choose(python, platform); files != nil {
				solutions = append(solutions, solve(t, at, files...))
			} else {
				holes = append(holes, at)
			}
		}
	}
	return solutions, holes
}

// namesOf gives the tags of a plan's packages.
func namesOf(p Plan) []string {
	var names []string
	for _, pkg := range p.Packages {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(pkg.Filename.Text, "sample_ext-1.0.0-"), ".whl"))
	}
	return names
}

// checkPlan is the independent judge of a plan: it knows the names of the
// packages, as an agent does, and the solutions.
func checkPlan(t testing.TB, p Plan, solutions []lock.Solution, holes []target.Target) {
	t.Helper()
	for _, s := range solutions {
		if got := pick(t, p, s.Target); len(p.Packages) > 0 && (len(got) != 1 || fileKey(lock.Solution{Pins: p.Packages[got[0]].Pins}) != fileKey(s)) {
			t.Errorf("%s: an agent picks %v among %v", s.Target, got, namesOf(p))
		} else if len(p.Packages) > 0 && !slices.Contains(p.Packages[got[0]].Targets, s.Target) {
			t.Errorf("%s: is not among the targets of %s", s.Target, p.Packages[got[0]].Filename)
		}
	}
	for _, h := range holes {
		if got := pick(t, p, h); len(got) > 0 {
			t.Errorf("%s: is a hole, and an agent picks %s", h, p.Packages[got[0]].Filename.Text)
		}
	}
	checkTrue(t, p)
	checkRequires(t, p)
}

// pick gives the best packages for a target by file name alone: the first tag
// of the target's list that any name has.
func pick(t testing.TB, p Plan, at target.Target) []int {
	t.Helper()
	named := map[tags.Tag][]int{}
	for i, pkg := range p.Packages {
		f, err := wheel.ParseFilename(pkg.Filename.Text)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range f.Tags {
			named[tag] = append(named[tag], i)
		}
	}
	for _, tag := range at.Tags().List() {
		found := named[tag]
		if found != nil {
			return found
		}
	}
	return nil
}

// universe is every Python on platforms of many floors, with the tags of each.
var universe = sync.OnceValue(func() map[target.Target]tags.Order {
	all := map[target.Target]tags.Order{}
	for _, python := range strings.Fields("2.7 3.6 3.7 3.8 3.9 3.10 3.11 3.12 3.13 3.14 3.15 3.13t 3.14t 3.15t pp27 pp39 pp310 pp311") {
		for _, platform := range strings.Fields("manylinux_2_12_x86_64 manylinux_2_17_x86_64 manylinux_2_28_x86_64 manylinux_2_34_x86_64 manylinux_2_28_aarch64 " +
			"musllinux_1_1_x86_64 musllinux_1_2_x86_64 win_amd64 win_arm64 win32 macosx_10_9_x86_64 macosx_10_15_x86_64 macosx_11_0_arm64 macosx_14_0_arm64") {
			at, err := target.Parse(python + "@" + platform)
			if err != nil {
				panic(err)
			}
			all[at] = at.Tags()
		}
	}
	return all
})

// checkTrue: wherever a package's name is accepted, the name of each of its
// members is accepted too.
func checkTrue(t testing.TB, p Plan) {
	t.Helper()
	for at, order := range universe() {
		for _, pkg := range p.Packages {
			if _, _, ok := order.Best(pkg.Filename.Tags); !ok {
				continue
			}
			for _, pin := range pkg.Pins {
				if _, _, ok := order.Best(pin.File.Filename.Tags); !ok {
					t.Errorf("%s accepts %s, but not its member %s", at, pkg.Filename.Text, pin.File.Filename.Text)
				}
			}
		}
	}
}

// checkRequires: Requires-Python admits the patch releases of the package's
// own Pythons that all members admit, and no others.
func checkRequires(t testing.TB, p Plan) {
	t.Helper()
	for _, pkg := range p.Packages {
		for _, text := range strings.Fields("2.7.18 3.0.1 3.5.3 3.6.0 3.6.15 3.7.0 3.8.0 3.8.18 3.9.0 3.9.1 3.9.2 3.10.0 3.10.1 3.10.9 3.11.0 3.12.0 3.12.7 3.13.0 3.14.0 3.15.0 4.0.0") {
			v := pep440.MustParse(text)
			want := slices.ContainsFunc(pkg.Targets, func(at target.Target) bool {
				return at.Python.Major == v.Release(0) && at.Python.Minor == v.Release(1)
			})
			for _, pin := range pkg.Pins {
				want = want && pin.RequiresPython.Matches(v)
			}
			if got := pkg.RequiresPython.Matches(v); got != want {
				t.Errorf("%s (%s): admits %s: %v, want %v", pkg.Filename.Text, pkg.RequiresPython, v, got, want)
			}
		}
	}
}
