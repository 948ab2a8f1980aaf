package pep440

import "testing"

func TestCutSpecifier(t *testing.T) {
	tests := []struct{ in, spec, rest string }{
		{">=1.0,<2", ">=1.0", ",<2"},
		{"== 1.* ; x", "==1.*", " ; x"},
		{"===foo bar", "===foo", " bar"},
		{"===1,2)", "===1,2", ")"},
		{">1.0-x", ">1.0", "-x"},
		{"==1.0+", "==1.0", "+"},
	}
	for _, test := range tests {
		spec, rest, err := CutSpecifier(test.in)
		if err != nil || spec.String() != test.spec || rest != test.rest {
			t.Errorf("%q: %q, %q, %v", test.in, spec, rest, err)
		}
	}
	if _, rest, err := CutSpecifier("1.0"); err == nil || rest != "1.0" {
		t.Errorf("%q, %v", rest, err)
	}
}

func TestSpecifierParts(t *testing.T) {
	spec, err := ParseSpecifier("!= v1.0.*")
	if err != nil || !spec.IsWildcard() || spec.Version().String() != "1.0" || spec.Operator() != "!=" || spec.VersionText() != "v1.0.*" {
		t.Errorf("%#v, %v", spec, err)
	}
	if spec.Matches(MustParse("1.0.3")) || !spec.Matches(MustParse("1.1")) {
		t.Error("matches")
	}
}

func TestMatchesText(t *testing.T) {
	tests := []struct {
		spec, text string
		want       bool
	}{
		{">=3.8", "3.11.7", true},
		{">=3.8", "3.7", false},
		{">=3.8", "3.13.0rc2", true},
		{">=3.8", "3.8+local", true},
		{">=4", "5.15.0-105-generic", false},
		{"!=4", "5.15.0-105-generic", false},
		{"===Foo", "fOO", true},
		{"===Foo", "Foo1", false},
		{"===1.0", "1.0.0", false},
	}
	for _, test := range tests {
		spec, err := ParseSpecifier(test.spec)
		if err != nil || spec.MatchesText(test.text) != test.want {
			t.Errorf("%s, %s: %v", test.spec, test.text, err)
		}
	}
}

func TestUnsatisfiableWithArbitraryText(t *testing.T) {
	no := false
	tests := []struct {
		set  string
		pre  *bool
		want bool
	}{
		{"===foo", nil, false},
		{"===foo,===FOO", nil, false},
		{"===foo,===bar", nil, true},
		{"===foo,>=1", nil, true},
		{"===1.0,>=1", nil, false},
		{"===1.0a1", nil, false},
		{"===1.0a1", &no, true},
	}
	for _, test := range tests {
		if got := MustParseSpecifierSet(test.set).Unsatisfiable(test.pre); got != test.want {
			t.Errorf("%s: %v", test.set, got)
		}
	}
}
