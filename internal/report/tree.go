package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
)

// Tree is which distribution requires which, for the targets where it is the
// same.
type Tree struct {
	Targets []string `json:"targets"`
	Where   string   `json:"-"`
	Roots   []Branch `json:"requirements"`
}

// Branch is a requirement of the user with the distribution that serves it.
type Branch struct {
	Root
	Node
}

// Node is a distribution and what it requires. Again says that it stands
// elsewhere in the tree with what it requires.
type Node struct {
	Project  string `json:"project"`
	Version  string `json:"project_version"`
	Again    bool   `json:"again,omitempty"`
	Requires []Node `json:"requires,omitempty"`
	// Asked is the requirement of the one above it: "ash>=1; extra == \"hot\"";
	// "" for a branch.
	Asked string `json:"required_as,omitempty"`

	title, bounds string
}

// Trees are the dependency trees, one for each set of targets that have the
// same.
func (g Graph) Trees() []Tree {
	trees := []Tree{}
	for _, set := range g.sets(func(s lock.Solution) string { return fmt.Sprint(g.branches(s)) }) {
		trees = append(trees, Tree{Targets: targetNames(set.targets), Where: g.where(set.targets), Roots: g.branches(set.solution)})
	}
	return trees
}

// branches are the branches of one target.
func (g Graph) branches(s lock.Solution) []Branch {
	branches := []Branch{}
	drawn := map[pep508.Name]bool{}
	for _, r := range g.roots {
		if p, ok := s.Pin(r.project); ok && r.holds(s.Target) {
			branches = append(branches, Branch{Root: r, Node: node(s, p, drawn)})
		}
	}
	return branches
}

func node(s lock.Solution, p lock.Pin, drawn map[pep508.Name]bool) Node {
	n := Node{Project: string(p.Project), Version: p.Version.String(), title: titled(p)}
	if drawn[p.Project] {
		n.Again = len(p.Requires) > 0
		return n
	}
	drawn[p.Project] = true
	var names []pep508.Name
	for _, r := range p.Requires {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if child, ok := s.Pin(name); ok {
			below := node(s, child, drawn)
			below.Asked, below.bounds = asked(p, name), bounds(p, name)
			n.Requires = append(n.Requires, below)
		}
	}
	return n
}

// DrawTrees draws trees for people; (*) marks what was drawn before.
func DrawTrees(out io.Writer, trees []Tree) error {
	var b strings.Builder
	again := false
	for i, t := range trees {
		if i > 0 {
			fmt.Fprintln(&b)
		}
		fmt.Fprintf(&b, "%s:\n", t.Where)
		if len(t.Roots) == 0 {
			fmt.Fprintln(&b, "nothing is required")
		}
		for _, branch := range t.Roots {
			fmt.Fprintf(&b, "%s  (%s: %s)\n", branch.label(), branch.Origin, branch.Text)
			again = branch.draw(&b, "") || again
		}
	}
	if again {
		fmt.Fprintln(&b, "\n(*) what it requires stands above")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func (n Node) label() string {
	text := n.title
	if n.bounds != "" {
		text += "  (" + n.bounds + ")"
	}
	if n.Again {
		text += " (*)"
	}
	return text
}

// draw draws what a node requires, and says whether anything came again.
func (n Node) draw(b *strings.Builder, indent string) bool {
	again := n.Again
	for i, child := range n.Requires {
		branch, below := "├─ ", "│  "
		if i == len(n.Requires)-1 {
			branch, below = "└─ ", "   "
		}
		fmt.Fprintf(b, "%s%s%s\n", indent, branch, child.label())
		again = child.draw(b, indent+below) || again
	}
	return again
}
