package main

import (
	"regexp"
	"testing"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/selector"
)

// TestCommands: each is found by the name in the table, which it has itself.
func TestCommands(t *testing.T) {
	all := newRoot(&env{}, nil)
	for _, c := range commands {
		if name := c.make(&env{}).Name(); name != c.name {
			t.Errorf("%s is %s in the table", name, c.name)
		}
		if found, _, err := all.Find([]string{c.name}); err != nil || found.Name() != c.name {
			t.Errorf("%s: not found among all: %v", c.name, err)
		}
		only := newRoot(&env{}, []string{c.name, "--help"})
		if found, _, err := only.Find([]string{c.name}); err != nil || found.Name() != c.name || len(only.Commands()) != 1 {
			t.Errorf("%s: not found alone: %v", c.name, err)
		}
	}
	for _, args := range [][]string{nil, {"-q", "run"}, {"rum"}, {"help", "run"}, {cobra.ShellCompRequestCmd, "r"}} {
		if got := len(newRoot(&env{}, args).Commands()); got < len(commands) {
			t.Errorf("%q: %d commands", args, got)
		}
	}
}

// TestReasonsAreDocumented: the help of axle select names every reason of its
// JSON.
func TestReasonsAreDocumented(t *testing.T) {
	text := newSelect(&env{}).Long
	for _, r := range selector.Reasons() {
		if !regexp.MustCompile(`[ \n]` + string(r) + `[ ,.]`).MatchString(text) {
			t.Errorf("%s is missing", r)
		}
	}
}
