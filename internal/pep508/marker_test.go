package pep508

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

var linux = Environment{
	OSName: "posix", SysPlatform: "linux", PlatformSystem: "Linux", PlatformMachine: "x86_64",
	PlatformPythonImplementation: "CPython", ImplementationName: "cpython", ImplementationVersion: "3.9.4",
	PythonVersion: "3.9", PythonFullVersion: "3.9.4",
}

func mustMarker(t testing.TB, text string) Marker {
	t.Helper()
	m, err := ParseMarker(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEvalWithExtras(t *testing.T) {
	tests := []struct {
		marker string
		extras []Name
		want   bool
	}{
		{`extra == "socks"`, nil, false},
		{`extra == "socks"`, []Name{"socks"}, true},
		{`extra == "SOCKS_5"`, []Name{"security", "socks-5"}, true},
		{`extra == "socks" and python_version < "3"`, []Name{"socks"}, false},
		{`extra == "a" and extra == "b"`, []Name{"a", "b"}, false},
		{`extra == "a" or python_version >= "3"`, nil, true},
		{`extra != "a"`, nil, true},
		{`extra != "a"`, []Name{"a"}, false},
		{`extra != "a"`, []Name{"a", "b"}, true},
		{`python_version >= "3"`, []Name{"a"}, true},
		{`"a" == extra`, []Name{"a"}, true},
		{`"a" in extras`, []Name{"a"}, false},
		{`os_name ~= "x"`, nil, false},
		{`os_name ~= "x" or os_name == "posix"`, nil, true},
		{``, nil, true},
	}
	for _, test := range tests {
		m := Marker{}
		if test.marker != "" {
			m = mustMarker(t, test.marker)
		}
		if got := m.Eval(linux, test.extras...); got != test.want {
			t.Errorf("%s with %q: %v", test.marker, test.extras, got)
		}
	}
}

func TestEvalForAnyPatch(t *testing.T) {
	env := linux
	env.AnyPatch = true
	tests := map[string]bool{
		`python_full_version < "3.9.2"`:                                        true,
		`python_full_version >= "3.9.2"`:                                       true,
		`python_full_version >= "3.9.2" and python_full_version < "3.9.2"`:     false,
		`python_full_version > "3.9.2" and python_full_version < "3.9.4"`:      true,
		`python_full_version > "3.9.2" and python_full_version < "3.9.3"`:      false,
		`python_full_version > "3.9.2" and python_full_version < "3.9.3.1"`:    true,
		`python_full_version == "3.9.70000"`:                                   true,
		`python_full_version > "3.9.70000" and os_name == "posix"`:             true,
		`python_full_version > "3.9.70000" and os_name == "nt"`:                false,
		`python_full_version < "3.9"`:                                          false,
		`python_full_version <= "3.9"`:                                         true,
		`python_full_version < "3.9.0rc1"`:                                     false,
		`python_full_version == "3.9.*"`:                                       true,
		`python_full_version != "3.9.*"`:                                       false,
		`python_full_version ~= "3.9.5"`:                                       true,
		`python_full_version === "3.9.5"`:                                      true,
		`python_full_version === "3.9.05"`:                                     false,
		`python_full_version >= "3.10"`:                                        false,
		`python_full_version == "3.10.1"`:                                      false,
		`"3.9.5" < python_full_version and "3.9.7" > python_full_version`:      true,
		`"3.9.5" < python_full_version and "3.9.6" > python_full_version`:      false,
		`"3.9.5" ~= python_full_version and python_full_version >= "3.9.5"`:    true,
		`"3.9.5" ~= python_full_version and python_full_version > "3.9.5"`:     false,
		`implementation_version == "3.9.5" and python_full_version != "3.9.5"`: false,
		`implementation_version == "3.9.5" and python_full_version == "3.9.5"`: true,
		`python_full_version in "3.9.1 3.9.12"`:                                true,
		`python_full_version in "3.8.1 3.10.12"`:                               false,
		`"3.9.11" in python_full_version and python_full_version > "3.9.20"`:   true,
		`python_full_version not in "3.9.0" and python_full_version < "3.9.1"`: false,
		`python_version == "3.9"`:                                              true,
		`python_full_version >= "3.9.99999999999999999999"`:                    false,
	}
	for text, want := range tests {
		if got := mustMarker(t, text).Eval(env); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	env.ImplementationName, env.ImplementationVersion = "pypy", "7.3.16"
	for text, want := range map[string]bool{`implementation_version == "3.9.5"`: false, `implementation_version >= "7.3"`: true} {
		if got := mustMarker(t, text).Eval(env); got != want {
			t.Errorf("PyPy: %s: %v", text, got)
		}
	}
}

func TestAnyPatchIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 508))
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	for range 3000 {
		atoms := make([]string, 1+r.IntN(4))
		for i := range atoms {
			op := pick("<", "<=", ">", ">=", "==", "!=", "~=")
			version := pick("3.9.0", "3.9.1", "3.9.2", "3.9.4", "3.9.5", "3.9.7rc1", "3.9.3.post1", "3.9.6.dev0", "3.9.2.1", "3.9", "3.8.5", "3.10.1")
			variable := pick("python_full_version", "python_full_version", "implementation_version")
			atoms[i] = fmt.Sprintf("%s %s %q", variable, op, version)
			if r.IntN(4) == 0 {
				atoms[i] = fmt.Sprintf("%q %s %s", version, op, variable)
			}
		}
		m := mustMarker(t, strings.Join(atoms, pick(" and ", " and ", " or ")))
		env, want := linux, false
		for patch := range 15 {
			env.PythonFullVersion = fmt.Sprintf("3.9.%d", patch)
			env.ImplementationVersion = env.PythonFullVersion
			want = want || m.Eval(env)
		}
		env.AnyPatch = true
		if got := m.Eval(env); got != want {
			t.Fatalf("%s: %v for any patch, %v for those tried", m, got, want)
		}
	}
}

func TestMarkerCombinations(t *testing.T) {
	a, b := mustMarker(t, `os_name == "posix" or os_name == "nt"`), mustMarker(t, `python_version >= "3"`)
	if got := a.And(b).String(); got != `(os_name == "posix" or os_name == "nt") and python_version >= "3"` {
		t.Errorf("And: %s", got)
	}
	if got := b.Or(a).String(); got != `python_version >= "3" or (os_name == "posix" or os_name == "nt")` {
		t.Errorf("Or: %s", got)
	}
	if !a.And(Marker{}).Equal(a) || !(Marker{}).And(a).Equal(a) || !a.Or(Marker{}).IsZero() || (Marker{}).Equal(a) {
		t.Error("the zero marker is not the one that always holds")
	}
	if !a.And(b).Uses("os.name") || a.Uses("python_version") || a.Uses("nonsense") || (Marker{}).Uses("os_name") {
		t.Error("Uses")
	}
	m := mustMarker(t, `extra == "B" or (extra == "a_1" and "c" in extras) or extra == "b" or "g" in dependency_groups or extra == ""`)
	if got := m.NamedExtras(); !slices.Equal(got, []Name{"a-1", "b", "c"}) {
		t.Errorf("NamedExtras: %q", got)
	}
}

func TestEvalDoesNotAllocate(t *testing.T) {
	m := mustMarker(t, `(python_version < "3.11" and sys_platform == "linux") or extra == "x" or platform_machine in "arm64 aarch64"`)
	if n := testing.AllocsPerRun(10, func() { m.Eval(linux) }); n != 0 {
		t.Errorf("Eval allocates %v times", n)
	}
	if n := testing.AllocsPerRun(10, func() { m.Eval(linux, "x", "y") }); n != 0 {
		t.Errorf("Eval with extras allocates %v times", n)
	}
}

func TestManyParenthesesAreRefused(t *testing.T) {
	if _, err := ParseMarker(strings.Repeat("(", 100) + `os_name == "x"` + strings.Repeat(")", 100)); err != nil {
		t.Error(err)
	}
	if _, err := ParseMarker(strings.Repeat("(", 1_000_000)); err == nil {
		t.Error("a million parentheses are accepted")
	}
	flat := strings.Repeat(`(os_name == "x") or `, 1000) + `os_name == "y"`
	if _, err := ParseMarker(flat); err != nil {
		t.Error(err)
	}
}

func BenchmarkEval(b *testing.B) {
	for name, text := range map[string]string{
		"version":  `python_version < "3.11"`,
		"platform": `sys_platform == "win32"`,
		"extra":    `extra == "socks"`,
		"both":     `(python_version >= "3.8" and sys_platform == "linux") or extra == "x"`,
		"patch":    `python_full_version < "3.9.2"`,
	} {
		m, env := mustMarker(b, text), linux
		env.AnyPatch = true
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Eval(env)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for name, text := range map[string]string{
		"plain":  "requests",
		"bound":  "urllib3<3,>=1.21.1",
		"marker": `PySocks!=1.5.7,>=1.5.6; extra == "socks" and python_version < "3.11"`,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestEvaluateNamesWhatIsUndefined(t *testing.T) {
	tests := []struct {
		marker, want string
		context      Context
	}{
		{`extra == "x"`, `marker variable "extra" has no value here`, Context{Environment: linux}},
		{`"a" == "b"`, `marker variable "b" has no value here`, Context{Environment: linux}},
		{`os_name == "x" and "a" in extras`, `marker variable "extras" has no value here`, Context{Environment: linux}},
		{`os_name ~= "x"`, `"posix" ~= "x": not a comparison of versions`, Context{Environment: linux}},
		{`"a" === extras`, `"a" === "extras": not a comparison of versions`, Context{Environment: linux, LockFile: true}},
		{`extras == "a"`, `"extras" == "a": not a comparison of versions`, Context{Environment: linux, LockFile: true}},
	}
	for _, test := range tests {
		holds, err := mustMarker(t, test.marker).Evaluate(test.context)
		if holds || err == nil || err.Error() != test.want {
			t.Errorf("%s: %v, %v", test.marker, holds, err)
		}
	}
}

func TestEvaluateSetsOfALockFile(t *testing.T) {
	c := Context{Environment: linux, LockFile: true, Extras: []Name{"a-b"}, DependencyGroups: []Name{"dev"}}
	tests := map[string]bool{
		`"A_b" in extras`: true, `"dev" in extras`: false, `"dev" in dependency_groups`: true, `"x" not in extras`: true,
		`"a-b" == extras`: false, `"a-b" != extras`: true, `"a-b" < extras`: false, `"os_name" == os_name`: false, `"posix" == "os_name"`: true,
	}
	for text, want := range tests {
		if got, err := mustMarker(t, text).Evaluate(c); got != want || err != nil {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	if holds, err := (Marker{}).Evaluate(c); !holds || err != nil {
		t.Error("the zero marker does not hold")
	}
}
