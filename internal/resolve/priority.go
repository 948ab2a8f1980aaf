package resolve

import (
	"github.com/axlepack/axle/internal/pep508"
)

// priorities say which project to decide next. Without trouble that is the one
// met first, so that the user's order counts and a project comes before what it
// requires; a pinned one comes earlier. Projects that are often rejected are
// decided earlier than those they conflict with: what they need narrows the
// others before time is lost on them.
type priorities struct {
	of       map[pep508.Name]*priority
	rejected map[pep508.Name]int // how often a version was rejected
	blamed   map[pep508.Name]int // how often a version caused a rejection
	early    []pep508.Name       // reached the limit since last looked at
	late     []pep508.Name
}

type priority struct {
	class class
	met   int // how many were met before
}

type class int8

const (
	plain class = iota
	conflictLate
	conflictEarly
	pinned
	given // by URL or path
)

// tooOften is the number of conflicts after which the order changes.
const tooOften = 5

func newPriorities() priorities {
	return priorities{
		of:       map[pep508.Name]*priority{},
		rejected: map[pep508.Name]int{},
		blamed:   map[pep508.Name]int{},
	}
}

// meet takes note of a requirement.
func (o *priorities) meet(d *dependency, on *info) {
	c := plain
	switch {
	case on.on.roots.isDirect(on.on, d.Name):
		c = given
	case isPin(d.Specifier):
		c = pinned
	}
	known, ok := o.of[d.Name]
	if !ok {
		o.of[d.Name] = &priority{c, len(o.of)}
		return
	}
	if c == pinned && known.class > plain && known.class < pinned {
		return // versions that are rejected pin it: what they need has to come first
	}
	known.class = max(known.class, c)
}

// before says whether a is decided before b.
func (a *priority) before(b *priority) bool {
	if a.class != b.class {
		return a.class > b.class
	}
	return a.met < b.met
}

// pick is the project to decide next, nil when all are decided.
func (p *problem) pick() *info {
	var best *info
	for _, in := range p.infos {
		if in.kind != isProject || p.isDecided(in) || !p.isOn(in) {
			continue
		}
		if in.priority == nil {
			in.priority = p.order.of[in.name]
		}
		if best == nil || in.priority.before(best.priority) {
			best = in
		}
	}
	return best
}

// recordLearned counts the conflicts of the last propagation.
func (p *problem) recordLearned() {
	for _, l := range p.solver.learned {
		p.record(l.x, l.c)
	}
	p.solver.learned = p.solver.learned[:0]
}

// record counts a conflict for the project tried last, and for those that the
// clause blames.
func (p *problem) record(x varID, c *clause) {
	name, real := p.infos[x].name, false
	for _, t := range c.terms {
		in := p.infos[t.x]
		if in.kind != isProject || in.name == name {
			continue
		}
		real = true
		p.order.blamed[in.name]++
		if p.order.blamed[in.name] == tooOften {
			p.order.late = append(p.order.late, in.name)
		}
	}
	if real {
		p.order.rejected[p.next]++
		if p.order.rejected[p.next] == tooOften {
			p.order.early = append(p.order.early, p.next)
		}
	}
}

// reprioritize moves what was often in conflict. What was often to blame is
// taken back, to be decided anew after the others.
func (p *problem) reprioritize() {
	for _, name := range p.order.early {
		if known, ok := p.order.of[name]; ok {
			known.class = conflictEarly
		}
	}
	for _, name := range p.order.late {
		known := p.order.of[name]
		if known == nil || known.class == conflictEarly || known.class == conflictLate {
			continue
		}
		known.class = conflictLate
		p.undecide(name)
	}
	p.order.early, p.order.late = p.order.early[:0], p.order.late[:0]
}

func (p *problem) undecide(name pep508.Name) {
	for i := range p.cells {
		if x, ok := p.vars[varKey{cell: i, name: name}]; ok {
			p.solver.undecide(x)
		}
	}
}
