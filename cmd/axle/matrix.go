package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/bundle"
)

func newMatrix(e *env) *cobra.Command {
	var f buildFlags
	var asJSON, check, locked bool
	cmd := &cobra.Command{
		Use:     "matrix [DIR]",
		Short:   "Show which package would serve which Python on which platform, or why none",
		Args:    args(cobra.MaximumNArgs(1)),
		GroupID: "build",
		RunE: func(cmd *cobra.Command, list []string) error {
			opt, err := e.options(f, list)
			if err != nil {
				return err
			}
			opt.AllowMissing = true
			opt.Locked = locked
			progress := e.progress()
			opt.Progress = progress
			plan, err := bundle.Matrix(cmd.Context(), opt)
			progress.stop()
			e.warn(plan.Warnings)
			if err != nil {
				return err
			}
			matrix := plan.Matrix()
			if asJSON {
				err = e.writeJSON("matrix", matrix)
			} else {
				err = matrix.Text(e.stdout)
				if len(plan.Served) > 0 {
					fmt.Fprintln(e.stdout)
					drawServed(e.stdout, plan.Served)
				}
			}
			if err == nil && check {
				err = matrix.Check()
			}
			return err
		},
	}
	f.add(cmd)
	addLocked(cmd, &locked)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&check, "check", false, "exit with 5 when a target has no package")
	return cmd
}
