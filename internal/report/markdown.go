package report

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/target"
)

// maxComment is the longest comment that code hosts take, in bytes; it leaves
// room for what the caller writes around the matrix.
const maxComment = 60_000

// holeMark stands in the cells of holes, in Markdown and HTML.
const holeMark = "✗"

// Markdown draws the matrix for a comment on a change: the table, the legend,
// and folded away the reasons for holes, the costs and the breaking points. What
// would make it longer than a comment can be is left out, and it says so. What
// comes from outside is escaped.
func (m Matrix) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n", markdown(m.title()))
	fmt.Fprintf(&b, "%s\n\n", m.summary())
	m.markdownTable(&b)
	m.markdownLegend(&b)
	left := 0
	for _, part := range m.markdownParts() {
		if b.Len()+len(part) > maxComment {
			left++
			continue
		}
		b.WriteString(part)
	}
	if left > 0 {
		fmt.Fprintf(&b, "\n%s left out: a comment cannot be longer. `axle matrix` prints all.\n", Count(left, "part"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// summary is one line about the whole matrix.
func (m Matrix) summary() string {
	all, holes := len(m.Cells), len(m.Holes())
	what := Count(len(m.Packages), "package") + m.totalText()
	if n := len(m.unserved()); n > 0 {
		what += "; " + Count(n, "interpreter") + " of agent profiles without"
	}
	switch {
	case holes == 0 && all == 1:
		return fmt.Sprintf("The one target is served, by %s.", what)
	case holes == 0:
		return fmt.Sprintf("All %s served, by %s.", Count(all, "target"), what)
	}
	return fmt.Sprintf("%d of %s served, by %s; %s.", all-holes, Count(all, "target"), what, Count(holes, "hole"))
}

// totalText is the size of all packages together, where it is known.
func (m Matrix) totalText() string {
	sum, estimated := m.total()
	if sum == 0 {
		return ""
	}
	return " of " + about(sum, estimated)
}

// total is the size of all packages together, 0 where that of one is not known.
func (m Matrix) total() (sum int64, estimated bool) {
	for _, p := range m.Packages {
		if p.Size == 0 {
			return 0, false
		}
		sum, estimated = sum+p.Size, estimated || p.Estimated
	}
	return sum, estimated
}

func (m Matrix) markdownTable(b *strings.Builder) {
	b.WriteString("| Python |")
	for _, p := range m.Platforms {
		b.WriteString(" " + markdown(columnName(p)) + " |")
	}
	agents := m.agentColumns()
	for _, a := range agents {
		b.WriteString(" " + markdown(a.name) + " |")
	}
	b.WriteString("\n|:--|" + strings.Repeat(":-:|", len(m.Platforms)+len(agents)) + "\n")
	for _, py := range m.Pythons {
		b.WriteString("| " + py.String() + " |")
		for _, pf := range m.Platforms {
			b.WriteString(" " + crossed(m.mark(target.Target{Python: py, Platform: pf})) + " |")
		}
		for _, a := range agents {
			b.WriteString(" " + crossed(m.agentMark(a.chosen[py])) + " |")
		}
		b.WriteString("\n")
	}
}

// crossed has the mark of a hole where plain text has a dash.
func crossed(mark string) string { return strings.ReplaceAll(mark, "-", holeMark) }

func (m Matrix) markdownLegend(b *strings.Builder) {
	if len(m.Packages) > 0 {
		b.WriteString("\n|  | Package | Size | Python | Needs |\n|:-:|:--|--:|:--|:--|\n")
	}
	for i, p := range m.Packages {
		file := code(p.File)
		if p.Elsewhere {
			file += " (made elsewhere)"
		}
		python := "not said"
		if p.RequiresPython != "" {
			python = code(p.RequiresPython)
		}
		row := fmt.Sprintf("| %s | %s | %s | %s | %s |\n", letter(i), file, p.sizeText(), python, cmp.Or(m.floors(i), "–"))
		if b.Len()+len(row) > maxComment {
			fmt.Fprintf(b, "\n%s left out: a comment cannot be longer.\n", Count(len(m.Packages)-i, "more package"))
			break
		}
		b.WriteString(row)
	}
	if len(m.Served) > 0 {
		b.WriteString("\n| Agent profile | Interpreter | Python | Package |\n|:--|:--|:--|:-:|\n")
	}
	for _, s := range m.Served {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", markdown(s.Profile), code(s.Path), markdown(s.Python), m.letterOf(s.Package))
	}
	if len(m.Holes()) > 0 {
		b.WriteString("\n" + holeMark + " no package; the reasons are below.\n")
	}
}

// letterOf is the letter of a package by its file name, the mark of a hole for
// none.
func (m Matrix) letterOf(file string) string {
	if i := m.packageOf(file); i >= 0 {
		return letter(i)
	}
	return holeMark
}

// markdownParts are what is folded away, the most wanted first. Each reason for
// holes is a part of its own.
func (m Matrix) markdownParts() []string {
	var parts []string
	for _, g := range m.groups() {
		var b strings.Builder
		text := g.Reason
		for _, h := range g.Hints {
			text += "\nhint: " + h
		}
		fold(&b, holeMark+" "+strings.Join(g.names(), "; "), fenced(text))
		parts = append(parts, b.String())
	}
	for _, draw := range []struct {
		title string
		draw  func(*strings.Builder)
	}{{"Notes", m.drawNotes}, {"What makes the packages many, and where files change", m.drawForcing}} {
		var text, b strings.Builder
		if draw.draw(&text); text.Len() > 0 {
			fold(&b, draw.title, fenced(strings.Trim(WithoutPadding(text.String()), "\n")))
			parts = append(parts, b.String())
		}
	}
	return parts
}

// groups are the reasons for holes, each with its targets.
func (m Matrix) groups() []Holes {
	var failures []lock.Failure
	for _, t := range m.Holes() {
		failures = append(failures, lock.Failure{Target: t, Err: m.Cells[t].Problem})
	}
	return Group(failures)
}

func fold(b *strings.Builder, title, body string) {
	// Inside of summary Markdown means nothing.
	title = strings.ReplaceAll(html.EscapeString(title), "@", "&#64;")
	fmt.Fprintf(b, "\n<details><summary>%s</summary>\n\n%s\n</details>\n", title, body)
}

// fenced is a block of code that the text cannot end.
func fenced(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "text\n" + text + "\n" + fence + "\n"
}

// code is a span of code inside a table: a pipe ends a cell even there.
func code(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "`", "'"), "|", `\|`)
	return "`" + strings.ReplaceAll(text, "\n", " ") + "`"
}

// markdown escapes what means something in Markdown or HTML, and keeps an @ from
// calling somebody.
func markdown(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '@':
			b.WriteString("&#64;")
		case r == '\n':
			b.WriteByte(' ')
		case slices.Contains([]rune("\\`*_{}[]#|~"), r):
			b.WriteString("\\" + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
