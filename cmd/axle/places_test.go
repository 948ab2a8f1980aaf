package main

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
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

// Without a home folder nothing is put where everybody may write: what is not
// needed is left out, and what is has to be named.
func TestPlacesWithoutHome(t *testing.T) {
	e := environment("XDG_CACHE_HOME=relative", "TMPDIR=/tmp")
	if got := e.cacheDir(); got != "" {
		t.Errorf("a cache in %s", got)
	}
	if got := e.usualRoot(false); got != "" {
		t.Errorf("a root in %s", got)
	}
	paths, required := e.agentFiles("")
	if required || slices.ContainsFunc(paths, func(p string) bool { return !filepath.IsAbs(p) || strings.Contains(p, "tmp") }) {
		t.Errorf("agent.yml in %q", paths)
	}
	if _, err := e.newAgentFile("", false); fault.ExitCode(err) != fault.Usage || !strings.Contains(strings.Join(fault.Hints(err), ""), "--config") {
		t.Errorf("a new agent.yml: %v", err)
	}
	if file, err := e.newAgentFile("x.yml", false); err != nil || file != "x.yml" {
		t.Errorf("a new agent.yml that was named: %s, %v", file, err)
	}
	if _, err := e.options(buildFlags{}, nil); fault.ExitCode(err) != fault.Usage || !strings.Contains(strings.Join(fault.Hints(err), ""), "AXLE_CACHE") {
		t.Errorf("a build: %v", err)
	}
	if !privileged() {
		if _, err := e.deployRoot("", ""); fault.ExitCode(err) != fault.Usage || !strings.Contains(strings.Join(fault.Hints(err), ""), "--root") {
			t.Errorf("a deployment: %v", err)
		}
	}
	if root, err := environment("AXLE_ROOT=/srv/b").deployRoot("", "/srv/c"); err != nil || root != "/srv/b" {
		t.Errorf("AXLE_ROOT: %s, %v", root, err)
	}
}

// The folders of the system's administrator, and of a user.
func TestPlaces(t *testing.T) {
	want := map[string][]string{
		"linux":   {"/var/lib/axle", "/etc/axle/agent.yml", "/home/me/.local/share/axle", "/home/me/.config/axle/agent.yml", "/home/me/.cache/axle"},
		"darwin":  {"/Library/Application Support/axle", "/Library/Application Support/axle/agent.yml", "/home/me/Library/Application Support/axle", "/home/me/Library/Application Support/axle/agent.yml", "/home/me/Library/Caches/axle"},
		"windows": {`C:\ProgramData\axle`, `C:\ProgramData\axle\agent.yml`, `C:\me\Local\axle\root`, `C:\me\Roaming\axle\agent.yml`, `C:\me\Local\axle\cache`},
	}[runtime.GOOS]
	if want == nil {
		t.Skip("no one wrote down the folders of this system")
	}
	e := environment("HOME=/home/me", `ProgramData=C:\ProgramData`, `LOCALAPPDATA=C:\me\Local`, `APPDATA=C:\me\Roaming`)
	system, err := e.newAgentFile("", true)
	if err != nil {
		t.Fatal(err)
	}
	own, err := e.newAgentFile("", false)
	if err != nil {
		t.Fatal(err)
	}
	if got := []string{e.usualRoot(true), system, e.usualRoot(false), own, e.cacheDir()}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if runtime.GOOS == "linux" {
		e = environment("HOME=/home/me", "XDG_DATA_HOME=/d", "XDG_CONFIG_HOME=/c", "XDG_CACHE_HOME=/k")
		if own, _ = e.newAgentFile("", false); e.usualRoot(false) != "/d/axle" || own != "/c/axle/agent.yml" || e.cacheDir() != "/k/axle" {
			t.Errorf("%s %s %s", e.usualRoot(false), own, e.cacheDir())
		}
	}
}
