package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/interpreters"
)

func newInterpreters(e *env) *cobra.Command {
	var f agentFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "interpreters",
		Short: "List the interpreters of this machine, best first",
		Long: "List the interpreters that agent.yml names, in its order, and unless it forbids it those found on the machine.\nEach is asked once what it can run; the answer is remembered until the file changes.\n\n" +
			"With --json: {\"version\": 1, \"interpreters\": [{\"path\", \"source\", \"also\", and \"report\" or \"problem\"}]}.",
		Args:    args(cobra.NoArgs),
		GroupID: "agent",
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := e.agent(f)
			if err != nil {
				return err
			}
			list := e.find(cmd.Context(), a, f)
			if asJSON {
				return e.writeJSON("interpreters", list)
			}
			return e.drawInterpreters(list)
		},
	}
	f.addRoot(cmd)
	f.addInterpreters(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) drawInterpreters(list []interpreters.Interpreter) error {
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	var problems fault.List
	answered := 0
	for _, in := range list {
		if in.Report == nil {
			problems = append(problems, in.Err)
			continue
		}
		answered++
		r := in.Report
		fmt.Fprintf(w, "%s\t%s %s\t%s\t%s\n", in.Path, r.Implementation, r.Version, bestPlatform(*r), in.Source)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if answered == 0 {
		problems = append(problems, fault.New(fault.NoInterpreter, "no interpreter was found",
			"install Python, or name an interpreter with --interpreter PATH"))
		return problems.Err()
	}
	// Those that did not answer are a finding of the list, not a failure of it.
	if len(problems) > 0 && !e.quiet {
		for _, p := range problems {
			fmt.Fprintln(e.stderr, "warning:", p)
		}
	}
	return nil
}

// bestPlatform is the platform that packages are made for: a bare linux_ARCH,
// which some lists begin with, says nothing of the C library.
func bestPlatform(r interpreters.Report) string {
	for _, platform := range r.Platforms {
		if !strings.HasPrefix(platform, "linux_") {
			return platform
		}
	}
	return "any"
}
