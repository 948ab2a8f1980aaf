package resolve

import (
	"fmt"
	"slices"
	"strings"
)

// require tells requirements that lead to the trouble, each once.
func (e *Error) require(lines ...string) {
	for _, line := range lines {
		if !slices.Contains(e.Requirements, line) {
			e.Requirements = append(e.Requirements, line)
			e.lines = append(e.lines, line)
		}
	}
}

// tellVersions notes which versions of the project could be had otherwise: the
// newest with a file for the target, and the newest to be built of those asked
// for.
func (ev *evidence) tellVersions(e *Error, t *trouble) {
	if best := ev.newestUsable(t.on); best != absent {
		v := t.on.project.version(best)
		e.Newest = &v
	}
	within := t.within
	for _, pre := range []bool{false, true} {
		for c := within.Prev(len(within) * 64); c > absent && e.Source == nil; c = within.Prev(c - 1) {
			if t.on.project.isPre(c) == pre && t.on.on.hasSource(t.on.project, c) && !ev.isBroken(t.on, c) {
				v := t.on.project.version(c)
				e.Source = &v
			}
		}
	}
	if e.Source != nil && !t.on.on.takesSdists(t.on.name) && !t.on.on.options.refusesSdists(t.on.name) {
		e.Build = "--build-sdists=" + string(t.on.name)
	}
}

// hasSource says whether a version has source that could be built for the
// target, if that were allowed.
func (c *cell) hasSource(p *project, choice int) bool {
	return slices.ContainsFunc(p.candidates(choice), func(f candidate) bool {
		usable := !f.file.IsWheel && f.file.Unusable == "" && c.uploadedInTime(f.file)
		return usable && c.refuseContent(p, choice, &f) == fine
	})
}

// tellSource is a line about source that no hint tells of. It is the same for
// all targets: where it can be built shows on the machine that tries.
func (e *Error) tellSource() {
	if e.Source == nil || e.Build == "" || slices.ContainsFunc(e.hints, func(h string) bool { return strings.Contains(h, e.Build) }) {
		return
	}
	e.lines = append(e.lines, fmt.Sprintf("%s %s has source: %s builds it for this machine's platform, or for all where it is pure Python", e.Of, e.Source, e.Build))
}
