package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/selector"
)

func newDoctor(e *env) *cobra.Command {
	var f agentFlags
	var fix, asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look for what is wrong with this agent's deployments",
		Long: `Look at the root folder and all that is deployed in it: whether it can be written, how much room there is, whether the clocks agree, what
killed operations left (removed with --fix), whether every deployment is whole and has its interpreter, and who holds locks.
A problem is an error; its exit code is that of the first one.

With --json: {"version": 1, "findings": [{"check", "subject", "text", "level": "ok", "note", "fixed" or "problem"}]}.`,
		Args:    args(cobra.NoArgs),
		GroupID: "agent",
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := e.agent(f)
			if err != nil {
				return err
			}
			found, err := selector.Examine(cmd.Context(), a.Root, time.Now(), fix)
			var problems fault.List
			for _, symptom := range found {
				if symptom.Level == selector.LevelProblem {
					problems = append(problems, symptom.Err())
				}
			}
			if err != nil {
				problems = append(problems, err)
			}
			if asJSON {
				return errors.Join(e.writeJSON("findings", found), problems.Err())
			}
			for _, symptom := range found {
				if symptom.Level != selector.LevelProblem {
					e.drawSymptom(symptom)
				}
			}
			return problems.Err()
		},
	}
	f.addRoot(cmd)
	cmd.Flags().BoolVar(&fix, "fix", false, "remove what killed operations left")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) drawSymptom(f selector.Symptom) {
	subject := ""
	if f.Subject != "" {
		subject = f.Subject + ": "
	}
	fmt.Fprintf(e.stdout, "%-6s %-12s %s%s\n", f.Level, f.Check, subject, f.Text)
}
