package main

import (
	"cmp"
	"fmt"
	"slices"
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
them, axle lock -U all. Of those that it would not take the newest of, for the
requirements, the targets or the policy, that release is shown as well.`,
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
			plan, projects, err := bundle.Outdated(cmd.Context(), opt)
			done()
			e.warn(plan.Warnings)
			switch {
			case err != nil:
				return err
			case asJSON:
				return e.writeJSON("outdated", append([]bundle.OutdatedProject{}, projects...))
			}
			return e.drawOutdated(projects)
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) drawOutdated(projects []bundle.OutdatedProject) error {
	if len(projects) == 0 {
		_, err := fmt.Fprintln(e.stdout, "the lock has what a new one would have")
		return err
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	more := slices.ContainsFunc(projects, func(p bundle.OutdatedProject) bool { return p.Newest != "" })
	fmt.Fprint(w, "project\tlocked\tavailable")
	if more {
		fmt.Fprint(w, "\tnewest of all")
	}
	for _, c := range projects {
		from, to := strings.Join(c.From, ", "), strings.Join(c.To, ", ")
		switch {
		case from == "":
			from = "-"
		case to == "":
			to = "no longer needed"
		case from == to && c.Newest == "":
			to += " by other files"
		}
		fmt.Fprintf(w, "\n%s\t%s\t%s", c.Project, from, to)
		if more {
			fmt.Fprintf(w, "\t%s", cmp.Or(c.Newest, "-"))
		}
	}
	fmt.Fprintln(w)
	return w.Flush()
}
