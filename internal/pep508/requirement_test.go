package pep508

import (
	"errors"
	"testing"
)

func TestParseErrorsNameTextPlaceAndWhatWasExpected(t *testing.T) {
	requirement := func(s string) error { _, err := Parse(s); return err }
	marker := func(s string) error { _, err := ParseMarker(s); return err }
	tests := []struct {
		parse    func(string) error
		in, want string
		from, to int
	}{
		{requirement, "", `"": expected a project name at column 1`, 0, 0},
		{requirement, "requests>=", `requests>=: expected a version after ">=" at column 11`, 10, 10},
		{requirement, "requests >=1, <x", `requests >=1, <x: expected a version after "<" at column 16`, 15, 15},
		{requirement, "requests=2", `requests=2: expected an operator, one of ===, ==, ~=, !=, <=, >=, <, > at column 9`, 8, 8},
		{requirement, "requests 2.31", `requests 2.31: expected an operator such as ==, or ";" at column 10`, 9, 9},
		{requirement, "requests>=2 foo", `requests>=2 foo: expected "," or ";" after the version at column 13`, 12, 12},
		{requirement, "requests>=2.*", `requests>=2.*: ".*" is only possible after == and != at column 11`, 10, 13},
		{requirement, "requests===1,y", `requests===1,y: expected an operator, one of ===, ==, ~=, !=, <=, >=, <, > at column 14`, 13, 13},
		{requirement, "requests (>=2", `requests (>=2: expected ")" to close "(" at column 10`, 9, 13},
		{requirement, "requests (>=2 x", `requests (>=2 x: expected an operator such as ==, "," or ")" at column 15`, 14, 14},
		{requirement, "requests[a b]", `requests[a b]: expected "," between the names of extras at column 12`, 11, 11},
		{requirement, "requests[a,]", `requests[a,]: expected the name of an extra after "," at column 12`, 11, 11},
		{requirement, "requests[a", `requests[a: expected "]" to close "[" at column 9`, 8, 10},
		{requirement, "requests @ ", `"requests @ ": expected a URL after "@" at column 12`, 11, 11},
		{requirement, "a @ https://example.test/a.whl x", `a @ https://example.test/a.whl x: expected ";" after the URL and a blank at column 32`, 31, 31},
		{requirement, "a; python_version", `a; python_version: expected an operator, one of <=, <, !=, ==, >=, >, ~=, ===, in, not in at column 18`, 17, 17},
		{marker, "", `"": expected a marker variable or a quoted string at column 1`, 0, 0},
		{marker, "python >= '3'", `python >= '3': expected a marker variable or a quoted string at column 1`, 0, 0},
		{marker, "os_name == 'x", `os_name == 'x: expected ' to close the string at column 12`, 11, 13},
		{marker, `os_name == "\x"`, `os_name == "\x": expected a valid string, as Python reads it at column 12`, 11, 15},
		{marker, "os_name == 'x' os_name", `os_name == 'x' os_name: expected "and", "or" or the end of the marker at column 16`, 15, 15},
		{marker, "(os_name == 'x'", `(os_name == 'x': expected ")" to close "(" at column 1`, 0, 15},
		{marker, "(os_name == 'x' x)", `(os_name == 'x' x): expected "and", "or" or ")" at column 17`, 16, 16},
		{marker, "os_name not 'x'", `os_name not 'x': expected "in" after "not" at column 13`, 12, 12},
	}
	for _, test := range tests {
		err := test.parse(test.in)
		var e *ParseError
		if !errors.As(err, &e) {
			t.Errorf("%q: %v", test.in, err)
			continue
		}
		if err.Error() != test.want || e.Text != test.in || e.Offset != test.from || e.End != test.to || e.ExitCode() != 3 {
			t.Errorf("%q:\n got %s [%d:%d]\nwant %s [%d:%d]", test.in, err, e.Offset, e.End, test.want, test.from, test.to)
		}
	}
}

func TestNames(t *testing.T) {
	tests := []struct{ in, normal, escaped string }{
		{"requests", "requests", "requests"},
		{"Foo.Bar--_baz", "foo-bar-baz", "foo_bar_baz"},
		{"A", "a", "a"},
		{"zope.interface", "zope-interface", "zope_interface"},
	}
	for _, test := range tests {
		n, err := ParseName(test.in)
		if err != nil || string(n) != test.normal || n.Escaped() != test.escaped || Normalize(n.String()) != n {
			t.Errorf("%q: %q %q, %v", test.in, n, n.Escaped(), err)
		}
	}
	for _, text := range []string{"", "-a", "a-", "a b", "é", "a/b", "_", "a\n"} {
		var e *NameError
		if n, err := ParseName(text); !errors.As(err, &e) || e.ExitCode() != 3 {
			t.Errorf("%q: %q, %v", text, n, err)
		}
	}
}

func TestRequirementText(t *testing.T) {
	tests := []struct{ in, want string }{
		{"Foo_Bar [ B, a ] >= 1.0 , <2 ; os_name=='posix'", `Foo_Bar[B,a]<2,>=1.0; os_name == "posix"`},
		{"foo@https://example.test/foo.whl ; os_name=='posix'", `foo @ https://example.test/foo.whl ; os_name == "posix"`},
		{"foo (>=1)", "foo>=1"},
		{"foo >=1,", "foo>=1"},
		{`foo; os_name == "a\\b"`, `foo; os_name == "a\\b"`},
		{`foo; os_name == "a\x22'"`, `foo; os_name == "a\x22'"`},
	}
	for _, test := range tests {
		r, err := Parse(test.in)
		if err != nil || r.String() != test.want {
			t.Errorf("%q: %q, %v, want %q", test.in, r, err, test.want)
		}
	}
	if r := (Requirement{Name: "foo"}); r.String() != "foo" {
		t.Errorf("%q", r)
	}
}
