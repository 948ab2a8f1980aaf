package resolve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
)

// trouble is an error with asking for something, and below it, indented, how
// the user's requirements lead there.
func (p *problem) trouble(what string, err error, way []string) error {
	told := fmt.Errorf("%s: %w%s", what, err, strings.Join(append([]string{""}, way...), "\n  "))
	if len(fault.Hints(err)) == 0 {
		return fault.WithHints(told, "try again later, and ask who runs the index if it stays so")
	}
	return told
}

// way tells how the user's requirements lead to a project, as far as they are
// decided by now; the last line is about the project.
func (p *problem) way(to *info) []string {
	var lines []string
	seen := map[*info]bool{}
	for to != nil && !seen[to] {
		seen[to] = true
		line, by := p.wanted(to)
		lines = append(lines, line)
		to = by
	}
	slices.Reverse(lines)
	return slices.DeleteFunc(lines, func(line string) bool { return line == "" })
}

// wanted says who requires a project: the user, else a version that was decided.
func (p *problem) wanted(on *info) (line string, by *info) {
	for _, r := range on.on.roots.requirements {
		if r.Name == on.name && on.on.holds(&r.dependency, "") {
			return requires(requirer(&rootFact{root: r}, nil), &r.dependency), nil
		}
	}
	for _, in := range p.infos {
		if in.cell != on.cell || in.kind != isProject && in.kind != isExtra {
			continue
		}
		base := in
		if in.kind == isExtra {
			base = in.base
		}
		if !p.isDecided(base) || !p.isOn(base) {
			continue
		}
		choice := p.solver.possible(base.x).Next(1)
		for _, c := range in.clauses[choice] {
			if f, ok := c.fact.(*dependencyFact); ok && f.on == on && f.in == base {
				return requires(versionOf(base, choice), f.dependency), base
			}
		}
	}
	return "", nil
}

func requires(who string, d *dependency) string { return fmt.Sprintf("%s requires %s", who, d.short()) }

func versionOf(in *info, choice int) string {
	return fmt.Sprintf("%s %s", in.name, in.project.version(choice))
}
