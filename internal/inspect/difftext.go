package inspect

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/report"
)

// Text draws the difference for people; with files each file of a package that
// differs has a line.
func (d Difference) Text(w io.Writer, files bool) error {
	var b strings.Builder
	if err := d.Comparison.Text(&b); err != nil {
		return err
	}
	for _, part := range d.parts(files) {
		fmt.Fprintf(&b, "\n%s\n", part.title)
		t := table(&b)
		for _, row := range part.rows {
			fmt.Fprintf(t, "  %s\n", strings.Join(row, "\t"))
		}
		t.Flush()
	}
	if text := d.summary(files); text != "" {
		fmt.Fprintf(&b, "\n%s\n", text)
	}
	_, err := io.WriteString(w, report.WithoutPadding(b.String()))
	return err
}

// Markdown draws the difference for a comment on a change.
func (d Difference) Markdown(w io.Writer, files bool) error {
	var b strings.Builder
	if err := d.Comparison.Markdown(&b); err != nil {
		return err
	}
	for _, part := range d.parts(files) {
		fmt.Fprintf(&b, "\n**%s**\n\n| | | |\n|---|---|---|\n", part.title)
		for _, row := range part.rows {
			cells := make([]string, 3)
			for i, cell := range row {
				cells[min(i, 2)] = strings.TrimSpace(cells[min(i, 2)] + " " + report.InMarkdown(cell))
			}
			fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
		}
	}
	if text := d.summary(files); text != "" {
		fmt.Fprintf(&b, "\n%s\n", text)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// part is a table of a difference.
type part struct {
	title string
	rows  [][]string
}

func (d Difference) parts(files bool) []part {
	all := []part{
		{"extension.yml", rowsOf(d.Keys)}, {"packages", d.packageRows()}, {"licences", rowsOf(d.Licences)},
		{"entry points", rowsOf(d.EntryPoints)}, {"locked files", lockedRows(d.Locked)}, {"files of the extension itself", fileRows(d.Own)},
	}
	if files {
		all = append(all, part{"files of packages", fileRows(d.Files)})
	}
	var some []part
	for _, p := range all {
		if len(p.rows) > 0 {
			some = append(some, p)
		}
	}
	return some
}

// String gives "1.0 -> 2.0", "1.0 is gone" or "1.0 is new".
func (c Change) String() string {
	switch {
	case c.From == "":
		return oneLine(c.To) + " is new"
	case c.To == "":
		return oneLine(c.From) + " is gone"
	}
	return oneLine(c.From) + " -> " + oneLine(c.To)
}

// oneLine shortens a text of several lines.
func oneLine(text string) string {
	line, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if more {
		line += " …"
	}
	return line
}

func rowsOf(list []Change) (rows [][]string) {
	for _, c := range list {
		rows = append(rows, []string{c.Name, c.String()})
	}
	return rows
}

func lockedRows(list []Change) (rows [][]string) {
	for _, c := range list {
		mark := "~"
		switch {
		case c.From == "":
			mark = "+"
		case c.To == "":
			mark = "-"
		}
		rows = append(rows, []string{mark, c.Name})
	}
	return rows
}

func (d Difference) packageRows() (rows [][]string) {
	for _, p := range d.PackageChanges {
		switch {
		case p.From == "":
			rows = append(rows, []string{"+", p.Tags, report.Size(p.Size[1])})
			continue
		case p.To == "":
			rows = append(rows, []string{"-", p.Tags, report.Size(p.Size[0])})
			continue
		}
		size := report.Size(p.Size[0])
		if p.Size[0] != p.Size[1] {
			size += " -> " + report.Size(p.Size[1])
		}
		rows = append(rows, []string{"~", p.Tags, size, p.what()})
	}
	return rows
}

// most is how many changes of one package are told.
const most = 6

// what tells the changes of the package itself, and then of its distributions.
func (p PackageChange) what() string {
	var texts []string
	for _, ofItself := range []bool{true, false} {
		for _, c := range p.What {
			if slices.Contains(packageFacts, c.Name) == ofItself {
				texts = append(texts, c.Name+" "+c.String())
			}
		}
	}
	if n := len(texts) - most; n > 1 {
		texts = append(texts[:most], fmt.Sprintf("and %d more", n))
	}
	return strings.Join(texts, ", ")
}

func fileRows(list []FileChange) (rows [][]string) {
	for _, c := range list {
		where := c.Path
		if c.Package != "" {
			where = c.Package + ": " + c.Path
		}
		switch {
		case c.From == nil:
			rows = append(rows, []string{"+", where, c.To.String()})
		case c.To == nil:
			rows = append(rows, []string{"-", where, c.From.String()})
		default:
			rows = append(rows, []string{"~", where, c.From.String() + " -> " + c.To.String()})
		}
	}
	return rows
}

// String gives "1.2 KiB", with the digest where it is known.
func (s FileState) String() string {
	if s.SHA256 == "" {
		return report.Size(s.Size)
	}
	return report.Size(s.Size) + " sha256:" + s.SHA256
}

// summary says what the tables do not.
func (d Difference) summary(files bool) string {
	n := len(d.Files)
	switch {
	case d.Same:
		return "the two zips have the same bytes"
	case d.zips && d.nothing():
		return "the two zips have other bytes, and no file differs" + map[bool]string{false: " in size or CRC-32: --files reads them"}[files]
	case n > 0 && !files:
		return report.Count(n, "file") + " of packages that both have: --files lists them"
	}
	return ""
}
