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
		Long: "Select, extract the chosen package and the extension, checked against RECORD, and make that the current deployment.\nAll of it is staged and moved into place; on any error nothing has changed.\n" +
			"With --test every top-level module of the package is imported by the chosen interpreter before that; where one fails, exit code 8.\n\n" +
			"With --json: {\"version\": 1, \"deployment\": the record as axle deployments prints it, \"changed\": true where it was not there already,\n\"replaces\": the version that was current, and with --dry-run \"dry_run\" and \"extracts\": true where the package is not there yet}.",
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
			events, done := e.events()
			opt.Root, opt.Events = a.Root, events
			d, err := selector.Deploy(cmd.Context(), z, choice, opt)
			done()
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
	cmd.Flags().BoolVar(&opt.Test, "test", false, "import the modules of the package before it becomes current")
	cmd.Flags().BoolVar(&opt.DryRun, "dry-run", false, "say what would happen, and change nothing")
	cmd.Flags().BoolVar(&opt.NoCompile, "no-compile", false, "leave out byte code")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) drawDeployment(d selector.Deployment) {
	r := d.Record
	verb, note := "deployed    ", ""
	if d.DryRun {
		verb = "would deploy"
	}
	switch {
	case !d.Changed && d.DryRun:
		note = " (it is there already, nothing would change)"
	case !d.Changed:
		note = " (it was there already, nothing changed)"
	case d.Replaces != "":
		note = " (in place of " + d.Replaces + ")"
	}
	fmt.Fprintf(e.stdout, "%s %s %s%s\n", verb, r.Name, r.Version, note)
	fmt.Fprintf(e.stdout, "interpreter  %s (%s %s)\n", r.Interpreter.Path, r.Interpreter.Implementation, r.Interpreter.Version)
	if r.Package != nil {
		how := ""
		if d.DryRun && !d.Extracts {
			how = " (extracted already)"
		}
		fmt.Fprintf(e.stdout, "package      %s%s\n", r.Package.File, how)
		fmt.Fprintf(e.stdout, "dependencies %s\n", d.PackagePath())
	}
	fmt.Fprintf(e.stdout, "extension    %s\n", d.CodePath())
}
