package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/target"
)

// agentView is the cell of a profile: Kind is as that of a target's, of several
// interpreters that of the worst.
func (m Matrix) agentView(column int, a agentColumn, py target.Python) cellView {
	list := a.chosen[py]
	v := cellView{Column: column}
	if len(list) == 0 {
		return v
	}
	v.Target, v.Mark, v.Kind = py.String(), crossed(m.agentMark(list)), "ok"
	v.Label = fmt.Sprintf("Python %s on agent %s: ", py, a.name)
	for i, s := range m.Served {
		if slices.Contains(list, s) {
			v.Served = append(v.Served, i)
		}
	}
	for _, s := range list {
		v.Small = appendNew(v.Small, s.Python)
		if i := m.packageOf(s.Package); i >= 0 && v.Kind == "ok" {
			v.Kind, v.Hue = "package", hue(i)
		}
		if s.Problem != "" {
			v.Kind = "hole"
		}
	}
	v.Href = "#agents"
	switch v.Kind {
	case "package":
		v.Label += "package " + strings.ReplaceAll(v.Mark, "/", " and ")
	case "hole":
		v.Label += "hole, no package"
	default:
		v.Label += "ok, needs no package"
	}
	return v
}

// causeView is what is known of a hole: Newest and Source are "" for none.
type causeView struct{ Project, Newest, Source, Build string }

// causeViews are those of the targets of one reason, each once.
func (m Matrix) causeViews(targets []target.Target) []causeView {
	var views []causeView
	for _, t := range targets {
		for _, c := range m.Cells[t].Causes() {
			v, ok := viewOf(c)
			if ok && !slices.Contains(views, v) {
				views = append(views, v)
			}
		}
	}
	return views
}

// viewOf is false where no project stands out, or there is none of its name.
func viewOf(c lock.Cause) (causeView, bool) {
	if len(c.Projects) == 0 || c.Kind == "no-such-project" {
		return causeView{}, false
	}
	project := c.Projects[0]
	version := func(text string) string { return strings.TrimPrefix(text, project+" ") }
	return causeView{project, version(c.Newest), version(c.Source), c.Build}, true
}
