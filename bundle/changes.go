package bundle

import (
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
)

// Change is what became of a project between two locks.
type Change struct {
	Project string `json:"project"`
	// From and To are versions, ascending; From is empty for a project that is
	// new, To for one that is gone.
	From []string `json:"from,omitempty"`
	To   []string `json:"to,omitempty"`
}

// String says it in a few words.
func (c Change) String() string {
	from, to := strings.Join(c.From, " and "), strings.Join(c.To, " and ")
	switch {
	case from == "":
		return c.Project + " " + to + " is new"
	case to == "":
		return c.Project + " " + from + " is gone"
	case from == to:
		return c.Project + " " + to + " is taken by other targets, or by other files"
	}
	return c.Project + " is " + to + ", and was " + from
}

// changesOf compares the pins of targets that both locks have. A lock that has
// no files for its pins is compared by versions. Where no target is in both,
// nothing has changed.
func changesOf(was, is []lock.Solution) []Change {
	type versions struct{ from, to []pep440.Version }
	seen := map[pep508.Name]*versions{}
	changed := map[pep508.Name]bool{}
	at := func(name pep508.Name) *versions {
		if seen[name] == nil {
			seen[name] = &versions{}
		}
		return seen[name]
	}
	for _, s := range is {
		old, ok := solutionFor(was, s.Target)
		if !ok {
			continue
		}
		for _, p := range s.Pins {
			at(p.Project).to = append(at(p.Project).to, p.Version)
			before, had := old.Pin(p.Project)
			if !had || !before.Version.Equal(p.Version) || before.File.SHA256 != "" && before.File.SHA256 != p.File.SHA256 {
				changed[p.Project] = true
			}
		}
		for _, p := range old.Pins {
			at(p.Project).from = append(at(p.Project).from, p.Version)
			if _, has := s.Pin(p.Project); !has {
				changed[p.Project] = true
			}
		}
	}
	var names []pep508.Name
	for name := range changed {
		names = append(names, name)
	}
	slices.Sort(names)
	var out []Change
	for _, name := range names {
		out = append(out, Change{string(name), distinct(seen[name].from), distinct(seen[name].to)})
	}
	return out
}

// distinct are the versions in order, each once.
func distinct(list []pep440.Version) []string {
	slices.SortFunc(list, pep440.Version.Compare)
	var out []string
	for _, v := range slices.CompactFunc(list, pep440.Version.Equal) {
		out = append(out, v.String())
	}
	return out
}
