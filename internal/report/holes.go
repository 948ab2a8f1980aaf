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
}

// itself stands in a reason for the target that it is about.
const itself = "\x00"

// Group gives each reason once, in the order in which they first come up.
// Reasons that differ in the name of their target alone are one.
func Group(failures []lock.Failure) []Holes {
	var groups []Holes
	at := map[string]int{}
	for _, f := range failures {
		reason := strings.ReplaceAll(f.Err.Error(), f.Target.String(), itself)
		i, seen := at[reason]
		if !seen {
			i = len(groups)
			at[reason] = i
			groups = append(groups, Holes{Reason: reason})
		}
		groups[i].Targets = append(groups[i].Targets, f.Target)
	}
	for i, g := range groups {
		name := "these targets"
		if len(g.Targets) == 1 {
			name = g.Targets[0].String()
		}
		groups[i].Reason = strings.ReplaceAll(g.Reason, itself, name)
	}
	return groups
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
