package pep508

import (
	"errors"
	"testing"
)

func FuzzParseRequirement(f *testing.F) {
	for _, text := range []string{"a", "Foo_Bar[x, y]>=1,<2; os_name=='nt'", "a @ https://example.test/a.whl ; extra == 'x'", "a (>=1.0)", "a>=", "a===x,y", "a[", "a-[b]", "a (>=7.2.0<8.0.0)", "'a' >=1.*;"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lenient, lenientErr := ParseLenient(text)
		r, err := Parse(text)
		if err != nil {
			checkError(t, text, err)
			r, err = lenient, lenientErr
		}
		if err != nil {
			return
		}
		again, err := Parse(r.String())
		if err != nil || again.String() != r.String() || !again.Equal(r) {
			t.Errorf("%q is %q, and that is %q, %v", text, r, again, err)
		}
		if Normalize(string(r.Name)) != r.Name {
			t.Errorf("%q: the name %q is not normal", text, r.Name)
		}
	})
}

func FuzzParseMarker(f *testing.F) {
	for _, text := range []string{`os_name == "posix"`, `(python_version<'3' or extra=="A_b") and "x" not in sys.platform`, `"a" == "a"`, `python_full_version ~= "3.9.1"`, `os_name == "\x41\n"`, `"x" in extras`, `((os_name in 'a'))and(os_name>"b")`} {
		f.Add(text, "x")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		m, err := ParseMarker(text)
		if err != nil {
			checkError(t, text, err)
			return
		}
		again, err := ParseMarker(m.String())
		if err != nil || again.String() != m.String() || !again.Equal(m) {
			t.Errorf("%q is %q, and that is %q, %v", text, m, again, err)
		}
		extra := Normalize(name)
		want, err := m.Evaluate(Context{Environment: linux, Extra: &extra})
		got := m.Eval(linux, extra)
		if err == nil && got != want || got != again.Eval(linux, extra) {
			t.Errorf("%s with %q: Eval %v, Evaluate %v, %v", m, extra, got, want, err)
		}
		any := linux
		if any.AnyPatch = true; got && !m.Eval(any, extra) && any.PythonFullVersion == "3.9.4" {
			t.Errorf("%s holds for 3.9.4 but for no patch release", m)
		}
	})
}

func FuzzParseName(f *testing.F) {
	f.Add("Foo.Bar")
	f.Add("a--b_")
	f.Fuzz(func(t *testing.T, text string) {
		if n := Normalize(text); Normalize(string(n)) != n {
			t.Errorf("%q: %q is not normal", text, n)
		}
		n, err := ParseName(text)
		if err != nil {
			return
		}
		if again, err := ParseName(string(n)); err != nil || again != n {
			t.Errorf("%q: %q is %q, %v", text, n, again, err)
		}
	})
}

// checkError looks whether an error names its text and a place in it.
func checkError(t *testing.T, text string, err error) {
	t.Helper()
	var e *ParseError
	if !errors.As(err, &e) || e.Text != text || e.Offset < 0 || e.Offset > e.End || e.End > len(text) || e.Problem == "" {
		t.Errorf("%q: error %#v", text, err)
	}
	_ = err.Error()
}
