package target

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/axlepack/axle/internal/fault"
)

// spellings are the prefixes that name an implementation, longest first.
var spellings = [...]struct {
	prefix string
	impl   Impl
}{{"cpython", CPython}, {"pypy", PyPy}, {"cp", CPython}, {"pp", PyPy}, {"", CPython}}

// ParsePython reads a Python of the table: "3.11", "cp311", "cpython3.11";
// free-threaded with a t at the end, "3.14t"; PyPy as "pp310" or "pypy3.10".
// Letters may be of either case.
func ParsePython(s string) (Python, error) {
	p, ok := readPython(strings.ToLower(s))
	if !ok {
		return Python{}, badPython(s)
	}
	if !p.exists() {
		return Python{}, unknownPython(s, p)
	}
	return p, nil
}

// readPython reads the spelling alone, whether or not there is such a Python.
func readPython(s string) (Python, bool) {
	for _, spelling := range spellings {
		rest, ok := strings.CutPrefix(s, spelling.prefix)
		if !ok {
			continue
		}
		p := Python{Impl: spelling.impl}
		rest, p.Freethreaded = strings.CutSuffix(rest, "t")
		major, minor, dotted := strings.Cut(rest, ".")
		if !dotted && spelling.prefix != "" && rest != "" {
			major, minor = rest[:1], rest[1:]
		}
		var okMajor, okMinor bool
		p.Major, okMajor = number(major)
		p.Minor, okMinor = number(minor)
		return p, okMajor && okMinor
	}
	return Python{}, false
}

// number reads a decimal number of at most three digits, without a sign or
// leading zeros.
func number(s string) (int, bool) {
	if s == "" || len(s) > 3 || s[0] == '0' && s != "0" {
		return 0, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

func badPython(s string) error {
	err := fmt.Errorf("python %q: not a Python version", s)
	if cut := strings.LastIndexByte(s, '.'); cut > 0 && strings.Count(s, ".") == 2 {
		if p, ok := readPython(strings.ToLower(s[:cut])); ok && p.exists() {
			return fault.WithHints(err, "a target is a minor version, for every patch release of it: say "+p.String())
		}
	}
	return fault.WithHints(err, "write it as 3.11, cp311, 3.14t or pp310")
}

func unknownPython(s string, p Python) error {
	err := fmt.Errorf("python %q: no such Python is known", s)
	switch _, ok := p.Release(); {
	case !ok:
	case p.Impl == PyPy && p.Freethreaded:
		err = fmt.Errorf("python %q: PyPy has no free-threaded builds", s)
	case p.Impl == PyPy:
		err = fmt.Errorf("python %q: there is no PyPy for Python %s", s, p.Version())
	default:
		err = fmt.Errorf("python %q: free-threaded builds begin with CPython 3.%d", s, firstFreethreaded)
	}
	var names []string
	for _, q := range all() {
		if q.Impl == p.Impl {
			names = append(names, q.String())
		}
	}
	if near, ok := fault.Nearest(p.String(), names); ok {
		return fault.WithHints(err, "did you mean "+near+"?")
	}
	return fault.WithHints(err, "known are "+strings.Join(names, ", "))
}

// ParsePythons reads a list with commas of Pythons and ranges of them, both
// ends included: "3.9..3.13,3.14t". A range holds what the table has between
// its ends, which must be of one kind. The result is sorted, each Python once.
func ParsePythons(s string) ([]Python, error) {
	var out []Python
	var problems fault.List
	for _, item := range strings.Split(s, ",") {
		pythons, err := parseRange(strings.TrimSpace(item))
		if err != nil {
			problems = append(problems, err)
		}
		out = append(out, pythons...)
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(out, Python.Compare)
	return slices.Compact(out), nil
}

func parseRange(item string) ([]Python, error) {
	low, high, ok := strings.Cut(item, "..")
	if !ok {
		p, err := ParsePython(item)
		return []Python{p}, err
	}
	first, err := ParsePython(strings.TrimSpace(low))
	if err != nil {
		return nil, err
	}
	last, err := ParsePython(strings.TrimSpace(high))
	if err != nil {
		return nil, err
	}
	if first.Impl != last.Impl || first.Freethreaded != last.Freethreaded {
		return nil, fmt.Errorf("python range %q: its ends are of two kinds", item)
	}
	if first.Compare(last) > 0 {
		err := fmt.Errorf("python range %q: runs backwards", item)
		return nil, fault.WithHints(err, "say "+last.String()+".."+first.String())
	}
	return between(first, last), nil
}

func between(first, last Python) []Python {
	var out []Python
	for _, p := range all() {
		same := p.Impl == first.Impl && p.Freethreaded == first.Freethreaded
		if same && p.Compare(first) >= 0 && p.Compare(last) <= 0 {
			out = append(out, p)
		}
	}
	return out
}
