package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/merge"
)

// chart is the breaking points over the Pythons, in units of SVG.
type chart struct {
	Width, Height, Left, Right int
	Ticks                      []tick
	Lines                      []chartLine
	Key                        []keyEntry
	// Text says the same in words.
	Text string
}

type tick struct {
	X    int
	Text string
}

// chartLine is a dependency.
type chartLine struct {
	Y             int
	Name, Version string
	Marks         []mark
}

// mark is a Python at which the files of a dependency change.
type mark struct {
	X           int
	Shape, Text string
	Title       string
}

type keyEntry struct{ Shape, Text string }

// shapes tell the reasons apart without colours: outlines around 0,0.
var shapes = []struct {
	reason merge.Reason
	shape  string
	text   string
}{
	{merge.NewVersion, "M0-7 7 0 0 7-7 0Z", "new version"},
	{merge.RequiresPython, "M-6-6H6V6H-6Z", "Requires-Python"},
	{merge.NewFile, "M-6 0A6 6 0 1 0 6 0A6 6 0 1 0-6 0Z", "new file of the same version"},
	{merge.Marker, "M0-7 7 6H-7Z", "marker"},
	{merge.Requirer, "M0 7 7-6H-7Z", "what requires it changes"},
}

const (
	chartColumn = 88
	chartLineAt = 34
)

// chart is nil where nothing changes.
func (m Matrix) chart() *chart {
	c := &chart{}
	longest := 6
	for _, d := range m.Dependencies {
		if len(d.Breaks) > 0 {
			longest = max(longest, len(d.Project))
		}
	}
	c.Left = 24 + 8*longest
	x := map[string]int{}
	for i, p := range m.Pythons {
		x[p.String()] = c.Left + 8 + i*chartColumn
		c.Ticks = append(c.Ticks, tick{x[p.String()], p.String()})
	}
	var words []string
	used := map[merge.Reason]bool{}
	for _, d := range m.Dependencies {
		if len(d.Breaks) == 0 {
			continue
		}
		line := chartLine{Y: 44 + len(c.Lines)*chartLineAt, Name: string(d.Project), Version: d.Breaks[0].From.String()}
		for _, b := range d.Breaks {
			line.add(x[b.At.String()], b)
			used[b.Reason] = true
		}
		words = append(words, fmt.Sprintf("%s changes at %s", d.Project, pythonsOf(d.Breaks)))
		c.Lines = append(c.Lines, line)
	}
	if len(c.Lines) == 0 {
		return nil
	}
	for _, s := range shapes {
		if used[s.reason] {
			c.Key = append(c.Key, keyEntry{s.shape, s.text})
		}
	}
	c.Width, c.Height = c.Left+8+len(m.Pythons)*chartColumn, 44+len(c.Lines)*chartLineAt
	c.Right = c.Width - 8
	c.Text = strings.Join(words, "; ") + "."
	return c
}

// add marks a breaking point; several at one Python are one mark, with the
// shape of the first.
func (l *chartLine) add(x int, b merge.Break) {
	title := b.String()
	if i := slices.IndexFunc(l.Marks, func(m mark) bool { return m.X == x }); i >= 0 {
		l.Marks[i].Title += "; " + title
		if l.Marks[i].Text != markText(b) {
			l.Marks[i].Text = "differs"
		}
		return
	}
	for _, s := range shapes {
		if s.reason == b.Reason {
			l.Marks = append(l.Marks, mark{X: x, Shape: s.shape, Text: markText(b), Title: title})
		}
	}
}

// markText stands beside a mark: the version from there on.
func markText(b merge.Break) string {
	switch {
	case b.To.IsZero():
		return "none"
	case b.Reason == merge.NewFile:
		return ""
	}
	return b.To.String()
}

func pythonsOf(breaks []merge.Break) string {
	var all []string
	for _, b := range breaks {
		all = appendNew(all, b.At.String())
	}
	return strings.Join(all, ", ")
}
