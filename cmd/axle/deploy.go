package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/selector"
)

func newDeploy(e *env) *cobra.Command {
	var f selectFlags
	var opt selector.DeployOptions
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "deploy ZIP",
		Short: "Choose an interpreter and package for an extension and put them in place",
		Long: "Select, extract the chosen package and the extension, checked against RECORD, and make that the current deployment.\nAll of it is staged and moved into place; on any error nothing has changed.\n\n" +
			"With --json: {\"version\": 1, \"deployment\": the record as axle deployments prints it, and \"changed\": true where it was not there already}.",
		Args:    args(cobra.ExactArgs(1)),
		GroupID: "agent",
		RunE: func(cmd *cobra.Command, list []string) error {
			z, choice, a, err := e.choose(cmd, f, list[0], false)
			if z == nil {
				return err
			}
			defer z.Close()
			if err != nil {
				return err
			}
			opt.Root = a.Root
			d, err := selector.Deploy(cmd.Context(), z, choice, opt)
			if err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON("deployment", d)
			}
			e.notePassedOver(choice)
			e.drawDeployment(d)
			return nil
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&opt.NoCompile, "no-compile", false, "leave out byte code")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) drawDeployment(d selector.Deployment) {
	r := d.Record
	note := ""
	if !d.Changed {
		note = " (it was there already, nothing changed)"
	}
	fmt.Fprintf(e.stdout, "deployed     %s %s%s\n", r.Name, r.Version, note)
	fmt.Fprintf(e.stdout, "interpreter  %s (%s %s)\n", r.Interpreter.Path, r.Interpreter.Implementation, r.Interpreter.Version)
	if r.Package != nil {
		fmt.Fprintf(e.stdout, "package      %s\n", r.Package.File)
		fmt.Fprintf(e.stdout, "dependencies %s\n", d.PackagePath())
	}
	fmt.Fprintf(e.stdout, "extension    %s\n", d.CodePath())
}
