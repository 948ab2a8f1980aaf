package yamldoc

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
)

// Reader is a file being read, with what was found wrong so far.
type Reader struct {
	file     string
	lines    []string
	root     *yaml.Node
	problems []*fault.Problem
	warnings []fault.Warning
	places   map[string]Value // by path, of the keys asked for
}

// maxSize bounds what is read, in bytes: these files are written by hand.
const maxSize = 1 << 20

// Open parses data; file is how messages call it. An error means that it is not
// one YAML document, and nothing can be asked of it. An empty file is a
// document without a value.
func Open(file string, data []byte) (*Reader, error) {
	r := &Reader{file: file, places: map[string]Value{}}
	if len(data) > maxSize {
		return nil, &fault.Problem{File: file, Reason: "is larger than 1 MiB"}
	}
	if line, col, ok := invalidUTF8(data); ok {
		return nil, &fault.Problem{File: file, Line: line, Col: col, Reason: "is not UTF-8", Hint: "save the file as UTF-8"}
	}
	r.lines = Lines(string(data))
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return r, nil
	} else if err != nil {
		return nil, r.syntaxError(err)
	}
	if len(doc.Content) > 0 {
		r.root = doc.Content[0]
	}
	if err := dec.Decode(&second); err == nil {
		return nil, r.problem(second.Line, second.Column, 3, "", "begins a second document", "keep one document in the file: remove what follows ---")
	} else if !errors.Is(err, io.EOF) {
		return nil, r.syntaxError(err)
	}
	return r, nil
}

func invalidUTF8(data []byte) (line, col int, bad bool) {
	if utf8.Valid(data) {
		return 0, 0, false
	}
	line, col = 1, 1
	for len(data) > 0 {
		c, size := utf8.DecodeRune(data)
		if c == utf8.RuneError && size == 1 {
			break
		}
		col++
		if c == '\n' {
			line, col = line+1, 1
		}
		data = data[size:]
	}
	return line, col, true
}

var errorLine = lazyregexp.New(`^(?:yaml: )?(?:line (\d+): )?`)

// syntaxError places an error of the YAML parser, which has one error only.
func (r *Reader) syntaxError(err error) error {
	reason, line := message(err)
	if n := r.firstBadLine(reason); n > 0 {
		line = n
	}
	p := &fault.Problem{File: r.file, Line: line, Reason: "is not YAML: " + reason, Err: err, Hint: r.syntaxHint(reason)}
	if at := r.tabIndent(); at > 0 && p.Hint == "" {
		p.Line = at
		p.Hint = "YAML is indented with spaces: this line begins with a tab"
	}
	if p.SourceLine = r.line(p.Line); p.SourceLine != "" {
		text := strings.TrimLeft(p.SourceLine, " ")
		p.Col = len(p.SourceLine) - len(text) + 1
		p.Width = utf8.RuneCountInString(text)
	}
	return p
}

func (r *Reader) syntaxHint(reason string) string {
	switch {
	case strings.Contains(reason, "mapping values are not allowed"):
		return "a text with \": \" in it stands in quotes, and keys of one section begin in the same column"
	case strings.Contains(reason, "expected comment or line break"), strings.Contains(reason, "expected alphabetic or numeric"):
		return "a text that begins with one of > | & * ! % @ ` stands in quotes"
	case strings.Contains(reason, "unknown escape character"):
		return "between double quotes a backslash begins an escape: write the text in single quotes"
	}
	return ""
}

func message(err error) (text string, line int) {
	text = err.Error()
	m := errorLine.FindStringSubmatch(text)
	line, _ = strconv.Atoi(m[1])
	return text[len(m[0]):], line
}

// searchLines is how long a file may be for its bad line to be searched.
const searchLines = 1000

// firstBadLine is the line that brings the error in: the file up to the line
// before does not have it. The parser's own number is sometimes the line
// before, sometimes where the section begins, and missing in the first line.
func (r *Reader) firstBadLine(reason string) int {
	if len(r.lines) > searchLines {
		return 0
	}
	for n := len(r.lines) - 1; n >= 0; n-- {
		var doc yaml.Node
		err := yaml.Unmarshal([]byte(strings.Join(r.lines[:n], "\n")+"\n"), &doc)
		if err == nil {
			return n + 1
		}
		if text, _ := message(err); text != reason {
			return n + 1
		}
	}
	return 1
}

func (r *Reader) tabIndent() int {
	for i, line := range r.lines {
		if rest := strings.TrimLeft(line, " "); strings.HasPrefix(rest, "\t") && strings.TrimSpace(rest) != "" {
			return i + 1
		}
	}
	return 0
}

// Lines splits a text where the YAML parser counts lines, the ends left off.
func Lines(s string) []string {
	var lines []string
	start := 0
	for i := 0; i < len(s); {
		n := breakAt(s[i:])
		if n == 0 {
			i++
			continue
		}
		lines = append(lines, s[start:i])
		i += n
		start = i
	}
	return append(lines, s[start:])
}

// breakAt is the length of the line break at the beginning of s, 0 for none.
func breakAt(s string) int {
	for _, end := range []string{"\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029"} {
		if strings.HasPrefix(s, end) {
			return len(end)
		}
	}
	return 0
}

func (r *Reader) line(n int) string {
	if n < 1 || n > len(r.lines) {
		return ""
	}
	return strings.TrimPrefix(r.lines[n-1], "\ufeff")
}

func (r *Reader) problem(line, col, width int, path, reason, hint string) *fault.Problem {
	p := &fault.Problem{File: r.file, Line: line, Col: col, Width: width, Path: path, Reason: reason, Hint: hint, SourceLine: r.line(line)}
	r.problems = append(r.problems, p)
	return p
}

// Err is every problem found so far, in the order of the file, or nil.
func (r *Reader) Err() error {
	slices.SortStableFunc(r.problems, func(a, b *fault.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	var l fault.List
	for _, p := range r.problems {
		l = append(l, p)
	}
	return l.Err()
}

// Warnings are the findings that do not stop, in the order of the file.
func (r *Reader) Warnings() []fault.Warning {
	slices.SortStableFunc(r.warnings, func(a, b fault.Warning) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return r.warnings
}

// Root is the document's value.
func (r *Reader) Root() Value {
	if r.root == nil {
		return Value{r: r, at: &yaml.Node{Line: 1, Column: 1}, node: &yaml.Node{Kind: yaml.ScalarNode, Tag: nullTag, Line: 1, Column: 1}}
	}
	return r.value(r.root, "")
}

// value follows an alias once: an alias of an alias does not exist.
func (r *Reader) value(n *yaml.Node, path string) Value {
	v := Value{r: r, at: n, node: n, path: path}
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		v.node = n.Alias
	}
	return v
}

// ProblemFor is an error about the value at a path ("extension.version"), for
// what turns out wrong after reading. It is not among those of Err. Of a path
// that is not written the nearest section above is shown.
func (r *Reader) ProblemFor(path, reason, hint string) *fault.Problem {
	p := &fault.Problem{File: r.file, Path: path, Reason: reason, Hint: hint}
	for at := path; ; at = at[:strings.LastIndexByte(at, '.')] {
		if v, ok := r.places[at]; ok {
			p.Line, p.Col, p.Width, p.SourceLine = v.at.Line, v.at.Column, v.width(), r.line(v.at.Line)
			return p
		}
		if !strings.Contains(at, ".") {
			return p
		}
	}
}
