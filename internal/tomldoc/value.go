package tomldoc

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/axlepack/axle/internal/fault"
)

// Value is a value of the document. The zero Value is one that is not there.
type Value struct {
	r    *Reader
	n    *node
	path string
}

// There says whether there is such a value.
func (v Value) There() bool { return v.n != nil }

// Path is the place inside the document: "project.dependencies[1]", counted from 1.
func (v Value) Path() string { return v.path }

// Get is a member of a table. What is no table has no members.
func (v Value) Get(key string) Value {
	if v.n == nil || v.n.members[key] == nil {
		return Value{}
	}
	return Value{v.r, v.n.members[key], join(v.path, key)}
}

func join(path, key string) string {
	if strings.ContainsAny(key, ". \"'") {
		key = `"` + key + `"`
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// Keys are those of a table, in the order written.
func (v Value) Keys() []string {
	if v.n == nil {
		return nil
	}
	return v.n.keys
}

// IsTable says whether the value is a table, IsText whether it is a text;
// neither records anything.
func (v Value) IsTable() bool { return v.n != nil && v.n.kind == unstable.Table }

// IsText says whether the value is a text.
func (v Value) IsText() bool { return v.n != nil && v.n.kind == unstable.String }

// Table is false, with a problem, for what is there and is no table.
func (v Value) Table() bool {
	if v.n != nil && !v.IsTable() {
		v.Problem("is "+v.what()+", not a table", "")
	}
	return v.IsTable()
}

// Text is a text; anything else that is there is a problem.
func (v Value) Text() (string, bool) {
	if v.n != nil && !v.IsText() {
		v.Problem("is "+v.what()+", not a text", "")
	}
	if !v.IsText() {
		return "", false
	}
	return v.n.text, true
}

// List is the members of an array; anything else that is there is a problem.
func (v Value) List() []Value {
	if v.n == nil {
		return nil
	}
	if v.n.kind != unstable.Array {
		v.Problem("is "+v.what()+", not an array", "")
		return nil
	}
	list := make([]Value, len(v.n.list))
	for i, m := range v.n.list {
		list[i] = Value{v.r, m, v.path + "[" + strconv.Itoa(i+1) + "]"}
	}
	return list
}

// Texts are the texts of an array; members that are none are problems and left
// out.
func (v Value) Texts() []Value {
	var texts []Value
	for _, m := range v.List() {
		if _, ok := m.Text(); ok {
			texts = append(texts, m)
		}
	}
	return texts
}

func (v Value) what() string {
	switch v.n.kind {
	case unstable.Table:
		return "a table"
	case unstable.Array:
		return "an array"
	case unstable.String:
		return "a text"
	case unstable.Bool:
		return "true or false"
	case unstable.Integer, unstable.Float:
		return "a number"
	}
	return "a date or time"
}

// Problem records that something is wrong with the value. The hint may be empty.
func (v Value) Problem(reason, hint string) {
	line, col, width := v.place()
	v.r.problems = append(v.r.problems, &fault.Problem{
		File: v.r.file, Line: line, Col: col, Width: width, Path: v.path, Reason: reason, Hint: hint, SourceLine: v.r.Line(line),
	})
}

// Warn records a finding that does not stop.
func (v Value) Warn(text string) {
	line, col, _ := v.place()
	v.r.warnings = append(v.r.warnings, fault.Warning{File: v.r.file, Line: line, Col: col, Text: v.path + ": " + text})
}

// place is where the value stands, and how much of its first line it takes.
func (v Value) place() (line, col, width int) {
	if v.n.to == 0 {
		return 0, 0, 0
	}
	line, col = v.r.position(v.n.from)
	first, _, _ := bytes.Cut(v.r.data[v.n.from:v.n.to], []byte("\n"))
	return line, col, utf8.RuneCount(first)
}

// At is where the characters of a text stand: line and column of the first.
// It is exact when all stand one by one behind it, without escapes; otherwise
// it is where the value begins.
func (v Value) At() (line, col int, exact bool) {
	raw := string(v.r.data[v.n.from:v.n.to])
	line, col = v.r.position(v.n.from)
	if len(raw) >= 2 && raw[1:len(raw)-1] == v.n.text && !strings.ContainsAny(v.n.text, "\r\n") {
		return line, col + 1, true
	}
	return line, col, false
}

// position is the line and column, in characters, of a byte; both from 1.
func (r *Reader) position(at int) (line, col int) {
	begin := bytes.LastIndexByte(r.data[:at], '\n') + 1
	return 1 + bytes.Count(r.data[:at], []byte("\n")), 1 + utf8.RuneCount(r.data[begin:at])
}
