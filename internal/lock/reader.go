package lock

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"github.com/axlepack/axle/internal/fault"
)

// reader reads a document and collects what is wrong with it.
type reader struct {
	name  string
	data  []byte
	found []finding
	// minor says that the lock is of a later 1.x, of which unknown keys are told.
	minor bool
}

// finding is a problem, or only a warning, of a value.
type finding struct {
	path, reason, hint string
	warning            bool
}

// node is a value of the document; the zero node is one that is not there.
type node struct {
	r     *reader
	path  string
	value any
}

func (n node) there() bool { return n.value != nil }

func (n node) fail(reason, hint string) {
	n.r.found = append(n.r.found, finding{path: n.path, reason: reason, hint: hint})
}

func (n node) warn(reason string) {
	n.r.found = append(n.r.found, finding{path: n.path, reason: reason, warning: true})
}

// failed wraps what a parser of some text said.
func (n node) failed(err error) { n.fail(err.Error(), strings.Join(fault.Hints(err), "; ")) }

// get is a member of a table; n is one.
func (n node) get(key string) node {
	table, _ := n.value.(map[string]any)
	return node{n.r, join(n.path, key), table[key]}
}

// need is get for a key that has to be there.
func (n node) need(key string) node {
	v := n.get(key)
	if !v.there() && n.there() {
		n.fail("has no key "+key, "")
	}
	return v
}

// known checks, in locks of a later minor version, for keys that this version
// does not know, as PEP 751 asks.
func (n node) known(keys ...string) {
	table, _ := n.value.(map[string]any)
	for key := range table {
		if n.r.minor && !slices.Contains(keys, key) {
			n.get(key).warn("is not known here, and not looked at")
		}
	}
}

func typed[T any](n node, what string) (value T, ok bool) {
	if !n.there() {
		return value, false
	}
	if value, ok = n.value.(T); !ok {
		n.fail(fmt.Sprintf("is %s, where %s is expected", kindOf(n.value), what), "")
	}
	return value, ok
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case int64, float64:
		return "a number"
	case bool:
		return "true or false"
	case []any:
		return "an array"
	case map[string]any:
		return "a table"
	}
	return "a date or time"
}

// text is a text that is not empty.
func (n node) text() (string, bool) {
	s, ok := typed[string](n, "a text")
	if ok && s == "" {
		n.fail("is empty", "")
		return "", false
	}
	return s, ok
}

func (n node) number() int64 {
	v, ok := typed[int64](n, "a number")
	if ok && v < 0 {
		n.fail("is below zero", "")
		return 0
	}
	return v
}

func (n node) table() bool {
	_, ok := typed[map[string]any](n, "a table")
	return ok
}

// list are the members of an array; of none where it is not there.
func (n node) list() []node {
	values, _ := typed[[]any](n, "an array")
	list := make([]node, len(values))
	for i, v := range values {
		list[i] = node{n.r, n.path + index(i), v}
	}
	return list
}

// texts is a list of texts; nil where it is not there.
func (n node) texts() []string {
	if !n.there() {
		return nil
	}
	all := []string{}
	for _, m := range n.list() {
		if s, ok := m.text(); ok {
			all = append(all, s)
		}
	}
	return all
}

// time is a date with a time, in UTC where it names no zone.
func (n node) time() time.Time {
	switch v := n.value.(type) {
	case nil:
		return time.Time{}
	case time.Time:
		return v.UTC()
	case toml.LocalDateTime:
		return v.AsTime(time.UTC)
	}
	n.fail(fmt.Sprintf("is %s, where a date with a time is expected", kindOf(n.value)), "")
	return time.Time{}
}

// parsed reads the text of a node; the zero value where there is none.
func parsed[T any](n node, parse func(string) (T, error)) (value T) {
	s, ok := n.text()
	if !ok {
		return value
	}
	value, err := parse(s)
	if err != nil {
		n.failed(err)
	}
	return value
}

// parsedList is parsed for each member of a list; nil where there is no list.
func parsedList[T any](n node, parse func(string) (T, error)) []T {
	if !n.there() {
		return nil
	}
	all := []T{}
	for _, m := range n.list() {
		before := len(n.r.found)
		if v := parsed(m, parse); len(n.r.found) == before {
			all = append(all, v)
		}
	}
	return all
}

// open reads the TOML.
func (r *reader) open() (node, error) {
	var root map[string]any
	err := toml.Unmarshal(r.data, &root)
	var decoding *toml.DecodeError
	switch {
	case errors.As(err, &decoding):
		return node{}, r.syntax(decoding)
	case err != nil:
		return node{}, &fault.Problem{File: r.name, Reason: strings.TrimPrefix(err.Error(), "toml: ")}
	}
	if root == nil {
		root = map[string]any{}
	}
	return node{r, "", root}, nil
}

// syntax places what the TOML parser said. Its columns are bytes.
func (r *reader) syntax(err *toml.DecodeError) error {
	row, col := err.Position()
	p := &fault.Problem{File: r.name, Line: row, Reason: "not TOML: " + strings.TrimPrefix(err.Error(), "toml: ")}
	lines := bytes.SplitAfterN(r.data, []byte("\n"), row+1)
	if row < 1 || row > len(lines) || !utf8.Valid(lines[row-1]) {
		return p
	}
	line := strings.TrimRight(string(lines[row-1]), "\r\n")
	p.Col = 1 + utf8.RuneCountInString(line[:min(max(col-1, 0), len(line))])
	p.SourceLine = line
	for _, marker := range []string{"<<<<<<<", "=======", ">>>>>>>"} {
		if strings.HasPrefix(line, marker) {
			p.Hint = "two versions of the file were not merged: take either, and run axle lock"
		}
	}
	return p
}

// outcome gives the warnings, and all problems as one error.
func (r *reader) outcome() ([]fault.Warning, error) {
	if len(r.found) == 0 {
		return nil, nil
	}
	places := locate(r.data)
	var warnings []fault.Warning
	var problems []*fault.Problem
	for _, f := range r.found {
		p := r.problem(places, f)
		if f.warning {
			warnings = append(warnings, fault.Warning{File: p.File, Line: p.Line, Col: p.Col, Text: p.Path + " " + p.Reason})
			continue
		}
		problems = append(problems, p)
	}
	slices.SortStableFunc(warnings, func(a, b fault.Warning) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.Text, b.Text))
	})
	slices.SortStableFunc(problems, func(a, b *fault.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.Reason, b.Reason))
	})
	var list fault.List
	for _, p := range problems {
		list = append(list, p)
	}
	return warnings, list.Err()
}

// problem is a finding at its place, or at that of what it is in.
func (r *reader) problem(places map[string]span, f finding) *fault.Problem {
	p := &fault.Problem{File: r.name, Path: f.path, Reason: f.reason, Hint: f.hint}
	for path := f.path; path != ""; path = parent(path) {
		s, ok := places[path]
		if !ok {
			continue
		}
		p.Line, p.Col, p.SourceLine = position(r.data, s.from)
		p.Width = utf8.RuneCount(r.data[s.from:s.to])
		break
	}
	return p
}

// parent is the path of what holds the value at path, "" for the document.
func parent(path string) string { return path[:max(0, strings.LastIndexAny(path, ".["))] }
