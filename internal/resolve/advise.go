package resolve

import (
	"fmt"
)

// steerClear is what to try when what stands in the way is required by a
// distribution.
func (ev *evidence) steerClear(t *trouble) string {
	d := t.demands[0]
	if in, who := ev.held(d.in); in != nil {
		return fmt.Sprintf("ask in %s for another version of %s", who, in.name)
	}
	// No version of anything on the way helps.
	if other, ok := ev.userConflict(); ok {
		return ev.admit(other)
	}
	if best := ev.newestUsable(t.on); best != absent {
		return fmt.Sprintf("if %s can do with it, say %s==%s in a file for --override", ev.who(d, t.options[0]), t.on.name, t.on.project.version(best))
	}
	return ""
}

// held finds the requirement of the user that leaves versions of a project out,
// or of one on the way to it: others may do.
func (ev *evidence) held(in *info) (*info, string) {
	for in != nil {
		for _, d := range ev.demands[in.x] {
			if d.root != nil && leavesOut(d.on.project, d.options[0].admitted) {
				return in, ev.who(d, d.options[0])
			}
		}
		via := ev.via[in.x]
		if via == nil {
			break
		}
		in = via.in
	}
	return nil, ""
}

// leavesOut says that a final release is not among the versions admitted.
func leavesOut(p *project, admitted set) bool {
	left := p.all.Minus(admitted)
	for c := left.Next(1); c > absent; c = left.Next(c + 1) {
		if !p.isPre(c) {
			return true
		}
	}
	return false
}

// userConflict is a conflict of this proof in which a line of the user takes
// part, with something that a distribution requires.
func (ev *evidence) userConflict() (*trouble, bool) {
	for _, t := range ev.troubles {
		last := t.demands[len(t.demands)-1]
		if t.kind == Conflict && t.demands[0].root != nil && last.root == nil {
			return t, true
		}
	}
	return nil, false
}

// admit is to change a line of the user so that it admits what a distribution
// requires.
func (ev *evidence) admit(t *trouble) string {
	last := len(t.demands) - 1
	return fmt.Sprintf("change %s to admit %s, which %s requires", ev.who(t.demands[0], t.options[0]), t.options[last].asked.short(), ev.who(t.demands[last], t.options[last]))
}

// reconcile is what to try about a conflict.
func (ev *evidence) reconcile(t *trouble) string {
	last := len(t.demands) - 1
	a, b := t.demands[0], t.demands[last]
	whoA, whoB := ev.who(a, t.options[0]), ev.who(b, t.options[last])
	switch {
	case a.root != nil && b.root != nil && whoA == whoB:
		return "change " + whoA
	case a.root != nil && b.root != nil:
		return fmt.Sprintf("change %s or %s", whoA, whoB)
	case a.root != nil:
		if in, who := ev.held(b.in); in != nil {
			return fmt.Sprintf("change %s, or ask in %s for another version of %s", whoA, who, in.name)
		}
		return ev.admit(t)
	}
	for _, d := range []*demand{a, b} {
		if in, who := ev.held(d.in); in != nil {
			return fmt.Sprintf("ask in %s for another version of %s", who, in.name)
		}
	}
	return fmt.Sprintf("if one of them can do with what the other requires, say so in a file for --override: %s", t.options[last].asked.short())
}
