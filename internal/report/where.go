package report

import (
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/target"
)

// where names targets as a reader of the matrix would: whole rows ("Python
// 3.9..3.11, 3.14"), whole columns ("linux/amd64"), else one by one; "" when
// they are all that have a solution.
func (m Matrix) where(targets []target.Target) string {
	in := func(t target.Target) bool { return slices.Contains(targets, t) }
	missing := func(t target.Target) bool { return !in(t) && !m.Cells[t].Hole() }
	all := m.Targets()
	if !slices.ContainsFunc(all, missing) {
		return ""
	}
	whole := func(same func(a, b target.Target) bool) bool {
		return !slices.ContainsFunc(targets, func(t target.Target) bool {
			return slices.ContainsFunc(all, func(o target.Target) bool { return same(t, o) && missing(o) })
		})
	}
	switch {
	case whole(func(a, b target.Target) bool { return a.Python == b.Python }):
		return "Python " + m.rows(targets)
	case whole(func(a, b target.Target) bool { return a.Platform == b.Platform }):
		var names []string
		for _, p := range m.Platforms {
			if slices.ContainsFunc(targets, func(t target.Target) bool { return t.Platform == p }) {
				names = append(names, columnName(p))
			}
		}
		return strings.Join(names, ", ")
	}
	return strings.Join(Holes{Targets: targets}.names(), "; ")
}

// rows are the Pythons of targets, neighbours in the matrix as a range.
func (m Matrix) rows(targets []target.Target) string {
	var parts []string
	first := -1
	for i := 0; i <= len(m.Pythons); i++ {
		in := i < len(m.Pythons) && slices.ContainsFunc(targets, func(t target.Target) bool { return t.Python == m.Pythons[i] })
		switch {
		case in && first < 0:
			first = i
		case !in && first >= 0:
			parts = append(parts, rangeOf(m.Pythons[first:i])...)
			first = -1
		}
	}
	return strings.Join(parts, ", ")
}

func rangeOf(pythons []target.Python) []string {
	last := len(pythons) - 1
	if last > 1 {
		return []string{pythons[0].String() + ".." + pythons[last].String()}
	}
	names := make([]string, len(pythons))
	for i, p := range pythons {
		names[i] = p.String()
	}
	return names
}
