package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/selector"
)

func newRollback(e *env) *cobra.Command {
	var f agentFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "rollback NAME [VERSION]",
		Short: "Go back to a deployment that was current before",
		Long: `Make an older deployment of an extension current again: the one before, or that of VERSION. What runs already goes on as it is.
Going back twice goes back two steps. A deployment whose interpreter is gone or was changed is refused (exit code 4).

With --json: {"version": 1, "deployment": the record as axle deployments prints it, with "changed" and "replaces"}.`,
		Args:    args(cobra.RangeArgs(1, 2)),
		GroupID: "agent",
		RunE: func(cmd *cobra.Command, list []string) error {
			a, err := e.agent(f)
			if err != nil {
				return err
			}
			version := ""
			if len(list) > 1 {
				version = list[1]
			}
			d, err := selector.Rollback(cmd.Context(), a.Root, list[0], version, time.Now())
			if err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON("deployment", d)
			}
			e.drawDeployment(d)
			return nil
		},
	}
	f.addRoot(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newRemove(e *env) *cobra.Command {
	var f agentFlags
	var asJSON, dry bool
	cmd := &cobra.Command{
		Use:   "remove NAME[==VERSION]",
		Short: "Remove an extension, or one version of it",
		Long: `Remove all deployments of an extension, or with ==VERSION those of one version that is not current, and the packages that nothing else has.
What is running is not removed (exit code 13), and then nothing is.

With --json: {"version": 1, "removed": [records as axle deployments prints them]}.`,
		Args:    args(cobra.ExactArgs(1)),
		GroupID: "agent",
		RunE: func(cmd *cobra.Command, list []string) error {
			a, err := e.agent(f)
			if err != nil {
				return err
			}
			removed, err := selector.Remove(cmd.Context(), a.Root, list[0], dry)
			if err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON("removed", removed)
			}
			e.drawRemoved(removed, dry)
			return nil
		},
	}
	f.addRoot(cmd)
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be removed, and change nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) drawRemoved(list []selector.Deployment, dry bool) {
	verb := "removed"
	if dry {
		verb = "would remove"
	}
	for _, d := range list {
		fmt.Fprintf(e.stdout, "%s %s %s\n", verb, d.Record.Name, d.Record.ID)
	}
}
