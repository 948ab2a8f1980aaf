package yamldoc

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/axlepack/axle/internal/fault"
)

// Map is a section.
type Map struct {
	Value
	keys   []string
	values map[string]Value
}

// Map is the section that the value is, with the keys it may have. A value that
// is no section, and a key written twice, are problems; a key that is neither
// known nor among the silent ones, which are not suggested, is a warning.
func (v Value) Map(known []string, silent ...string) (Map, bool) {
	m, ok := v.AnyMap()
	if !ok {
		return m, false
	}
	for _, key := range keyNodes(v.node) {
		if !slices.Contains(known, key.Value) && !slices.Contains(silent, key.Value) {
			m.unknown(key, known)
		}
	}
	return m, true
}

// keyNodes are the nodes of the keys that are texts, in order.
func keyNodes(section *yaml.Node) (keys []*yaml.Node) {
	for i := 0; i < len(section.Content); i += 2 {
		if key := section.Content[i]; key.Kind == yaml.ScalarNode && key.ShortTag() != "!!merge" {
			keys = append(keys, key)
		}
	}
	return keys
}

// AnyMap is a section whose keys are names that the user chooses.
func (v Value) AnyMap() (Map, bool) {
	m := Map{Value: v, values: map[string]Value{}}
	if v.node.Kind != yaml.MappingNode {
		if v.IsNull() {
			v.Problem("is empty", emptyHint(v))
		} else {
			v.Problem("is "+v.what()+", not a section with keys", "")
		}
		return m, false
	}
	if !v.plainTag("!!map") {
		return m, false
	}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		m.add(v.node.Content[i], v.node.Content[i+1])
	}
	return m, true
}

func (m *Map) add(key, value *yaml.Node) {
	k := m.r.value(key, m.path)
	switch {
	case key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge":
		k.Problem("merges another section in with <<", "write the keys out")
		return
	case key.Kind != yaml.ScalarNode:
		k.Problem("has a key that is not a text", "")
		return
	}
	if first, twice := m.values[key.Value]; twice {
		k.Problem(fmt.Sprintf("the key %q is written twice, first in line %d", key.Value, first.at.Line), "")
		return
	}
	m.keys = append(m.keys, key.Value)
	v := m.r.value(value, join(m.path, key.Value))
	m.values[key.Value] = v
	m.r.places[v.path] = v
}

func (m Map) unknown(key *yaml.Node, known []string) {
	text := fmt.Sprintf("unknown key %q", key.Value)
	if near, ok := fault.Nearest(key.Value, known); ok {
		text += fmt.Sprintf(", did you mean %q?", near)
	} else {
		text += "; known are " + strings.Join(known, ", ")
	}
	m.r.value(key, m.path).Warn(text)
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// Keys are the keys in the order written, each once.
func (m Map) Keys() []string { return m.keys }

// Get is the value of a key.
func (m Map) Get(key string) (Value, bool) {
	v, ok := m.values[key]
	return v, ok
}

// Need is the value of a key that must be there; when it is not, that is a
// problem of the section.
func (m Map) Need(key, hint string) (Value, bool) {
	v, ok := m.values[key]
	if !ok {
		p := m.r.problem(m.at.Line, m.at.Column, 1, join(m.path, key), "is missing", hint)
		p.Width = utf8.RuneCountInString(m.firstKey())
	}
	return v, ok
}

func (m Map) firstKey() string {
	if len(m.keys) == 0 {
		return " "
	}
	return m.keys[0]
}

// Text is the text of a key, and whether it has one.
func (m Map) Text(key string) (string, bool) {
	v, ok := m.values[key]
	if !ok {
		return "", false
	}
	return v.Text()
}

// Bool is the truth of a key; absent is what counts when it is not written.
func (m Map) Bool(key string, absent bool) bool {
	v, ok := m.values[key]
	if !ok {
		return absent
	}
	if b, ok := v.Bool(); ok {
		return b
	}
	return absent
}

// Texts is the list of texts of a key, nil when it is not written, and whether
// it is written.
func (m Map) Texts(key string) ([]string, bool) {
	v, ok := m.values[key]
	if !ok {
		return nil, false
	}
	return v.Texts(), true
}

// emptyHint is the next step for a section with nothing in it. The file itself
// is one, too.
func emptyHint(v Value) string {
	if v.path == "" {
		return "write at least a key and its value"
	}
	return "write its keys below it, indented"
}
