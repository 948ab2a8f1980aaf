package merge

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/target"
)

// project is one project of a random matrix: which of its files, if any, a
// target gets.
type project func(target.Target) (file string, wanted bool)

// tagFor gives the tag of a file that a project of some kind has for a target.
func tagFor(kind int, at target.Target) string {
	python, abi, platform := at.Python.Tag(), at.ABI(), at.Platform.String()
	gil := at.Python.Impl == target.CPython && !at.Python.Freethreaded && at.Python.Major == 3
	switch {
	case kind == 0:
		return "py2.py3-none-any"
	case kind == 1 && at.Python.Major == 3:
		return "py3-none-any"
	case kind == 2 && gil:
		return "cp36-abi3-" + platform
	case kind == 3 && at.Python.Major == 3:
		return "py3-none-" + platform
	case kind == 4 && at.Platform.Family == target.MacOS && gil:
		return "cp36-abi3-macosx_10_9_universal2"
	case kind == 5 && at.Platform.Family == target.Manylinux && gil:
		return "cp36-abi3-manylinux2014_" + at.Platform.Arch + ".manylinux_2_17_" + at.Platform.Arch
	case kind == 7 && at.Python.Impl == target.CPython && (gil || at.Python.Minor >= 15):
		return "cp36.cp315-abi3.abi3t-" + platform
	case kind == 6 && at.Python.Major == 3 && at.Python.Impl == target.CPython:
		return python + "-none-any"
	}
	return python + "-" + abi + "-" + platform
}

func randomProject(r *rand.Rand, name string) project {
	kind := r.IntN(10)
	from, newKind := 6+r.IntN(10), r.IntN(8)
	marker, windows := r.IntN(5), r.IntN(6) == 0
	until := 8 + r.IntN(8)
	return func(at target.Target) (string, bool) {
		k, version := kind, 1
		if at.Python.Minor >= from && newKind < 7 {
			k, version = newKind, 2
		}
		requires := []string{"", ">=2.7", ">=2.7,!=3.9.1", ">=2.7,!=3.10.0,!=3.11.0"}[(kind+version)%4]
		wanted := true
		switch {
		case windows:
			wanted = at.Platform.Family == target.Windows
		case marker == 0:
			wanted = at.Python.Minor < until
		case marker == 1:
			wanted = at.Python.Minor >= until
		}
		return fmt.Sprintf("%s-%d-%s.whl %s", name, version, tagFor(k, at), requires), wanted
	}
}

// randomMatrix makes solutions and holes. Holes are single targets, whole
// platforms or whole Pythons; never one that has the platform of a solution
// but for a lower floor, from which no name could keep a package.
func randomMatrix(t testing.TB, r *rand.Rand) (solutions []lock.Solution, holes []target.Target) {
	pythons := pickSome(r, strings.Fields("2.7 3.7 3.8 3.9 3.10 3.11 3.12 3.13 3.14 3.15 3.13t 3.14t 3.15t pp310 pp311"))
	platforms := pickSome(r, strings.Fields("manylinux_2_17_x86_64 manylinux_2_28_x86_64 linux/arm64 alpine/amd64 win_amd64 win_arm64 macos/arm64 macos/amd64"))
	if slices.Contains(platforms, "manylinux_2_28_x86_64") && r.IntN(3) > 0 {
		platforms = slices.DeleteFunc(platforms, func(p string) bool { return p == "manylinux_2_17_x86_64" })
	}
	var projects []project
	for i := range 1 + r.IntN(4) {
		projects = append(projects, randomProject(r, "p"+strconv.Itoa(i)))
	}
	noPython, noPlatform, rate := pythons[r.IntN(len(pythons))], platforms[r.IntN(len(platforms))], r.IntN(4)
	for _, platform := range platforms {
		for _, python := range pythons {
			at := mustTarget(t, python+"@"+platform)
			hole := rate == 1 && python == noPython || rate == 2 && platform == noPlatform || rate == 3 && r.IntN(6) == 0
			if hole && platform != "manylinux_2_28_x86_64" {
				holes = append(holes, at)
				continue
			}
			var files []string
			for _, p := range projects {
				if file, wanted := p(at); wanted {
					files = append(files, file)
				}
			}
			solutions = append(solutions, solve(t, at, files...))
		}
	}
	return solutions, holes
}

func pickSome(r *rand.Rand, all []string) []string {
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	some := all[:1+r.IntN(len(all)-1)]
	return some
}

// TestRandomMatrices: whatever the files are, an agent that knows names only
// picks right; names are true; targets are parted only where they must be.
func TestRandomMatrices(t *testing.T) {
	n := 150
	if testing.Short() {
		n = 40
	}
	if s := os.Getenv("AXLE_RANDOM"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	sets, packages := 0, 0
	for seed := range uint64(n) {
		r := rand.New(rand.NewPCG(seed, 3))
		solutions, holes := randomMatrix(t, r)
		opt := one
		opt.Holes = holes
		p, err := NewPlan(solutions, opt)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		checkPlan(t, p, solutions, holes)
		least, most := bounds(solutions)
		if got := len(p.Packages); got > most || got < least && got > 0 {
			t.Errorf("%d packages, want %d to %d", got, least, most)
		}
		sets, packages = sets+least, packages+len(p.Packages)
		r.Shuffle(len(solutions), func(i, j int) { solutions[i], solutions[j] = solutions[j], solutions[i] })
		if again, err := NewPlan(solutions, opt); err != nil || !slices.Equal(namesOf(again), namesOf(p)) {
			t.Errorf("in another order: %v, %v; want %v", namesOf(again), err, namesOf(p))
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d sets of files in %d packages", sets, packages)
}

// bounds gives the number of different file sets, and that of the file sets
// on each platform.
func bounds(solutions []lock.Solution) (least, most int) {
	sets, rows := map[string]bool{}, map[string]bool{}
	for _, s := range solutions {
		sets[fileKey(s)] = true
		rows[fileKey(s)+s.Target.Platform.String()] = true
	}
	return len(sets), len(rows)
}
