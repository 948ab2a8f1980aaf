package tomldoc_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/tomldoc"
)

func open(t *testing.T, text string) *tomldoc.Reader {
	t.Helper()
	r, err := tomldoc.Open("x.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const document = `# a comment
top = "first" # behind it
"quoted.key" = 'literal'
dotted.a.b = 1

[table]
list = [
  "one", # comment
  "zwö", "th\tree",
]
inline = {x = "y", z.w = "v"}
many = """
two
lines"""

[table.below.deep]
here = true

[[tables]]
name = "a"
[[tables]]
name = "b"
[tables.inner]
name = "c"
`

func TestValues(t *testing.T) {
	root := open(t, document).Root()
	if got := root.Keys(); !slices.Equal(got, []string{"top", "quoted.key", "dotted", "table", "tables"}) {
		t.Errorf("keys %q", got)
	}
	text := func(v tomldoc.Value) string { s, _ := v.Text(); return s }
	tables := root.Get("tables").List()
	if len(tables) != 2 || text(tables[1].Get("inner").Get("name")) != "c" || text(tables[0].Get("name")) != "a" {
		t.Errorf("tables %v", tables)
	}
	table := root.Get("table")
	for _, c := range []struct {
		v     tomldoc.Value
		text  string
		path  string
		at    string
		exact bool
	}{
		{root.Get("top"), "first", "top", "2:8", true},
		{root.Get("quoted.key"), "literal", `"quoted.key"`, "3:17", true},
		{table.Get("list").List()[0], "one", "table.list[1]", "8:4", true},
		{table.Get("list").List()[1], "zwö", "table.list[2]", "9:4", true},
		{table.Get("list").List()[2], "th\tree", "table.list[3]", "9:10", false},
		{table.Get("inline").Get("x"), "y", "table.inline.x", "11:16", true},
		{table.Get("inline").Get("z").Get("w"), "v", "table.inline.z.w", "11:27", true},
		{table.Get("many"), "two\nlines", "table.many", "12:8", false},
		{tables[1].Get("name"), "b", "tables[2].name", "22:9", true},
	} {
		line, col, exact := c.v.At()
		if got := fmt.Sprintf("%d:%d", line, col); text(c.v) != c.text || c.v.Path() != c.path || got != c.at || exact != c.exact {
			t.Errorf("%s: %q at %s (%t), want %q at %s (%t)", c.v.Path(), text(c.v), got, exact, c.text, c.at, c.exact)
		}
	}
	if root.Get("nothing").Get("at all").There() || len(root.Get("nothing").Texts()) != 0 || root.Get("top").Get("x").There() {
		t.Error("what is not there is there")
	}
}

func TestProblems(t *testing.T) {
	r := open(t, document)
	root := r.Root()
	root.Get("tables").Table()
	root.Get("dotted").Get("a").Get("b").Text()
	root.Get("table").Get("below").Get("deep").Get("here").List()
	root.Get("table").Get("below").Get("deep").Text()
	root.Get("top").Problem("is odd", "make it even")
	root.Get("top").Warn("is loud")
	var got []string
	for _, p := range r.Problems() {
		got = append(got, p.Error())
		if p.SourceLine != r.Line(p.Line) || p.Excerpt() == "" {
			t.Errorf("%v has no source line", p)
		}
	}
	want := []string{
		"x.toml:2:7: top: is odd",
		"x.toml:4:14: dotted.a.b: is a number, not a text",
		"x.toml:16:14: table.below.deep: is a table, not a text",
		"x.toml:17:8: table.below.deep.here: is true or false, not an array",
		"x.toml:19:3: tables: is an array, not a table",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if w := r.Warnings(); len(w) != 1 || w[0].String() != "x.toml:2:7: top: is loud" {
		t.Errorf("warnings %v", w)
	}
}

func TestSyntax(t *testing.T) {
	for text, want := range map[string]string{
		"a = \n":                   "x.toml:1:5: is not TOML: ",
		"a = 1\nb = \"ü\" x\n":     "x.toml:2:9: is not TOML: ",
		"a = 1\na = 2\n":           "is not TOML: ",
		"[a]\n[a]\n":               "is not TOML: ",
		"a = {b = 1}\n[a.c]\n":     "is not TOML: ",
		"\xff = 1":                 "is not TOML: ",
		"a = \"\xff\"":             "is not TOML: ",
		"a = 1\r\nb = [1, 2":       "x.toml:2:",
		strings.Repeat(" ", 5<<20): "x.toml: is larger than 4 MiB",
	} {
		_, err := tomldoc.Open("x.toml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: got %v, want %s", text, err, want)
		}
	}
}

// FuzzOpen: whatever is read, each value has a place inside the file, and
// asking for anything never panics.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(document))
	f.Add([]byte("a.b.c = [[1], {x = 2}, 'y']\n[a.d]\n[[a.e]]\n"))
	f.Add([]byte("\ufeffa = 1\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := tomldoc.Open("x.toml", data)
		if err != nil {
			return
		}
		var walk func(v tomldoc.Value)
		walk = func(v tomldoc.Value) {
			for _, key := range v.Keys() {
				m := v.Get(key)
				if line, col, _ := m.At(); line < 1 || line > len(r.Lines()) || col < 1 {
					t.Errorf("%s stands at %d:%d of %d lines", m.Path(), line, col, len(r.Lines()))
				}
				m.Text()
				m.Table()
				for _, member := range m.List() {
					member.Warn("seen")
					walk(member)
				}
				walk(m)
			}
		}
		walk(r.Root())
		for _, p := range r.Problems() {
			_ = p.Excerpt()
		}
	})
}
