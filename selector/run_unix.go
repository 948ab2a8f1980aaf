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

// askToEnd is what a child gets when the context of its run ends.
func askToEnd(p *os.Process) { _ = p.Signal(syscall.SIGTERM) }

// exitCode is that of a process as a shell has it: 128 and the signal for one
// that a signal ended.
func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}
