package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/target"
)

// Text draws the matrix as a plain table: a letter for each package, its
// legend below, then the holes with their reasons.
func (m Matrix) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", m.title())
	m.drawTable(&b)
	m.drawLegend(&b)
	m.drawHoles(&b)
	m.drawNotes(&b)
	m.drawForcing(&b)
	_ = m.AlignmentText(&b) // a Builder takes everything
	_, err := io.WriteString(w, WithoutPadding(b.String()))
	return err
}

func (m Matrix) drawTable(b *strings.Builder) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "Python")
	for _, p := range m.Platforms {
		fmt.Fprint(w, "\t"+columnName(p))
	}
	agents := m.agentColumns()
	for _, a := range agents {
		fmt.Fprint(w, "\t"+a.name)
	}
	fmt.Fprintln(w)
	for _, py := range m.Pythons {
		fmt.Fprint(w, py.String())
		for _, pf := range m.Platforms {
			fmt.Fprint(w, "\t"+m.mark(target.Target{Python: py, Platform: pf}))
		}
		for _, a := range agents {
			fmt.Fprint(w, "\t"+m.agentMark(a.chosen[py]))
		}
		fmt.Fprintln(w)
	}
	w.Flush()
}

// columnName is the short name where the platform has one.
func columnName(p target.Platform) string {
	if alias := p.Alias(); alias != "" {
		return alias
	}
	return p.String()
}

// mark is what a cell of the table shows.
func (m Matrix) mark(t target.Target) string {
	c, asked := m.Cells[t]
	switch {
	case !asked:
		return ""
	case c.Hole():
		return "-"
	case c.Package < 0:
		return "ok"
	}
	return letter(c.Package)
}

// letter names a package: A to Z, then AA, AB and so on.
func letter(i int) string {
	s := string(rune('A' + i%26))
	if i >= 26 {
		return letter(i/26-1) + s
	}
	return s
}

func (m Matrix) drawLegend(b *strings.Builder) {
	if len(m.Packages) == 0 {
		return
	}
	fmt.Fprintln(b)
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for i, p := range m.Packages {
		columns := []string{letter(i), p.File, p.sizeText(), "Python " + cmp.Or(p.RequiresPython, "not said")}
		if floors := m.floors(i); floors != "" {
			columns = append(columns, floors)
		}
		if p.Elsewhere {
			columns = append(columns, "made elsewhere")
		}
		fmt.Fprintln(w, strings.Join(columns, "\t"))
	}
	w.Flush()
}

// drawHoles gives each reason once, with all targets that it holds for.
func (m Matrix) drawHoles(b *strings.Builder) {
	for _, g := range m.groups() {
		fmt.Fprintf(b, "\n%s\n", g)
		for _, h := range g.Hints {
			fmt.Fprintf(b, "  hint: %s\n", h)
		}
	}
}

// drawNotes gives each note once, with the targets that it is about.
func (m Matrix) drawNotes(b *strings.Builder) {
	m.eachNote(func(where, text string) {
		if where != "" {
			where = " for " + where
		}
		fmt.Fprintf(b, "\nnote%s: %s\n", where, text)
	})
}

// eachNote gives the notes in order; where is "" for one about all targets.
func (m Matrix) eachNote(draw func(where, text string)) {
	var notes []string
	about := map[string][]target.Target{}
	for _, t := range m.Targets() {
		for _, n := range m.Cells[t].Notes {
			if about[n] == nil {
				notes = append(notes, n)
			}
			about[n] = append(about[n], t)
		}
	}
	for _, n := range notes {
		draw(m.where(about[n]), n)
	}
}

// drawForcing says what makes more than one package, and where each
// dependency's files change.
func (m Matrix) drawForcing(b *strings.Builder) {
	if len(m.Packages) < 2 {
		return
	}
	var forcing, breaks []string
	for _, d := range m.Dependencies {
		if d.PerPython || d.PerPlatform {
			forcing = append(forcing, d.String())
		}
		breaks = append(breaks, m.breakLines(d)...)
	}
	list(b, "what makes the packages many:", forcing)
	m.drawCosts(b)
	list(b, "breaking points:", breaks)
}

// breakLines gives a line for each breaking point of a dependency, and one
// for all at which only the file changes. A line that is not about all
// platforms names its own.
func (m Matrix) breakLines(d merge.Dependency) []string {
	var lines, files []string
	for _, at := range d.Breaks {
		if at.Reason == merge.NewFile {
			files = appendNew(files, at.At.String()+m.onPlatforms(at))
		} else {
			lines = append(lines, at.String()+m.onPlatforms(at))
		}
	}
	if len(files) > 0 {
		lines = append(lines, fmt.Sprintf("%s at %s: another file of the same version", d.Project, strings.Join(files, ", ")))
	}
	return lines
}

// onPlatforms names the platforms of a breaking point where there are others
// that have both Pythons.
func (m Matrix) onPlatforms(at merge.Break) string {
	platforms := at.Platforms
	if !slices.ContainsFunc(m.Platforms, func(p target.Platform) bool {
		before, now := target.Target{Python: at.Before, Platform: p}, target.Target{Python: at.At, Platform: p}
		return m.serves(before) && m.serves(now) && !slices.Contains(platforms, p)
	}) {
		return ""
	}
	names := make([]string, len(platforms))
	for i, p := range platforms {
		names[i] = columnName(p)
	}
	return " on " + strings.Join(names, ", ")
}

func list(b *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, line := range lines {
		fmt.Fprintf(b, "  %s\n", line)
	}
}
