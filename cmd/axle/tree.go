package main

import (
	"github.com/spf13/cobra"

	"github.com/axlepack/axle/bundle"
	"github.com/axlepack/axle/internal/report"
)

func newTree(e *env) *cobra.Command {
	var f buildFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "tree [DIR]",
		Short: "Show which distribution requires which",
		Long: `Show the dependency tree of a project, from its own requirements down, for each
set of targets that have the same. The pins are those of pylock.toml where there
is one.`,
		Example: "  axle tree\n  axle tree --target cp311@win_amd64 my_extension",
		Args:    args(cobra.MaximumNArgs(1)),
		GroupID: "build",
		RunE: func(cmd *cobra.Command, list []string) error {
			plan, err := e.plan(cmd, f, list, false)
			if err != nil {
				return err
			}
			trees := plan.Graph().Trees()
			if asJSON {
				return e.writeJSON("trees", trees)
			}
			return report.DrawTrees(e.stdout, trees)
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newWhy(e *env) *cobra.Command {
	var f buildFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "why [DIR] NAME",
		Short: "Show what brings a distribution in",
		Long: `Show the chain of requirements that brings a distribution in, from the project's
own requirements on, for each set of targets where it is the same. The pins are
those of pylock.toml where there is one.`,
		Example: "  axle why certifi\n  axle why my_extension cffi",
		Args:    args(cobra.RangeArgs(1, 2)),
		GroupID: "build",
		RunE: func(cmd *cobra.Command, list []string) error {
			plan, err := e.plan(cmd, f, list[:len(list)-1], false)
			if err != nil {
				return err
			}
			why, err := plan.Graph().Why(list[len(list)-1])
			if err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON("why", why)
			}
			return why.Text(e.stdout)
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// plan is what a build would do, holes and all.
func (e *env) plan(cmd *cobra.Command, f buildFlags, list []string, locked bool) (bundle.Plan, error) {
	opt, err := e.options(f, list)
	if err != nil {
		return bundle.Plan{}, err
	}
	opt.AllowMissing, opt.Locked = true, locked
	events, done := e.events()
	opt.Events = events
	plan, err := bundle.Matrix(cmd.Context(), opt)
	done()
	e.warn(plan.Warnings)
	return plan, err
}
