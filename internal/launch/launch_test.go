package launch_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/agent"
	"github.com/axlepack/axle/internal/launch"
)

func TestRootLine(t *testing.T) {
	for _, c := range []struct {
		text, root string
		ok         bool
	}{
		{"", "", true},
		{"# nothing\n", "", true},
		{"accept: [\"*\"]\n", "", true},
		{"root: /var/lib/axle\n", "/var/lib/axle", true},
		{"interpreters: [/opt/py/bin/python3, python3]  # best first\ndiscover: true\nroot:   /srv/a-b_c.d  \npolicy:\n  strict_order: false\n", "/srv/a-b_c.d", true},
		{"interpreters:\n- /opt/py/bin/python3\n- python3\nroot: /srv/axle", "/srv/axle", true},
		{"root: \"/var/lib/axle\"\n", "", false},
		{"root: /var/lib/axle # here\n", "", false},
		{"root: /var/lib\n  axle\n", "", false},
		{"root: relative\n", "", false},
		{"root: /a\nroot: /b\n", "", false},
		{"accept: [a,\nroot: /b\n]\n", "", false},
		{"accept: \"a\nroot: /b\n\"\n", "", false},
		{"accept: |\n root: /b\nroot: /c\n", "", false},
		{"{root: /a}\n", "", false},
		{"---\nroot: /a\n", "", false},
		{"root: /a\r\n", "", false},
		{"roots: /a\n", "", false},
		{"root: &x /a\n", "", false},
	} {
		if root, ok := launch.RootLine(c.text); root != c.root || ok != c.ok {
			t.Errorf("%q: got %q, %t", c.text, root, ok)
		}
	}
}

// Where a line is enough, a reader of YAML says the same.
func FuzzRootLine(f *testing.F) {
	for _, s := range []string{
		"root: /a\n", "accept: [\"*\"]\nroot: /a\n# x\n", "interpreters:\n- a\n- b: {c: d}\nroot: /x\n", "policy:\n  root: /n\nroot: /m",
		"discover: true\n\n \nroot: /a\n#\n  \n", "accept: x\n  y\nroot: /a\n", "accept: *\nroot: /a\n", "accept: a: b\nroot: /a", "accept: \"\\\"\nroot: /a",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		root, ok := launch.RootLine(text)
		if !ok {
			return
		}
		if c, _, err := agent.Parse("agent.yml", []byte(text)); err == nil && c.Root != root {
			t.Errorf("%q: got %q, and YAML says %q", text, root, c.Root)
		}
	})
}

func FuzzStartFile(f *testing.F) {
	p := launch.Plan{
		Name: "demo", Interpreter: "/opt/python 3/bin/python3.12", Size: 17600, Modified: 1778312176, NeedsSite: true,
		Boot: "e/demo/1.0-x/boot.py", Starter: "p/axle-y", Package: "p/z",
	}
	f.Add(string(p.Marshal()))
	p.NeedsSite, p.Package, p.Modified = false, "", -1
	f.Add(string(p.Marshal()))
	f.Fuzz(func(t *testing.T, text string) {
		p, ok := launch.Parse(text)
		if !ok {
			return
		}
		again, ok := launch.Parse(string(p.Marshal()))
		if !ok || !reflect.DeepEqual(again, p) {
			t.Errorf("%q: %+v is read as %+v", text, p, again)
		}
	})
}

// A start file that lost its end, or has more than one deployment's lines, is none.
func TestParseDamaged(t *testing.T) {
	p := launch.Plan{Name: "demo", Interpreter: "/python", Size: 1, Modified: 2, Boot: "b", Starter: "s", Package: "p"}
	whole := string(p.Marshal())
	if got, ok := launch.Parse(whole); !ok || got != p {
		t.Fatalf("%q is read as %+v", whole, got)
	}
	for n := range len(whole) {
		if _, ok := launch.Parse(whole[:n]); ok {
			t.Errorf("%q is taken for whole", whole[:n])
		}
	}
	for _, text := range []string{whole + whole, strings.Replace(whole, "1 2", "1 x", 1), strings.Replace(whole, "start 1", "start 2", 1), strings.Replace(whole, "nosite", "maybe", 1)} {
		if _, ok := launch.Parse(text); ok {
			t.Errorf("%q is taken for a start file", text)
		}
	}
	p.Package = "p\nq"
	if text := p.Marshal(); text != nil {
		t.Errorf("%q was written", text)
	}
}

func TestEnviron(t *testing.T) {
	env := []string{"PATH=/bin", "PYTHONPATH=/x", "pythonpath=/y", "PYTHONHOME=/h", "PYTHONUTF8=1", "AXLE_FIELDS={}", "AXLE_PYTHON=/old", "EMPTY="}
	p := launch.Plan{Interpreter: "/py"}
	if got, want := p.Environ(env, "/pkg"), []string{"PATH=/bin", "PYTHONUTF8=1", "EMPTY=", "AXLE_PYTHON=/py", "AXLE_PACKAGE=/pkg"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	p.NeedsSite = true
	if got, want := p.Environ(env, ""), []string{"PATH=/bin", "PYTHONHOME=/h", "PYTHONUTF8=1", "EMPTY=", "AXLE_PYTHON=/py"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCommand(t *testing.T) {
	p := launch.Plan{Interpreter: "/py"}
	if got, want := p.Command("/b.py", []string{"-X", "d"}, []string{"a", "-b"}), []string{"/py", "-s", "-S", "-B", "-X", "d", "/b.py", "a", "-b"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
