package agent_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/agent"
	"github.com/axlepack/axle/internal/fault"
)

const written = `# of this agent
interpreters:
  # the usual one
  - /opt/3.11/python # good
  - /opt/3.9/python

accept: [demo] # one alone
`

func TestEdit(t *testing.T) {
	for name, c := range map[string]struct {
		edit func() ([]byte, error)
		list string
		code int
		says string
	}{
		"added": {func() ([]byte, error) {
			return agent.AddInterpreters("a.yml", []byte(written), []string{"/x", "/y"}, agent.Place{})
		}, "/opt/3.11/python /opt/3.9/python /x /y", 0, ""},
		"there already": {func() ([]byte, error) {
			return agent.AddInterpreters("a.yml", []byte(written), []string{"/opt/3.11/python"}, agent.Place{})
		}, "/opt/3.11/python /opt/3.9/python", 0, ""},
		"first": {func() ([]byte, error) {
			return agent.AddInterpreters("a.yml", []byte(written), []string{"/x", "/opt/3.9/python"}, agent.Place{First: true})
		}, "/x /opt/3.9/python /opt/3.11/python", 0, ""},
		"before": {func() ([]byte, error) {
			return agent.AddInterpreters("a.yml", []byte(written), []string{"/x"}, agent.Place{Before: "/opt/3.9/python"})
		}, "/opt/3.11/python /x /opt/3.9/python", 0, ""},
		"before itself": {func() ([]byte, error) {
			return agent.AddInterpreters("a.yml", []byte(written), []string{"/x"}, agent.Place{Before: "/opt/3.8/python"})
		}, "", fault.NotFound, "did you mean /opt/3.9/python?"},
		"removed": {func() ([]byte, error) {
			return agent.RemoveInterpreters("a.yml", []byte(written), []string{"/opt/3.11/python"})
		}, "/opt/3.9/python", 0, ""},
		"all removed": {func() ([]byte, error) {
			return agent.RemoveInterpreters("a.yml", []byte(written), []string{"/opt/3.11/python", "/opt/3.9/python"})
		}, "", 0, ""},
		"not there": {func() ([]byte, error) {
			return agent.RemoveInterpreters("a.yml", []byte(written), []string{"/opt/3.9/python3"})
		}, "", fault.NotFound, "a.yml: /opt/3.9/python3 is not in the list"},
		"broken": {func() ([]byte, error) {
			return agent.AddInterpreters("a.yml", []byte("accept: 5\n"), []string{"/x"}, agent.Place{})
		}, "", fault.BadInput, "a.yml:1:9"},
		"new": {func() ([]byte, error) { return agent.AddInterpreters("a.yml", nil, []string{"/x"}, agent.Place{}) }, "/x", 0, ""},
	} {
		got, err := c.edit()
		if fault.ExitCode(err) != c.code {
			t.Errorf("%s: exit code %d, want %d: %v", name, fault.ExitCode(err), c.code, err)
		}
		if err != nil {
			if text := err.Error() + strings.Join(fault.Hints(err), ""); !strings.Contains(text, c.says) {
				t.Errorf("%s: %s, want %s", name, text, c.says)
			}
			continue
		}
		config := parse(t, string(got))
		if !slices.Equal(config.Interpreters, strings.Fields(c.list)) {
			t.Errorf("%s: %q, want %q", name, config.Interpreters, c.list)
		}
		for _, comment := range []string{"# of this agent", "# the usual one", "accept: [demo] # one alone"} {
			if name != "new" && !strings.Contains(string(got), comment) {
				t.Errorf("%s: %q is gone:\n%s", name, comment, got)
			}
		}
	}
}
