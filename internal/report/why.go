package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
)

// Why is what brings a project in.
type Why struct {
	Project string  `json:"project"`
	Chains  []Chain `json:"chains"`
}

// Chain leads from a requirement of the user to the project, the shortest way,
// for the targets where it does.
type Chain struct {
	Root  Root   `json:"root"`
	Steps []Step `json:"steps"`
	// Targets are "cp311@win_amd64"; Where names them for people.
	Targets []string `json:"targets"`
	Where   string   `json:"-"`
}

// Step is a distribution on the way; Requires is what it requires of the next,
// "" of the last.
type Step struct {
	Project  string `json:"project"`
	Version  string `json:"project_version"`
	Requires string `json:"requires,omitempty"`

	title string
}

// Why says which of the user's requirements bring a project in, and through
// which distributions, for every target. A project that no target has is an
// error with [fault.NotFound].
func (g Graph) Why(name string) (Why, error) {
	project, err := pep508.ParseName(name)
	if err != nil {
		return Why{}, fault.WithCode(err, fault.Usage)
	}
	out := Why{Project: string(project), Chains: []Chain{}}
	for _, set := range g.sets(func(s lock.Solution) string { return fmt.Sprint(g.chains(s, project)) }) {
		chains := g.chains(set.solution, project)
		for i := range chains {
			chains[i].Targets, chains[i].Where = targetNames(set.targets), g.where(set.targets)
		}
		out.Chains = append(out.Chains, chains...)
	}
	if len(out.Chains) > 0 {
		return out, nil
	}
	message := fmt.Sprintf("%s: no target has this project", project)
	if near, ok := fault.Nearest(string(project), g.projects()); ok {
		return out, fault.New(fault.NotFound, message, "did you mean "+near+"?")
	}
	return out, fault.New(fault.NotFound, message, "see what there is with: axle tree")
}

// chains are those of one target, by the user's requirements.
func (g Graph) chains(s lock.Solution, project pep508.Name) []Chain {
	last, ok := s.Pin(project)
	if !ok {
		return nil
	}
	// Breadth first from the project back to the roots: the first way to a
	// project found is one of the shortest.
	next := map[pep508.Name]pep508.Name{project: ""}
	var chains []Chain
	for queue := []lock.Pin{last}; len(queue) > 0; queue = queue[1:] {
		p := queue[0]
		for _, root := range g.rootsOf(s.Target, p.Project) {
			chains = append(chains, Chain{Root: root, Steps: stepsFrom(s, p.Project, next)})
		}
		for _, name := range p.Via {
			if _, seen := next[name]; seen {
				continue
			}
			if by, ok := s.Pin(name); ok {
				next[name] = p.Project
				queue = append(queue, by)
			}
		}
	}
	return chains
}

// stepsFrom follows next from a project to the end.
func stepsFrom(s lock.Solution, from pep508.Name, next map[pep508.Name]pep508.Name) []Step {
	var steps []Step
	for name := from; name != ""; name = next[name] {
		p, _ := s.Pin(name)
		step := Step{Project: string(name), Version: p.Version.String(), title: titled(p)}
		if to := next[name]; to != "" {
			step.Requires = asked(p, to)
		}
		steps = append(steps, step)
	}
	return steps
}

// Text draws each chain as a stair, with the targets where it holds.
func (w Why) Text(out io.Writer) error {
	var b strings.Builder
	for i, c := range w.Chains {
		if i > 0 {
			fmt.Fprintln(&b)
		}
		if i == 0 || !slices.Equal(c.Targets, w.Chains[i-1].Targets) {
			fmt.Fprintf(&b, "%s:\n", c.Where)
		}
		fmt.Fprintf(&b, "  %s  %s\n", c.Root.Origin, c.Root.Text)
		indent := "  "
		for _, s := range c.Steps {
			fmt.Fprintf(&b, "%s└─ %s", indent, s.title)
			if s.Requires != "" {
				fmt.Fprintf(&b, " requires %s", s.Requires)
			}
			fmt.Fprintln(&b)
			indent += "   "
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}
