// Package selector is what axle does on an agent: it reads an extension zip,
// chooses an interpreter and the best dependency package for it, extracts
// that package and no other, and starts the extension with it.
//
// [Select] is pure. [Deploy] writes below one root folder and changes it by
// renames alone. [Run] replaces the process. The package needs no network and
// links none, needs no pip, and takes the interpreters as values from the
// package interpreters.
//
// Archives are not trusted: they are checked before anything is written (see
// internal/archive), and what is written is held against the package's RECORD.
package selector

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/interpreters"
)

//go:embed boot.py
var bootSource []byte

//go:embed universal_extension.py
var shimSource []byte

// writeBoot puts what starts the extension into the folder of a deployment.
func writeBoot(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, bootFile), bootSource, 0o644); err != nil {
		return err
	}
	shim := filepath.Join(dir, shimFolder)
	if err := os.Mkdir(shim, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(shim, "universal_extension.py"), shimSource, 0o644)
}

// compileScript compiles a folder with the names that the files will have.
// Files that do not compile (templates, code for another Python) are left.
const compileScript = `
import compileall, sys
compileall.compile_dir(sys.argv[1], 100, ".", quiet=2)
`

// compileLimit bounds the compiling of one folder.
const compileLimit = 10 * time.Minute

// compile makes the byte code of a folder, so that the first start is as fast
// as the next. It never makes a deployment fail: without byte code the
// extension runs all the same.
func compile(ctx context.Context, in interpreters.Interpreter, dir string, opt DeployOptions) error {
	if opt.NoCompile {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, compileLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, in.Path, "-s", "-S", "-E", "-c", compileScript, dir)
	cmd.Dir = dir
	cmd.WaitDelay = time.Second
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil && ctx.Err() != nil {
		return fault.Errorf(fault.Unloadable, "%s: compiling for it was stopped: %w", in.Path, context.Cause(ctx))
	} else if err != nil && strings.Contains(stderr.String(), "MemoryError") {
		return fmt.Errorf("%s: compiling: %w", in.Path, err)
	}
	return nil
}
