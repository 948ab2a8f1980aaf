package main

import (
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/places"
)

// environment is the outside world with these variables: "NAME=value".
func environment(pairs ...string) *env {
	return &env{lookup: func(name string) (string, bool) {
		for _, p := range pairs {
			if n, v, _ := strings.Cut(p, "="); n == name {
				return v, true
			}
		}
		return "", false
	}}
}

// Without a home folder what needs one says how to name a folder.
func TestWithoutHome(t *testing.T) {
	e := environment("XDG_CACHE_HOME=relative", "TMPDIR=/tmp")
	if _, err := e.options(buildFlags{}, nil); fault.ExitCode(err) != fault.Usage || !strings.Contains(strings.Join(fault.Hints(err), ""), "AXLE_CACHE") {
		t.Errorf("a build: %v", err)
	}
	if places.Administrator() {
		return // whose folders are the system's
	}
	if _, err := e.newAgentFile(""); fault.ExitCode(err) != fault.Usage || !strings.Contains(strings.Join(fault.Hints(err), ""), "--config") {
		t.Errorf("a new agent.yml: %v", err)
	}
	if _, err := e.deployRoot("", ""); fault.ExitCode(err) != fault.Usage || !strings.Contains(strings.Join(fault.Hints(err), ""), "--root") {
		t.Errorf("a deployment: %v", err)
	}
}
