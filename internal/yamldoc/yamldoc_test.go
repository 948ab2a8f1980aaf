package yamldoc_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/yamldoc"
)

func open(t *testing.T, text string) *yamldoc.Reader {
	t.Helper()
	r, err := yamldoc.Open("f.yml", []byte(text))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return r
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unclosed", "a: [1\nb: 2\n", "f.yml:1:1: is not YAML: did not find expected ',' or ']'"},
		{"tab", "a:\n\tb: 1\n", "f.yml:2:1: is not YAML: found character that cannot start any token"},
		{"colon", "a: b: c\n", "f.yml:1:1: is not YAML: mapping values are not allowed in this context"},
		{"two documents", "a: 1\n---\nb: 2\n", "f.yml:2:1: begins a second document"},
		{"latin-1", "a: 1\nb: \xe9\n", "f.yml:2:4: is not UTF-8"},
		{"indentation", "a:\n  b: 1\n  c: 1\n d: 2\ne: 5\n", "f.yml:4:2: is not YAML: did not find expected key"},
		{"quote", "a:\n  b: \"x\n  c: 1\n  d: 1\n", "f.yml:2:3: is not YAML: found unexpected end of stream"},
		{"after a list over lines", "a: [1,\n  2]\nb: [1\nc: 1\n", "f.yml:3:1: is not YAML: did not find expected ',' or ']'"},
		{"specifier not quoted", "a: >=3.8\n", "f.yml:1:1: is not YAML: did not find expected comment or line break"},
		{"escape", "a: \"C:\\Windows\"\n", "f.yml:1:1: is not YAML: found unknown escape character"},
		{"unknown alias", "a: *x\n", "f.yml:1:1: is not YAML: unknown anchor 'x' referenced"},
		{"control", "a: \x01\n", "f.yml:1:1: is not YAML: control characters are not allowed"},
		{"large", strings.Repeat("#", 2<<20), "f.yml: is larger than 1 MiB"},
	} {
		_, err := yamldoc.Open("f.yml", []byte(c.text))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		if fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%s: exit code %d", c.name, fault.ExitCode(err))
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ yaml, want, problem string }{
		{`"1.0"`, "1.0", ""},
		{`'1.0'`, "1.0", ""},
		{`1.0.0`, "1.0.0", ""},
		{`plain text`, "plain text", ""},
		{"|\n  two\n  lines\n", "two\nlines\n", ""},
		{`!!str 1.0`, "1.0", ""},
		{`1.0`, "", "f.yml:1:4: a: 1.0 is a number, not a text"},
		{`3.10`, "", "f.yml:1:4: a: 3.10 is a number, not a text"},
		{`1`, "", "f.yml:1:4: a: 1 is a number, not a text"},
		{`0777`, "", "f.yml:1:4: a: 0777 is a number, not a text"},
		{`0o17`, "", "f.yml:1:4: a: 0o17 is a number, not a text"},
		{`1_000`, "", "f.yml:1:4: a: 1_000 is a number, not a text"},
		{`1:30`, "", "f.yml:1:4: a: 1:30 is a number, not a text"},
		{`.inf`, "", "f.yml:1:4: a: .inf is a number, not a text"},
		{`yes`, "", "f.yml:1:4: a: yes is a truth, not a text"},
		{`Off`, "", "f.yml:1:4: a: Off is a truth, not a text"},
		{`true`, "", "f.yml:1:4: a: true is a truth, not a text"},
		{`2026-11-21`, "", "f.yml:1:4: a: 2026-11-21 is a date, not a text"},
		{``, "", "f.yml:1:3: a: has no value"},
		{`~`, "", "f.yml:1:4: a: has no value"},
		{`[x]`, "", "f.yml:1:4: a: is a list, not a text"},
		{`{x: 1}`, "", "f.yml:1:4: a: is a section, not a text"},
		{`!!python/name x`, "", "f.yml:1:4: a: has the tag !!python/name, which means nothing here"},
		{`!mine x`, "", "f.yml:1:4: a: has the tag !mine, which means nothing here"},
	} {
		r := open(t, "a: "+c.yaml)
		m, _ := r.Root().Map([]string{"a"})
		got, _ := m.Text("a")
		checkErr(t, c.yaml, r.Err(), c.problem)
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.yaml, got, c.want)
		}
	}
}

func checkErr(t *testing.T, name string, err error, want string) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
	}
}

func TestBool(t *testing.T) {
	for _, c := range []struct {
		yaml             string
		want             bool
		problem, warning string
	}{
		{"true", true, "", ""}, {"True", true, "", ""}, {"yes", true, "", ""}, {"ON", true, "", ""},
		{"False", false, "", ""}, {"no", false, "", ""}, {"off", false, "", ""},
		{`"False"`, false, "", `f.yml:1:4: a: "False" is taken for false; without the quotes every tool does`},
		{`"true"`, true, "", `f.yml:1:4: a: "true" is taken for true; without the quotes every tool does`},
		{"0", true, "f.yml:1:4: a: 0 is not true or false", ""},
		{"maybe", true, "f.yml:1:4: a: maybe is not true or false", ""},
		{"", true, "f.yml:1:3: a: has no value", ""},
		{"[true]", true, "f.yml:1:4: a: is a list, not true or false", ""},
	} {
		r := open(t, "a: "+c.yaml)
		m, _ := r.Root().Map([]string{"a"})
		if got := m.Bool("a", true); got != c.want {
			t.Errorf("%s: %v", c.yaml, got)
		}
		checkErr(t, c.yaml, r.Err(), c.problem)
		if got := fmt.Sprint(r.Warnings()); got != "["+c.warning+"]" {
			t.Errorf("%s: warnings %s", c.yaml, got)
		}
	}
}

func TestMapFindsAllAtOnce(t *testing.T) {
	r := open(t, `a: &z one
versoin: x
a: two
list: [x, 1.0, [y], *z]
? [odd]
: 1
<<: {b: 1}
quiet: 1
`)
	m, ok := r.Root().Map([]string{"a", "version", "list"}, "quiet")
	if !ok {
		t.Fatal(r.Err())
	}
	texts, _ := m.Texts("list")
	if got := strings.Join(texts, " "); got != "x one" {
		t.Errorf("texts %q", got)
	}
	m.Need("version", "say which")
	want := `f.yml:1:1: version: is missing
f.yml:3:1: the key "a" is written twice, first in line 1
f.yml:4:11: list[2]: 1.0 is a number, not a text
f.yml:4:16: list[3]: is a list, not a text
f.yml:5:3: has a key that is not a text
f.yml:7:1: merges another section in with <<`
	checkErr(t, "all", r.Err(), want)
	if got := fmt.Sprint(r.Warnings()); got != `[f.yml:2:1: unknown key "versoin", did you mean "version"?]` {
		t.Errorf("warnings %s", got)
	}
}

func TestProblemAt(t *testing.T) {
	for _, c := range []struct {
		yaml string
		want int // column
	}{
		{`abcdef`, 6}, {`"abcdef"`, 7}, {`'abcdef'`, 7}, {`"\x61bcdef"`, 4}, {"|\n  abcdef", 4}, {`"äbcdef"`, 7},
	} {
		r := open(t, "a: "+c.yaml)
		m, _ := r.Root().Map([]string{"a"})
		v, _ := m.Get("a")
		text, _ := v.Text()
		v.ProblemAt(strings.Index(text, "c"), 2, "wrong", "")
		var p *fault.Problem
		if !errors.As(r.Err(), &p) || p.Col != c.want {
			t.Errorf("%s: %v, want column %d", c.yaml, r.Err(), c.want)
		}
	}
}

func TestEmptyDocuments(t *testing.T) {
	for _, text := range []string{"", "# only a comment\n", "---\n", "null\n", "\ufeff"} {
		r := open(t, text)
		if _, ok := r.Root().Map(nil); ok {
			t.Errorf("%q is a section", text)
		}
		if err := r.Err(); err == nil || !strings.Contains(err.Error(), "is empty") {
			t.Errorf("%q: %v", text, err)
		}
	}
	r := open(t, "just text\n")
	if _, ok := r.Root().Map(nil); ok || r.Err() == nil {
		t.Error("a text is a section")
	}
}

func TestWithout(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"absent", "a: 1\n", "a: 1\n"},
		{"last", "a: 1\nb:\n  c: 2\n", "a: 1\n"},
		{"last, no newline", "a: 1\nb:\n  c: 2", "a: 1\n"},
		{"first", "b:\n  c: 2\na: 1\n", "a: 1\n"},
		{"middle, comments", "# top\na: 1 # one\n\n# about b\nb: # here\n  # inside\n  c: 2\n  # inside, last\n\n# about d\nd: 3\n",
			"# top\na: 1 # one\n\n# about b\n\n# about d\nd: 3\n"},
		{"crlf", "a: 1\r\nb:\r\n  c: 2\r\nd: 3\r\n", "a: 1\r\nd: 3\r\n"},
		{"cr", "a: 1\rb:\r  c: 2\rd: 3\r", "a: 1\rd: 3\r"},
		{"bom, first", "\ufeffb: 1\na: 2\n", "\ufeffa: 2\n"},
		{"block text", "b:\n  c: |\n    # not a comment\n\n    end\na: 1\n", "a: 1\n"},
		{"flow over lines", "b: {c: 1,\n  d: [2,\n 3]\n}\na: 1\n", "a: 1\n"},
		{"quoted over lines", "b: \"x\n  # y\n  z\"\na: 1\n", "a: 1\n"},
		{"document end", "a: 1\nb:\n  c: 2\n...\n", "a: 1\n...\n"},
		{"indented root", "  a: 1\n  b:\n    c: 2\n  # about d\n  d: 1\n", "  a: 1\n  # about d\n  d: 1\n"},
		{"quoted key", "a: 1\n\"b\": {x: y}\n", "a: 1\n"},
		{"same key deeper", "a:\n  b: 1\nb: 2\n", "a:\n  b: 1\n"},
		{"anchor outside", "a: &x 1\nb: *x\n", "a: &x 1\n"},
	} {
		got, err := yamldoc.Without("f.yml", []byte(c.text), "b")
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q %v, want %q", c.name, got, err, c.want)
		}
	}
	for _, c := range []struct{ name, text string }{
		{"root in braces", "{a: 1, b: 2}\n"},
		{"anchor inside", "b: &x 1\na: *x\n"},
		{"explicit key", "? b\n: 1\n? a\n: 2\n"},
	} {
		if got, err := yamldoc.Without("f.yml", []byte(c.text), "b"); err == nil {
			t.Errorf("%s: cut to %q", c.name, got)
		}
	}
}

// What is left after the cut is the same document without the key, or an error.
func FuzzWithout(f *testing.F) {
	for _, s := range []string{"a: 1\nb:\n  c: 2\nd: 3\n", "b: {\n}\n", "b: [1,\n#x\n2]\na: 1", "b: &x\n a: *x\n", "b: |\n\n\n # x\na: 1", "\ufeffb: 1", "b: 1\n---\n", "? b\n", "b: 'x\n\n a: y'\n", "a: 1\r\nb: 2\u2028c: 3"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rest, err := yamldoc.Without("f.yml", data, "b")
		if err != nil {
			return
		}
		r, err := yamldoc.Open("f.yml", rest)
		if err != nil {
			t.Fatalf("%q became %q: %v", data, rest, err)
		}
		if m, ok := r.Root().AnyMap(); ok && r.Err() == nil {
			if _, ok := m.Get("b"); ok {
				t.Fatalf("%q became %q", data, rest)
			}
		}
	})
}
