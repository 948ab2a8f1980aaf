package resolve

import (
	"slices"

	"github.com/axlepack/axle/internal/bitset"
)

// evidence is what a proof rests on, by project.
type evidence struct {
	p       *problem
	demands map[varID][]*demand // what is required of a project
	makes   map[varID][]*demand // what a project requires of others
	taken   map[varID]set       // versions that cannot be used
	broken  map[varID][]*brokenFact
	patches map[varID][]*patchFact
	roots   []*demand

	via      map[varID]*demand // how the walk first came to a project
	troubles []*trouble
}

// demand is a requirement of the user, or one that versions of a project make.
type demand struct {
	on        *info
	root      *rootFact // nil for one of a distribution
	in, extra *info
	options   []option // by the versions that make it, newest first
}

// option is one wording of a demand.
type option struct {
	versions set // that make it; nil for the user
	admitted set // by it
	asked    *dependency
}

// trouble is a place where a proof ends: what is demanded of a project cannot be had.
type trouble struct {
	kind    Kind
	on      *info
	demands []*demand
	options []option
	within  set // the versions demanded
}

// gather sorts the facts of a proof.
func gather(p *problem, proof *clause) *evidence {
	ev := &evidence{
		p: p, demands: map[varID][]*demand{}, makes: map[varID][]*demand{}, taken: map[varID]set{},
		broken: map[varID][]*brokenFact{}, patches: map[varID][]*patchFact{}, via: map[varID]*demand{},
	}
	told := map[fact]bool{}
	for _, c := range leaves(proof) {
		ev.take(c, told)
	}
	for _, list := range ev.demands {
		for _, d := range list {
			slices.SortStableFunc(d.options, func(a, b option) int {
				return newest(b.versions) - newest(a.versions)
			})
		}
	}
	ev.sort()
	return ev
}

func newest(s set) int {
	if s == nil {
		return 0
	}
	return s.Prev(len(s) * 64)
}

// sort gives everything an order that does not depend on the proof's own: the
// user's requirements as written, those of a project by its newest version.
func (ev *evidence) sort() {
	slices.SortStableFunc(ev.roots, func(a, b *demand) int { return a.root.place - b.root.place })
	for x, list := range ev.makes {
		slices.SortStableFunc(list, func(a, b *demand) int {
			if d := newest(b.options[0].versions) - newest(a.options[0].versions); d != 0 {
				return d
			}
			return int(a.on.x - b.on.x)
		})
		ev.makes[x] = list
	}
	for x, list := range ev.demands {
		slices.SortStableFunc(list, func(a, b *demand) int {
			switch {
			case a.root != nil && b.root != nil:
				return a.root.place - b.root.place
			case a.root != nil:
				return -1
			case b.root != nil:
				return 1
			}
			return int(a.in.x - b.in.x)
		})
		ev.demands[x] = list
	}
}

// take enters one clause of the proof.
func (ev *evidence) take(c *clause, told map[fact]bool) {
	switch f := c.fact.(type) {
	case *rootFact:
		if !told[f] {
			d := &demand{on: f.on, root: f, options: []option{{asked: f.asked, admitted: f.on.project.matching(f.asked.spec, f.asked.Specifier)}}}
			ev.demands[f.on.x] = append(ev.demands[f.on.x], d)
			if !f.constraint {
				ev.roots = append(ev.roots, d)
			}
		}
	case *dependencyFact:
		if !told[f] {
			ev.dependency(f, c.term(f.in.x))
		}
	case *uselessFact:
		ev.lose(f.in, c.term(f.in.x))
	case *brokenFact:
		ev.lose(f.in, c.term(f.in.x))
		ev.broken[f.in.x] = append(ev.broken[f.in.x], f)
	case *patchFact:
		ev.patches[f.in.x] = append(ev.patches[f.in.x], f)
	}
	told[c.fact] = true
}

func (ev *evidence) lose(in *info, versions set) {
	if known, ok := ev.taken[in.x]; ok {
		versions = versions.Or(known)
	}
	ev.taken[in.x] = versions
}

func (ev *evidence) dependency(f *dependencyFact, versions set) {
	o := option{versions: versions, asked: f.dependency, admitted: f.on.project.matching(f.dependency.spec, f.dependency.Specifier)}
	for _, d := range ev.demands[f.on.x] {
		if d.in == f.in && d.extra == f.extra {
			d.options = append(d.options, o)
			return
		}
	}
	d := &demand{on: f.on, in: f.in, extra: f.extra, options: []option{o}}
	ev.demands[f.on.x] = append(ev.demands[f.on.x], d)
	ev.makes[f.in.x] = append(ev.makes[f.in.x], d)
}

// leaves are the clauses that a proof was learned from.
func leaves(proof *clause) []*clause {
	var found []*clause
	seen := map[*clause]bool{}
	stack := []*clause{proof}
	for len(stack) > 0 {
		c := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		switch {
		case seen[c]:
		case c.fact != nil:
			found = append(found, c)
		default:
			stack = append(stack, c.right, c.left)
		}
		seen[c] = true
	}
	return found
}

// walk goes from the user's requirements down, newest versions first, and
// collects the troubles met.
func (ev *evidence) walk() {
	for _, d := range ev.roots {
		ev.visit(d)
	}
}

func (ev *evidence) visit(by *demand) {
	x := by.on.x
	if _, seen := ev.via[x]; seen {
		return
	}
	ev.via[x] = by
	ev.judge(by.on)
	for _, d := range ev.makes[x] {
		ev.visit(d)
	}
}

// judge finds what is wrong with what is demanded of one project.
func (ev *evidence) judge(on *info) {
	taken := ev.taken[on.x]
	if taken == nil {
		taken = bitset.New(on.project.size())
	}
	base := on.project.all
	var roots, others []*demand
	for _, d := range ev.demands[on.x] {
		if d.root != nil {
			roots = append(roots, d)
			base = base.And(d.options[0].admitted)
		} else {
			others = append(others, d)
		}
	}
	if t := ev.ofRoots(on, roots, base, taken); t != nil {
		ev.troubles = append(ev.troubles, t)
		return
	}
	found := false
	for _, d := range others {
		if t := ev.ofDependency(on, d, roots, base, taken); t != nil {
			ev.troubles = append(ev.troubles, t)
			found = true
		}
	}
	if !found {
		ev.ofPairs(on, others, base.Minus(taken))
	}
}

// ofRoots: what the user alone asks of a project cannot be had.
func (ev *evidence) ofRoots(on *info, roots []*demand, base, taken set) *trouble {
	if len(roots) == 0 || !base.Minus(taken).Empty() {
		return nil
	}
	t := &trouble{on: on, within: base}
	for _, d := range roots {
		t.demands, t.options = append(t.demands, d), append(t.options, d.options[0])
	}
	for i, d := range roots { // one of them may be enough
		if d.options[0].admitted.Minus(taken).Empty() {
			return ev.alone(on, roots[i], d.options[0])
		}
	}
	t.kind = Conflict
	if !base.Empty() {
		t.kind = ""
	}
	return t
}

// ofDependency: what versions of another project ask of this one cannot be
// had, or not together with what the user asks.
func (ev *evidence) ofDependency(on *info, d *demand, roots []*demand, base, taken set) *trouble {
	for _, o := range d.options {
		if o.admitted.Minus(taken).Empty() {
			return ev.alone(on, d, o)
		}
		if len(roots) > 0 && o.admitted.And(base).Minus(taken).Empty() {
			t := &trouble{kind: Conflict, on: on, within: o.admitted.And(base)}
			for _, r := range roots {
				t.demands, t.options = append(t.demands, r), append(t.options, r.options[0])
			}
			t.demands, t.options = append(t.demands, d), append(t.options, o)
			return t
		}
	}
	return nil
}

// alone: one demand asks for what there is not.
func (ev *evidence) alone(on *info, d *demand, o option) *trouble {
	t := &trouble{on: on, demands: []*demand{d}, options: []option{o}, within: o.admitted}
	switch {
	case on.project.missing != nil:
		t.kind = NoProject
	case o.admitted.Empty():
		t.kind = NoVersion
	}
	return t
}

// ofPairs: two projects ask for different versions of this one.
func (ev *evidence) ofPairs(on *info, others []*demand, usable set) {
	for i, a := range others {
		for _, b := range others[i+1:] {
			for _, o := range a.options {
				for _, q := range b.options {
					if o.admitted.And(q.admitted).And(usable).Empty() {
						ev.troubles = append(ev.troubles, &trouble{
							kind: Conflict, on: on, within: o.admitted.And(q.admitted),
							demands: []*demand{a, b}, options: []option{o, q},
						})
						return
					}
				}
			}
		}
	}
}
