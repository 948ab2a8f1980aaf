package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/target"
)

// cellSet are cells that a suggestion may take in again.
type cellSet struct {
	served, holes []target.Target
}

// add takes in the cells of a minor version on a platform.
func (c *cellSet) add(g grid, v minor, on target.Platform) {
	for _, p := range g.m.Pythons {
		t := target.Target{Python: p, Platform: on}
		cell, asked := g.m.Cells[t]
		switch {
		case !asked || (minor{p.Major, p.Minor}) != v:
		case cell.Hole():
			c.holes = append(c.holes, t)
		default:
			c.served = append(c.served, t)
		}
	}
}

// relaxed completes a relaxation of the part of a matrix that has a set of
// platforms and minor versions: the packages more are those that serve nothing in
// that part.
func (g grid) relaxed(r Relaxation, taken cellSet, set uint64, minors []minor) Relaxation {
	r.Gained, r.Holes = len(taken.served), g.costs(taken.holes)
	var part cellSet
	for i, p := range g.platforms {
		for _, v := range minors {
			if set&(1<<i) != 0 {
				part.add(g, v, p)
			}
		}
	}
	seen, known := map[int]bool{-1: true}, true
	for _, t := range part.served {
		seen[g.m.Cells[t].Package] = true
	}
	for _, t := range taken.served {
		i := g.m.Cells[t].Package
		if seen[i] {
			continue
		}
		seen[i] = true
		p := g.m.Packages[i]
		r.Packages++
		r.Bytes += p.Size
		r.Estimated, known = r.Estimated || p.Estimated, known && p.Size > 0
	}
	if !known {
		r.Bytes, r.Estimated = 0, false
	}
	return r
}

// More is what a relaxation adds to the zip, "" for nothing.
func (r Relaxation) More() string {
	if r.Packages == 0 {
		return ""
	}
	p := Package{Size: r.Bytes, Estimated: r.Estimated}
	return fmt.Sprintf(", %s more (%s)", Count(r.Packages, "package"), p.sizeText())
}

// requiresPython admits just some of the minor versions asked for: from the
// lowest to the highest, without those between, and of each without the patch
// releases that a package for a platform of the set does not admit. What was not
// asked for is excluded too, as nothing is known of it.
func (g grid) requiresPython(minors []minor, set uint64) string {
	if len(minors) == 0 {
		return ""
	}
	first, last := minors[0], minors[len(minors)-1]
	from, upto := ">="+first.String(), fmt.Sprintf("<%d.%d", last.major, last.minor+1)
	var without []string
	next := 0
	for v := first; ; {
		switch {
		case next < len(minors) && v == minors[next]:
			low, left, high := g.patches(v, set)
			if v == first && low > 0 {
				from = fmt.Sprintf(">=%s.%d", v, low)
			}
			for p := 0; p < low && v != first; p++ {
				left = append(left, p)
			}
			slices.Sort(left)
			for _, p := range left {
				without = append(without, fmt.Sprintf("!=%s.%d", v, p))
			}
			if v == last && high >= 0 {
				upto = fmt.Sprintf("<=%s.%d", v, high)
			}
			next++
		case v.major == last.major || g.asks(v):
			without = append(without, "!="+v.String()+".*")
		}
		if v == last {
			return strings.Join(append([]string{from, upto}, without...), ",")
		}
		if v.minor++; v.major == 2 && v.minor > 7 {
			v = minor{3, 0}
		}
	}
}

// asks says whether some cell is of a minor version.
func (g grid) asks(v minor) bool {
	return slices.Contains(g.minors, v)
}

// patches are the patch releases that the packages of a minor version admit on
// all platforms of a set: the lowest, those left out behind it, and the highest,
// -1 for all.
func (g grid) patches(v minor, set uint64) (low int, left []int, high int) {
	var all pep440.SpecifierSet
	for i, on := range g.platforms {
		var cells cellSet
		if set&(1<<i) != 0 {
			cells.add(g, v, on)
		}
		for _, t := range cells.served {
			if n := g.m.Cells[t].Package; n >= 0 {
				if s, err := pep440.ParseSpecifierSet(g.m.Packages[n].RequiresPython); err == nil {
					all = all.And(s)
				}
			}
		}
	}
	runs := all.AdmittedPatches(v.major, v.minor)
	if len(runs) == 0 {
		return 0, nil, -1
	}
	for i, run := range runs[1:] {
		for p := runs[i].To + 1; p < run.From; p++ {
			left = append(left, p)
		}
	}
	return runs[0].From, left, runs[len(runs)-1].To
}
