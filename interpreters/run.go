package interpreters

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/axlepack/axle/internal/procgroup"
)

// child is a program to run to its end or to that of the context, with all
// that it starts.
type child struct {
	path   string
	args   []string
	env    []string // nil is that of this process
	stdin  string
	stdout io.Writer
}

// closing is how long the pipes of a program that was ended may stay open in
// the hands of processes that got away.
const closing = 500 * time.Millisecond

// run returns the end of what the program wrote to standard error.
func (c child) run(ctx context.Context) (stderr []byte, err error) {
	for wait := 20 * time.Millisecond; ; wait *= 2 {
		stderr, err = c.runOnce(ctx)
		// Being written, by an installation just now, passes soon.
		if !errors.Is(err, syscall.ETXTBSY) || wait > 200*time.Millisecond {
			return stderr, err
		}
		time.Sleep(wait)
	}
}

func (c child) runOnce(ctx context.Context) (stderr []byte, err error) {
	cmd := exec.CommandContext(ctx, c.path, c.args...)
	var tail tailWriter
	cmd.Env, cmd.Stdout, cmd.Stderr = c.env, c.stdout, &tail
	cmd.Stdin = strings.NewReader(c.stdin) // a pipe that ends, never a terminal
	cmd.WaitDelay = closing
	group, err := procgroup.Start(cmd)
	if err != nil {
		return nil, err
	}
	defer group.Close()
	err = cmd.Wait()
	if errors.Is(err, exec.ErrWaitDelay) {
		group.Kill()
	}
	return tail.kept, err
}

// startReason is why a program could not be started.
func startReason(err error) string {
	var e *exec.Error
	if errors.As(err, &e) {
		err = e.Err
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return err.Error()
}

// tailWriter keeps the last bytes of what is written.
type tailWriter struct{ kept []byte }

func (w *tailWriter) Write(p []byte) (int, error) {
	const limit = 4096
	w.kept = append(w.kept, p...)
	if len(w.kept) > limit {
		w.kept = append(w.kept[:0], w.kept[len(w.kept)-limit:]...)
	}
	return len(p), nil
}
