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
	os.RemoveAll(builtIn)
	return code
}

// builtIn is the folder of the program that program builds; it is removed
// when the tests end.
var builtIn string

var buildOnce sync.Once

// program builds axle once, as it is released, and returns its path.
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
