package selector

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/procgroup"
)

// endGrace is how long an extension may take to end once it was asked to.
const endGrace = 30 * time.Second

// spawn runs the command as a child and returns its exit code. An interrupt
// from the keyboard reaches the child itself, and axle waits for it to end. When
// ctx ends the child is asked to end, and killed if it does not.
func spawn(ctx context.Context, argv, env []string, opt RunOptions) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, context.Cause(ctx)
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, os.Stdin, opt.Stdout, opt.Stderr
	if opt.Stdin != nil {
		cmd.Stdin = opt.Stdin
	}
	cmd.ExtraFiles = opt.lease.Files()
	// Pipes in the hands of what the extension left behind do not hold it up.
	cmd.WaitDelay = time.Second
	ignored := make(chan os.Signal, 1)
	signal.Notify(ignored, os.Interrupt)
	defer signal.Stop(ignored)
	group, err := procgroup.StartForeground(cmd)
	if err != nil {
		return 0, fault.WithCode(err, fault.NoInterpreter)
	}
	defer group.Close()
	ended := make(chan struct{})
	defer close(ended)
	go endWith(ctx, cmd.Process, ended)
	err = cmd.Wait()
	if cmd.ProcessState == nil {
		return 0, err
	}
	return exitCode(cmd.ProcessState), nil
}

// endWith ends the child when ctx ends before it.
func endWith(ctx context.Context, child *os.Process, ended <-chan struct{}) {
	select {
	case <-ended:
		return
	case <-ctx.Done():
		askToEnd(child)
	}
	select {
	case <-ended:
	case <-time.After(endGrace):
		_ = child.Kill()
	}
}
