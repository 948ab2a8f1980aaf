package report

import (
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/target"
)

// Holes is one reason with all the targets that it makes holes of.
type Holes struct {
	Reason  string
	Targets []target.Target
	// Hints are what to try.
	Hints []string
}

// itself stands in a reason for the target that it is about.
const itself = "\x00"

// Group gives each reason once, in the order in which they first come up.
// Reasons that differ in the name of their target alone are one.
func Group(failures []lock.Failure) []Holes {
	var groups []*holes
	same, alike := map[string]*holes{}, map[string]*holes{}
	for _, f := range failures {
		reason := f.Err.Error()
		pattern := strings.ReplaceAll(reason, f.Target.String(), itself)
		g := same[reason]
		if g == nil {
			if g = alike[pattern]; g == nil {
				g = &holes{reason: reason}
				groups = append(groups, g)
			} else {
				g.reason = strings.ReplaceAll(pattern, itself, "these targets")
			}
			same[reason], alike[pattern] = g, g
		}
		g.failures = append(g.failures, f)
	}
	out := make([]Holes, len(groups))
	for i, g := range groups {
		out[i] = Holes{Reason: g.reason, Hints: Hints(g.failures)}
		for _, f := range g.failures {
			out[i].Targets = append(out[i].Targets, f.Target)
		}
	}
	return out
}

// holes is a group on its way.
type holes struct {
	reason   string
	failures []lock.Failure
}

// String is the targets, and indented below them the reason.
func (h Holes) String() string {
	return "- " + strings.Join(h.names(), "\n  ") + "\n  " + strings.ReplaceAll(h.Reason, "\n", "\n  ")
}

// names has a line for the platforms that have the same Pythons among the
// targets: "cp39, cp310 on win_amd64, macosx_11_0_arm64".
func (h Holes) names() []string {
	if len(h.Targets) == 1 {
		return []string{h.Targets[0].String()}
	}
	var platforms []target.Platform
	pythons := map[target.Platform]string{}
	for _, t := range h.Targets {
		if !slices.Contains(platforms, t.Platform) {
			platforms = append(platforms, t.Platform)
			pythons[t.Platform] = t.Python.Tag()
		} else {
			pythons[t.Platform] += ", " + t.Python.Tag()
		}
	}
	var sets []string
	on := map[string][]string{}
	for _, p := range platforms {
		set := pythons[p]
		if on[set] == nil {
			sets = append(sets, set)
		}
		on[set] = append(on[set], p.String())
	}
	for i, set := range sets {
		sets[i] = set + " on " + strings.Join(on[set], ", ")
	}
	return sets
}
