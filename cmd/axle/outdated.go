package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/bundle"
)

func newOutdated(e *env) *cobra.Command {
	var f buildFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "outdated [DIR]",
		Short: "Show what a new lock would change",
		Long: `Show the projects of which axle lock --upgrade would take another version, over
all targets of pylock.toml. Nothing is written: axle lock -P NAME takes one of
them, axle lock -U all.`,
		Example: "  axle outdated my_extension",
		Args:    args(cobra.MaximumNArgs(1)),
		GroupID: "build",
		RunE: func(cmd *cobra.Command, list []string) error {
			opt, err := e.options(f, list)
			if err != nil {
				return err
			}
			events, done := e.events()
			opt.Events = events
			plan, changes, err := bundle.Outdated(cmd.Context(), opt)
			done()
			e.warn(plan.Warnings)
			switch {
			case err != nil:
				return err
			case asJSON:
				return e.writeJSON("outdated", append([]bundle.Change{}, changes...))
			}
			return e.drawOutdated(changes)
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) drawOutdated(changes []bundle.Change) error {
	if len(changes) == 0 {
		_, err := fmt.Fprintln(e.stdout, "the lock has what a new one would have")
		return err
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "project\tlocked\tavailable")
	for _, c := range changes {
		from, to := strings.Join(c.From, ", "), strings.Join(c.To, ", ")
		switch {
		case from == "":
			from = "-"
		case to == "":
			to = "no longer needed"
		case from == to:
			to += " by other files"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", c.Project, from, to)
	}
	return w.Flush()
}
