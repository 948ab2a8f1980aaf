package tomldoc

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"github.com/axlepack/axle/internal/fault"
)

// Reader is a file being read, with what was found wrong so far.
type Reader struct {
	file     string
	data     []byte
	lines    []string
	root     *node
	problems []*fault.Problem
	warnings []fault.Warning
}

// maxSize bounds what is read, in bytes: these files are written by hand.
const maxSize = 4 << 20

// Open parses data; file is how messages call it. An error means that it is
// not TOML, and nothing can be asked of it.
func Open(file string, data []byte) (*Reader, error) {
	r := &Reader{file: file, data: data, lines: strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")}
	if len(data) > maxSize {
		return nil, &fault.Problem{File: file, Reason: "is larger than 4 MiB"}
	}
	var whole map[string]any
	if err := toml.Unmarshal(data, &whole); err != nil {
		return nil, r.syntaxError(err)
	}
	root, err := parse(data)
	if err != nil {
		return nil, &fault.Problem{File: file, Reason: "is not TOML: " + err.Error(), Err: err}
	}
	r.root = root
	return r, nil
}

func (r *Reader) syntaxError(err error) error {
	p := &fault.Problem{File: r.file, Reason: "is not TOML: " + strings.TrimPrefix(err.Error(), "toml: "), Err: err}
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		line, col := bad.Position()
		p.Line, p.SourceLine = line, r.Line(line)
		// The column counts bytes.
		p.Col = 1 + utf8.RuneCountInString(p.SourceLine[:min(max(0, col-1), len(p.SourceLine))])
	}
	if !utf8.Valid(r.data) {
		p.Hint = "save the file as UTF-8"
	}
	return p
}

// Lines are the lines of the file, without their ends.
func (r *Reader) Lines() []string { return r.lines }

// Line is the text of a line, counted from 1; "" where there is none.
func (r *Reader) Line(n int) string {
	if n < 1 || n > len(r.lines) {
		return ""
	}
	return r.lines[n-1]
}

// Root is the document's table.
func (r *Reader) Root() Value { return Value{r: r, n: r.root} }

// Problems are those found so far, in the order of the file.
func (r *Reader) Problems() []*fault.Problem {
	slices.SortStableFunc(r.problems, func(a, b *fault.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return r.problems
}

// Warnings are the findings that do not stop, in the order found.
func (r *Reader) Warnings() []fault.Warning { return r.warnings }
