package pep440

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Specifier is one clause of a specifier set, as >=1.0 or ==2.*. The zero
// Specifier is none.
type Specifier struct {
	text     string // operator and version as written, without space between
	op       operator
	wildcard bool
	negate   bool    // the clause admits what lies outside from and to
	version  Version // without the wildcard; none for === with other text
	from, to cut     // zero: no end on that side
}

type operator uint8

const (
	opArbitrary operator = iota
	opEqual
	opCompatible
	opNotEqual
	opAtMost
	opAtLeast
	opBelow
	opAbove
)

// operators in the order in which they are tried: longer ones first.
var operators = [...]string{"===", "==", "~=", "!=", "<=", ">=", "<", ">"}

func (o operator) String() string { return operators[o] }

// ParseSpecifier reads one clause. An error is a *ParseError.
func ParseSpecifier(s string) (Specifier, error) {
	start, end := trim(s)
	spec, rest, problem := cutSpecifier(s[:end], start)
	if problem == nil && rest < end {
		at, text := explainRest(s[:end], rest, start)
		problem = &ParseError{Offset: at, End: at, Problem: text}
	}
	if problem != nil {
		problem.Text = s
		return Specifier{}, problem
	}
	return spec, nil
}

// CutSpecifier reads the longest clause that s begins with, and returns what
// follows it. An error is a *ParseError; text that does not begin with an
// operator is one.
func CutSpecifier(s string) (spec Specifier, rest string, err error) {
	spec, end, problem := cutSpecifier(s, 0)
	if problem != nil {
		problem.Text = s
		return Specifier{}, s, problem
	}
	return spec, s[end:], nil
}

func cutSpecifier(s string, start int) (Specifier, int, *ParseError) {
	op, ok := cutOperator(s[start:])
	if !ok {
		return Specifier{}, start, problemAt(start, `expected an operator, one of ===, ==, ~=, !=, <=, >=, <, >`)
	}
	begin := start + len(op.String())
	at := skipSpace(s, begin)
	spec := Specifier{op: op}
	end, problem := at, (*ParseError)(nil)
	if op == opArbitrary {
		end = arbitraryEnd(s, at)
		spec.version, _ = Parse(s[at:end])
	} else if end, problem = spec.scanVersion(s, start, at); problem != nil {
		return Specifier{}, start, problem
	}
	spec.text = s[start:end]
	if at > begin {
		spec.text = s[start:begin] + s[at:end]
	}
	spec.compile()
	return spec, end, nil
}

func problemAt(at int, text string) *ParseError {
	return &ParseError{Offset: at, End: at, Problem: text}
}

func cutOperator(s string) (operator, bool) {
	for i, text := range operators {
		if strings.HasPrefix(s, text) {
			return operator(i), true
		}
	}
	return 0, false
}

// arbitraryEnd is where the text of === ends: it may hold anything but white
// space and what ends a requirement's specifier.
func arbitraryEnd(s string, at int) int {
	end := strings.IndexFunc(s[at:], func(r rune) bool { return r == ';' || r == ')' || isSpace(r) })
	if end < 0 {
		return len(s)
	}
	return at + end
}

// scanVersion reads the version of every operator but ===; clause is where the
// operator begins.
func (spec *Specifier) scanVersion(s string, clause, start int) (end int, problem *ParseError) {
	var p parts
	at, ok := p.scanRelease(s, start)
	if !ok {
		return at, problemAt(at, `expected a version after "`+s[clause:at]+`"`)
	}
	releaseEnd := at
	if spec.takesLocal() && strings.HasPrefix(s[at:], ".*") {
		spec.wildcard = true
		end = at + 2
	} else {
		at = p.scanSuffix(s, at)
		if spec.takesLocal() {
			at = p.scanLocal(s, at)
		}
		end = at
	}
	if problem := spec.misplaced(s, start, releaseEnd, end); problem != nil {
		return end, problem
	}
	if spec.op == opCompatible && p.count < 2 {
		return end, &ParseError{Offset: start, End: end, Problem: `expected at least two release numbers after "~="`}
	}
	spec.version = p.build(p.normal(s[start:at]))
	return end, nil
}

func (spec *Specifier) takesLocal() bool { return spec.op == opEqual || spec.op == opNotEqual }

// misplaced finds a wildcard or a local label after a version that cannot have
// one.
func (spec *Specifier) misplaced(s string, start, releaseEnd, end int) *ParseError {
	switch {
	case strings.HasPrefix(s[end:], ".*") && !spec.takesLocal():
		return &ParseError{Offset: start, End: end + 2, Problem: `".*" is only possible after == and !=`}
	case strings.HasPrefix(s[end:], ".*") && end > releaseEnd:
		return &ParseError{Offset: start, End: end + 2, Problem: `".*" must follow the release alone`}
	case strings.HasPrefix(s[end:], "+") && labelEnd(s, end+1) > end+1 && !spec.takesLocal():
		return &ParseError{Offset: start, End: labelEnd(s, end+1), Problem: "a local version is only possible after == and !="}
	}
	return nil
}

// compile sets the interval that the clause means.
func (spec *Specifier) compile() {
	v := spec.version
	switch spec.op {
	case opEqual, opNotEqual:
		spec.from, spec.to = spec.equalRange()
		spec.negate = spec.op == opNotEqual
	case opCompatible:
		_, spec.to = prefix(v, v.ReleaseLen()-1)
		spec.from = before(v)
	case opAtMost:
		spec.to = behindLocals(v)
	case opAtLeast:
		spec.from = before(v)
	case opBelow:
		spec.to = beforeFamily(v)
	case opAbove:
		spec.from = behindPosts(v)
	case opArbitrary:
	}
}

func (spec *Specifier) equalRange() (from, to cut) {
	switch v := spec.version; {
	case spec.wildcard:
		return prefix(v, v.ReleaseLen())
	case v.HasLocal():
		return cut{v: v}, cut{v: v, after: true}
	default:
		return before(v), behindLocals(v)
	}
}

// Operator is the operator, as ">=".
func (spec Specifier) Operator() string {
	if spec.text == "" {
		return ""
	}
	return spec.op.String()
}

// VersionText is the version as written, with the wildcard where there is one.
func (spec Specifier) VersionText() string { return spec.text[len(spec.Operator()):] }

// Version is the version without the wildcard; zero for a text after === that
// is no version.
func (spec Specifier) Version() Version { return spec.version }

// IsWildcard says whether the version ends in .*.
func (spec Specifier) IsWildcard() bool { return spec.wildcard }

// String is operator and version as written, without space.
func (spec Specifier) String() string { return spec.text }

// Equal says whether both clauses have the same operator and the same version:
// ==1.0 equals ==1, but ~=1.0.0 is not ~=1.0, and what comes after === or
// before .* counts as written.
func (spec Specifier) Equal(other Specifier) bool {
	switch {
	case spec.op != other.op:
		return false
	case spec.text == other.text:
		return true
	case spec.op == opArbitrary || spec.wildcard || other.wildcard:
		return false
	case spec.op == opCompatible && spec.version.ReleaseLen() != other.version.ReleaseLen():
		return false
	}
	return spec.version.Equal(other.version)
}

// Prerelease says whether the clause names a pre-release and so asks for them.
func (spec Specifier) Prerelease() bool {
	return spec.op != opNotEqual && !spec.wildcard && spec.version.IsPrerelease()
}

// Matches says whether the clause admits v, pre-releases not looked at apart.
func (spec Specifier) Matches(v Version) bool { return spec.matches(v) }

func (spec *Specifier) matches(v Version) bool {
	if spec.op == opArbitrary {
		return equalLower(v.String(), spec.VersionText())
	}
	inside := (spec.from.isZero() || spec.from.admits(v)) &&
		(spec.to.isZero() || !spec.to.admits(v))
	return inside != spec.negate
}

// MatchesText is Matches for a text, without keeping anything of it: one that
// is no version matches nothing, but === the same text in any case.
func (spec Specifier) MatchesText(text string) bool {
	if spec.op == opArbitrary {
		return equalLower(text, spec.VersionText())
	}
	if hi, _, ok := keyText(text); ok {
		return spec.matches(Version{hi: hi, lo: keyFinal, d: &plainDetail})
	}
	v, err := Parse(strings.Clone(text)) // so that text itself may lie on a stack
	return err == nil && spec.matches(v)
}

// plainDetail serves versions that are made to be compared and thrown away.
var plainDetail = detail{count: keyReleases}

// equalLower compares the lower-case forms of two texts.
func equalLower(a, b string) bool {
	for len(a) > 0 && len(b) > 0 {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if x != y && unicode.ToLower(x) != unicode.ToLower(y) {
			return false
		}
		a, b = a[n:], b[m:]
	}
	return len(a) == len(b)
}
