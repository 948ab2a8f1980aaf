// Command axle carries Python dependencies to the agents that run extensions.
//
// Every subcommand is a thin layer: it reads its flags, makes one call of a
// public package and prints one result. Data goes to standard output, all
// else to standard error. The exit codes are listed in internal/fault.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/axlepack/axle/internal/fault"
)

func main() {
	relaxCollector()
	os.Exit(Main(os.Args[1:]))
}

// Main runs the program with the given arguments and returns its exit code.
func Main(args []string) int {
	ctx := context.Background()
	if !becomesAnother(args) {
		caught, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
		defer stop()
		ctx = caught
	}
	e := &env{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, lookup: os.LookupEnv}
	err := newRoot(e, args).ExecuteContext(ctx)
	if err == nil {
		return e.code
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		fmt.Fprintln(e.stderr, "interrupted: nothing was left behind")
		return 130
	}
	fault.Print(e.stderr, err)
	return fault.ExitCode(err)
}

// becomesAnother says whether the process will be replaced by an extension's. A
// signal that arrives before must end it, and not be caught and forgotten.
func becomesAnother(args []string) bool { return len(args) > 0 && args[0] == "run" }
