package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/axlepack/axle/internal/peer"
)

// TestMain lets the binary of the tests be axle itself, and the tools of the
// scripts, when it is called by their names.
func TestMain(m *testing.M) {
	testscript.Main(cleaning{m}, programs)
}

// cleaning removes what the tests share when they are done.
type cleaning struct{ *testing.M }

func (c cleaning) Run() int {
	code := c.M.Run()
	peer.Clean()
	os.RemoveAll(shared())
	return code
}

// shared is a folder for what several tests use; it is removed when they are
// done.
var shared = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "axle-shared-")
	if err != nil {
		panic(err)
	}
	return dir
})

// program builds axle as it is released, for another system, once, and returns
// its path.
func program(t testing.TB, goos, goarch string) string {
	t.Helper()
	path := filepath.Join(shared(), "axle-"+goos+"-"+goarch)
	if goos == "windows" {
		path += ".exe"
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	cmd := exec.Command("go", "build", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch)
	peer.Run(t, cmd)
	return path
}
