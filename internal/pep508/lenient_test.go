package pep508

import "testing"

func TestLenientRequirements(t *testing.T) {
	tests := []struct{ in, want string }{
		{"elasticsearch-dsl (>=7.2.0<8.0.0)", "elasticsearch-dsl>=7.2.0,<8.0.0"},
		{"jupyter-core (!=~5.0,>=4.12)", "jupyter-core!=5.0.*,>=4.12"},
		{"torch (>=1.9.*)", "torch>=1.9"},
		{"pyzmq (>=2.7,!=3.0*,!=3.1*)", "pyzmq>=2.7,!=3.0.*,!=3.1.*"},
		{"pyzmq >=3.6,", "pyzmq>=3.6"},
		{"pytz (>dev)", "pytz>0.0.0.dev0"},
		{"botocore>=1.3.0,<1.4.0',", "botocore>=1.3.0,<1.4.0"},
		{`numpy >=1.19; python_version >= "3.7"`, `numpy>=1.19; python_version >= "3.7"`},
		{`numpy ">=1.19"; python_version >= "3.7"`, `numpy>=1.19; python_version >= "3.7"`},
		{`'numpy' >=1.19"; python_version >= "3.7"`, `numpy>=1.19; python_version >= "3.7"`},
		{`black (>=20.*) ; extra == 'format'`, `black>=20; extra == "format"`},
		{"foo[b, a] (>=1.*)", "foo[a,b]>=1"},
		{" foo>=1;\n", "foo>=1"},
		{"foo ;", "foo"},
	}
	for _, test := range tests {
		want, err := Parse(test.want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseLenient(test.in)
		if err != nil || !got.Equal(want) || got.String() != want.String() {
			t.Errorf("%q gives %q, %v, want %q", test.in, got, err, want)
		}
	}
}

func TestLenientRequirementsStillRefuse(t *testing.T) {
	for _, text := range []string{"", "-", "foo bar", "foo>=x", "foo @", "foo; python_version", "foo[a b]>=1", "foo 1.0"} {
		if r, err := ParseLenient(text); err == nil {
			t.Errorf("%q gives %q", text, r)
		}
	}
}
