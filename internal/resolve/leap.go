package resolve

import "github.com/axlepack/axle/internal/bitset"

import "github.com/axlepack/axle/internal/pep508"

// Some projects have a thousand versions that all require the same thing in
// other words (each boto3 its own botocore). When one after another is rejected
// for what it requires of the same project, trying them all would mean reading
// them all. Instead some are probed, further and further apart, until one is
// found that would not be rejected; a version between two rejected ones is then
// assumed to require something between what these require.
//
// What is assumed can make the solver pass over a version that would have
// fitted, never take one that does not. It is never the ground on which a
// target is said to have no solution: then the versions passed over are read.

const (
	patience = 24 // rejections for the same cause before leaping
	maxLeap  = 48 // versions between two probes, at most
	probes   = 8  // read at a time
)

// farAhead is how many versions are read ahead of their turn, at most.
const farAhead = 32

// assumedFact: versions that were not read, between two that were.
type assumedFact struct {
	in, extra, on *info
	versions      set
}

func (*assumedFact) isFact() {}

// cause is what versions of a project are rejected for.
type cause struct{ in, extra, on *info }

// rejected counts that a version of a project was rejected by a clause, and
// leaps when that happened too often.
func (p *problem) rejected(in *info, choice int, c *clause) error {
	f, ok := c.fact.(*dependencyFact)
	if !ok || f.on == nil || f.on == in {
		return nil
	}
	why := cause{in, f.extra, f.on}
	p.rejections[why]++
	n := p.rejections[why]
	switch {
	case n < p.patience || p.exact:
		return nil
	case n == p.patience:
		return p.leap(why, choice)
	case n == 2*p.patience: // beyond the place where the leap ended
		p.rejections[why] = 0
	}
	return nil
}

// readAhead asks for the metadata of the versions that come next, once some
// were tried in vain: a third as many, so that little is read that was not needed.
func (p *problem) readAhead(in *info, choice int) {
	if in.loaded.Has(choice) {
		return
	}
	in.tried++
	for _, c := range p.beyond(in, choice, min(in.tried/3, farAhead)) {
		in.on.foresee(p.ctx, in.project, c)
	}
}

// beyond lists up to n versions that would be tried after a choice, of those
// that are not ruled out for good.
func (p *problem) beyond(in *info, choice, n int) []int {
	lowest, all := p.prefersLowest(in), p.solver.certain(in.x)
	var out []int
	for c := following(all, choice, lowest); c > absent && len(out) < n; c = following(all, c, lowest) {
		if in.project.isPre(c) == in.project.isPre(choice) && in.on.file(in.project, c) != nil {
			out = append(out, c)
		}
	}
	return out
}

// leap looks for the next version that would not be rejected for the same
// cause, and takes away those in between.
func (p *problem) leap(why cause, from int) error {
	l := &leaper{p: p, why: why, list: p.beyond(why.in, from, len(why.in.project.versions)), at: -1, choice: from}
	bad, ok, err := l.probe(from)
	if err != nil || !ok {
		return err
	}
	l.bad = bad
	why.in.tried = 0
	return l.run()
}

// leaper is a leap under way: list[at] was the last version found rejected
// (-1: the one where the leap began), requiring bad.
type leaper struct {
	p      *problem
	why    cause
	list   []int
	at     int
	choice int
	bad    set
}

func (l *leaper) run() error {
	for step, at := 1, l.at; step < maxLeap; step *= 2 {
		at += step
		l.ask(at)
	}
	for step := 1; l.at+step < len(l.list); step = min(2*step, maxLeap) {
		if step == maxLeap {
			for i := range probes {
				l.ask(l.at + (i+1)*step)
			}
		}
		moved, err := l.to(l.at + step)
		if err != nil {
			return err
		}
		if !moved {
			return l.narrow(l.at + step)
		}
	}
	return nil
}

// ask begins to read a place, if there is one.
func (l *leaper) ask(place int) {
	if place < len(l.list) {
		l.why.in.on.foresee(l.p.ctx, l.why.in.project, l.list[place])
	}
}

// narrow finds the last rejected version before the place of one that is not.
func (l *leaper) narrow(good int) error {
	for good-l.at > 1 {
		middle := l.at + (good-l.at)/2
		if good-l.at >= 4 { // one of them comes next
			l.ask(l.at + (middle-l.at)/2)
			l.ask(middle + (good-middle)/2)
		}
		moved, err := l.to(middle)
		if err != nil {
			return err
		}
		if !moved {
			good = middle
		}
	}
	return nil
}

// to goes to a place when the version there would be rejected too, and takes
// away what was passed over.
func (l *leaper) to(place int) (bool, error) {
	choice := l.list[place]
	bad, ok, err := l.probe(choice)
	if err != nil || !ok {
		return false, err
	}
	hull := between(l.bad, bad)
	if hull.And(l.p.solver.possible(l.why.on.x)).Next(1) > absent {
		return false, nil
	}
	l.assume(place, hull)
	if _, _, err := l.p.load(l.why.in, l.why.extra, choice); err != nil {
		return false, err
	}
	l.at, l.choice, l.bad = place, choice, bad
	return true, nil
}

// assume states that the versions before a place require something in the hull.
func (l *leaper) assume(place int, hull set) {
	in, on := l.why.in, l.why.on
	passed := bitset.New(in.project.size())
	for _, c := range l.list[l.at+1 : place] {
		if !in.loaded.Has(c) {
			passed.Put(c)
		}
	}
	terms := []term{{in.x, passed}, {on.x, l.p.solver.vars[on.x].full.Minus(hull)}}
	if l.why.extra != nil {
		terms = append(terms, term{l.why.extra.x, bitset.Single(2, present)})
	}
	f := &assumedFact{in, l.why.extra, on, passed}
	if l.p.add(f, terms...) != nil {
		in.assumed = append(in.assumed, f)
	}
}

// between are the versions from the lowest to the highest of two sets.
func between(a, b set) set {
	both := a.Or(b)
	s := make(set, len(a))
	if lo := both.Next(1); lo > absent {
		s.PutRange(lo, both.Prev(len(both)*64)+1)
	}
	return s
}

// probe reads what a version requires for the cause; ok tells that it would be
// rejected for it.
func (l *leaper) probe(choice int) (required set, ok bool, err error) {
	in, on := l.why.in, l.why.on
	m, err := in.on.meta(l.p.ctx, in.project, choice).wait(l.p.ctx)
	if l.p.ctx.Err() != nil {
		return nil, false, l.p.ctx.Err()
	}
	if err != nil || m.broken != "" {
		return nil, false, nil // nobody has asked for this version yet: no harm done
	}
	name := pep508.Name("")
	if l.why.extra != nil {
		name = l.why.extra.extra
	}
	required = on.project.all
	for _, d := range l.p.dependencies(in.on, m, name) {
		if d.Name == on.name {
			required, ok = required.And(on.project.matching(d.spec, d.Specifier)), true
		}
	}
	return required, ok && required.And(l.p.solver.possible(on.x)).Empty(), nil
}

// assumed are the versions that a proof passes over without having read them.
func assumed(proof *clause) []*assumedFact {
	var found []*assumedFact
	for _, c := range leaves(proof) {
		if a, ok := c.fact.(*assumedFact); ok {
			found = append(found, a)
		}
	}
	return found
}
