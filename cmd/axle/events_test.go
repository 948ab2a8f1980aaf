//go:build unix

package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/indextest"
)

// TestEventsAreWhole: what begins ends, whether a command succeeds or fails, each
// line is an object by itself, and no password is in any of them.
func TestEventsAreWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	index := indextest.New(t, indextest.Options{User: "me", Password: "s3cret", Ranges: indextest.FullRanges}, describe(t, "", `
kiln 2.0 cp39..cp311@win_amd64,manylinux_2_17_x86_64
    requires: palette
palette 1.0 py3-none-any
stubborn 1.0 py3-none-any
    requires: nowhere
`)...)
	address := strings.Replace(index.Simple(), "://", "://me:s3cret@", 1)
	for name, requirement := range map[string]string{"good": "kiln", "bad": "stubborn"} {
		mustWrite(t, filepath.Join(dir, name, "extension.yml"), []byte("extension: {name: ext, version: \"1.0.0\", api_level: \"1.4.0\", requires_python: \">=3.9,<3.12\", zip_safe: false}\nbundle: {platforms: [linux/amd64, windows/amd64]}\n"))
		mustWrite(t, filepath.Join(dir, name, "extension.py"), nil)
		mustWrite(t, filepath.Join(dir, name, "requirements.txt"), []byte(requirement+"\n"))
	}
	runs := []struct {
		args []string
		code int
	}{{[]string{"build", "good"}, 0}, {[]string{"build", "bad"}, 7}, {[]string{"matrix", "good", "bad"}, 0}, {[]string{"build", "nowhere"}, 11}}
	if machinePython() != "" {
		zip := smallZip(t, dir, "forge", "1.0.0")
		runs = append(runs, struct {
			args []string
			code int
		}{[]string{"deploy", zip}, 0})
	}
	for _, run := range runs {
		cmd := axleCommand(t, dir, append(run.args, "--log-json", "-vv"), "AXLE_INDEX_URL="+address)
		said := start(t, cmd)
		<-said.ended
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != run.code {
			t.Errorf("%v: exit code %d, want %d", run.args, code, run.code)
		}
		running := map[string]int{}
		for line := range strings.Lines(said.rest()) {
			var e struct{ Time, Level, Msg, Name, Event string }
			if err := json.Unmarshal([]byte(line), &e); err != nil || e.Time == "" || e.Level == "" || e.Msg == "" {
				t.Errorf("%v: %s: %v", run.args, line, err)
			}
			switch e.Event {
			case "start":
				running[e.Msg+" "+e.Name]++
			case "finish":
				if e.Level == "info" {
					running[e.Msg+" "+e.Name]--
				}
			}
		}
		for what, n := range running {
			if n != 0 {
				t.Errorf("%v: %s began %d times more than it ended", run.args, what, n)
			}
		}
		if strings.Contains(said.rest(), "s3cret") {
			t.Errorf("%v: the password is told:\n%s", run.args, said.rest())
		}
	}
}
