package resolve

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/pep508"
)

// tellMissing: there is no such project where the run looks.
func (ev *evidence) tellMissing(e *Error, t *trouble) {
	name := t.on.name
	e.Kind = NoProject
	e.summary = fmt.Sprintf("%s: there is no such project", name)
	e.require(ev.chain(t.demands[0], t.options[0])...)
	var missing *index.NotFoundError
	if errors.As(t.on.project.missing, &missing) {
		if len(missing.Places) == 0 {
			e.summary, e.hints = missing.Error(), missing.Hints()
			return
		}
		e.lines = append(e.lines, "looked in "+strings.Join(missing.Places, ", "))
	}
	e.hints = []string{ev.whereElse(name, t)}
}

// whereElse is what to try about a project that is not there.
func (ev *evidence) whereElse(name pep508.Name, t *trouble) string {
	root := t.demands[0].root != nil
	who := ev.who(t.demands[0], t.options[0])
	if near, ok := ev.nearest(name); ok && root {
		return fmt.Sprintf("did you mean %s? Change it in %s", near, who)
	}
	switch {
	case ev.p.run.options.NoIndex:
		return "leave out --no-index, or name the folder that has it with --find-links"
	case root:
		return fmt.Sprintf("check how it is spelled in %s, or name the index that has it with --extra-index-url", who)
	}
	return "name the index that has it with --index-url or --extra-index-url"
}

// nearTried is how many near names are looked up.
const nearTried = 3

// nearest is a project with a similar name that there is. Well-known names
// count too, where the run would find them.
func (ev *evidence) nearest(name pep508.Name) (string, bool) {
	known := ev.known(name)
	for range nearTried {
		near, ok := fault.Nearest(string(name), known)
		if !ok {
			return "", false
		}
		p, err := ev.p.cells[0].ask(ev.p.ctx, pep508.Name(near)).wait(ev.p.ctx)
		if err == nil && p.missing == nil {
			return near, true
		}
		known = slices.DeleteFunc(known, func(k string) bool { return k == near })
	}
	return "", false
}

// known are names that may have been meant: those of this run, and well-known
// ones.
func (ev *evidence) known(but pep508.Name) []string {
	names := slices.Clone(wellKnown)
	for _, in := range ev.p.infos {
		if in.kind == isProject && in.project.missing == nil {
			names = append(names, string(in.name))
		}
	}
	for name := range ev.p.cells[0].roots.named {
		names = append(names, string(name))
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == string(but) })
	slices.Sort(names)
	return slices.Compact(names)
}
