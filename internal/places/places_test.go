package places

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// environment has these variables: "NAME=value".
func environment(pairs ...string) Env {
	return func(name string) (string, bool) {
		for _, p := range pairs {
			if n, v, _ := strings.Cut(p, "="); n == name {
				return v, true
			}
		}
		return "", false
	}
}

// Without a home folder nothing is put where everybody may write.
func TestPlacesWithoutHome(t *testing.T) {
	e := environment("XDG_CACHE_HOME=relative", "TMPDIR=/tmp")
	if got := e.Cache(); got != "" {
		t.Errorf("a cache in %s", got)
	}
	if got := e.Root("", "", false); got != "" {
		t.Errorf("a root in %s", got)
	}
	paths, required := e.AgentFiles("")
	if required || slices.ContainsFunc(paths, func(p string) bool { return !filepath.IsAbs(p) || strings.Contains(p, "tmp") }) {
		t.Errorf("agent.yml in %q", paths)
	}
	if got := e.NewAgentFile("", false); got != "" {
		t.Errorf("a new agent.yml: %s", got)
	}
	if got := e.NewAgentFile("x.yml", false); got != "x.yml" {
		t.Errorf("a new agent.yml that was named: %s", got)
	}
	if got := environment("AXLE_ROOT=/srv/b").Root("", "/srv/c", false); got != "/srv/b" {
		t.Errorf("AXLE_ROOT: %s", got)
	}
	if got := environment("AXLE_ROOT=/srv/b").Root("/srv/a", "/srv/c", false); got != "/srv/a" {
		t.Errorf("the flag: %s", got)
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
	system, own := e.NewAgentFile("", true), e.NewAgentFile("", false)
	if got := []string{e.Root("", "", true), system, e.Root("", "", false), own, e.Cache()}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if runtime.GOOS == "linux" {
		e = environment("HOME=/home/me", "XDG_DATA_HOME=/d", "XDG_CONFIG_HOME=/c", "XDG_CACHE_HOME=/k")
		if own = e.NewAgentFile("", false); e.Root("", "", false) != "/d/axle" || own != "/c/axle/agent.yml" || e.Cache() != "/k/axle" {
			t.Errorf("%s %s %s", e.Root("", "", false), own, e.Cache())
		}
	}
}
