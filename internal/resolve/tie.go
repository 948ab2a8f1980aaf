package resolve

import (
	"slices"

	"github.com/axlepack/axle/internal/pep508"
)

// ties make cells have the same version of a project where they have it at
// all. Each group of tied cells has a variable for the version they share; it
// is never decided, only narrowed by what its cells can have, and narrows them
// in turn.
type ties struct {
	// groups tells, for each cell, which group it is in for a project; cells
	// alone in their group are not tied.
	groups func(name pep508.Name, cell int) int
}

// tieFact: tied cells have the same version.
type tieFact struct{ name pep508.Name }

func (*tieFact) isFact() {}

func newTies(groups func(pep508.Name, int) int) *ties {
	return &ties{groups: groups}
}

// join binds a project variable to its tie. A file that the user gave for a
// cell is not tied to the versions of an index.
func (t *ties) join(p *problem, in *info) {
	key := varKey{cell: -1 - t.groups(in.name, in.cell), name: in.name}
	x, ok := p.vars[key]
	if !ok {
		if len(in.project.versions) == 0 {
			return
		}
		tie := p.newVar(key, isTie, in.project.all)
		tie.project = in.project
		x = tie.x
	}
	tie := p.infos[x]
	if tie.project != in.project {
		return
	}
	in.tie = tie
	tie.tied = append(tie.tied, in)
}

// link compares what is possible for tied cells, states what follows as
// clauses, and returns the variables that these narrow.
func (t *ties) link(p *problem) []varID {
	var changed []varID
	for _, in := range p.infos {
		tie := in.tie
		if tie == nil || len(tie.tied) == 1 || !p.isOn(in) {
			continue
		}
		mine, shared := p.solver.possible(in.x), p.solver.possible(tie.x)
		if !shared.SubsetOf(mine) {
			p.add(&tieFact{in.name}, term{in.x, mine}, term{tie.x, tie.project.all.Minus(mine)})
			changed = append(changed, tie.x)
		} else if !mine.SubsetOf(shared) {
			refused := in.project.all.Minus(shared)
			p.add(&tieFact{in.name}, term{tie.x, shared}, term{in.x, refused})
			changed = append(changed, in.x)
		}
	}
	return changed
}

// siblings are the cells tied to one that certainly have the project too.
func (t *ties) siblings(p *problem, in *info) []*info {
	if in.tie == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(in.tie.tied), func(other *info) bool {
		return other == in || !p.isOn(other)
	})
}

// tied names the projects whose ties a proof rests on.
func tied(proof *clause) []pep508.Name {
	var names []pep508.Name
	for _, c := range leaves(proof) {
		if tie, ok := c.fact.(*tieFact); ok && !slices.Contains(names, tie.name) {
			names = append(names, tie.name)
		}
	}
	slices.Sort(names)
	return names
}
