package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/axlepack/axle/internal/agent"
	"github.com/axlepack/axle/internal/fault"
)

// readme is README.md at the top of the repository.
func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// blocks are the fenced blocks of a language, in order.
func blocks(text, language string) []string {
	var found []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```").FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	return found
}

// TestReadmeCommands runs every command of README.md in order, as on a fresh
// machine with a Python: with our own axle in place of "go run ./cmd/axle", and
// without running these tests once more.
func TestReadmeCommands(t *testing.T) {
	t.Parallel()
	if machinePython() == "" {
		t.Skip("there is no Python on this machine")
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "testdata", "sample"), os.DirFS(filepath.Join("..", "..", "testdata", "sample"))); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, block := range blocks(readme(t), "sh") {
		for line := range strings.Lines(block) {
			if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
				continue
			}
			if strings.HasPrefix(line, "go test ") {
				isCalledByCI(t, line)
				continue
			}
			words := strings.Fields(strings.Replace(line, "go run ./cmd/axle", "axle", 1))
			if words[0] != "axle" {
				t.Errorf("%s: only axle can be run here", line)
				continue
			}
			cmd := axleCommand(t, dir, words[1:])
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", line, err, out)
			} else {
				t.Logf("$ %s\n%s", line, out)
			}
			ran++
		}
	}
	if ran < 5 {
		t.Errorf("README.md has %d commands, which cannot be all", ran)
	}
}

func isCalledByCI(t *testing.T, line string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", ".ci", "run"))
	if err != nil {
		t.Fatal(err)
	}
	packages := line[strings.LastIndexByte(line, ' ')+1:]
	called := regexp.MustCompile(`(?m)^go test .*` + regexp.QuoteMeta(packages) + `$`)
	if !called.Match(text) {
		t.Errorf("%s: .ci/run does not call it", line)
	}
}

// TestReadmeNames holds the commands, flags and exit codes that README.md
// names against those of the program.
func TestReadmeNames(t *testing.T) {
	text := readme(t)
	root := newRoot(&env{}, nil)
	var flags []string
	var collect func(c *cobra.Command)
	collect = func(c *cobra.Command) {
		for _, set := range []*pflag.FlagSet{c.Flags(), c.PersistentFlags()} {
			set.VisitAll(func(f *pflag.Flag) { flags = append(flags, f.Name) })
		}
		for _, sub := range c.Commands() {
			collect(sub)
		}
	}
	collect(root)
	for _, m := range regexp.MustCompile("(?m)[`^]axle ([a-z]+)").FindAllStringSubmatch(text, -1) {
		ofCobra := m[1] == "help" || m[1] == "completion"
		if !ofCobra && !slices.ContainsFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == m[1] }) {
			t.Errorf("axle %s: there is no such command", m[1])
		}
	}
	for _, m := range regexp.MustCompile("[` ]--([a-z-]+)").FindAllStringSubmatch(text, -1) {
		if !slices.Contains(flags, m[1]) {
			t.Errorf("--%s: there is no such flag", m[1])
		}
	}
	for _, code := range []int{fault.Usage, fault.BadInput, fault.NoInterpreter, fault.NoPackage, fault.Mismatch, fault.Resolution, fault.Unloadable, fault.NameClash, fault.NotFound, fault.Locked} {
		if !strings.Contains(text, fmt.Sprintf("\n| %d | ", code)) {
			t.Errorf("exit code %d is not in the table", code)
		}
	}
}

// TestReadmeAgent reads the agent.yml that README.md shows.
func TestReadmeAgent(t *testing.T) {
	found := blocks(readme(t), "yaml")
	if len(found) == 0 {
		t.Fatal("README.md shows no agent.yml")
	}
	for _, block := range found {
		if _, warnings, err := agent.Parse("agent.yml", []byte(block)); err != nil || len(warnings) > 0 {
			t.Errorf("%v %v\n%s", warnings, err, block)
		}
	}
}
