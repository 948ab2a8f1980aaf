package resolve

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/pep508"
)

// tell writes the trouble that comes first.
func (ev *evidence) tell(e *Error, t *trouble) {
	e.Of = t.on.name
	ev.tellVersions(e, t)
	switch t.kind {
	case NoProject:
		ev.tellMissing(e, t)
	case NoVersion:
		ev.tellNoVersion(e, t)
	case Conflict:
		ev.tellConflict(e, t)
	default:
		ev.tellNoFile(e, t)
	}
}

// brief is a trouble in one line.
func (ev *evidence) brief(t *trouble) string {
	d, o := t.demands[len(t.demands)-1], t.options[len(t.options)-1]
	line := ev.sentence(d, o)
	switch t.kind {
	case NoProject:
		return line + ", which does not exist"
	case NoVersion:
		return line + ", which no version is"
	case Conflict:
		return line + ", against " + ev.who(t.demands[0], t.options[0]) + " (" + t.options[0].asked.short() + ")"
	}
	return line + ", " + ev.refusals(t.on, t.within)[0].inBrief()
}

// who names the one who makes a demand.
func (ev *evidence) who(d *demand, o option) string {
	if d.root != nil {
		if d.root.root.origin == "" {
			return "your requirement"
		}
		return d.root.root.origin
	}
	name := string(d.in.name)
	if d.extra != nil {
		name += "[" + string(d.extra.extra) + "]"
	}
	return name + " " + versionsText(d.in.project, o.versions)
}

// sentence says who requires what.
func (ev *evidence) sentence(d *demand, o option) string {
	verb := "requires"
	switch {
	case d.root != nil && d.root.constraint:
		verb = "allows only"
	case d.root == nil && o.versions.Count() > 1:
		verb = "require"
	}
	what := o.asked.short()
	if o.asked.override != "" {
		what = fmt.Sprintf("%s, for which %s says %s", o.asked.Name, o.asked.override, what)
	}
	return fmt.Sprintf("%s %s %s%s", ev.who(d, o), verb, what, ev.otherVersions(d, o))
}

// otherVersions says that more versions make a demand than the ones named.
func (ev *evidence) otherVersions(d *demand, o option) string {
	if d.root != nil || len(d.options) < 2 {
		return ""
	}
	all := o.versions
	for _, other := range d.options {
		all = all.Or(other.versions)
	}
	switch n := all.Count() - o.versions.Count(); n {
	case 0:
		return ""
	case 1:
		return "; 1 other version of it does not help either"
	default:
		return fmt.Sprintf("; %d other versions of it do not help either", n)
	}
}

// chain tells how the user's requirements lead to a demand, the demand last.
func (ev *evidence) chain(d *demand, o option) []string {
	lines := []string{ev.sentence(d, o)}
	for d.root == nil {
		d = ev.via[d.in.x]
		if d == nil {
			break
		}
		lines = append(lines, ev.sentence(d, d.options[0]))
	}
	slices.Reverse(lines)
	return lines
}

// short is a requirement without its marker.
func (d *dependency) short() string {
	r := d.Requirement
	r.Marker = pep508.Marker{}
	if r.URL != "" {
		return r.String()
	}
	return strings.ReplaceAll(r.String(), " ", "")
}

func (ev *evidence) tellNoVersion(e *Error, t *trouble) {
	d, o, q := t.demands[0], t.options[0], t.on.project
	e.Kind = NoVersion
	e.summary = fmt.Sprintf("%s: no version matches %s", t.on.name, o.asked.short())
	e.require(ev.chain(d, o)...)
	if len(q.versions) == 0 {
		e.summary = fmt.Sprintf("%s: the index has no file of it that can be used", t.on.name)
		return
	}
	e.lines = append(e.lines, fmt.Sprintf("there are %s", newestText(q, q.all, 5)))
	pre := ev.preReleasesOf(q, o.asked)
	switch {
	case o.asked.override != "":
		e.hints = []string{"change " + o.asked.override}
	case pre != "":
		e.lines = append(e.lines, "of that version there is only the pre-release "+pre)
		e.hints = []string{fmt.Sprintf("ask for %s==%s if a pre-release will do", t.on.name, pre)}
	case d.root != nil:
		e.hints = []string{fmt.Sprintf("change %s to admit %s", ev.who(d, o), ev.bestOf(t.on))}
	default:
		e.hints = []string{cmp.Or(ev.steerClear(t), fmt.Sprintf("do without %s, or ask who made it", d.in.name))}
	}
}

// preReleasesOf is the newest pre-release of a version that a pin asks for.
func (ev *evidence) preReleasesOf(q *project, d *dependency) string {
	for c := q.size() - 1; c > absent; c-- {
		v := q.version(c)
		if !q.isPre(c) {
			continue
		}
		for _, s := range d.Specifier.Specifiers() {
			if s.Operator() == "==" && v.Base().String() == s.VersionText() {
				return v.String()
			}
		}
	}
	return ""
}

// bestOf is the newest version of a project that the target can use, else the
// newest of all.
func (ev *evidence) bestOf(on *info) string {
	if c := ev.newestUsable(on); c != absent {
		return on.project.version(c).String()
	}
	return on.project.version(on.project.size() - 1).String()
}

// newestUsable is the newest version with a file for the target: a final
// release if there is one.
func (ev *evidence) newestUsable(on *info) int {
	for _, pre := range []bool{false, true} {
		for c := on.project.size() - 1; c > absent; c-- {
			if on.project.isPre(c) == pre && on.on.file(on.project, c) != nil && !ev.isBroken(on, c) {
				return c
			}
		}
	}
	return absent
}

func (ev *evidence) isBroken(on *info, choice int) bool {
	return slices.ContainsFunc(ev.broken[on.x], func(f *brokenFact) bool { return f.choice == choice })
}

func (ev *evidence) tellConflict(e *Error, t *trouble) {
	e.Kind = Conflict
	asked := specifiersText(t.options)
	e.summary = fmt.Sprintf("%s: no version is %s", t.on.name, asked)
	if !t.within.Empty() {
		e.summary = fmt.Sprintf("%s: no version that is %s has a file for %s", t.on.name, asked, e.Target)
	}
	for i, d := range t.demands {
		e.require(ev.chain(d, t.options[i])...)
	}
	if !t.within.Empty() {
		for _, r := range ev.refusals(t.on, t.within) {
			e.lines = append(e.lines, r.text())
		}
	}
	e.hints = []string{ev.reconcile(t)}
	e.tellSource()
}

// specifiersText names what several demands ask for.
func specifiersText(options []option) string {
	var texts []string
	for _, o := range options {
		if text := o.asked.Specifier.String(); text != "" && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	switch n := len(texts); n {
	case 0:
		return ""
	case 1:
		return texts[0]
	case 2:
		return "both " + texts[0] + " and " + texts[1]
	default:
		return strings.Join(texts[:n-1], ", ") + " and " + texts[n-1] + " at once"
	}
}
