package report

import (
	"strings"

	"github.com/axlepack/axle/internal/lock"
)

// Holes is one reason with all the targets that it makes holes of.
type Holes struct {
	Reason  string
	Targets []string
}

// Group gives each reason once, in the order in which they first come up.
func Group(failures []lock.Failure) []Holes {
	var groups []Holes
	at := map[string]int{}
	for _, f := range failures {
		reason := f.Err.Error()
		i, seen := at[reason]
		if !seen {
			i = len(groups)
			at[reason] = i
			groups = append(groups, Holes{Reason: reason})
		}
		groups[i].Targets = append(groups[i].Targets, f.Target.String())
	}
	return groups
}

// String is the targets, and indented below them the reason.
func (h Holes) String() string {
	return "- " + strings.Join(h.Targets, ", ") + "\n  " + strings.ReplaceAll(h.Reason, "\n", "\n  ")
}
