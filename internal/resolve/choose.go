package resolve

import "github.com/axlepack/axle/internal/pep508"

// choose finds the version of a project to try. When none is left it takes
// away, with the reason, all that were possible, and returns absent.
func (p *problem) choose(in *info) int {
	choice, useless := p.best(in)
	if useless != nil {
		p.discard(in, useless)
	}
	return choice
}

// discard takes away versions without a usable file.
func (p *problem) discard(in *info, useless set) {
	if in.useless == nil {
		in.useless = p.add(&uselessFact{in}, term{in.x, useless})
		return
	}
	p.grow(in.useless, in.x, useless)
}

// best is the first version in the order of preference that has a usable file,
// and the set of those before it that have none.
//
// The order: versions of earlier solutions; then final releases before
// pre-releases, unless these are welcome; newest first, or oldest first.
func (p *problem) best(in *info) (choice int, useless set) {
	possible := p.solver.possible(in.x)
	try := func(c int) bool {
		if in.on.file(in.project, c) != nil {
			return true
		}
		if useless == nil {
			useless = newSet(in.project.size())
		}
		useless.put(c)
		return false
	}
	for _, c := range in.wishes {
		if possible.has(c) && try(c) {
			return c, useless
		}
	}
	passes := []func(c int) bool{
		func(c int) bool { return !in.project.isPre(c) },
		func(c int) bool { return in.project.isPre(c) },
	}
	if p.run.options.takesPre(in.name) {
		passes = []func(c int) bool{func(int) bool { return true }}
	}
	lowest := p.prefersLowest(in)
	for _, counts := range passes {
		for c := first(possible, lowest); c > absent; c = following(possible, c, lowest) {
			if counts(c) && try(c) {
				return c, useless
			}
		}
	}
	return absent, useless
}

func first(s set, lowest bool) int {
	if lowest {
		return s.next(1)
	}
	return s.prev(len(s)*64 - 1)
}

func following(s set, c int, lowest bool) int {
	if lowest {
		return s.next(c + 1)
	}
	return s.prev(c - 1)
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
