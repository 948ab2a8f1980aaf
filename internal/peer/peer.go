// Package peer gives tests the programs that axle is held against: tools from
// the index, each in a virtual environment of its own, and the Pythons of the
// machine. Tests that use it run only where AXLE_REAL=1 asks for the real
// index.
package peer

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Real skips the test unless the environment asks for the real index.
func Real(t testing.TB) {
	t.Helper()
	if os.Getenv("AXLE_REAL") != "1" {
		t.Skip("needs the real index: set AXLE_REAL=1")
	}
}

// Python finds an interpreter of the machine: "3.11", or "" for any Python 3.
// It skips the test where there is none.
func Python(t testing.TB, version string) string {
	t.Helper()
	if home := os.Getenv("PYENV_ROOT"); home != "" && version != "" {
		if found, _ := filepath.Glob(filepath.Join(home, "versions", version+".*", "bin", "python")); len(found) > 0 {
			return found[len(found)-1]
		}
	}
	path, err := exec.LookPath("python" + defaultTo(version, "3"))
	if err == nil && exec.Command(path, "-c", "").Run() == nil {
		return path
	}
	t.Skipf("this machine has no Python %s", version)
	return ""
}

func defaultTo(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

var (
	mu    sync.Mutex
	venvs = map[string]string{}
)

// Venv makes, once in a test binary, a virtual environment with packages from
// the machine's index, and returns its folder of programs. Tests call
// [Clean] from TestMain to remove them.
func Venv(t testing.TB, packages ...string) string {
	t.Helper()
	Real(t)
	mu.Lock()
	defer mu.Unlock()
	key := strings.Join(packages, " ")
	if dir, ok := venvs[key]; ok {
		return filepath.Join(dir, bin())
	}
	dir, err := os.MkdirTemp("", "axle-peer-")
	if err != nil {
		t.Fatal(err)
	}
	venvs[key] = dir
	Run(t, exec.Command(Python(t, ""), "-m", "venv", dir))
	Run(t, exec.Command(filepath.Join(dir, bin(), "python"), append([]string{"-m", "pip", "install", "-q", "--disable-pip-version-check"}, packages...)...))
	return filepath.Join(dir, bin())
}

// Clean removes what Venv made.
func Clean() {
	mu.Lock()
	defer mu.Unlock()
	for _, dir := range venvs {
		os.RemoveAll(dir)
	}
}

func bin() string {
	if runtime.GOOS == "windows" {
		return "Scripts"
	}
	return "bin"
}

// Run runs a command that must succeed and returns its standard output.
func Run(t testing.TB, cmd *exec.Cmd) string {
	t.Helper()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, stderr.String())
	}
	return string(out)
}
