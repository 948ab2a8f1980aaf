package resolve

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/axlepack/axle/internal/bitset"
	"github.com/axlepack/axle/internal/pep508"
)

// add makes a clause of the terms that can be false, and returns it; nil when
// it can never be violated.
func (p *problem) add(f fact, terms ...term) *clause {
	c := &clause{fact: f}
	for _, t := range terms {
		if t.set.Empty() {
			return nil
		}
		if !p.solver.vars[t.x].full.Equal(t.set) {
			c.terms = append(c.terms, t)
		}
	}
	if len(c.terms) == 0 && p.impossible == nil {
		p.impossible = c
	}
	p.solver.add(c)
	return c
}

// grow makes a clause about some choices of x be about more of them.
func (p *problem) grow(c *clause, x varID, more set) {
	for i, t := range c.terms {
		if t.x == x && !more.SubsetOf(t.set) {
			c.terms[i].set = t.set.Or(more)
			c.touch()
		}
	}
}

// start states the user's requirements and returns the variables they are about.
func (p *problem) start() ([]varID, error) {
	var changed []varID
	for i, c := range p.cells {
		roots := slices.DeleteFunc(slices.Clone(c.roots.requirements), func(r *root) bool {
			return !c.holds(&r.dependency, "")
		})
		var wanted []*dependency
		for _, r := range roots {
			wanted = append(wanted, c.overridden(&r.dependency)...)
		}
		p.foresee(c, wanted)
		for _, r := range roots {
			for _, d := range c.overridden(&r.dependency) {
				f := &rootFact{root: r, asked: d, place: r.place}
				on, _, err := p.require(f, i, d, nil)
				if err != nil {
					return nil, err
				}
				f.on = on
				changed = append(changed, on.x)
			}
		}
	}
	return changed, nil
}

// constrain states what the user's constraints say of a project.
func (p *problem) constrain(in *info) {
	for _, r := range in.on.roots.constraints[in.name] {
		if in.on.holds(&r.dependency, "") {
			admitted := in.project.matching(r.spec, r.Specifier)
			p.add(&rootFact{root: r, on: in, asked: &r.dependency, constraint: true, place: r.place},
				term{in.x, in.project.all.Minus(admitted)})
		}
	}
}

// overridden is what the user puts in the place of a dependency.
func (c *cell) overridden(d *dependency) []*dependency {
	list, ok := c.roots.overrides[d.Name]
	if !ok {
		return []*dependency{d}
	}
	var out []*dependency
	for _, o := range list {
		if c.holds(&o.dependency, "") {
			out = append(out, &o.dependency)
		}
	}
	return out
}

// require states that where all of the owner's terms hold, d must be met. It
// returns the variable of d's project, and the clauses.
func (p *problem) require(f fact, cell int, d *dependency, owner []term) (*info, []*clause, error) {
	on, err := p.project(cell, d.Name)
	if err != nil {
		var way []string
		if by, ok := f.(*dependencyFact); ok {
			way = p.way(by.in)
		}
		return nil, nil, p.trouble(string(d.Name), err, append(way, requires(requirer(f, owner), d)))
	}
	p.order.meet(d, on)
	refused := p.solver.vars[on.x].full.Minus(on.project.matching(d.spec, d.Specifier))
	clauses := []*clause{p.add(f, with(owner, term{on.x, refused})...)}
	for _, e := range d.Extras {
		clauses = append(clauses, p.add(f, with(owner, term{p.extra(on, e).x, bitset.Single(2, absent)})...))
	}
	return on, compact(clauses), nil
}

// requirer names the one who states a requirement.
func requirer(f fact, owner []term) string {
	switch f := f.(type) {
	case *rootFact:
		return cmp.Or(f.root.origin, "you")
	case *dependencyFact:
		return fmt.Sprintf("%s %s", f.in.name, f.in.project.version(newest(owner[0].set)))
	}
	return "you"
}

func with(owner []term, t term) []term { return append(slices.Clip(owner), t) }

func compact(clauses []*clause) []*clause {
	return slices.DeleteFunc(clauses, func(c *clause) bool { return c == nil })
}

// load states the dependencies of a version, those of the project itself or
// those that an extra adds, and returns their clauses. fits is false when the
// version turns out to be of no use.
func (p *problem) load(in, extra *info, choice int) (clauses []*clause, fits bool, err error) {
	m, err := in.on.meta(p.ctx, in.project, choice).wait(p.ctx)
	if err != nil {
		return nil, false, p.trouble(versionOf(in, choice), err, p.way(in))
	}
	into, name := in, pep508.Name("")
	if extra != nil {
		into, name = extra, extra.extra
	} else if !p.fits(in, choice, m) {
		return nil, false, nil
	}
	if into.loaded.Has(choice) {
		return into.clauses[choice], true, nil
	}
	into.loaded.Put(choice)
	deps := p.dependencies(in.on, m, name)
	p.foresee(in.on, deps)
	for _, d := range deps {
		more, err := p.depend(in, extra, choice, d)
		if err != nil {
			return nil, false, err
		}
		clauses = append(clauses, more...)
	}
	into.clauses[choice] = clauses
	return clauses, true, nil
}

// dependencies are those that count on a cell: without extra the
// distribution's own, with it those that the extra adds.
func (p *problem) dependencies(c *cell, m *metadata, extra pep508.Name) []*dependency {
	var out []*dependency
	for i := range m.requires {
		d := &m.requires[i]
		if c.holds(d, extra) && (extra == "" || !c.holds(d, "")) {
			out = append(out, c.overridden(d)...)
		}
	}
	return out
}

// fits checks what only the metadata tells of a version, and takes the version
// away when it is of no use.
func (p *problem) fits(in *info, choice int, m *metadata) bool {
	one := term{in.x, bitset.Single(in.project.size(), choice)}
	if m.broken != "" {
		f := &brokenFact{in: in, choice: choice, reason: m.broken}
		in.broken = append(in.broken, f)
		p.add(f, one)
		return false
	}
	admitted := in.on.patches(m.requiresPython)
	if !admitted.some {
		p.add(&brokenFact{in: in, choice: choice, python: m.requiresPython.String()}, one)
		return false
	}
	if !admitted.all {
		py := p.python(in.cell)
		p.add(&patchFact{in: in, choice: choice, python: m.requiresPython.String()},
			one, term{py.x, bitset.Full(patchCount).Minus(in.on.admitted(m.requiresPython))})
	}
	return true
}

// depend states one dependency of a version. Versions with the same
// dependency share its clauses, so that what is learned of one is learned of all.
func (p *problem) depend(in, extra *info, choice int, d *dependency) ([]*clause, error) {
	if d.Name == in.name {
		return p.dependOnSelf(in, extra, choice, d), nil
	}
	owner := owner(in, extra, choice)
	if d.URL != "" && !in.on.roots.isDirect(in.on, d.Name) {
		reason := fmt.Sprintf("it requires %s from a URL, which only your own requirements may do", d.Name)
		f := &brokenFact{in: in, choice: choice, reason: reason, remedy: fmt.Sprintf("add %s to your own requirements", d.short())}
		in.broken = append(in.broken, f)
		return compact([]*clause{p.add(f, owner...)}), nil
	}
	key := mergeKey{extra, d.text}
	if known, ok := in.merged[key]; ok {
		for _, c := range known {
			p.grow(c, in.x, owner[0].set)
		}
		return known, nil
	}
	on, clauses, err := p.require(&dependencyFact{in: in, extra: extra, dependency: d}, in.cell, d, owner)
	if err != nil {
		return nil, err
	}
	for _, c := range clauses {
		c.fact.(*dependencyFact).on = on
	}
	in.merged[key] = clauses
	return clauses, nil
}

// owner are the terms "this version was chosen" and "this extra is asked for".
func owner(in, extra *info, choice int) []term {
	terms := []term{{in.x, bitset.Single(in.project.size(), choice)}}
	if extra != nil {
		terms = append(terms, term{extra.x, bitset.Single(2, present)})
	}
	return terms
}

// dependOnSelf: a distribution that requires itself asks for its own extras,
// and may only name its own version.
func (p *problem) dependOnSelf(in, extra *info, choice int, d *dependency) []*clause {
	owner := owner(in, extra, choice)
	f := &dependencyFact{in: in, extra: extra, on: in, dependency: d}
	var clauses []*clause
	if !in.project.matching(d.spec, d.Specifier).Has(choice) {
		clauses = append(clauses, p.add(f, owner...))
	}
	for _, e := range d.Extras {
		if ex := p.extra(in, e); ex != extra {
			clauses = append(clauses, p.add(f, with(owner, term{ex.x, bitset.Single(2, absent)})...))
		}
	}
	return compact(clauses)
}
