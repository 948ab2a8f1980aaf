package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// newUser makes a home below dir and returns the environment of a user whose
// files are all below it: nothing of the machine's is known but its Python,
// which agent.yml names, and no network can be reached.
func newUser(dir string) (map[string]string, error) {
	axle, err := exec.LookPath("axle")
	if err != nil {
		return nil, err
	}
	home, temp := filepath.Join(dir, ".home"), filepath.Join(dir, ".tmp")
	config := filepath.Join(home, ".config", "axle")
	for _, folder := range []string{config, temp} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
	}
	return map[string]string{
		"HOME": home, "USERPROFILE": home, "TMPDIR": temp, "PATH": filepath.Dir(axle),
		"AXLE_CACHE": filepath.Join(dir, ".cache"), "AXLE_ROOT": filepath.Join(dir, ".root"),
		"PIP_CONFIG_FILE": os.DevNull, "PIP_RETRIES": "0",
		"HTTP_PROXY": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": "127.0.0.1",
	}, os.WriteFile(filepath.Join(config, "agent.yml"), fmt.Appendf(nil, "interpreters: [%q]\ndiscover: false\n", machinePython()), 0o644)
}

// axleCommand is the program as such a user calls it in dir; more are further
// variables, "NAME=value".
func axleCommand(t testing.TB, dir string, args []string, more ...string) *exec.Cmd {
	t.Helper()
	variables, err := newUser(dir)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(variables["PATH"], "axle"), args...)
	cmd.Dir, cmd.Env = dir, nil
	for name, value := range variables {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Env = append(cmd.Env, more...)
	return cmd
}

func mustWrite(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// mustRun runs axle for a user below dir and checks how it ends.
func mustRun(t *testing.T, dir string, code int, said string, args ...string) {
	t.Helper()
	cmd := axleCommand(t, dir, args)
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != code || !strings.Contains(string(out), said) {
		t.Errorf("axle %s: exit code %d, want %d and %q:\n%s", strings.Join(args, " "), got, code, said, out)
	} else if code != 0 {
		t.Logf("axle %s:\n%s", strings.Join(args, " "), out)
	}
}

// sum is the SHA-256 of a file.
func sum(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(data))
}

// machinePython is a Python 3 of this machine, as it names itself, or "".
var machinePython = sync.OnceValue(func() string {
	for _, name := range []string{"python3", "python"} {
		out, err := exec.Command(name, "-c", "import sys; print(sys.executable if sys.version_info >= (3, 6) else '')").Output()
		if path := strings.TrimSpace(string(out)); err == nil && path != "" {
			return path
		}
	}
	return ""
})
