package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
)

// TestHelpFits: the help of every command has no line that is wider than the
// terminal, but for what cannot be broken, and loses no word.
func TestHelpFits(t *testing.T) {
	for _, c := range commands {
		words := map[string][]string{}
		for _, width := range []string{"300", "100", "80", "40"} {
			var out bytes.Buffer
			e := &env{stdout: &out, stderr: &out, lookup: func(name string) (string, bool) { return width, name == "COLUMNS" }}
			root := newRoot(e, []string{c.name, "--help"})
			if err := root.Execute(); err != nil {
				t.Fatal(err)
			}
			words[width] = strings.Fields(out.String())
			for line := range strings.Lines(out.String()) {
				line = strings.TrimSuffix(line, "\n")
				if most := e.textWidth(); fault.Columns(line) > most && len(strings.Fields(line)) > 3 && !strings.HasPrefix(line, "  axle ") {
					t.Errorf("axle %s --help: %d columns in %d: %s", c.name, fault.Columns(line), most, line)
				}
				if strings.HasSuffix(line, " ") {
					t.Errorf("axle %s --help: spaces at the end of %q", c.name, line)
				}
			}
		}
		for width, list := range words {
			if !slices.Equal(list, words["300"]) {
				t.Errorf("axle %s --help has other words at width %s", c.name, width)
			}
		}
	}
}

func TestWrapped(t *testing.T) {
	text := "one two three four\nfive six\n\n    code that stays as it is\n\n- a list\n- of two\nTitle\n=====\n"
	want := "one two\nthree four\nfive six\n\n    code that stays as it is\n\n- a list\n- of two\nTitle\n====="
	if got := wrapped(text, 10); got != want {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}
