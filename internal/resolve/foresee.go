package resolve

import "slices"

// foresee asks for the projects of some dependencies, and, as their listings
// arrive, for the metadata of the version that each will probably lead to. One
// long listing then keeps nobody waiting but those who need it.
func (p *problem) foresee(c *cell, deps []*dependency) {
	arrived := make(chan *dependency, len(deps))
	pending := 0
	for _, d := range deps {
		listing := c.ask(p.ctx, d.Name)
		if p.isKnown(c, d) || listing.arrived() && len(deps) == 1 {
			continue
		}
		pending++
		go func() {
			_, _ = listing.wait(p.ctx)
			arrived <- d
		}()
	}
	for range pending {
		select {
		case d := <-arrived:
			if listing, err := c.ask(p.ctx, d.Name).wait(p.ctx); err == nil {
				p.foreseeVersion(c, d, listing)
			}
		case <-p.ctx.Done():
			return
		}
	}
}

// isKnown says that the solver knows a project already, and so knows better
// what will be needed of it.
func (p *problem) isKnown(c *cell, d *dependency) bool {
	_, known := p.vars[varKey{cell: slices.Index(p.cells, c), name: d.Name}]
	return known
}

// foreseeVersion asks for the metadata of the version that will be tried if
// nobody else requires the project.
func (p *problem) foreseeVersion(c *cell, d *dependency, listing *project) {
	if len(c.roots.preferred(c.target, d.Name)) > 0 {
		return // an earlier solution decides
	}
	in := &info{varKey: varKey{name: d.Name}, on: c, project: listing}
	likely := listing.matching(d.spec, d.Specifier)
	for _, r := range c.roots.constraints[d.Name] {
		if c.holds(&r.dependency, "") {
			likely = likely.And(listing.matching(r.spec, r.Specifier))
		}
	}
	lowest := p.prefersLowest(in)
	for v := first(likely, lowest); v > absent; v = following(likely, v, lowest) {
		if (p.run.options.takesPre(d.Name) || !listing.isPre(v)) && c.file(listing, v) != nil {
			c.foresee(p.ctx, listing, v)
			return
		}
	}
}
