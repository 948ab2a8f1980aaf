package pep440

import (
	"errors"
	"testing"
)

func TestParseErrorsNameTextPlaceAndWhatWasExpected(t *testing.T) {
	version := func(s string) error { _, err := Parse(s); return err }
	clause := func(s string) error { _, err := ParseSpecifier(s); return err }
	set := func(s string) error { _, err := ParseSpecifierSet(s); return err }
	tests := []struct {
		parse    func(string) error
		in, want string
		from, to int
	}{
		{version, "", `"": expected a version at column 1`, 0, 0},
		{version, "latest", `latest: expected a version at column 1`, 0, 0},
		{version, "1!", `1!: expected a number after "1!" at column 3`, 2, 2},
		{version, "1.", `1.: expected a number after "." at column 3`, 2, 2},
		{version, "1.0+", `1.0+: expected letters and digits after "+" at column 5`, 4, 4},
		{version, "1.0 1", `1.0 1: expected the end of the version after "1.0" at column 4`, 3, 3},
		{version, "1.0-beta-x", `1.0-beta-x: expected the end of the version after "1.0-beta-" at column 10`, 9, 9},
		{version, "é", `é: expected a version at column 1`, 0, 0},
		{clause, "1.0", `1.0: expected an operator, one of ===, ==, ~=, !=, <=, >=, <, > at column 1`, 0, 0},
		{clause, ">=", `>=: expected a version after ">=" at column 3`, 2, 2},
		{clause, ">=1.*", `>=1.*: ".*" is only possible after == and != at column 3`, 2, 5},
		{clause, "==1.0a1.*", `==1.0a1.*: ".*" must follow the release alone at column 3`, 2, 9},
		{clause, ">1+abc", `>1+abc: a local version is only possible after == and != at column 2`, 1, 6},
		{clause, "~=1", `~=1: expected at least two release numbers after "~=" at column 3`, 2, 3},
		{set, ">=1, <x", `>=1, <x: expected a version after "<" at column 7`, 6, 6},
		{set, "\t>=\n", `"\t>=\n": expected a version after ">=" at column 4`, 3, 3},
	}
	for _, test := range tests {
		err := test.parse(test.in)
		var e *ParseError
		if !errors.As(err, &e) {
			t.Errorf("%q: %v", test.in, err)
			continue
		}
		if err.Error() != test.want || e.Text != test.in || e.Offset != test.from || e.End != test.to || e.ExitCode() != 3 {
			t.Errorf("%q: %s [%d:%d], want %s", test.in, err, e.Offset, e.End, test.want)
		}
	}
}

func TestZeroValues(t *testing.T) {
	var v Version
	if !v.IsZero() || v.String() != "" || v.Canonical() != "" || v.IsPrerelease() || v.IsDev() || v.IsPostrelease() || v.HasLocal() || v.Release(0) != 0 || v.ReleaseLen() != 0 {
		t.Errorf("zero version: %#v", v)
	}
	first := MustParse("0.dev0")
	if v.Compare(first) >= 0 || first.Compare(v) <= 0 || !v.Equal(Version{}) || first.IsZero() {
		t.Error("the zero version does not come first")
	}
	var s SpecifierSet
	if !s.IsEmpty() || s.String() != "" || !s.Matches(first) || !s.Contains("no version", nil) || !s.Ranges().IsFull() || s.Prereleases() {
		t.Error("the zero set does not admit everything")
	}
	if some, all := s.AdmitsMinor(3, 9); !some || !all {
		t.Error("the zero set does not admit 3.9")
	}
	if spec := (Specifier{}); spec.Operator() != "" || spec.VersionText() != "" || spec.String() != "" {
		t.Errorf("zero specifier: %q", spec)
	}
	var r Ranges
	if !r.IsEmpty() || r.Contains(first) || !r.Equal(Empty()) || !Full().IsFull() || !Full().Contains(first) {
		t.Error("the zero ranges are not empty")
	}
}

func TestAndKeepsOrderAndDropsRepetitions(t *testing.T) {
	a, b := MustParseSpecifierSet(">=1.0,<2"), MustParseSpecifierSet("!=1.5,>=1")
	if got := a.And(b).String(); got != "!=1.5,<2,>=1" {
		t.Errorf("And = %q", got)
	}
	if a.String() != "<2,>=1.0" || b.String() != "!=1.5,>=1" {
		t.Errorf("And changed %q or %q", a, b)
	}
}

func TestRangesText(t *testing.T) {
	tests := []struct{ set, want string }{
		{"", "*"},
		{">=2,<1", "none"},
		{">=1.0,<2.0", ">=1.0,<2.0"},
		{">1.0", ">1.0"},
		{">1.0a1", ">=1.0a2.dev0"},
		{"<=1.0", "<=1.0"},
		{"<1.0rc1", "<1.0rc1"},
		{"==1.0", "==1.0"},
		{"==1.0+cu118", "==1.0+cu118"},
		{"==1.0.*", "==1.0.*"},
		{"==1.*", "==1.*"},
		{"~=1.4", ">=1.4,<2"},
		{"!=1.5", "!=1.5"},
		{"!=1.5.*,>=1", ">=1,!=1.5.*"},
		{">=2.7,!=3.0.*,!=3.1.*", ">=2.7,<3.0 || >=3.2.dev0"},
		{">1.0.post1", ">=1.0.post2.dev0"},
		{"===1.0", "==1.0"},
		{">=1!0", ">=1!0"},
	}
	for _, test := range tests {
		if got := MustParseSpecifierSet(test.set).Ranges().String(); got != test.want {
			t.Errorf("%q: %q, want %q", test.set, got, test.want)
		}
	}
	v := MustParse("1.0")
	if got := MustParseSpecifierSet(">1.0").Ranges().Complement().String(); got != "<=1.0.post*" {
		t.Errorf("%q", got)
	}
	if got := Singleton(v).Union(AtLeast(MustParse("2.0"))).String(); got != "==1.0 || >=2.0" {
		t.Errorf("%q", got)
	}
}

func TestHotPathsDoNotAllocate(t *testing.T) {
	v, w := MustParse("2.31.0"), MustParse("2.31.0.20240311")
	set := MustParseSpecifierSet(">=1.0,!=2.5.*,~=2.3")
	r := set.Ranges()
	spec := set.Specifiers()[0]
	checks := map[string]func(){
		"Compare":     func() { v.Compare(w); w.Compare(w); v.Compare(v) },
		"Matches":     func() { set.Matches(v); set.Matches(w) },
		"MatchesText": func() { spec.MatchesText("3.11.7") },
		"AdmitsMinor": func() { set.AdmitsMinor(2, 31) },
		"Contains":    func() { r.Contains(v) },
		"SubsetOf":    func() { r.SubsetOf(r); r.Disjoint(r) },
		"String":      func() { _ = v.String() },
	}
	for name, check := range checks {
		if n := testing.AllocsPerRun(10, check); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	if n := testing.AllocsPerRun(10, func() { v, _ = Parse("2.31.0") }); n > 1 {
		t.Errorf("Parse allocates %v times", n)
	}
}
