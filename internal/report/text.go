package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/target"
)

// Text draws the matrix as a plain table: a letter for each package, its
// legend below, then the holes with their reasons.
func (m Matrix) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n\n", m.Extension, m.Version)
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
	fmt.Fprintln(w)
	for _, py := range m.Pythons {
		fmt.Fprint(w, py.String())
		for _, pf := range m.Platforms {
			fmt.Fprint(w, "\t"+m.mark(target.Target{Python: py, Platform: pf}))
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
		python := "Python " + cmp.Or(p.RequiresPython, "not said")
		if p.Size > 0 {
			python = Size(p.Size) + "\t" + python
		}
		if p.Elsewhere {
			python += "\tmade elsewhere"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", letter(i), p.File, python)
	}
	w.Flush()
}

// drawHoles gives each reason once, with all targets that it holds for.
func (m Matrix) drawHoles(b *strings.Builder) {
	var failures []lock.Failure
	for _, t := range m.Holes() {
		failures = append(failures, lock.Failure{Target: t, Err: m.Cells[t].Problem})
	}
	for _, g := range Group(failures) {
		fmt.Fprintf(b, "\n%s\n", g)
		for _, h := range g.Hints {
			fmt.Fprintf(b, "  hint: %s\n", h)
		}
	}
}

// drawNotes gives each note once, with the targets that it is about.
func (m Matrix) drawNotes(b *strings.Builder) {
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
		if where := m.where(about[n]); where != "" {
			fmt.Fprintf(b, "\nnote for %s: %s\n", where, n)
		} else {
			fmt.Fprintf(b, "\nnote: %s\n", n)
		}
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
		breaks = append(breaks, breakLines(d)...)
	}
	list(b, "what makes the packages many:", forcing)
	list(b, "breaking points:", breaks)
}

// breakLines gives a line for each breaking point of a dependency, and one
// for all at which only the file changes.
func breakLines(d merge.Dependency) []string {
	var lines, files []string
	for _, at := range d.Breaks {
		if at.Reason != merge.NewFile {
			lines = append(lines, at.String())
		} else if name := at.At.String(); !slices.Contains(files, name) {
			files = append(files, name)
		}
	}
	if len(files) > 0 {
		lines = append(lines, fmt.Sprintf("%s at %s: another file of the same version", d.Project, strings.Join(files, ", ")))
	}
	return lines
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
