//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOutputCannotBeWritten: what cannot be printed is an error, for programs
// that read it.
func TestOutputCannotBeWritten(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("this system has no /dev/full: %v", err)
	}
	defer full.Close()
	user := t.TempDir()
	project := filepath.Join(user, "project")
	if err := os.CopyFS(project, os.DirFS(filepath.Join("..", "..", "testdata", "sample"))); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"build project", "-q build project", "build --json project", "matrix project", "matrix --json project", "deployments --json"} {
		cmd := axleCommand(t, user, strings.Fields(line))
		var stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = full, &stderr
		if err := cmd.Run(); exitCode(err) != 1 || !strings.Contains(stderr.String(), "no space left on device") {
			t.Errorf("axle %s > /dev/full: %v\n%s", line, err, &stderr)
		}
	}
}
