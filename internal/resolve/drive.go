package resolve

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/axlepack/axle/internal/event"
)

// solve finds a solution, or the clause that proves there is none.
func (p *problem) solve() (*clause, error) {
	changed, err := p.start()
	if err != nil {
		return nil, err
	}
	for {
		impossible, err := p.propagate(changed)
		if impossible != nil || err != nil {
			return impossible, err
		}
		p.recordLearned()
		p.reprioritize()
		p.prefetch()
		in := p.pick()
		if in == nil {
			if changed = p.leftover(); changed == nil {
				return nil, nil
			}
			continue
		}
		p.next = in.name
		if err := cmp.Or(p.ctx.Err(), p.try(in)); err != nil {
			return nil, err
		}
		changed = append(p.dirty, in.x)
		p.dirty = nil
	}
}

// propagate draws all conclusions, those about extras and ties included.
func (p *problem) propagate(changed []varID) (*clause, error) {
	for len(changed) > 0 {
		if p.impossible != nil {
			return p.impossible, nil
		}
		if impossible := p.solver.propagate(changed...); impossible != nil {
			return impossible, nil
		}
		var err error
		if changed, err = p.activate(); err != nil {
			return nil, err
		}
		if len(changed) == 0 && p.ties != nil {
			changed = p.ties.link(p)
		}
	}
	return p.impossible, nil
}

// activate states the dependencies of extras that were asked for after their
// project was decided.
func (p *problem) activate() ([]varID, error) {
	var changed []varID
	for _, in := range p.infos {
		if in.kind != isExtra || !p.isOn(in) || !p.isDecided(in.base) {
			continue
		}
		choice := p.solver.possible(in.base.x).Next(1)
		if in.loaded.Has(choice) {
			continue
		}
		if _, _, err := p.load(in.base, in, choice); err != nil {
			return nil, err
		}
		changed = append(changed, in.x)
	}
	return changed, nil
}

// leftover returns the variables of a clause that still says something new. A
// clause that comes late is looked at when one of its variables changes; before
// the end, every clause is looked at once more.
func (p *problem) leftover() []varID {
	for x := range p.solver.vars {
		for _, c := range p.solver.vars[x].clauses {
			if p.solver.isDead(c) {
				continue
			}
			if violated, unit := p.solver.verdict(c); violated || unit >= 0 {
				return []varID{varID(x)}
			}
		}
	}
	return nil
}

// try decides the best version of a project, or takes away those that turn
// out to be of no use.
func (p *problem) try(in *info) error {
	choice := p.choose(in)
	if choice == absent {
		return nil
	}
	p.readAhead(in, choice)
	clauses, fits, err := p.load(in, nil, choice)
	if err != nil || !fits {
		return err
	}
	for _, extra := range in.extras {
		if !p.isOn(extra) {
			continue
		}
		more, _, err := p.load(in, extra, choice)
		if err != nil {
			return err
		}
		clauses = append(clauses, more...)
	}
	if c := p.rejection(in, choice, clauses); c != nil {
		p.record(in.x, c)
		return p.rejected(in, choice, c)
	}
	p.tellChoice(in, choice)
	p.solver.decide(in.x, choice)
	return nil
}

// tellChoice tells who listens which version was decided on, and why.
func (p *problem) tellChoice(in *info, choice int) {
	events := p.run.options.Events
	if !events.Wants(event.Detail) || in.kind != isProject {
		return
	}
	because, passed := "it is the newest", in.project.size()-1-choice
	switch {
	case slices.Contains(in.wishes, choice):
		because, passed = "an earlier solution has it", 0
	case slices.Contains(p.decidedBeside(in), choice):
		because, passed = "another platform has it", 0
	case p.prefersLowest(in):
		because, passed = "it is the oldest", choice-1
	}
	if passed > 0 {
		because += fmt.Sprintf(" that can be had, %d passed over", passed)
	}
	events.Note(event.Detail, "choice", string(in.name)+" "+in.project.version(choice).String(), event.F("for", in.on.target), event.F("because", because))
}

// rejection is a clause that forbids the choice as things stand.
func (p *problem) rejection(in *info, choice int, clauses []*clause) *clause {
	if p.solver.backtracks == 0 {
		return nil // nothing went wrong so far: it will turn out right
	}
	for _, c := range clauses {
		if p.forbids(c, in.x, choice) {
			return c
		}
	}
	return nil
}

func (p *problem) forbids(c *clause, x varID, choice int) bool {
	for _, t := range c.terms {
		if t.x == x {
			if !t.set.Has(choice) {
				return false
			}
		} else if !p.solver.possible(t.x).SubsetOf(t.set) {
			return false
		}
	}
	return true
}

// prefetch asks for the metadata of the versions that will probably be tried.
func (p *problem) prefetch() {
	for _, in := range p.infos {
		if in.kind != isProject || !p.isOn(in) || p.isDecided(in) {
			continue
		}
		possible := p.solver.possible(in.x)
		if in.fetched != nil && in.fetched.Equal(possible) {
			continue
		}
		in.fetched = possible
		usable := func(c int) bool { return in.on.file(in.project, c) != nil }
		if choice := p.best(in, usable); choice != absent {
			in.on.foresee(p.ctx, in.project, choice)
		}
	}
}
