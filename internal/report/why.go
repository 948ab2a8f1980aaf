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

// Chain leads from a requirement of the user to the project, for the targets
// where it does.
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
// which distributions, for every target. It may be asked of a version, as
// requirements are written ("kiln<2"): then of the targets that have such a one.
// A project that no target has is an error with [fault.NotFound].
func (g Graph) Why(text string) (Why, error) {
	wanted, err := pep508.Parse(text)
	if err != nil {
		return Why{}, fault.WithCode(err, fault.Usage)
	}
	out := g.why(wanted)
	if len(out.Chains) > 0 {
		return out, nil
	}
	if versions := g.versions(wanted.Name); len(versions) > 0 {
		return out, fault.New(fault.NotFound, text+": no target has such a version", "there is "+strings.Join(versions, ", "))
	}
	message := fmt.Sprintf("%s: no target has this project", wanted.Name)
	if near, ok := fault.Nearest(string(wanted.Name), g.projects()); ok {
		return out, fault.New(fault.NotFound, message, "did you mean "+near+"?")
	}
	return out, fault.New(fault.NotFound, message, "see what there is with: axle tree")
}

// WhyAll is [Graph.Why] of every project.
func (g Graph) WhyAll() []Why {
	all := []Why{}
	for _, name := range g.projects() {
		all = append(all, g.why(pep508.Requirement{Name: pep508.Name(name)}))
	}
	return all
}

func (g Graph) why(wanted pep508.Requirement) Why {
	out := Why{Project: string(wanted.Name), Chains: []Chain{}}
	for _, set := range g.sets(func(s lock.Solution) string { return fmt.Sprint(g.chains(s, wanted)) }) {
		chains := g.chains(set.solution, wanted)
		for i := range chains {
			chains[i].Targets, chains[i].Where = targetNames(set.targets), g.where(set.targets)
		}
		out.Chains = append(out.Chains, chains...)
	}
	return out
}

// versions are those of a project that targets have.
func (g Graph) versions(project pep508.Name) []string {
	var versions []string
	for _, s := range g.lock.Solutions {
		if p, ok := s.Pin(project); ok {
			versions = appendNew(versions, p.Version.String())
		}
	}
	return versions
}

// chains are those of one target: the shortest from each of the user's
// requirements, and one through each distribution that requires the project and
// is in none of these.
func (g Graph) chains(s lock.Solution, wanted pep508.Requirement) []Chain {
	last, ok := s.Pin(wanted.Name)
	if !ok || !wanted.Specifier.Matches(last.Version) {
		return nil
	}
	chains := g.chainsTo(s, last, map[pep508.Name]pep508.Name{last.Project: ""})
	for _, name := range last.Via {
		through := func(c Chain) bool {
			return slices.ContainsFunc(c.Steps, func(s Step) bool { return s.Project == string(name) })
		}
		by, ok := s.Pin(name)
		if !ok || slices.ContainsFunc(chains, through) {
			continue
		}
		// Not through the project itself: in a circle it would bring itself in.
		others := g.chainsTo(s, by, map[pep508.Name]pep508.Name{last.Project: "", name: last.Project})
		chains = append(chains, others[:min(1, len(others))]...)
	}
	return chains
}

// chainsTo are those from the user's requirements to a distribution and on by
// next, which says for the projects that were met what comes after them.
func (g Graph) chainsTo(s lock.Solution, to lock.Pin, next map[pep508.Name]pep508.Name) []Chain {
	// Breadth first back to the roots: the first way to a project found is one of
	// the shortest.
	var chains []Chain
	for queue := []lock.Pin{to}; len(queue) > 0; queue = queue[1:] {
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

// TextOfAll draws several.
func TextOfAll(out io.Writer, all []Why) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "nothing is required")
		return err
	}
	for i, w := range all {
		space := "\n"
		if i == 0 {
			space = ""
		}
		if _, err := fmt.Fprintf(out, "%s%s\n", space, w.Project); err != nil {
			return err
		}
		if err := w.Text(out); err != nil {
			return err
		}
	}
	return nil
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
