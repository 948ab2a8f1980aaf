package extension

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
	"github.com/axlepack/axle/internal/pep440"
)

// PythonRange is a value of requires_python: clauses with commas between them,
// all of which must hold. A clause is any PEP 440 specifier, or one of the
// product's own:
//
//	==3*   ==3.*      every Python 3
//	!=3.9* !=3.9.*    no Python 3.9
//	!=3.9.1*          not 3.9.1: a wildcard behind a patch number stands for
//	                  what may follow it (the same as !=3.9.1.*), so that
//	                  3.9.10 is not meant
//	>3.6*  <=3.6*     above, and up to, every 3.6: the same as >=3.7 and <3.7
//	>=3.6* <3.6*      the same as >=3.6 and <3.6
//
// Without a wildcard missing numbers are zeros, as in PEP 440: "==3.9" is 3.9.0
// alone, ">=3.9" begins with 3.9.0, "<=3.9" ends with 3.9.0.
//
// The zero PythonRange admits every Python.
type PythonRange struct {
	text string
	set  pep440.SpecifierSet
	odd  []RangeNote
}

// RangeNote is a clause that is legal and perhaps not what was meant.
type RangeNote struct {
	Offset, Width int // where the clause stands in the text, in bytes
	Text          string
}

// RangeError says what is wrong in a value of requires_python, and where.
type RangeError struct {
	Offset, Width int // of the fault, in bytes
	Reason, Hint  string
}

// Error is the reason.
func (e *RangeError) Error() string { return e.Reason }

// ExitCode is that of bad input.
func (e *RangeError) ExitCode() int { return fault.BadInput }

// Hints is the hint, when there is one.
func (e *RangeError) Hints() []string { return []string{e.Hint} }

// DefaultRequiresPython counts when requires_python is not written.
const DefaultRequiresPython = ">=2.7"

// ParsePythonRange reads a value of requires_python. The error is a fault.List
// of *RangeError, one for each bad clause.
func ParsePythonRange(s string) (PythonRange, error) {
	r := PythonRange{text: s}
	var problems fault.List
	var clauses []string
	for offset := 0; offset <= len(s); {
		clause, _, _ := strings.Cut(s[offset:], ",")
		text := strings.TrimSpace(clause)
		at := offset + strings.Index(clause, text)
		offset += len(clause) + 1
		if text == "" {
			continue
		}
		plain, note, err := readClause(text)
		if err != nil {
			err.Offset += at
			problems = append(problems, err)
			continue
		}
		if note != "" {
			r.odd = append(r.odd, RangeNote{at, len(text), note})
		}
		clauses = append(clauses, plain)
	}
	if err := problems.Err(); err != nil {
		return PythonRange{}, err
	}
	return r.complete(clauses)
}

func (r PythonRange) complete(clauses []string) (PythonRange, error) {
	whole := func(reason, hint string) (PythonRange, error) {
		return PythonRange{}, fault.List{&RangeError{0, len(r.text), reason, hint}}
	}
	if len(clauses) == 0 {
		return whole("is empty", "leave requires_python out for "+DefaultRequiresPython)
	}
	var err error
	if r.set, err = pep440.ParseSpecifierSet(strings.Join(clauses, ",")); err != nil {
		return whole(err.Error(), "")
	}
	if r.set.Unsatisfiable(nil) {
		return whole("admits no Python at all: its clauses exclude each other", "a comma means \"and\"")
	}
	return r, nil
}

var (
	clauseForm   = lazyregexp.New(`^(===|~=|==|!=|<=|>=|<|>)(\s*)(.*)$`)
	wildcardForm = lazyregexp.New(`^([0-9]+(?:\.[0-9]+){0,3})\.?\*$`)
	bareForm     = lazyregexp.New(`^[0-9]+(\.[0-9]+)*(\.?\*)?$`)
)

// readClause is a clause in PEP 440, with what should be said about it.
func readClause(s string) (plain, note string, bad *RangeError) {
	m := clauseForm.FindStringSubmatch(s)
	if m == nil {
		return "", "", noOperator(s)
	}
	operator, version := m[1], m[3]
	if w := wildcardForm.FindStringSubmatch(version); w != nil {
		if plain, ok := wildcard(operator, w[1]); ok {
			return plain, "", nil
		}
	}
	if _, err := pep440.ParseSpecifier(operator + version); err != nil {
		return "", "", badClause(s, operator, len(m[1])+len(m[2]), err)
	}
	return operator + version, oddity(operator, version), nil
}

// wildcard writes a clause with a wildcard as PEP 440 has it, which knows them
// for == and != alone.
func wildcard(operator, release string) (string, bool) {
	switch operator {
	case "==", "!=":
		return operator + release + ".*", true
	case ">=", "<":
		return operator + release, true
	case ">":
		next, ok := successor(release)
		return ">=" + next, ok
	case "<=":
		next, ok := successor(release)
		return "<" + next, ok
	}
	return "", false
}

// successor counts the last number up: 3.6 → 3.7.
func successor(release string) (string, bool) {
	cut := strings.LastIndexByte(release, '.') + 1
	n, err := strconv.Atoi(release[cut:])
	if err != nil || n == int(^uint(0)>>1) {
		return "", false
	}
	return release[:cut] + strconv.Itoa(n+1), true
}

func oddity(operator, version string) string {
	switch {
	case operator == "~=" || operator == "===":
		return fmt.Sprintf("%s is PEP 440, but not among the operators that the product documents: == != < <= > >=", operator)
	case operator == "==" && bareForm.MatchString(version) && strings.Count(version, ".") < 2 && !strings.HasSuffix(version, "*"):
		return fmt.Sprintf("==%s is the first release alone; every %s is ==%s*", version, version, version)
	}
	return ""
}

func noOperator(s string) *RangeError {
	e := &RangeError{0, len(s), fmt.Sprintf("%s has no operator", s), "write a specifier such as >=3.8"}
	if bareForm.MatchString(s) {
		e.Hint = fmt.Sprintf("write >=%s or ==%s*", strings.TrimRight(s, ".*"), strings.TrimRight(s, ".*"))
	}
	rest := strings.TrimLeft(s, "=<>!~ ")
	switch operator := s[:len(s)-len(rest)]; strings.TrimSpace(operator) {
	case "=>", "=<", "=!", "=~":
		e.Width = 2
		e.Reason = fmt.Sprintf("%s is not an operator", s[:2])
		e.Hint = fmt.Sprintf("write %c=%s", s[1], rest)
	case "=":
		e.Width = 1
		e.Reason = "= is not an operator"
		e.Hint = "write ==" + rest
	}
	return e
}

func badClause(s, operator string, skip int, err error) *RangeError {
	e := &RangeError{0, len(s), err.Error(), ""}
	var p *pep440.ParseError
	if errors.As(err, &p) {
		e.Reason = s + ": " + p.Problem
		if at := skip + p.Offset - len(operator); at >= 0 && at < len(s) {
			e.Offset, e.Width = at, max(1, p.End-p.Offset)
		}
	}
	rest := s[len(operator):]
	switch {
	case strings.ContainsAny(rest, "<>=!~"):
		e.Hint = "put a comma between the clauses"
	case strings.ContainsAny(rest, "xX"):
		e.Hint = "write the wildcard as " + operator + strings.NewReplacer("x", "*", "X", "*").Replace(strings.TrimSpace(rest))
	case operator == "~=" && strings.Contains(rest, "*"), operator == "===" && strings.Contains(rest, "*"):
		e.Hint = "write ==" + strings.TrimSpace(rest)
	}
	return e
}

// String is the range as written.
func (r PythonRange) String() string { return r.text }

// Notes are the clauses that are perhaps not what was meant.
func (r PythonRange) Notes() []RangeNote { return r.odd }

// SpecifierSet is the same range in PEP 440, as METADATA has it.
func (r PythonRange) SpecifierSet() pep440.SpecifierSet { return r.set }

// AdmitsMinor says whether the range admits some, and all, of the final patch
// releases of a minor version.
func (r PythonRange) AdmitsMinor(major, minor int) (some, all bool) {
	return r.set.AdmitsMinor(major, minor)
}

// Admits says whether the range admits an interpreter of this version. As with
// the product and pip, its three numbers decide: 3.15.0rc1 counts as 3.15.0.
func (r PythonRange) Admits(v pep440.Version) bool { return r.set.Matches(v.Base()) }
