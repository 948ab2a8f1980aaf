package resolve

import (
	"slices"

	"github.com/axlepack/axle/internal/bitset"
	"github.com/axlepack/axle/internal/pep508"
)

// choose finds the version of a project to try: one that every cell tied to
// this one can use. What it passes over is taken away; when nothing is left it
// returns absent.
func (p *problem) choose(in *info) int {
	members := []*info{in}
	if p.ties != nil {
		members = append(members, p.ties.siblings(p, in)...)
	}
	useless := make([]set, len(members))
	choice := p.best(in, func(c int) bool {
		for i, m := range members {
			if m.on.file(m.project, c) == nil {
				if useless[i] == nil {
					useless[i] = bitset.New(m.project.size())
				}
				useless[i].Put(c)
				return false
			}
		}
		return true
	})
	for i, m := range members {
		if useless[i] != nil {
			p.discard(m, useless[i])
		}
	}
	return choice
}

// discard takes away versions without a usable file.
func (p *problem) discard(in *info, useless set) {
	p.dirty = append(p.dirty, in.x)
	if in.useless == nil {
		in.useless = p.add(&uselessFact{in}, term{in.x, useless})
		return
	}
	p.grow(in.useless, in.x, useless)
}

// best is the first possible version that can be used, in the order of
// preference: versions of earlier solutions; those that other platforms of the
// same Python have, where they could not all be tied to one; then final releases
// before pre-releases, unless these are welcome; newest first, or oldest first.
func (p *problem) best(in *info, usable func(choice int) bool) int {
	possible := p.solver.possible(in.x)
	for _, c := range append(slices.Clip(in.wishes), p.decidedBeside(in)...) {
		if possible.Has(c) && usable(c) {
			return c
		}
	}
	lowest := p.prefersLowest(in)
	for _, pre := range []bool{false, true} {
		for c := first(possible, lowest); c > absent; c = following(possible, c, lowest) {
			if pre == (in.project.isPre(c) && !p.run.options.takesPre(in.name)) && usable(c) {
				return c
			}
		}
	}
	return absent
}

// decidedBeside are the versions that other platforms of the same Python have.
func (p *problem) decidedBeside(in *info) []int {
	if len(p.cells) == 1 {
		return nil
	}
	var choices []int
	for i, c := range p.cells {
		x, ok := p.vars[varKey{cell: i, name: in.name}]
		if !ok || i == in.cell || c.target.Python != in.on.target.Python {
			continue
		}
		if other := p.infos[x]; other.project == in.project && p.isDecided(other) {
			choices = append(choices, p.solver.possible(x).Next(1))
		}
	}
	return choices
}

func first(s set, lowest bool) int {
	if lowest {
		return s.Next(1)
	}
	return s.Prev(len(s)*64 - 1)
}

func following(s set, c int, lowest bool) int {
	if lowest {
		return s.Next(c + 1)
	}
	return s.Prev(c - 1)
}

func (p *problem) prefersLowest(in *info) bool {
	switch p.run.options.Strategy {
	case Lowest:
		return true
	case LowestDirect:
		return in.on.requiredByUser(in.name)
	}
	return false
}

// requiredByUser says whether the user's own requirements name the project.
func (c *cell) requiredByUser(name pep508.Name) bool {
	for _, r := range c.roots.requirements {
		if r.Name == name && c.holds(&r.dependency, "") {
			return true
		}
	}
	return false
}
