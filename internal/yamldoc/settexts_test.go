package yamldoc_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/yamldoc"
)

func TestSetTexts(t *testing.T) {
	for name, c := range map[string]struct{ text, texts, want string }{
		"nothing there":   {"", "/a /b", "list:\n  - /a\n  - /b\n"},
		"comments only":   {"# mine\n", "/a", "# mine\nlist:\n  - /a\n"},
		"no key":          {"x: 1 # one\n\n# two\ny: {z: 2}", "/a python3", "x: 1 # one\n\n# two\ny: {z: 2}\nlist:\n  - /a\n  - python3\n"},
		"none at all":     {"x: 1\n", "", "x: 1\nlist: []\n"},
		"added":           {"list: # best first\n  - /a # good\n\nx: 1\n", "/a /b", "list: # best first\n  - /a # good\n  - /b\n\nx: 1\n"},
		"added in front":  {"list:\n# the old one\n- /a\nx: 1\n", "/b /a", "list:\n- /b\n# the old one\n- /a\nx: 1\n"},
		"taken out":       {"list:\n  # first\n  - /a # one\n  # second\n  - /b # two\nx: 1\n", "/a", "list:\n  # second\n  # first\n  - /a # one\nx: 1\n"},
		"emptied":         {"list: # best\n  # first\n  - /a\nx: 1\n", "", "list: [] # best\n  # first\nx: 1\n"},
		"moved":           {"list:\n  - /a # one\n  - /b # two\n  - /c", "/c /a /b", "list:\n  - /c\n  - /a # one\n  - /b # two\n"},
		"in brackets":     {"x: 1\nlist: [/a, 'b]'] # mine\n", "/c b]", "x: 1\nlist: [/c, 'b]'] # mine\n"},
		"empty brackets":  {"list: []\n", "/a", "list: [/a]\n"},
		"needs quotes":    {"list: []\n", `C:\Py\python.exe yes 3.11 ~/python`, `list: ['C:\Py\python.exe', 'yes', '3.11', '~/python']` + "\n"},
		"line ends":       {"x: 1\r\nlist:\r\n  - /a\r\n", "/a /b", "x: 1\r\nlist:\r\n  - /a\r\n  - /b\r\n"},
		"quoted members":  {"list:\n  - \"/a\"\n  - '/b'\n", "/b /a", "list:\n  - '/b'\n  - \"/a\"\n"},
		"flow elsewhere":  {"{list: [/a]}\n", "/b", "{list: [/b]}\n"},
		"refused: scalar": {"list: /a\n", "/b", ""},
		"refused: alias":  {"x: &l [/a]\nlist: *l\n", "/b", ""},
		"refused: used":   {"list:\n  - &p /a\nx: *p\n", "/b", ""},
		"refused: folded": {"list:\n  - /a\n    b\n", "/c", ""},
		"refused: note":   {"list: [/a, # one\n  /b]\n", "/c", ""},
		"refused: root":   {"- x\n", "/c", ""},
		"refused: braces": {"{x: 1}\n", "/c", ""},
		"refused: end":    {"x: 1\n...\n", "/c", ""},
		"refused: one":    {"list: /a\nx: [\n", "/b", ""},
	} {
		got, err := yamldoc.SetTexts("f.yml", []byte(c.text), "list", strings.Fields(c.texts))
		if refused := strings.HasPrefix(name, "refused"); refused != (err != nil) || string(got) != c.want {
			t.Errorf("%s: got %q (%v), want %q", name, got, err, c.want)
		}
	}
}

func FuzzSetTexts(f *testing.F) {
	f.Add("list: # x\n  - /a # one\nx: 1\n", "/b", "/a")
	f.Add("list: ['a', b]\n", "yes", "it's")
	f.Fuzz(func(t *testing.T, text, first, second string) {
		got, err := yamldoc.SetTexts("f.yml", []byte(text), "list", []string{first, second})
		if err != nil {
			return
		}
		r, err := yamldoc.Open("f.yml", got)
		if err != nil {
			t.Fatal(err)
		}
		m, _ := r.Root().Map([]string{"list"})
		if texts, _ := m.Texts("list"); !slices.Equal(texts, []string{first, second}) && r.Err() == nil {
			t.Errorf("%q: got %q with %q", text, got, texts)
		}
	})
}
