package main

import (
	"strings"

	"github.com/spf13/cobra"

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
its result is printed as one line of JSON, and its return code is the exit code.`,
		Args:    args(cobra.MinimumNArgs(1)),
		GroupID: "agent",
		RunE: func(cmd *cobra.Command, list []string) error {
			a, err := e.agent(f)
			if err != nil {
				return err
			}
			opt.Root, opt.Name, opt.Args = a.Root, list[0], list[1:]
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
	return cmd
}
