package resolve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// Kind is the sort of trouble that a target failed for.
type Kind string

// The kinds of trouble.
const (
	NoProject      Kind = "no-such-project" // no index has it
	NoVersion      Kind = "no-such-version" // none in the range
	Yanked         Kind = "yanked"          // only yanked ones in the range
	RequiresPython Kind = "requires-python" // those in the range exclude the target's Python
	NoWheel        Kind = "no-wheel"        // those in the range have no wheel for the target
	NoSdist        Kind = "no-sdist"        // wheels are refused and there is no source
	TooNew         Kind = "too-new"         // those in the range were uploaded after the cut-off
	NoHash         Kind = "hash"            // no file has a digest that the user gave
	Broken         Kind = "broken"          // metadata that cannot be used
	Conflict       Kind = "conflict"        // two requirements exclude each other
)

// Error says why a target has no solution: what is at fault, and how the
// user's requirements lead to it.
type Error struct {
	Target target.Target
	Kind   Kind
	// Projects are those at fault, sorted.
	Projects []pep508.Name
	// Of is the project that cannot be had; "" where no single one stands out.
	Of pep508.Name
	// Requirements lead from the user's own to the one that cannot be met, which
	// is the last: "requirements.txt:1 requires kiln>=2".
	Requirements []string
	// Newest is the newest version of Of with a file for the target, a final
	// release if there is one; nil where no version has any.
	Newest *pep440.Version
	// Source is the newest of the versions asked for of which there is source
	// that may be built for the target; nil where there is none. Build is what to
	// say so that it is built; "" where that was said already, or is forbidden.
	Source *pep440.Version
	Build  string

	summary string
	lines   []string
	hints   []string
}

// Error is a line that names the project at fault, and below it, indented, the
// requirements that lead there and what is known of the project.
func (e *Error) Error() string {
	return strings.Join(append([]string{e.summary}, e.lines...), "\n  ")
}

// ExitCode is that of a resolution that failed.
func (e *Error) ExitCode() int { return fault.Resolution }

// Hints is the next step to try.
func (e *Error) Hints() []string { return e.hints }

// Causes is the error as a lock keeps it.
func (e *Error) Causes() []lock.Cause {
	c := lock.Cause{Kind: string(e.Kind), Requirements: e.Requirements, Build: e.Build}
	if e.Of != "" {
		c.Projects = append(c.Projects, string(e.Of))
	}
	for _, p := range e.Projects {
		if p != e.Of {
			c.Projects = append(c.Projects, string(p))
		}
	}
	if e.Newest != nil {
		c.Newest = fmt.Sprintf("%s %s", e.Of, e.Newest)
	}
	if e.Source != nil {
		c.Source = fmt.Sprintf("%s %s", e.Of, e.Source)
	}
	return []lock.Cause{c}
}

// explain makes an error of the clause that proves there is no solution: the
// facts it rests on, told from the user's requirements on.
func (p *problem) explain(proof *clause) error {
	ev := gather(p, proof)
	ev.walk()
	e := &Error{Target: p.cells[0].target, Kind: Conflict}
	if len(ev.troubles) == 0 {
		ev.unclear(e)
		return e
	}
	first := ev.troubles[0]
	ev.tell(e, first)
	for _, t := range ev.troubles {
		if !slices.Contains(e.Projects, t.on.name) {
			e.Projects = append(e.Projects, t.on.name)
		}
		for _, d := range t.demands {
			if d.in != nil && t.kind == Conflict && !slices.Contains(e.Projects, d.in.name) {
				e.Projects = append(e.Projects, d.in.name)
			}
		}
	}
	slices.Sort(e.Projects)
	ev.tellOthers(e)
	return e
}

// hopeless finds every requirement of the user that nothing can meet, whatever
// the others are: each is told by itself, so that all can be mended at once. It
// is nil when there is none.
func (p *problem) hopeless() error {
	var found fault.List
	c := p.cells[0]
	for _, r := range c.roots.requirements {
		if !c.holds(&r.dependency, "") {
			continue
		}
		for _, d := range c.overridden(&r.dependency) {
			if err := p.hopelessOne(r, d); err != nil {
				found = append(found, err)
			}
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return found.Err()
}

func (p *problem) hopelessOne(r *root, d *dependency) error {
	x, ok := p.vars[varKey{cell: 0, name: d.Name}]
	if !ok {
		return nil
	}
	on := p.infos[x]
	admitted := on.project.matching(d.spec, d.Specifier)
	for c := admitted.Next(1); c > absent; c = admitted.Next(c + 1) {
		if on.on.file(on.project, c) != nil {
			return nil
		}
	}
	asked := &demand{on: on, root: &rootFact{root: r, on: on, asked: d}, options: []option{{asked: d, admitted: admitted}}}
	ev := &evidence{p: p}
	e := &Error{Target: on.on.target, Projects: []pep508.Name{d.Name}}
	ev.tell(e, ev.alone(on, asked, asked.options[0]))
	return e
}

// othersTold is how many more troubles are named after the first.
const othersTold = 3

// tellOthers adds why other versions of the projects on the way do not help.
func (ev *evidence) tellOthers(e *Error) {
	others := ev.troubles[1:]
	if len(others) == 0 {
		return
	}
	e.lines = append(e.lines, "other versions do not help:")
	for i, t := range others {
		if i == othersTold {
			e.lines = append(e.lines, fmt.Sprintf("  and %d more reasons", len(others)-i))
			break
		}
		e.lines = append(e.lines, "  "+ev.brief(t))
	}
}

// unclear tells all demands of a proof in which no single project stands out.
func (ev *evidence) unclear(e *Error) {
	e.summary = "the requirements do not fit together"
	for _, in := range ev.p.infos {
		for _, d := range ev.demands[in.x] {
			e.require(ev.sentence(d, d.options[0]))
			e.Projects = append(e.Projects, in.name)
		}
	}
	e.hints = []string{"loosen one of the requirements named"}
	if len(ev.patches) > 0 {
		ev.unclearPatches(e)
	}
	slices.Sort(e.Projects)
	e.Projects = slices.Compact(e.Projects)
}

// unclearPatches: versions that run on some patch releases of the target's
// Python each, but not on the same.
func (ev *evidence) unclearPatches(e *Error) {
	e.Kind = RequiresPython
	e.summary = fmt.Sprintf("python %s: no patch release of it runs all that is required", e.Target.Python)
	e.Projects = nil
	for _, in := range ev.p.infos {
		for _, f := range ev.patches[in.x] {
			e.lines = append(e.lines, fmt.Sprintf("%s %s requires Python %s", in.name, in.project.version(f.choice), f.python))
			e.Projects = append(e.Projects, in.name)
		}
	}
	e.Requirements = e.lines
	e.hints = []string{fmt.Sprintf("leave Python %s out of the build, or ask for other versions of one of these", e.Target.Python)}
}
