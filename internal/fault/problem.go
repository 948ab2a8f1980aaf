package fault

import (
	"fmt"
	"strings"
)

// Problem is something wrong at a place in a file that a person wrote.
type Problem struct {
	File      string // as the user named it
	Line, Col int    // both from 1, Col in characters; 0 = unknown
	Width     int    // characters to underline from Col on; 0 counts as 1
	Path      string // the place inside the document, "extension.version"; may be empty
	Reason    string // what is wrong, lower case
	Hint      string // what to try; may be empty
	// SourceLine is the text of the line, without its end; empty = not shown.
	SourceLine string
	Code       int   // exit code; 0 stands for BadInput
	Err        error // a cause, for errors.Is and errors.As; its text is not added to Reason
}

// Error is "file:line:col: path: reason", without the parts that are unknown
// and without credentials.
func (p *Problem) Error() string {
	return Redact(place(p.File, p.Line, p.Col) + prefix(p.Path) + p.Reason)
}

// ExitCode is Code, or BadInput.
func (p *Problem) ExitCode() int {
	if p.Code == 0 {
		return BadInput
	}
	return p.Code
}

// Hints is the Hint when there is one.
func (p *Problem) Hints() []string {
	if p.Hint == "" {
		return nil
	}
	return []string{p.Hint}
}

// Unwrap is the cause.
func (p *Problem) Unwrap() error { return p.Err }

// excerptColumns is how much of a source line is shown: a minified file has
// lines of megabytes, and most terminals 80 columns.
const excerptColumns = 72

// Excerpt is the source line with the place underlined, in two lines, or "" when
// the line is not known. What has no width of its own (tabs, control
// characters) is one space, so that the underline fits; it counts the columns
// of a terminal, of which wide characters take two.
func (p *Problem) Excerpt() string {
	if p.SourceLine == "" || p.Line < 1 || p.Col < 1 {
		return ""
	}
	runes := []rune(Redact(strings.TrimRight(p.SourceLine, "\r\n")))
	for i, r := range runes {
		if hidden(r) {
			runes[i] = ' '
		}
	}
	col := min(p.Col-1, len(runes))
	from, to := window(runes, col)
	end := min(col+max(1, p.Width), max(to, col))
	if from < col && from > 0 {
		runes[from] = '…'
	}
	if to < len(runes) && end < to {
		runes[to-1] = '…'
	}
	width := max(1, Columns(string(runes[col:end])))
	gutter := fmt.Sprintf("%d | ", p.Line)
	under := strings.Repeat(" ", len(gutter)-2) + "| " + strings.Repeat(" ", Columns(string(runes[from:col])))
	return gutter + string(runes[from:to]) + "\n" + under + strings.Repeat("^", width)
}

// window is what is shown of a line: the place, and what fits around it.
func window(runes []rune, col int) (from, to int) {
	to = len(runes)
	if to > excerptColumns {
		from = max(0, min(col-excerptColumns/2, to-excerptColumns))
		to = from + excerptColumns
	}
	for Columns(string(runes[from:to])) > excerptColumns {
		if to-col > col-from {
			to--
		} else {
			from++
		}
	}
	return from, to
}

// Warning is a finding that does not stop anything.
type Warning struct {
	File      string
	Line, Col int // from 1; 0 = unknown
	Text      string
}

// String is "file:line:col: text", without the parts that are unknown and
// without credentials.
func (w Warning) String() string { return Redact(place(w.File, w.Line, w.Col) + w.Text) }

func place(file string, line, col int) string {
	s := file
	if line > 0 {
		s = strings.TrimPrefix(fmt.Sprintf("%s:%d", s, line), ":")
		if col > 0 {
			s = fmt.Sprintf("%s:%d", s, col)
		}
	}
	return prefix(s)
}

func prefix(s string) string {
	if s == "" {
		return ""
	}
	return s + ": "
}
