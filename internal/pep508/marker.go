package pep508

import (
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/pep440"
)

// Marker is an environment marker. The zero Marker always holds.
type Marker struct {
	root *expression
}

// expression is an alternative of conjunctions, as and binds closer than or.
type expression struct {
	alternatives [][]term
	traits
}

// term is a comparison, or an expression in parentheses.
type term struct {
	group      *expression
	comparison *comparison
}

// comparison is one comparison of two values.
type comparison struct {
	left, right operand
	op          string
	// key is the variable whose rules count: the left one if that is one.
	key variable
	// spec is what the key's value must match, where the right side is a text
	// that makes a specifier together with op.
	spec *pep440.Specifier
}

// operand is a variable, or else a text.
type operand struct {
	variable variable
	text     string
}

// traits are what evaluating must know of the whole expression.
type traits struct {
	variables uint32 // a bit for each variable that is used
	patches   []pep440.Version
	substring bool // a full version is compared as text
}

// IsZero says whether there is no condition.
func (m Marker) IsZero() bool { return m.root == nil }

// String is the marker as packaging writes it, from which Parse reads it again.
func (m Marker) String() string {
	if m.root == nil {
		return ""
	}
	return string(m.root.unwrap().append(nil))
}

// unwrap takes off parentheses around everything.
func (e *expression) unwrap() *expression {
	for {
		t, ok := e.only()
		if !ok || t.group == nil {
			return e
		}
		e = t.group
	}
}

// only is the only term of an expression that has one.
func (e *expression) only() (term, bool) {
	if len(e.alternatives) == 1 && len(e.alternatives[0]) == 1 {
		return e.alternatives[0][0], true
	}
	return term{}, false
}

func (e *expression) append(b []byte) []byte {
	for i, conjunction := range e.alternatives {
		if i > 0 {
			b = append(b, " or "...)
		}
		for j, t := range conjunction {
			if j > 0 {
				b = append(b, " and "...)
			}
			b = t.append(b)
		}
	}
	return b
}

func (t term) append(b []byte) []byte {
	if t.comparison != nil {
		return t.comparison.append(b)
	}
	group := t.group.unwrap()
	if single, ok := group.only(); ok {
		return single.comparison.append(b)
	}
	return append(group.append(append(b, '(')), ')')
}

func (c *comparison) append(b []byte) []byte {
	b = append(append(b, c.left.String()...), ' ')
	b = append(append(b, c.op...), ' ')
	return append(b, c.right.String()...)
}

func (o operand) String() string {
	if o.variable != noVariable {
		return o.variable.String()
	}
	return quote(o.text)
}

// Equal says whether both have the same text, spelling of quotes, blanks and
// needless parentheses apart. It is no proof that they differ in meaning.
func (m Marker) Equal(o Marker) bool {
	return m.root == o.root || m.String() == o.String()
}

// And holds where both do.
func (m Marker) And(o Marker) Marker {
	switch {
	case m.root == nil:
		return o
	case o.root == nil:
		return m
	}
	return newMarker([][]term{{{group: m.root}, {group: o.root}}})
}

// Or holds where one of them does.
func (m Marker) Or(o Marker) Marker {
	if m.root == nil || o.root == nil {
		return Marker{}
	}
	return newMarker([][]term{{{group: m.root}}, {{group: o.root}}})
}

func newMarker(alternatives [][]term) Marker { return Marker{root: newExpression(alternatives)} }

func newExpression(alternatives [][]term) *expression {
	e := &expression{alternatives: alternatives}
	for _, conjunction := range alternatives {
		for _, t := range conjunction {
			e.include(t)
		}
	}
	return e
}

// include adds the traits of a term.
func (e *expression) include(t term) {
	if t.group != nil {
		e.variables |= t.group.variables
		e.patches = append(e.patches, t.group.patches...)
		e.substring = e.substring || t.group.substring
		return
	}
	c := t.comparison
	e.variables |= 1<<c.left.variable | 1<<c.right.variable | 1<<c.key
	e.includePatches(c)
}

// Uses says whether the marker uses the variable, by its name in PEP 508.
func (m Marker) Uses(name string) bool {
	v := findSpelling(name)
	return v != noVariable && m.uses(v)
}

func (m Marker) uses(v variable) bool { return m.root != nil && m.root.variables>>v&1 != 0 }

// NamedExtras are the extras that the marker names, sorted: those without which
// it may decide otherwise.
func (m Marker) NamedExtras() []Name {
	if !m.uses(extra) && !m.uses(extras) {
		return nil
	}
	names := m.root.namedExtras(nil)
	slices.Sort(names)
	return slices.Compact(names)
}

func (e *expression) namedExtras(names []Name) []Name {
	for _, conjunction := range e.alternatives {
		for _, t := range conjunction {
			switch {
			case t.group != nil:
				names = t.group.namedExtras(names)
			case t.comparison.key == extra || t.comparison.key == extras:
				names = append(names, t.comparison.literals()...)
			}
		}
	}
	return names
}

func (c *comparison) literals() (names []Name) {
	for _, o := range [...]operand{c.left, c.right} {
		if o.variable == noVariable && strings.TrimSpace(o.text) != "" {
			names = append(names, Name(o.text))
		}
	}
	return names
}
