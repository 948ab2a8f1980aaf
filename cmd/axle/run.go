package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	// The plain start, before the rest is initialised.
	_ "github.com/axlepack/axle/cmd/axle/early"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/selector"
)

func newRun(e *env) *cobra.Command {
	var f agentFlags
	var opt selector.RunOptions
	var fields string
	cmd := &cobra.Command{
		Use:   "run NAME [-- ARGS...]",
		Short: "Start a deployed extension; its exit code is axle's",
		Long: `Start a deployed extension under the interpreter of its deployment; its exit code is axle's.
What follows -- is handed to it as sys.argv[1:].

An extension that is a class for the Universal Agent (Extension with extension_start(fields)) gets the object of --fields;
its result is printed as the last line of standard output, in JSON, and its return code is the exit code. What the extension
itself prints comes before it.

With --debugpy PORT a debugger can attach to 127.0.0.1:PORT from before the extension's first line on. The extension does not
wait for it, unless --wait is given. debugpy is taken from the extension's package, or else from the interpreter's own site-packages.`,
		Args:    args(cobra.MinimumNArgs(1)),
		GroupID: "agent",
		RunE: func(cmd *cobra.Command, list []string) error {
			root, err := e.runRoot(f)
			if err != nil {
				return err
			}
			if err := checkDebug(cmd, opt); err != nil {
				return err
			}
			if e.verbose > 0 { // most probably meant for the extension
				return fault.WithHints(usageError(cmd, errors.New("--verbose: axle has nothing to say of a run")), behindDashes)
			}
			opt.Root, opt.Name, opt.Args = root, list[0], list[1:]
			// JSON is taken as it is, and anything else as the name of a file.
			if text := strings.TrimSpace(fields); strings.HasPrefix(text, "{") {
				opt.Fields = text
			} else {
				opt.FieldsFile = fields
			}
			e.code, err = selector.Run(cmd.Context(), opt)
			return err
		},
	}
	f.addRoot(cmd)
	cmd.Flags().StringVar(&fields, "fields", "", "a JSON object, or a file of one, for an extension that is a class with extension_start(fields)")
	cmd.Flags().IntVar(&opt.DebugPort, "debugpy", 0, "let a debugger attach to this `PORT` of 127.0.0.1, by debugpy")
	cmd.Flags().BoolVar(&opt.DebugWait, "wait", false, "with --debugpy: wait for the debugger before the first line")
	return cmd
}

func checkDebug(cmd *cobra.Command, opt selector.RunOptions) error {
	switch {
	case cmd.Flags().Changed("debugpy") && opt.DebugPort == 0:
		return usageError(cmd, errors.New("--debugpy: 0 is no port"))
	case opt.DebugWait && opt.DebugPort == 0:
		return usageError(cmd, errors.New("--wait waits for the debugger of --debugpy, which is missing"))
	}
	return nil
}
