package pep440

import (
	"errors"
	"strings"
	"testing"
)

func FuzzParseVersion(f *testing.F) {
	for _, text := range []string{"1.0", " v1!2.0-RC.1.post-2_dev+Ubuntu-1.0\t", "1.0a", "1.0-1", "1.0.*", "", "1..0", "1.0+", "99999999999999999999.0.dev20240101000000", "1.0+00a.00"} {
		f.Add(text, "1.0.0")
	}
	f.Fuzz(func(t *testing.T, text, other string) {
		v, err := Parse(text)
		if err != nil {
			checkParseError(t, text, err)
			return
		}
		for _, spelling := range []string{v.String(), v.Canonical(), strings.ToUpper(v.String()), "v" + v.String()} {
			if again, err := Parse(spelling); err != nil || !again.Equal(v) {
				t.Errorf("%q reads as %q, and %q as %q, %v", text, v, spelling, again, err)
			}
		}
		if again := MustParse(v.String()); again.String() != v.String() {
			t.Errorf("%q is %q, and that is %q", text, v, again)
		}
		w, err := Parse(other)
		if err != nil {
			return
		}
		if order := v.Compare(w); order != -w.Compare(v) || order != v.compareParts(w) || (order == 0) != (v.Canonical() == w.Canonical()) {
			t.Errorf("Compare(%s, %s) = %d", v, w, order)
		}
		if v.Public().Compare(v) > 0 || v.Public().HasLocal() || v.Base().IsPrerelease() {
			t.Errorf("%s: public %s, base %s", v, v.Public(), v.Base())
		}
	})
}

func FuzzParseSpecifierSet(f *testing.F) {
	for _, text := range []string{">=1.0,<2", "==1.*", "~=1.4.5a4", "===foo bar", "!=1.0+x, >dev", " ,>= 1 ,", ">1.0.post1.dev2", "<=1!99999999999999999999", ">=3.6.*", ">=1<2"} {
		f.Add(text, "1.0.post1")
	}
	f.Fuzz(func(t *testing.T, text, version string) {
		lenient, lenientErr := ParseSpecifierSetLenient(text)
		set, err := ParseSpecifierSet(text)
		if err != nil {
			checkParseError(t, text, err)
			set, err = lenient, lenientErr
		}
		if err != nil {
			return
		}
		again, err := ParseSpecifierSet(set.String())
		if err != nil || again.String() != set.String() || !again.Equal(set) || !again.Ranges().Equal(set.Ranges()) {
			t.Errorf("%q is %q, and that is %q, %v", text, set, again, err)
		}
		_ = set.Ranges().String()
		checkWitnesses(t, set.Ranges())
		v, err := Parse(version)
		if err == nil && !set.hasArbitrary() && set.Matches(v) != set.Ranges().Contains(v) {
			t.Errorf("%s matches %s: %v", set, v, set.Matches(v))
		}
		yes := true
		if err == nil && !set.hasArbitrary() && set.Matches(v) != set.Contains(version, &yes) {
			t.Errorf("%s contains %s: %v", set, v, set.Contains(version, &yes))
		}
	})
}

// checkParseError looks whether an error names its text and a place in it.
func checkParseError(t *testing.T, text string, err error) {
	t.Helper()
	var e *ParseError
	if !errors.As(err, &e) || e.Text != text || e.Offset < 0 || e.Offset > e.End || e.End > len(text) || e.Problem == "" {
		t.Errorf("%q: error %#v", text, err)
	}
	_ = err.Error()
}
