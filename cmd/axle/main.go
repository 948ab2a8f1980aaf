// Command axle carries Python dependencies to the agents that run extensions.
//
// Every subcommand is a thin layer: it reads its flags, makes one call of a
// public package and prints one result. Data goes to standard output, all
// else to standard error. The exit codes are listed in internal/fault.
package main

import (
	"context"
	"errors"
	"os"

	"github.com/axlepack/axle/internal/fault"
)

func main() {
	relaxCollector()
	os.Exit(Main(os.Args[1:]))
}

// Main runs the program with the given arguments and returns its exit code.
func Main(args []string) int {
	ctx := context.Background()
	e := &env{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, lookup: os.LookupEnv}
	var ended *interruption
	if !becomesAnother(args) {
		ctx, ended = e.untilInterrupted(ctx)
		defer ended.stop()
	}
	err := newRoot(e, args).ExecuteContext(ctx)
	if err == nil {
		return e.code
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return e.interrupted(ended.code())
	}
	return e.fail(err)
}

// becomesAnother says whether the process will be replaced by an extension's. A
// signal that arrives before must end it, and not be caught and forgotten.
func becomesAnother(args []string) bool { return len(args) > 0 && args[0] == "run" }

// interrupted says that the work was given up, and returns the exit code.
func (e *env) interrupted(code int) int {
	const said = "interrupted: nothing was left behind"
	if e.opens(); e.log != nil {
		e.log.Error(errors.New(said), code)
	} else {
		_, _ = e.clearly().Write([]byte(e.palette(e.stderr).Paint(fault.Yellow, "interrupted:") + said[len("interrupted:"):] + "\n"))
	}
	return code
}
