//go:build unix

package selector

import (
	"context"
	"os"
	"syscall"

	"github.com/axlepack/axle/internal/fault"
)

// replace becomes the command: signals and the exit code are its own.
func replace(_ context.Context, argv, env []string) (int, error) {
	err := syscall.Exec(argv[0], argv, env)
	return 0, fault.WithCode(&os.PathError{Op: "run", Path: argv[0], Err: err}, fault.NoInterpreter)
}
