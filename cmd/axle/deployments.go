package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/selector"
)

func newDeployments(e *env) *cobra.Command {
	var f agentFlags
	var asJSON, all bool
	cmd := &cobra.Command{
		Use:   "deployments",
		Short: "List what is deployed here",
		Long: `List the current deployment of every extension, or with --all also those that can be gone back to: what is current is marked *.

With --json: {"version": 1, "deployments": [{"root", "name", "version", "id", "deployed", "digest", "zip_safe", "code_path", "package_path",
"zip": {"path", "size"}, "package": {"file", "digest", "tag", "folder"}, "python_extra_paths",
"interpreter": {"path", "executable", "version", "implementation", "size", "modified"}, "code", "boot", "starter"}]}, and with --all
also "current": true for what is current, and "running": true where something runs from it.`,
		Args:    args(cobra.NoArgs),
		GroupID: "agent",
		RunE: func(*cobra.Command, []string) error {
			a, err := e.agent(f)
			if err != nil {
				return err
			}
			find := selector.List
			if all {
				find = selector.ListAll
			}
			list, problems := find(a.Root)
			if asJSON {
				return errors.Join(e.writeJSON("deployments", list), problems)
			}
			if len(list) == 0 && problems == nil {
				e.say("note", "nothing is deployed in %s", a.Root)
			}
			w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
			for _, d := range list {
				r, file := d.Record, "-"
				if r.Package != nil {
					file = r.Package.File
				}
				if all {
					fmt.Fprintf(w, "%s\t", standing(d))
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Name, r.Version, r.Interpreter.Path, file, r.Deployed.Format("2006-01-02 15:04:05Z"))
			}
			return errors.Join(w.Flush(), problems)
		},
	}
	f.addRoot(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "list older deployments too")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// standing marks what is current, and what is running.
func standing(d selector.Deployment) string {
	mark := "-"
	if d.Current {
		mark = "*"
	}
	if d.Running {
		mark += " running"
	}
	return mark
}
