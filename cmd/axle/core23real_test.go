package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/peer"
)

// TestCore23Real tests the packages of the real set under every CPython 3.9–3.13
// of this machine, and verifies what was deployed, as well as the zip.
func TestCore23Real(t *testing.T) {
	_, b := buildReal(t)
	zip := b.Build.Zips[0].Path
	if out := peer.Run(t, exec.Command("axle", "verify", zip)); !strings.Contains(out, "is whole") {
		t.Errorf("the zip: %s", out)
	}
	for _, version := range []string{"3.9", "3.10", "3.11", "3.12", "3.13"} {
		t.Run(version, func(t *testing.T) {
			python, root := peer.Python(t, version), t.TempDir()
			out := peer.Run(t, exec.Command("axle", "deploy", "--test", "--no-compile", "--root", root, "--interpreter", python, zip))
			if !strings.Contains(out, "deployed     demo_real") {
				t.Errorf("it said %s", out)
			}
			if out := peer.Run(t, exec.Command("axle", "verify", "--root", root, "demo_real")); !strings.Contains(out, "is whole") {
				t.Errorf("verify: %s", out)
			}
		})
	}
}
