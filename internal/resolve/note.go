package resolve

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/target"
)

// note tells each solution which versions another target forced on it, and
// which projects could not have one version.
func (g *group) note(ctx context.Context, out []outcome) {
	for i := range out {
		if out[i].err != nil {
			continue
		}
		s := &out[i].solution
		for _, pin := range s.Pins {
			s.Notes = append(s.Notes, g.heldBack(ctx, out, i, pin)...)
			s.Notes = append(s.Notes, g.apart(ctx, out, i, pin)...)
		}
	}
}

// heldBack says why a pin is not the version the target would have alone.
func (g *group) heldBack(ctx context.Context, out []outcome, at int, pin lock.Pin) []string {
	was, ok := g.alone[at].solution.Pin(pin.Project)
	if !ok || was.Version.Equal(pin.Version) {
		return nil
	}
	var lacking, content []target.Target
	for i, cell := range g.cells {
		c := g.run.cells[cell]
		now, ok := out[i].solution.Pin(pin.Project)
		if !ok || !now.Version.Equal(pin.Version) {
			continue
		}
		if alone, ok := g.alone[i].solution.Pin(pin.Project); ok && alone.Version.Equal(pin.Version) {
			content = append(content, c.target)
		}
		p, err := c.ask(ctx, pin.Project).wait(ctx)
		if err != nil {
			continue
		}
		if choice := p.find(was.Version); choice > 0 && c.file(p, choice) == nil {
			lacking = append(lacking, c.target)
		}
	}
	because := "so that all have the same version"
	switch {
	case len(lacking) > 0:
		because = fmt.Sprintf("because there is no file of %s for %s", was.Version, g.places(lacking))
	case len(content) > 0:
		because = fmt.Sprintf("because that is what %s can have", g.places(content))
	}
	return []string{fmt.Sprintf("%s is %s, not %s, %s", pin.Project, pin.Version, was.Version, because)}
}

// apart says that a project could not have one version on all targets.
func (g *group) apart(ctx context.Context, out []outcome, at int, pin lock.Pin) []string {
	if g.loose[pin.Project] == byAll {
		return nil
	}
	others, why := map[string][]target.Target{}, map[string]string{}
	var versions []string
	for i, o := range out {
		p, ok := o.solution.Pin(pin.Project)
		if !ok || i == at || p.Version.Equal(pin.Version) {
			continue
		}
		v := p.Version.String()
		if others[v] == nil {
			versions = append(versions, v)
			why[v] = g.excludes(ctx, i, o.solution, pin)
		}
		others[v] = append(others[v], o.solution.Target)
	}
	if len(versions) == 0 {
		return nil
	}
	for i, v := range versions {
		versions[i] = v + " on " + g.places(others[v]) + why[v]
	}
	return []string{fmt.Sprintf("%s is %s here and %s", pin.Project, pin.Version, strings.Join(versions, ", and "))}
}

// excludes says why a target cannot have a pin of another one.
func (g *group) excludes(ctx context.Context, at int, s lock.Solution, pin lock.Pin) string {
	c := g.run.cells[g.cells[at]]
	for _, r := range c.roots.named[pin.Project] {
		if c.holds(&r.dependency, "") && !r.Specifier.Matches(pin.Version) {
			return fmt.Sprintf(", where %s requires %s", r.origin, r.short())
		}
	}
	for _, p := range s.Pins {
		for _, r := range p.Requires {
			if r.Name == pin.Project && !r.Specifier.Matches(pin.Version) {
				d := newDependency(r)
				return fmt.Sprintf(", where %s %s requires %s", p.Project, p.Version, d.short())
			}
		}
	}
	p, err := c.ask(ctx, pin.Project).wait(ctx)
	if err != nil {
		return ""
	}
	if choice := p.find(pin.Version); choice > 0 && c.file(p, choice) == nil {
		return fmt.Sprintf(", for which there is no file of %s", pin.Version)
	}
	return ""
}

// places names targets of the group, in short where they are all of one Python
// or of one platform.
func (g *group) places(targets []target.Target) string {
	left := slices.Clone(targets)
	take := func(name string, same func(t target.Target) bool) []string {
		for _, cell := range g.cells {
			if t := g.run.cells[cell].target; same(t) && !slices.Contains(targets, t) {
				return nil
			}
		}
		left = slices.DeleteFunc(left, same)
		return []string{name}
	}
	var names []string
	for _, t := range targets {
		if slices.Contains(left, t) && g.count(func(o target.Target) bool { return o.Python == t.Python }) > 1 {
			names = append(names, take("Python "+t.Python.String(), func(o target.Target) bool { return o.Python == t.Python })...)
		}
	}
	for _, t := range targets {
		if slices.Contains(left, t) && g.count(func(o target.Target) bool { return o.Platform == t.Platform }) > 1 {
			names = append(names, take(t.Platform.String(), func(o target.Target) bool { return o.Platform == t.Platform })...)
		}
	}
	for _, t := range left {
		names = append(names, t.String())
	}
	return few(names)
}

func (g *group) count(same func(target.Target) bool) (n int) {
	for _, cell := range g.cells {
		if same(g.run.cells[cell].target) {
			n++
		}
	}
	return n
}
