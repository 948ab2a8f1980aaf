package yamldoc

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
)

// Value is a node of the document.
type Value struct {
	r    *Reader
	at   *yaml.Node // where it stands
	node *yaml.Node // what it is; differs from at for an alias
	path string
}

// Path is the place inside the document: "extension.version", "platforms[2]".
func (v Value) Path() string { return v.path }

// Line is where the value stands in the file, from 1.
func (v Value) Line() int { return v.at.Line }

// Problem records that something is wrong with the value. The hint may be empty.
func (v Value) Problem(reason, hint string) {
	v.r.problem(v.at.Line, v.at.Column, v.width(), v.path, reason, hint)
}

// ProblemAt records that something is wrong with part of a text: width
// characters at the given byte offset of what Text returned.
func (v Value) ProblemAt(offset, width int, reason, hint string) {
	line, col := v.at.Line, v.at.Column
	skip, exact := v.offsetOfText()
	if text := v.node.Value; exact && offset >= 0 && offset <= len(text) {
		col += skip + utf8.RuneCountInString(text[:offset])
		v.r.problem(line, col, max(1, width), v.path, reason, hint)
		return
	}
	v.Problem(reason, hint)
}

// Error records an error about the value, with its hints. The text of the error
// is the reason.
func (v Value) Error(err error) {
	hints := fault.Hints(err)
	if list, ok := err.(fault.List); ok {
		for _, e := range list {
			v.Error(e)
		}
		return
	}
	v.Problem(err.Error(), strings.Join(hints, "; "))
}

// Warn records a finding that does not stop.
func (v Value) Warn(text string) {
	v.r.warnings = append(v.r.warnings, fault.Warning{File: v.r.file, Line: v.at.Line, Col: v.at.Column, Text: prefixed(v.path, text)})
}

func prefixed(path, text string) string {
	if path == "" {
		return text
	}
	return path + ": " + text
}

// offsetOfText is the number of characters between the node's place and its
// text; exact is false when characters of the text do not stand one by one in the
// file (escapes, folding, an alias).
func (v Value) offsetOfText() (skip int, exact bool) {
	if v.at != v.node || v.node.Kind != yaml.ScalarNode {
		return 0, false
	}
	line := []rune(v.r.line(v.at.Line))
	if v.at.Column-1 > len(line) {
		return 0, false
	}
	rest := string(line[v.at.Column-1:])
	for _, quote := range []string{"", `"`, "'"} {
		if strings.HasPrefix(rest, quote+v.node.Value) {
			return len(quote), true
		}
	}
	return 0, false
}

func (v Value) width() int {
	if v.at.Kind == yaml.AliasNode {
		return utf8.RuneCountInString(v.at.Value) + 1
	}
	if v.at.Kind != yaml.ScalarNode {
		return 1
	}
	skip, exact := v.offsetOfText()
	if !exact {
		return 1
	}
	return max(1, 2*skip+utf8.RuneCountInString(v.node.Value))
}

// Text is a text. Anything else is a problem, also a number or a truth that was
// meant as a text.
func (v Value) Text() (string, bool) {
	if !v.scalar("a text") {
		return "", false
	}
	switch kind := v.kind(); kind {
	case aText:
		return v.node.Value, true
	case aNull:
		v.Problem("has no value", "")
	default:
		v.Problem(fmt.Sprintf("%s is %s, not a text", v.node.Value, kind), "write it in quotes: "+quoted(v.node.Value))
	}
	return "", false
}

var plain = lazyregexp.New(`^[A-Za-z/.][A-Za-z0-9_/.:+-]*$`)

// listed is a text as it can stand in a list.
func listed(s string) string {
	if plain.MatchString(s) {
		return s
	}
	return quoted(s)
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

// Bool is a truth in any spelling of YAML 1.1 (true, True, yes, on …). In quotes
// it is taken too, with a warning: other tools see a text there.
func (v Value) Bool() (value, ok bool) {
	if !v.scalar("true or false") {
		return false, false
	}
	switch v.kind() {
	case aBool:
		return truth(v.node.Value), true
	case aNull:
		v.Problem("has no value", "write true or false")
		return false, false
	case aText:
		if isBool(v.node.Value) {
			v.Warn(fmt.Sprintf("%q is taken for %t; without the quotes every tool does", v.node.Value, truth(v.node.Value)))
			return truth(v.node.Value), true
		}
	}
	v.Problem(v.node.Value+" is not true or false", "")
	return false, false
}

// IsText reports whether the value is one text, without recording anything.
func (v Value) IsText() bool { return v.node.Kind == yaml.ScalarNode && v.kind() == aText }

// IsScalar reports whether the value is one scalar: a text, number, truth or
// nothing.
func (v Value) IsScalar() bool { return v.node.Kind == yaml.ScalarNode }

// IsNull reports whether the key has no value.
func (v Value) IsNull() bool { return v.node.Kind == yaml.ScalarNode && v.kind() == aNull }

// Scalar is the text of a scalar as written, whatever YAML takes it for.
func (v Value) Scalar() string { return v.node.Value }

// List is the members of a list. A single value is not a list of one.
func (v Value) List() ([]Value, bool) {
	if v.node.Kind != yaml.SequenceNode {
		hint := "write a list: [a, b]"
		if v.node.Kind == yaml.ScalarNode && v.node.Value != "" {
			hint = "write a list: [" + listed(v.node.Value) + "]"
		}
		v.Problem("is "+v.what()+", not a list", hint)
		return nil, false
	}
	if !v.plainTag("!!seq") {
		return nil, false
	}
	values := make([]Value, len(v.node.Content))
	for i, n := range v.node.Content {
		values[i] = v.r.value(n, fmt.Sprintf("%s[%d]", v.path, i+1))
	}
	return values, true
}

// Texts is a list of texts; those that are none are problems and left out.
func (v Value) Texts() []string {
	var texts []string
	members, _ := v.List()
	for _, m := range members {
		if s, ok := m.Text(); ok {
			texts = append(texts, s)
		}
	}
	return texts
}

// scalarTags are the tags of YAML's own scalars.
var scalarTags = []string{"!!str", "!!bool", "!!int", "!!float", nullTag, "!!timestamp", "!!binary"}

// scalar records a problem unless the value is a scalar without a tag of its own.
func (v Value) scalar(want string) bool {
	if v.node.Kind != yaml.ScalarNode {
		v.Problem("is "+v.what()+", not "+want, "")
		return false
	}
	if v.node.Style&yaml.TaggedStyle != 0 && !slices.Contains(scalarTags, v.node.ShortTag()) {
		text := strings.TrimSpace(v.node.Tag + " " + v.node.Value)
		v.Problem("has the tag "+v.node.Tag+", which means nothing here", "remove the tag, or write it all in quotes: "+quoted(text))
		return false
	}
	return true
}

func (v Value) plainTag(want string) bool {
	if tag := v.node.ShortTag(); tag != want {
		v.Problem("has the tag "+v.node.Tag+", which means nothing here", "remove the tag")
		return false
	}
	return true
}

func (v Value) what() string {
	switch v.node.Kind {
	case yaml.MappingNode:
		return "a section"
	case yaml.SequenceNode:
		return "a list"
	}
	if v.kind() == aNull {
		return "empty"
	}
	return string(v.kind())
}
