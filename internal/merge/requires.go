package merge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/target"
)

// minor is a minor version of Python.
type minor struct{ major, minor int }

// maxPatches bounds how many excluded patch releases are named one by one.
const maxPatches = 64

// requiresPython gives the specifier that admits exactly the patch releases
// of the targets' Pythons that members admit.
func requiresPython(targets []target.Target, members pep440.SpecifierSet) pep440.SpecifierSet {
	minors := minorsOf(targets)
	clauses, exact := patchClauses(minors, members)
	set, err := pep440.ParseSpecifierSet(strings.Join(append(clauses, gapClauses(minors)...), ","))
	if err != nil {
		panic("merge: " + err.Error()) // made of numbers alone
	}
	if !exact {
		set = set.And(members)
	}
	return set
}

func minorsOf(targets []target.Target) []minor {
	var list []minor
	for _, t := range targets {
		list = append(list, minor{t.Python.Major, t.Python.Minor})
	}
	slices.SortFunc(list, func(a, b minor) int { return (a.major-b.major)*1000 + a.minor - b.minor })
	return slices.Compact(list)
}

// gapClauses excludes the minor versions between those that are served.
// Between 2.7 and 3.0 there are none.
func gapClauses(minors []minor) []string {
	var out []string
	for i := 1; i < len(minors); i++ {
		from := minors[i-1].minor + 1
		if minors[i-1].major != minors[i].major {
			from = 0
		}
		for m := from; m < minors[i].minor; m++ {
			out = append(out, fmt.Sprintf("!=%d.%d.*", minors[i].major, m))
		}
	}
	return out
}

// patchClauses gives the bounds of the range and the patch releases to leave
// out. It is not exact when a version in the middle ends at a patch release,
// which no list of exclusions can say.
func patchClauses(minors []minor, members pep440.SpecifierSet) (clauses []string, exact bool) {
	var bounds, without []string
	exact = true
	for i, m := range minors {
		first, last := i == 0, i == len(minors)-1
		ranges := members.AdmittedPatches(m.major, m.minor)
		if len(ranges) == 0 {
			exact = false
			ranges = []pep440.PatchRange{{From: 0, To: -1}}
		}
		next := 0
		if first {
			next = ranges[0].From
			bounds = append(bounds, lowerBound(m, next))
		}
		for _, r := range ranges {
			exact = exact && r.From-next < maxPatches
			for z := next; z < r.From && exact; z++ {
				without = append(without, fmt.Sprintf("!=%d.%d.%d", m.major, m.minor, z))
			}
			next = r.To + 1
		}
		end := ranges[len(ranges)-1].To
		if last {
			bounds = append(bounds, upperBound(m, end))
		}
		exact = exact && (last || end < 0)
	}
	return append(bounds, without...), exact
}

func lowerBound(m minor, patch int) string {
	if patch == 0 {
		return fmt.Sprintf(">=%d.%d", m.major, m.minor)
	}
	return fmt.Sprintf(">=%d.%d.%d", m.major, m.minor, patch)
}

func upperBound(m minor, patch int) string {
	if patch < 0 {
		return fmt.Sprintf("<%d.%d", m.major, m.minor+1)
	}
	return fmt.Sprintf("<%d.%d.%d", m.major, m.minor, patch+1)
}
