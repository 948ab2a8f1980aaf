package report

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/target"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
	//go:embed page.js
	pageJS string
)

// HTML draws the matrix as one page that needs nothing else: no network, no
// fonts, and for reading no script. Everything that comes from outside is
// escaped by html/template.
func (m Matrix) HTML(w io.Writer) error {
	t, err := template.New("page").Funcs(template.FuncMap{"size": Size, "count": Count, "letter": letter, "lines": lines}).Parse(pageHTML)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, m.page()); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// WriteHTML writes the page whole or not at all, in place of what is there. The
// folder must exist ([fault.NotFound]).
func (m Matrix) WriteHTML(path string) error {
	err := archive.WriteFile(path, m.HTML)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.NotFound, path+": its folder does not exist", "make the folder, or name another file")
	}
	return err
}

func lines(text string) []string { return strings.Split(text, "\n") }

// page is what page.html shows.
type page struct {
	Title, Summary string
	CSS            template.CSS
	JS             template.JS
	Data           Matrix
	Columns        []column
	Agents         []column // behind Columns, one for each profile
	Rows           []row
	Packages       []packageView
	Holes          []holeView
	Notes          []noteView
	Suggestion     *Suggestion
	Served         []servedView
	Costs          []costView
	Breaks         []breakView
	Chart          *chart
	Alignment      []string
}

// column is a platform or a profile; N counts from 0.
type column struct {
	N          int
	Name, Full string
}

type row struct {
	N      int
	Python string
	Cells  []cellView
}

// cellView is a cell: Kind is "package", "hole", "ok" or, for what was not asked
// for, "".
type cellView struct {
	Column              int
	Kind, Mark          string
	Small               []string
	Target, Href, Label string
	Hue                 int
	// Served are the interpreters of a profile's cell, by their places.
	Served []int
}

type packageView struct {
	Letter, File, Size, Python, Floors string
	Hue                                int
	Elsewhere                          bool
	Distributions                      []string
}

type holeView struct {
	ID, Where, Reason string
	Hints             []string
	Causes            []causeView
}

// servedView is an interpreter of an agent profile; Letter is "" for none.
type servedView struct {
	Served
	Letter string
	Hue    int
}

type noteView struct{ Where, Text string }

// costView is a dependency; the percentages are of the greatest.
type costView struct {
	Cost
	Percent, RepeatedPercent float64
	Forces                   string
}

type breakView struct{ Project, Python, Where, Change, Reason string }

func (m Matrix) page() page {
	p := page{
		Title: m.title(), Summary: m.summary(), Data: m,
		// Both are parts of this program.
		CSS: template.CSS(pageCSS), JS: template.JS(pageJS), //nolint:gosec
	}
	for i, pf := range m.Platforms {
		p.Columns = append(p.Columns, column{i, columnName(pf), pf.String()})
	}
	agents := m.agentColumns()
	for i, a := range agents {
		p.Agents = append(p.Agents, column{len(m.Platforms) + i, a.name, "agent profile " + a.name})
	}
	holes := map[target.Target]int{}
	for i, g := range m.groups() {
		h := holeView{ID: fmt.Sprintf("hole-%d", i+1), Where: strings.Join(g.names(), "; "), Reason: g.Reason, Hints: g.Hints, Causes: m.causeViews(g.Targets)}
		for _, t := range g.Targets {
			holes[t] = i + 1
		}
		p.Holes = append(p.Holes, h)
	}
	for i, py := range m.Pythons {
		r := row{N: i, Python: py.String()}
		for k, pf := range m.Platforms {
			t := target.Target{Python: py, Platform: pf}
			r.Cells = append(r.Cells, m.cellView(k, t, holes[t]))
		}
		for k, a := range agents {
			r.Cells = append(r.Cells, m.agentView(len(m.Platforms)+k, a, py))
		}
		p.Rows = append(p.Rows, r)
	}
	for i, pkg := range m.Packages {
		p.Packages = append(p.Packages, packageView{letter(i), pkg.File, pkg.sizeText(), pkg.RequiresPython, m.floors(i), hue(i), pkg.Elsewhere, pkg.Distributions})
	}
	for _, s := range m.Served {
		v := servedView{Served: s}
		if i := m.packageOf(s.Package); i >= 0 {
			v.Letter, v.Hue = letter(i), hue(i)
		}
		p.Served = append(p.Served, v)
	}
	m.eachNote(func(where, text string) { p.Notes = append(p.Notes, noteView{where, text}) })
	if len(p.Holes) > 0 {
		s := Suggest(m)
		p.Suggestion = &s
	}
	p.Costs, p.Breaks, p.Chart = m.costViews(), m.breakViews(), m.chart()
	if m.Alignment != nil {
		p.Alignment = m.Alignment.lines(m)
	}
	return p
}

// hue is the colour of a package: neighbours are far apart.
func hue(i int) int { return (210 + i*137) % 360 }

func (m Matrix) cellView(column int, t target.Target, hole int) cellView {
	c, asked := m.Cells[t]
	v := cellView{Column: column, Target: t.String()}
	where := fmt.Sprintf("Python %s on %s: ", t.Python, columnName(t.Platform))
	switch {
	case !asked:
	case c.Hole():
		v.Kind, v.Mark, v.Href = "hole", holeMark, fmt.Sprintf("#hole-%d", hole)
		v.Label = where + "hole, no package"
		if blame := c.blame(); len(blame) > 0 {
			v.Small, v.Label = blame[:1], v.Label+", for "+strings.Join(blame, ", ")
			if len(blame) > 1 {
				v.Small = append(v.Small, fmt.Sprintf("and %d more", len(blame)-1))
			}
		}
	case c.Package < 0:
		v.Kind, v.Mark, v.Label = "ok", "ok", where+"ok, needs no package"
	default:
		p := m.Packages[c.Package]
		v.Kind, v.Mark, v.Hue = "package", letter(c.Package), hue(c.Package)
		v.Href = "#package-" + v.Mark
		v.Small = appendNew(appendNew(nil, p.sizeText()), m.Floor(t))
		v.Label = where + "package " + v.Mark
		v.Label += ", " + p.sizeText()
		if floor := m.Floor(t); floor != "" {
			v.Label += ", " + floor
		}
	}
	return v
}

func (m Matrix) costViews() []costView {
	most := int64(0)
	for _, c := range m.Costs {
		most = max(most, c.Carried)
	}
	forces := map[string]string{}
	for _, d := range m.Dependencies {
		forces[string(d.Project)] = strings.TrimPrefix(d.String(), string(d.Project)+" ")
	}
	var views []costView
	for _, c := range m.Costs {
		v := costView{Cost: c, Forces: forces[string(c.Project)]}
		if most > 0 {
			v.Percent = 100 * float64(c.Carried-c.Repeated()) / float64(most)
			v.RepeatedPercent = 100 * float64(c.Repeated()) / float64(most)
		}
		views = append(views, v)
	}
	return views
}

func (m Matrix) breakViews() []breakView {
	var views []breakView
	for _, d := range m.Dependencies {
		for _, at := range d.Breaks {
			where := strings.TrimPrefix(m.onPlatforms(at), " on ")
			if where == "" {
				where = "all"
			}
			views = append(views, breakView{string(d.Project), at.At.String(), where, at.Change(), reasonText(at)})
		}
	}
	return views
}

// reasonText is why files change, as a person says it.
func reasonText(b merge.Break) string {
	words := map[merge.Reason]string{merge.RequiresPython: "Requires-Python", merge.Requirer: "what requires it changes:"}
	word, ok := words[b.Reason]
	if !ok {
		word = string(b.Reason)
	}
	return strings.TrimSuffix(strings.TrimSpace(word+" "+b.Detail), ":")
}
