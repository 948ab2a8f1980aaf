package extension_test

import (
	"testing"

	"github.com/axlepack/axle/internal/extension"
)

func FuzzParseVersion(f *testing.F) {
	for _, s := range []string{"1.0.0", "1.2.3-rc.1", "1.0.0-alpha", "1.0.0+build.7", "v1.0", "1.0.0-snapshot", "", "01.0.0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := extension.ParseVersion(s)
		if err != nil {
			return
		}
		again, err := extension.ParseVersion(v.String())
		if v.String() != s || err != nil || again.String() != s || again.PEP440.String() != v.PEP440.String() {
			t.Errorf("%q: %q, %q, %v", s, v, again, err)
		}
	})
}

func FuzzParseAPILevel(f *testing.F) {
	for _, s := range []string{"1.4.0", "1.10.2", "1.4", "99999.0.0", "-1.0.0", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if a, err := extension.ParseAPILevel(s); err == nil && a.String() != s {
			t.Errorf("%q: %q", s, a)
		}
	})
}

func FuzzParseSelection(f *testing.F) {
	for _, s := range []string{"a,b", ":all:", ":all:,:none:,a", "A_b", ",", "", "a b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		one, err := extension.ParseSelection("--x", []string{s})
		if err != nil {
			return
		}
		values := make([]string, 0, len(one.Names)+1)
		if one.All {
			values = append(values, ":all:")
		}
		for _, n := range one.Names {
			values = append(values, string(n))
		}
		again, err := extension.ParseSelection("--x", values)
		if err != nil || again.All != one.All || len(again.Names) != len(one.Names) {
			t.Errorf("%q: %v, %v, %v", s, one, again, err)
		}
	})
}
