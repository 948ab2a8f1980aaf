package pep508

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/pep440"
)

// Context is what a marker is decided for where more than the environment
// counts. Only Evaluate looks at it so closely; Eval is for everything else.
type Context struct {
	Environment
	// Extra is the value of extra; nil where the variable is not defined, as
	// in a requirement that stands in no metadata.
	Extra *Name
	// Extras and DependencyGroups are defined in lock files (PEP 751), where
	// LockFile is set.
	Extras, DependencyGroups []Name
	LockFile                 bool
	// Others are values of names outside PEP 508. A comparison of two texts
	// takes the one on the right for such a name, as packaging does.
	Others map[string]string
}

// UndefinedComparisonError says that two values cannot be compared so.
type UndefinedComparisonError struct{ Left, Op, Right string }

func (e *UndefinedComparisonError) Error() string {
	return fmt.Sprintf("%q %s %q: not a comparison of versions", e.Left, e.Op, e.Right)
}

// UndefinedNameError says that a marker uses a variable that has no value here.
type UndefinedNameError struct{ Name string }

func (e *UndefinedNameError) Error() string {
	return fmt.Sprintf("marker variable %q has no value here", e.Name)
}

// Eval decides the marker for a requirement in the metadata of a project of
// which the extras are wanted: as packaging and pip do, it holds if it holds
// for one of the extras, or with no extra where none is given. With
// env.AnyPatch it holds if it holds for at least one patch release. A
// comparison that has no meaning is false.
func (m Marker) Eval(env Environment, extras ...Name) bool {
	if m.root == nil {
		return true
	}
	if env.AnyPatch && m.needsPatch() {
		return m.evalPatches(env, extras)
	}
	return m.evalExtras(&env, extras)
}

func (m Marker) evalExtras(env *Environment, names []Name) bool {
	s := state{env: env, hasExtra: true}
	if len(names) == 0 || !m.uses(extra) {
		return s.expression(m.root)
	}
	for _, name := range names {
		s.extra = string(name)
		if s.expression(m.root) {
			return true
		}
	}
	return false
}

// Evaluate decides the marker as packaging does, errors included: a
// *UndefinedComparisonError or an *UndefinedNameError, also from a part that
// would not change the outcome. AnyPatch is not looked at.
func (m Marker) Evaluate(c Context) (bool, error) {
	if m.root == nil {
		return true, nil
	}
	s := state{env: &c.Environment, strict: true, sets: c.LockFile, extras: c.Extras, groups: c.DependencyGroups, others: c.Others}
	if c.Extra != nil {
		s.hasExtra, s.extra = true, string(Normalize(string(*c.Extra)))
	}
	holds := s.expression(m.root)
	return holds && s.err == nil, s.err
}

// state is one evaluation.
type state struct {
	env            *Environment
	extra          string
	hasExtra, sets bool
	extras, groups []Name
	others         map[string]string
	strict         bool // every part is evaluated, for its errors
	err            error
}

func (s *state) expression(e *expression) bool {
	holds := false
	for _, conjunction := range e.alternatives {
		if s.conjunction(conjunction) {
			holds = true
			if !s.strict {
				break
			}
		}
	}
	return holds
}

func (s *state) conjunction(terms []term) bool {
	holds := true
	for _, t := range terms {
		one := false
		if t.group != nil {
			one = s.expression(t.group)
		} else {
			one = s.comparison(t.comparison)
		}
		if !one {
			holds = false
			if !s.strict {
				break
			}
		}
	}
	return holds
}

func (s *state) comparison(c *comparison) bool {
	if value, ok := s.others[c.right.text]; ok && c.key == noVariable {
		return s.compare(c, c.left.text, value)
	}
	if !s.defined(c.key) {
		s.fail(&UndefinedNameError{Name: c.undefinedName()})
		return false
	}
	if c.left.variable.isSet() {
		s.undefined(c.left.variable.String(), c.op, c.rightText())
		return false
	}
	if c.key.isSet() {
		return s.membership(c)
	}
	value := s.value(c.key)
	if c.left.variable == noVariable {
		return s.compare(c, c.left.text, value)
	}
	if c.spec != nil {
		return c.spec.MatchesText(value)
	}
	return s.compare(c, value, c.rightText())
}

func (c *comparison) undefinedName() string {
	if c.key == noVariable {
		return c.right.text
	}
	return c.key.String()
}

func (s *state) defined(v variable) bool {
	switch {
	case v == noVariable:
		return false
	case v == extra:
		return s.hasExtra
	case v.isSet():
		return s.sets
	}
	return true
}

func (s *state) value(v variable) string {
	if v == extra {
		return s.extra
	}
	return s.env.value(v)
}

func (s *state) fail(err error) {
	if s.err == nil && s.strict {
		s.err = err
	}
}

// undefined copies the texts, so that an environment need not live on the heap
// for the sake of an error.
func (s *state) undefined(left, op, right string) {
	if s.strict {
		s.fail(&UndefinedComparisonError{strings.Clone(left), op, strings.Clone(right)})
	}
}

// compare compares two texts, as versions where the key asks for that and the
// right one makes a specifier.
func (s *state) compare(c *comparison, left, right string) bool {
	if c.key.isVersion() && c.spec == nil && c.left.variable == noVariable {
		if spec, err := pep440.ParseSpecifier(c.op + right); err == nil {
			return spec.MatchesText(left)
		}
	}
	switch c.op {
	case "in":
		return strings.Contains(right, left)
	case "not in":
		return !strings.Contains(right, left)
	case "==", "<=", ">=":
		return left == right
	case "!=":
		return left != right
	case "<", ">":
		return false
	}
	s.undefined(left, c.op, right)
	return false
}

// membership compares a text with a set of names.
func (s *state) membership(c *comparison) bool {
	names := s.extras
	if c.key == dependencyGroups {
		names = s.groups
	}
	switch c.op {
	case "in":
		return slices.Contains(names, Normalize(c.left.text))
	case "not in":
		return !slices.Contains(names, Normalize(c.left.text))
	case "!=":
		return true
	case "==", "<=", ">=", "<", ">":
		return false
	}
	s.undefined(c.left.text, c.op, c.key.String())
	return false
}
