package selector

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"

	"github.com/axlepack/axle/internal/fault"
)

// replace runs the command as a child, since Windows cannot replace a
// process, and hands on its exit code. Ctrl-C reaches the child through the
// console; axle waits for it.
func replace(ctx context.Context, argv, env []string) (int, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, os.Stdin, os.Stdout, os.Stderr
	ignored := make(chan os.Signal, 1)
	signal.Notify(ignored, os.Interrupt)
	defer signal.Stop(ignored)
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, fault.WithCode(err, fault.NoInterpreter)
}
