package extension

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
)

// requirementsFile is a file being read.
type requirementsFile struct {
	name  string
	lines []string
	role  role
}

// char is a character of a logical line and where it stands in the file. What
// a variable was replaced with stands where the variable does.
type char struct {
	r         rune
	line, col int
	env       string
}

// part is a piece of a logical line.
type part struct {
	file  *requirementsFile
	chars []char
	// before is where the part would begin, for one that is empty.
	before char
	// first is the number of the line where the logical line begins.
	first int
}

func (p part) String() string {
	var b strings.Builder
	for _, c := range p.chars {
		b.WriteRune(c.r)
	}
	return b.String()
}

// written is the part with its variables not replaced, for messages: their
// values may be secrets.
func (p part) written() string {
	var b strings.Builder
	for i, c := range p.chars {
		switch {
		case c.env == "":
			b.WriteRune(c.r)
		case i == 0 || p.chars[i-1].env != c.env || p.chars[i-1].line != c.line || p.chars[i-1].col != c.col:
			b.WriteString("${" + c.env + "}")
		}
	}
	return b.String()
}

// secret says whether a variable was replaced in the part.
func (p part) secret() bool {
	for _, c := range p.chars {
		if c.env != "" {
			return true
		}
	}
	return false
}

func (p part) slice(i, j int) part {
	q := part{p.file, p.chars[i:j], p.before, p.first}
	switch {
	case i < j:
	case i > 0:
		q.before = p.chars[i-1]
		q.before.col++
	case len(p.chars) > 0:
		q.before = p.chars[0]
	}
	return q
}

func (p part) cutSpace() part {
	i, j := 0, len(p.chars)
	for i < j && isSpace(p.chars[i].r) {
		i++
	}
	for j > i && isSpace(p.chars[j-1].r) {
		j--
	}
	return p.slice(i, j)
}

// atByte is the part from a byte offset of its String on.
func (p part) atByte(offset int) part {
	n := 0
	for i, c := range p.chars {
		if n >= offset {
			return p.slice(i, len(p.chars))
		}
		n += len(string(c.r))
	}
	return p.slice(len(p.chars), len(p.chars))
}

func (p part) place() (line, col int) {
	if len(p.chars) == 0 {
		return p.before.line, p.before.col
	}
	return p.chars[0].line, p.chars[0].col
}

func (p part) problem(reason, hint string) *fault.Problem {
	line, col := p.place()
	width := 0
	for _, c := range p.chars {
		if c.line == line && c.col >= col {
			width = max(width, c.col-col+1)
		}
	}
	return &fault.Problem{File: p.file.name, Line: line, Col: col, Width: width, Reason: reason, Hint: hint, SourceLine: p.file.lines[line-1]}
}

// isSpace is what Python takes for white space.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

// splitLines splits a text where Python does.
func splitLines(s string) []string {
	var lines []string
	start := 0
	for i, r := range s {
		if i < start {
			continue // the \n of \r\n
		}
		switch r {
		case '\n', '\v', '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029, '\r':
			lines = append(lines, s[start:i])
			start = i + len(string(r))
			if r == '\r' && strings.HasPrefix(s[start:], "\n") {
				start++
			}
		}
	}
	if start < len(s) {
		lines = append(lines, s[start:])
	}
	return lines
}

// logicalLines joins lines that end in a backslash, drops comments and white
// space around, and replaces variables: in this order, as pip does.
func (f *requirementsFile) logicalLines(env func(string) (string, bool)) []part {
	var lines []part
	for _, p := range f.joined() {
		p.chars = withoutComment(p.chars)
		p = p.cutSpace()
		if len(p.chars) > 0 {
			lines = append(lines, p.withVariables(env))
		}
	}
	return lines
}

// joined follows pip: a comment line ends a joined line, and a backslash in a
// comment behind something joins all the same.
func (f *requirementsFile) joined() []part {
	var all []part
	var open []char
	first := 0 // line of the first of them, 0 while nothing is joined
	for i, text := range f.lines {
		chars := charsOf(text, i+1)
		comment := isComment(chars)
		if n := len(chars); n > 0 && chars[n-1].r == '\\' && !comment {
			open = append(open, cutBackslashes(chars)...)
			first = cmp.Or(first, i+1)
			continue
		}
		if comment {
			chars = append([]char{{r: ' ', line: i + 1, col: 1}}, chars...)
		}
		all = append(all, part{file: f, chars: append(open, chars...), first: cmp.Or(first, i+1)})
		open, first = nil, 0
	}
	if first > 0 {
		all = append(all, part{file: f, chars: open, first: first})
	}
	return all
}

func charsOf(text string, line int) []char {
	chars := make([]char, 0, len(text))
	for _, r := range text {
		chars = append(chars, char{r: r, line: line, col: len(chars) + 1})
	}
	return chars
}

func cutBackslashes(chars []char) []char {
	i, j := 0, len(chars)
	for j > i && chars[j-1].r == '\\' {
		j--
	}
	for i < j && chars[i].r == '\\' {
		i++
	}
	return chars[i:j]
}

func isComment(chars []char) bool {
	for _, c := range chars {
		if !isSpace(c.r) {
			return c.r == '#'
		}
	}
	return false
}

func withoutComment(chars []char) []char {
	for i, c := range chars {
		if c.r == '#' && (i == 0 || isSpace(chars[i-1].r)) {
			return chars[:i]
		}
	}
	return chars
}

var variable = lazyregexp.New(`\$\{([A-Z0-9_]+)\}`)

func (p part) withVariables(env func(string) (string, bool)) part {
	for _, m := range variable.FindAllStringSubmatch(p.String(), -1) {
		if value, ok := env(m[1]); ok && value != "" {
			p.chars = replaced(p.chars, m[0], m[1], value)
		}
	}
	return p
}

func replaced(chars []char, old, name, value string) []char {
	pattern := []rune(old)
	var out []char
	for i := 0; i < len(chars); {
		if !hasRunes(chars[i:], pattern) {
			out = append(out, chars[i])
			i++
			continue
		}
		for _, r := range value {
			out = append(out, char{r: r, line: chars[i].line, col: chars[i].col, env: name})
		}
		i += len(pattern)
	}
	return out
}

func hasRunes(chars []char, prefix []rune) bool {
	if len(chars) < len(prefix) {
		return false
	}
	for i, r := range prefix {
		if chars[i].r != r {
			return false
		}
	}
	return true
}

// reasonOf is an error of the file system without the operation and the path.
func reasonOf(err error) string {
	var p *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.As(err, &p):
		return p.Err.Error()
	}
	return fmt.Sprint(err)
}
