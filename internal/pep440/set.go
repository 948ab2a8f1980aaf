package pep440

import (
	"slices"
	"strings"
)

// SpecifierSet is a conjunction of clauses, in the order of their texts and
// without repetitions. The zero set admits everything.
type SpecifierSet struct {
	clauses []Specifier
}

// ParseSpecifierSet reads clauses separated by commas; empty ones count for
// nothing. An error is a *ParseError.
func ParseSpecifierSet(s string) (SpecifierSet, error) {
	clauses := make([]Specifier, 0, strings.Count(s, ",")+1)
	for start := 0; start <= len(s); {
		end := len(s)
		if i := strings.IndexByte(s[start:], ','); i >= 0 {
			end = start + i
		}
		if trimmed(s[start:end]) != "" {
			spec, err := ParseSpecifier(s[start:end])
			if err != nil {
				return SpecifierSet{}, within(err, s, start)
			}
			clauses = append(clauses, spec)
		}
		start = end + 1
	}
	return NewSpecifierSet(clauses...), nil
}

// within moves an error in a part of a text to the whole text.
func within(err error, whole string, at int) error {
	if e, ok := err.(*ParseError); ok {
		return &ParseError{Text: whole, Offset: e.Offset + at, End: e.End + at, Problem: e.Problem}
	}
	return err
}

// MustParseSpecifierSet is ParseSpecifierSet for texts known to be right; it
// panics on any other.
func MustParseSpecifierSet(s string) SpecifierSet {
	set, err := ParseSpecifierSet(s)
	if err != nil {
		panic(err)
	}
	return set
}

// NewSpecifierSet is the conjunction of the clauses. It keeps the slice.
func NewSpecifierSet(clauses ...Specifier) SpecifierSet {
	if len(clauses) == 0 {
		return SpecifierSet{}
	}
	if len(clauses) > 1 {
		slices.SortStableFunc(clauses, func(a, b Specifier) int { return strings.Compare(a.text, b.text) })
		clauses = dropRepeated(clauses)
	}
	return SpecifierSet{clauses: clauses}
}

func dropRepeated(clauses []Specifier) []Specifier {
	kept := clauses[:1]
	for _, spec := range clauses[1:] {
		if !slices.ContainsFunc(kept, spec.Equal) {
			kept = append(kept, spec)
		}
	}
	return kept
}

// String is the clauses joined by commas, in order.
func (s SpecifierSet) String() string {
	switch len(s.clauses) {
	case 0:
		return ""
	case 1:
		return s.clauses[0].text
	}
	texts := make([]string, len(s.clauses))
	for i := range s.clauses {
		texts[i] = s.clauses[i].text
	}
	return strings.Join(texts, ",")
}

// Specifiers are the clauses in order. The slice is the caller's own.
func (s SpecifierSet) Specifiers() []Specifier { return slices.Clone(s.clauses) }

// IsEmpty says whether the set has no clause, and so admits everything.
func (s SpecifierSet) IsEmpty() bool { return len(s.clauses) == 0 }

// Equal says whether both sets have equal clauses. Sets that admit the same
// versions need not be equal: compare their Ranges for that.
func (s SpecifierSet) Equal(t SpecifierSet) bool {
	return slices.EqualFunc(s.clauses, t.clauses, Specifier.Equal)
}

// And is the conjunction of both sets.
func (s SpecifierSet) And(t SpecifierSet) SpecifierSet {
	switch {
	case len(s.clauses) == 0:
		return t
	case len(t.clauses) == 0:
		return s
	}
	return NewSpecifierSet(slices.Concat(s.clauses, t.clauses)...)
}

// Prereleases says whether a clause names a pre-release, and so asks for them.
func (s SpecifierSet) Prereleases() bool {
	return slices.ContainsFunc(s.clauses, Specifier.Prerelease)
}

// Matches says whether every clause admits v. It is the rule of the operators
// alone: whether a pre-release is wanted is for the caller to decide.
func (s SpecifierSet) Matches(v Version) bool {
	for i := range s.clauses {
		if !s.clauses[i].matches(v) {
			return false
		}
	}
	return true
}

// hasArbitrary says whether a clause compares texts with ===.
func (s SpecifierSet) hasArbitrary() bool {
	for i := range s.clauses {
		if s.clauses[i].op == opArbitrary {
			return true
		}
	}
	return false
}
