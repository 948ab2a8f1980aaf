package agent_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/axlepack/axle/internal/agent"
	"github.com/axlepack/axle/internal/fault"
)

var update = flag.Bool("update", false, "write the golden file again")

func parse(t *testing.T, text string) agent.Config {
	t.Helper()
	c, _, err := agent.Parse("agent.yml", []byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "---\n", "{}\n"} {
		if c := parse(t, text); !cmp.Equal(c, agent.Default()) {
			t.Errorf("%q: %+v", text, c)
		}
	}
}

func TestParse(t *testing.T) {
	c := parse(t, `
interpreters:
  - /opt/python3.12/bin/python3
  - python3
discover: no
accept: [demo, "sap-*"]
root: /srv/axle
policy:
  strict_order: True
  binaries: warn
timeouts:
  probe: 2.5s
`)
	want := agent.Config{
		Interpreters: []string{"/opt/python3.12/bin/python3", "python3"}, Accept: []string{"demo", "sap-*"},
		Root: "/srv/axle", Policy: agent.Policy{StrictOrder: true, Binaries: agent.Warn}, ProbeTimeout: 2500 * time.Millisecond,
	}
	if !cmp.Equal(c, want) {
		t.Error(cmp.Diff(want, c))
	}
}

// Row 25: an empty list denies all, "*" is the default; selector has the rule.
func TestCore25Accept(t *testing.T) {
	for text, want := range map[string][]string{
		"": {"*"}, "accept: []": {}, "accept: ['*']": {"*"}, "accept: [demo*, 'oth?r']": {"demo*", "oth?r"},
	} {
		if c := parse(t, text); c.Accept == nil || !slices.Equal(c.Accept, want) {
			t.Errorf("%q: %q, want %q", text, c.Accept, want)
		}
	}
}

// Files with mistakes, each with its messages; written with -update.
func TestBadFiles(t *testing.T) {
	const archive = "testdata/errors.txt"
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	sections := strings.Split("\n"+string(data), "\n-- ")[1:]
	for i := 0; i < len(sections); i++ {
		name, text, _ := strings.Cut(sections[i], " --\n")
		want := ""
		if i+1 < len(sections) && strings.HasPrefix(sections[i+1], name+".out --") {
			i++
			_, want, _ = strings.Cut(sections[i], " --")
		}
		text = strings.TrimSuffix(text, "\n") + "\n"
		_, warnings, err := agent.Parse(name, []byte(text))
		var b strings.Builder
		for _, w := range warnings {
			b.WriteString("warning: " + w.String() + "\n")
		}
		fault.Print(&b, err)
		if err != nil && fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%s: exit code %d", name, fault.ExitCode(err))
		}
		if got := b.String(); !*update && strings.Trim(got, "\n") != strings.Trim(want, "\n") {
			t.Errorf("%s: want -, got +\n%s", name, cmp.Diff(want, got))
		}
		out.WriteString("-- " + name + " --\n" + text + "-- " + name + ".out --\n" + b.String())
	}
	if *update {
		if err := os.WriteFile(archive, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("interpreters: [python3]\naccept: []\n"))
	f.Add([]byte("timeouts: {probe: 10s}\nroot: /x\n"))
	f.Add([]byte("discover: &a yes\npolicy: {strict_order: *a, binaries: warn}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, _, err := agent.Parse("agent.yml", data)
		var b strings.Builder
		fault.Print(&b, err)
		if err != nil {
			return
		}
		if c.Accept == nil || c.ProbeTimeout < 0 {
			t.Errorf("%q: %+v", data, c)
		}
	})
}
