package resolve

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/axlepack/axle/internal/bitset"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// group is a set of cells that are to have the same versions.
type group struct {
	run   *run
	cells []int // places in run.cells
	alone []outcome
	// loose tells how far the tie of a project had to be loosened.
	loose map[pep508.Name]looseness
	parts map[pep508.Name][]int // for inRuns: the part each cell is in
}

// looseness says which cells a project's version is shared by.
type looseness int8

const (
	byAll      looseness = iota // all cells of the group
	byRuns                      // neighbouring Pythons that have a usable version in common
	byPython                    // the platforms of one Python
	byNobody                    // none
	loosenings = 300            // an end, should it ever be needed
)

// groups splits the cells of a run by what the options ask to align.
func (r *run) groups() [][]int {
	var groups [][]int
	byKey := map[target.Python]int{}
	for i, c := range r.cells {
		key := c.target.Python
		if r.options.Align == AlignAll {
			key = target.Python{}
		}
		at, ok := byKey[key]
		if !ok || r.options.Align == AlignNone {
			at = len(groups)
			byKey[key] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], i)
	}
	return groups
}

// solve finds the outcome of every cell of the group: first each for itself,
// and where these differ in a version, all of them together.
func (g *group) solve(ctx context.Context) []outcome {
	g.alone = make([]outcome, len(g.cells))
	var wait sync.WaitGroup
	for i, at := range g.cells {
		wait.Go(func() { g.alone[i] = g.run.alone(ctx, at) })
	}
	wait.Wait()
	solved := g.solved()
	if len(solved) < 2 || len(g.differing(g.alone)) == 0 {
		return g.alone
	}
	together, err := g.together(ctx, solved)
	if err != nil {
		return g.alone // every target has its answer; they are just not aligned
	}
	out := slices.Clone(g.alone)
	for i, at := range solved {
		out[at] = together[i]
	}
	g.note(ctx, out)
	return out
}

// solved are the places of the cells that have a solution.
func (g *group) solved() []int {
	var places []int
	for i, o := range g.alone {
		if o.err == nil {
			places = append(places, i)
		}
	}
	return places
}

// differing are the projects that do not have one version in all outcomes.
func (g *group) differing(outcomes []outcome) []pep508.Name {
	versions := map[pep508.Name]pep440.Version{}
	var names []pep508.Name
	for _, o := range outcomes {
		for _, pin := range o.solution.Pins {
			v, ok := versions[pin.Project]
			if !ok {
				versions[pin.Project] = pin.Version
			} else if !v.Equal(pin.Version) && !slices.Contains(names, pin.Project) {
				names = append(names, pin.Project)
			}
		}
	}
	slices.Sort(names)
	return names
}

// together solves cells as one problem in which every project has one version.
// What proves impossible is loosened, one project at a time.
func (g *group) together(ctx context.Context, places []int) ([]outcome, error) {
	cells := make([]*cell, len(places))
	for i, at := range places {
		cells[i] = g.run.cells[g.cells[at]]
	}
	g.loose, g.parts = map[pep508.Name]looseness{}, map[pep508.Name][]int{}
	for range loosenings {
		p, proof, err := g.run.solve(ctx, cells, func(name pep508.Name, cell int) int { return g.part(cells, name, cell) })
		if err != nil {
			return nil, err
		}
		if proof == nil {
			return p.solutions()
		}
		if !g.loosen(p, proof) {
			break
		}
	}
	return nil, fmt.Errorf("%d targets: no common solution", len(cells))
}

// part is the number of the group of cells that a cell shares a project's version with.
func (g *group) part(cells []*cell, name pep508.Name, at int) int {
	switch g.loose[name] {
	case byAll:
		return 0
	case byRuns:
		return g.parts[name][at]
	case byPython:
		return slices.IndexFunc(cells, func(c *cell) bool { return c.target.Python == cells[at].target.Python })
	}
	return at
}

// loosen picks one project whose tie the proof rests on, and loosens it by one
// step: rather one that differed when each target was alone than another.
func (g *group) loosen(p *problem, proof *clause) bool {
	names := tied(proof)
	differing := g.differing(g.alone)
	best := pep508.Name("")
	for _, name := range names {
		if g.loose[name] == byNobody {
			continue
		}
		if best == "" || !slices.Contains(differing, best) && slices.Contains(differing, name) {
			best = name
		}
	}
	if best == "" {
		return false
	}
	g.loose[best]++
	if g.loose[best] == byRuns && !g.splitRuns(p, best) {
		g.loose[best]++
	}
	if g.loose[best] == byPython && len(g.pythons(p.cells)) == 1 {
		g.loose[best]++
	}
	return true
}

func (g *group) pythons(cells []*cell) []target.Python {
	var out []target.Python
	for _, c := range cells {
		if !slices.Contains(out, c.target.Python) {
			out = append(out, c.target.Python)
		}
	}
	slices.SortFunc(out, target.Python.Compare)
	return out
}

// splitRuns parts the cells into runs of Pythons, as long as a version exists
// that each Python's cells can use. It is false when that parts nothing.
func (g *group) splitRuns(p *problem, name pep508.Name) bool {
	pythons := g.pythons(p.cells)
	parts := make([]int, len(p.cells))
	var common set
	run := 0
	for _, py := range pythons {
		mine := g.common(p, name, py)
		if mine == nil {
			continue
		}
		if common != nil {
			if both := common.And(mine); both.Empty() {
				run++
			} else {
				mine = both
			}
		}
		common = mine
		for i, c := range p.cells {
			if c.target.Python == py {
				parts[i] = run
			}
		}
	}
	g.parts[name] = parts
	return run > 0 && run+1 < len(pythons)
}

// common are the versions that all cells of a Python can use within what the
// user asks for; nil when none of them has the project.
func (g *group) common(p *problem, name pep508.Name, py target.Python) set {
	var common set
	for i, c := range p.cells {
		x, ok := p.vars[varKey{cell: i, name: name}]
		if c.target.Python != py || !ok {
			continue
		}
		in := p.infos[x]
		can := bitset.New(in.project.size())
		for choice := 1; choice < in.project.size(); choice++ {
			if c.file(in.project, choice) != nil {
				can.Put(choice)
			}
		}
		for _, r := range c.roots.named[name] {
			if c.holds(&r.dependency, "") {
				can = can.And(in.project.matching(r.spec, r.Specifier))
			}
		}
		if common == nil {
			common = can
		} else {
			common = common.And(can)
		}
	}
	return common
}
