package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// Graph is which distribution requires which, for every target that has a
// solution. It draws [Graph.Tree] and [Graph.Why].
type Graph struct {
	matrix Matrix
	lock   lock.Lock
	roots  []Root
}

// Root is a requirement of the user's own.
type Root struct {
	// Origin is "requirements.txt:3".
	Origin string `json:"origin"`
	// Text is the requirement, without comments, options and credentials.
	Text    string `json:"requirement"`
	project pep508.Name
	marker  pep508.Marker
}

// NewGraph makes the graph of a matrix from the pins that made it, and the
// requirements they come from. name says how messages call a place in a file.
func NewGraph(m Matrix, l lock.Lock, items []extension.RequirementLine, name func(file string, line int) string) Graph {
	g := Graph{matrix: m, lock: l}
	for _, item := range items {
		r := item.Requirement
		root := Root{Origin: name(item.File, item.Line), Text: r.String(), project: r.Name, marker: r.Marker}
		if item.Path != "" || r.URL != "" {
			root.Text = item.Text
		}
		root.Text = fault.Redact(root.Text)
		g.roots = append(g.roots, root)
	}
	return g
}

// holds says whether the requirement is one for a target.
func (r Root) holds(t target.Target) bool {
	return r.marker.IsZero() || r.marker.Eval(t.Environment())
}

// rootsOf are the user's requirements of a project that hold for a target.
func (g Graph) rootsOf(t target.Target, project pep508.Name) []Root {
	var out []Root
	for _, r := range g.roots {
		if r.project == project && r.holds(t) {
			out = append(out, r)
		}
	}
	return out
}

// sets gathers targets by what key says of them, in their order.
func (g Graph) sets(key func(lock.Solution) string) []targetSet {
	var sets []targetSet
	place := map[string]int{}
	for _, s := range g.lock.Solutions {
		k := key(s)
		i, ok := place[k]
		if !ok {
			i = len(sets)
			place[k] = i
			sets = append(sets, targetSet{key: k, solution: s})
		}
		sets[i].targets = append(sets[i].targets, s.Target)
	}
	return sets
}

// targetSet are targets for which the same is true; solution is that of the
// first.
type targetSet struct {
	key      string
	solution lock.Solution
	targets  []target.Target
}

// where names the targets of a set; all of them are "every target".
func (g Graph) where(targets []target.Target) string {
	return cmp.Or(g.matrix.where(targets), "every target")
}

func targetNames(targets []target.Target) []string {
	out := make([]string, len(targets))
	for i, t := range targets {
		out[i] = t.String()
	}
	return out
}

// asked is the requirement of a project that a pin has, as text; several are
// joined by "and".
func asked(p lock.Pin, project pep508.Name) string {
	text := ""
	for _, r := range p.Requires {
		if r.Name != project {
			continue
		}
		if text != "" {
			text += " and "
		}
		text += fault.Redact(r.String())
	}
	return cmp.Or(text, string(project))
}

// bounds are the versions and the marker that a pin asks of a project, without
// its name: ">=1; extra == \"hot\"".
func bounds(p lock.Pin, project pep508.Name) string {
	var texts []string
	for _, r := range p.Requires {
		if r.Name != project {
			continue
		}
		text := cmp.Or(fault.Redact(r.URL), r.Specifier.String())
		if !r.Marker.IsZero() {
			text = strings.TrimPrefix(text+"; "+r.Marker.String(), "; ")
		}
		texts = appendNew(texts, text)
	}
	return strings.Join(texts, " and ")
}

// titled is "NAME VERSION", with the extras asked of it.
func titled(p lock.Pin) string {
	name := string(p.Project)
	if len(p.Extras) > 0 {
		name += "["
		for i, extra := range p.Extras {
			if i > 0 {
				name += ","
			}
			name += string(extra)
		}
		name += "]"
	}
	return fmt.Sprintf("%s %s", name, p.Version)
}

// projects are all that any target has, sorted.
func (g Graph) projects() []string {
	seen := map[pep508.Name]bool{}
	var names []string
	for _, s := range g.lock.Solutions {
		for _, p := range s.Pins {
			if !seen[p.Project] {
				seen[p.Project] = true
				names = append(names, string(p.Project))
			}
		}
	}
	slices.Sort(names)
	return names
}
