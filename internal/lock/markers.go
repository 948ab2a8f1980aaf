package lock

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/bitset"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// members is a set of environments, by their places among all.
type members = bitset.Set

// condition is a conjunction of comparisons: true for exactly these members.
type condition struct {
	members
	terms []string
}

// markers makes markers for sets of environments out of all that a lock is
// for: the shortest that it finds, which need to be right for these alone.
type markers struct {
	all        []environment
	full       members
	conditions []condition // fewest terms first
	known      map[string]pep508.Marker
}

func newMarkers(targets []target.Target) *markers {
	m := &markers{known: map[string]pep508.Marker{}}
	for _, t := range targets {
		m.all = append(m.all, environmentOf(t))
	}
	slices.SortFunc(m.all, environment.compare)
	m.all = slices.Compact(m.all)
	m.full = m.none()
	for i := range m.all {
		m.full.Put(i)
	}
	m.conditions = []condition{{members: m.full}}
	for _, a := range axes {
		m.conditions = m.cross(m.conditions, m.comparisons(a))
	}
	slices.SortStableFunc(m.conditions, func(a, b condition) int { return cmp.Compare(len(a.terms), len(b.terms)) })
	return m
}

func (m *markers) none() members { return bitset.New(len(m.all)) }

// place is that of a target's environment among all.
func (m *markers) place(t target.Target) int {
	return slices.Index(m.all, environmentOf(t))
}

// cross combines conditions with those of another axis, those that admit
// nothing left out.
func (m *markers) cross(conditions, more []condition) []condition {
	out := slices.Clone(conditions)
	for _, c := range conditions {
		for _, d := range more {
			if both := c.And(d.members); both.Count() > 0 {
				out = append(out, condition{both, slices.Concat(c.terms, d.terms)})
			}
		}
	}
	return out
}

// comparisons are what can be said of one variable: that it is a value or is
// not, and of versions where a range of them begins and ends.
func (m *markers) comparisons(a axis) []condition {
	var values []string
	for _, e := range m.all {
		if v := a.of(e); !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	if len(values) < 2 {
		return nil
	}
	versions := a.variable == "python_version"
	if versions {
		slices.SortFunc(values, func(v, w string) int { return pep440.MustParse(v).Compare(pep440.MustParse(w)) })
	} else {
		slices.Sort(values)
	}
	var out []condition
	say := func(from, to int, texts ...string) {
		c := condition{members: m.none()}
		for i, e := range m.all {
			if at := slices.Index(values, a.of(e)); at >= from && at < to {
				c.Put(i)
			}
		}
		for i := 0; i < len(texts); i += 2 {
			c.terms = append(c.terms, fmt.Sprintf("%s %s %q", a.variable, texts[i], texts[i+1]))
		}
		out = append(out, c)
	}
	last := len(values)
	for i, v := range values {
		say(i, i+1, "==", v)
	}
	for i := 1; i < last && versions; i++ {
		say(i, last, ">=", values[i])
		say(0, i, "<", values[i])
	}
	if last > 2 {
		for _, v := range values {
			say(0, last, "!=", v)
			c := out[len(out)-1]
			for at, e := range m.all {
				if a.of(e) == v {
					c.members.Remove(at)
				}
			}
		}
	}
	for i := 1; i < last && versions; i++ {
		for j := i + 2; j < last; j++ {
			say(i, j, ">=", values[i], "<", values[j])
		}
	}
	return out
}

// cover is a marker that, of all environments, holds for the wanted ones.
func (m *markers) cover(wanted members) (pep508.Marker, error) {
	key := fmt.Sprint(wanted)
	if known, ok := m.known[key]; ok {
		return known, nil
	}
	var chosen []condition
	for left := slices.Clone(wanted); left.Count() > 0; {
		best, gain := condition{}, 0
		for _, c := range m.conditions {
			if n := c.And(left).Count(); n > gain && c.SubsetOf(wanted) {
				best, gain = c, n
			}
		}
		left = left.Minus(best.members)
		chosen = append(chosen, best)
	}
	var alternatives []string
	for _, c := range m.needed(chosen) {
		alternatives = append(alternatives, strings.Join(c.terms, " and "))
	}
	marker, err := alternative(alternatives)
	m.known[key] = marker
	return marker, err
}

// needed leaves out conditions that the others make up for together: those
// taken first may have become so.
func (m *markers) needed(chosen []condition) []condition {
	for i := 0; i < len(chosen); {
		rest := chosen[i].members
		for j, other := range chosen {
			if j != i {
				rest = rest.Minus(other.members)
			}
		}
		if rest.Count() > 0 {
			i++
			continue
		}
		chosen = slices.Delete(chosen, i, i+1)
	}
	return chosen
}

// alternative reads conjunctions, of which one must hold; an empty one always
// does.
func alternative(conjunctions []string) (pep508.Marker, error) {
	if slices.Contains(conjunctions, "") {
		return pep508.Marker{}, nil
	}
	slices.Sort(conjunctions)
	for i, c := range conjunctions {
		if len(conjunctions) > 1 && strings.Contains(c, " and ") {
			conjunctions[i] = "(" + c + ")"
		}
	}
	return pep508.ParseMarker(strings.Join(conjunctions, " or "))
}
