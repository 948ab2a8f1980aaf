package selector

import (
	"context"
	"os"
)

// replace runs the command as a child, since Windows cannot replace a
// process, and hands on its exit code.
func replace(ctx context.Context, argv, env []string) (int, error) {
	return spawn(ctx, argv, env, RunOptions{Stdout: os.Stdout, Stderr: os.Stderr})
}

// askToEnd does nothing: Ctrl-C reaches every process of the console by itself.
func askToEnd(*os.Process) {}

func exitCode(state *os.ProcessState) int { return state.ExitCode() }
