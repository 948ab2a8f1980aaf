package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/axlepack/axle/internal/peer"
)

func TestMain(m *testing.M) {
	code := m.Run()
	peer.Clean()
	os.RemoveAll(builtIn)
	os.Exit(code)
}

// builtIn is the folder of the program that program builds; it is removed
// when the tests end.
var builtIn string

var buildOnce sync.Once

// program builds axle once and returns its path.
func program(t testing.TB) string {
	t.Helper()
	buildOnce.Do(func() {
		dir, err := os.MkdirTemp("", "axle-program-")
		if err != nil {
			t.Fatal(err)
		}
		builtIn = dir
		cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "axle"), ".")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		peer.Run(t, cmd)
	})
	return filepath.Join(builtIn, "axle")
}
