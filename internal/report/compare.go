package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/target"
)

// Comparison is what became of one matrix in another.
type Comparison struct {
	// From and To name the two: "NAME VERSION".
	From string `json:"from"`
	To   string `json:"to"`
	// Gained are targets that only the second serves, Lost those that only the
	// first does.
	Gained []string `json:"gained"`
	Lost   []string `json:"lost"`
	// Changes are those of distributions on the targets that both serve.
	Changes []DistributionChange `json:"changes"`
	// Packages are their numbers, Bytes their sizes; 0 where one is not known.
	// They are Estimated where packages are not made yet.
	Packages  [2]int   `json:"packages"`
	Bytes     [2]int64 `json:"bytes"`
	Estimated [2]bool  `json:"bytes_estimated"`

	gained, lost string
}

// DistributionChange is another version on some targets; From is "" for a
// distribution that is new, To for one that is gone.
type DistributionChange struct {
	Project string   `json:"project"`
	From    string   `json:"from,omitempty"`
	To      string   `json:"to,omitempty"`
	Targets []string `json:"targets"`

	targets []target.Target
	where   string
}

// Compare says what changes from one matrix to another.
func Compare(from, to Matrix) Comparison {
	c := Comparison{
		From: from.title(), To: to.title(),
		Changes: []DistributionChange{}, Packages: [2]int{len(from.Packages), len(to.Packages)},
	}
	for i, m := range []Matrix{from, to} {
		c.Bytes[i], c.Estimated[i] = m.total()
	}
	gained, lost := to.servedBeside(from), from.servedBeside(to)
	c.Gained, c.Lost = targetNames(gained), targetNames(lost)
	c.gained, c.lost = strings.Join(Holes{Targets: gained}.names(), "; "), strings.Join(Holes{Targets: lost}.names(), "; ")
	for _, t := range to.Targets() {
		if to.serves(t) && from.serves(t) {
			c.add(t, from.distributions(t), to.distributions(t))
		}
	}
	for i := range c.Changes {
		c.Changes[i].where = to.where(c.Changes[i].targets)
	}
	slices.SortStableFunc(c.Changes, func(a, b DistributionChange) int { return strings.Compare(a.Project, b.Project) })
	return c
}

func (m Matrix) serves(t target.Target) bool {
	c, asked := m.Cells[t]
	return asked && !c.Hole()
}

// servedBeside are the targets that m serves and the other does not.
func (m Matrix) servedBeside(other Matrix) []target.Target {
	return slices.DeleteFunc(m.Targets(), func(t target.Target) bool { return !m.serves(t) || other.serves(t) })
}

// distributions are the versions of a target, by project.
func (m Matrix) distributions(t target.Target) map[string]string {
	cell := m.Cells[t]
	list := cell.Beside
	if cell.Package >= 0 {
		list = m.Packages[cell.Package].Distributions
	}
	out := map[string]string{}
	for _, text := range list {
		project, version, _ := strings.Cut(text, " ")
		out[project] = version
	}
	return out
}

// add takes in what is different on a target.
func (c *Comparison) add(t target.Target, from, to map[string]string) {
	all := maps.Clone(from)
	maps.Copy(all, to)
	for _, project := range slices.Sorted(maps.Keys(all)) {
		was, is := from[project], to[project]
		if was == is {
			continue
		}
		i := slices.IndexFunc(c.Changes, func(d DistributionChange) bool { return d.Project == project && d.From == was && d.To == is })
		if i < 0 {
			i = len(c.Changes)
			c.Changes = append(c.Changes, DistributionChange{Project: project, From: was, To: is})
		}
		c.Changes[i].targets = append(c.Changes[i].targets, t)
		c.Changes[i].Targets = append(c.Changes[i].Targets, t.String())
	}
}

// Text draws the comparison for people.
func (c Comparison) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s -> %s\n\n", c.From, c.To)
	fmt.Fprintf(&b, "packages  %s\n", c.packages())
	if len(c.Gained) > 0 {
		fmt.Fprintf(&b, "gained    %s\n", c.gained)
	}
	if len(c.Lost) > 0 {
		fmt.Fprintf(&b, "lost      %s\n", c.lost)
	}
	if len(c.Changes) == 0 {
		fmt.Fprintf(&b, "\nthe targets of both have the same distributions\n")
	} else {
		fmt.Fprintln(&b)
	}
	for _, d := range c.Changes {
		fmt.Fprintf(&b, "  %s\n", d)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// packages gives "1 -> 4, 2.9 KiB -> 7.2 KiB".
func (c Comparison) packages() string {
	text := fmt.Sprintf("%d -> %d", c.Packages[0], c.Packages[1])
	if c.Bytes[0] > 0 && c.Bytes[1] > 0 {
		text += fmt.Sprintf(", %s -> %s", about(c.Bytes[0], c.Estimated[0]), about(c.Bytes[1], c.Estimated[1]))
	}
	return text
}

// Markdown draws the comparison for a comment on a change.
func (c Comparison) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s → %s\n\n", InMarkdown(c.From), InMarkdown(c.To))
	fmt.Fprintf(&b, "- packages: %s\n", InMarkdown(c.packages()))
	if len(c.Gained) > 0 {
		fmt.Fprintf(&b, "- gained: %s\n", InMarkdown(c.gained))
	}
	if len(c.Lost) > 0 {
		fmt.Fprintf(&b, "- lost: %s\n", InMarkdown(c.lost))
	}
	if len(c.Changes) == 0 {
		fmt.Fprintf(&b, "- the targets of both have the same distributions\n")
	} else {
		fmt.Fprintf(&b, "\n| distribution | from | to | where |\n|---|---|---|---|\n")
	}
	for _, d := range c.Changes {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", InMarkdown(d.Project), InMarkdown(d.From), InMarkdown(d.To), InMarkdown(d.where))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// InMarkdown is a text as Markdown shows it, whatever is in it.
func InMarkdown(text string) string { return markdown(text) }

// String gives "numpy 2.0.2 -> 2.4.6 (Python 3.9)".
func (d DistributionChange) String() string {
	text := d.Project + " " + d.From + " -> " + d.To
	switch {
	case d.From == "":
		text = d.Project + " " + d.To + " is new"
	case d.To == "":
		text = d.Project + " " + d.From + " is gone"
	}
	if d.where != "" {
		text += " (" + d.where + ")"
	}
	return text
}
