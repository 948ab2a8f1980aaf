package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/selector"
)

const editedJSON = "\n\nWith --json: {\"version\": 1, \"agent\": {\"file\", \"interpreters\": the list as it stands now, \"changed\"}}."

func newInterpretersAdd(e *env) *cobra.Command {
	var f agentFlags
	var place selector.Place
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "add PATH...",
		Short: "Put interpreters on the list in agent.yml",
		Long: `Put interpreters on the list in agent.yml, behind those that are there, or where --first or --before says; one that is on
the list already is moved then. Each is asked first what it is; one that does not answer is not added. Comments and
other settings stay. The agent.yml in use is edited; where there is none it is made.` + editedJSON,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, paths []string) error {
			if place.First && place.Before != "" {
				return usageError(cmd, fmt.Errorf("--first and --before name two places"))
			}
			paths, err := asListed(paths)
			if err != nil {
				return err
			}
			if err := e.answer(cmd.Context(), f, paths); err != nil {
				return err
			}
			file, err := e.agentFile(f)
			if err != nil {
				return err
			}
			edited, err := selector.AddInterpreters(file, paths, place)
			return e.tellEdited(edited, err, asJSON)
		},
	}
	f.addConfig(cmd)
	cmd.Flags().BoolVar(&place.First, "first", false, "put them at the beginning")
	cmd.Flags().StringVar(&place.Before, "before", "", "put them before this `PATH` of the list")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newInterpretersRemove(e *env) *cobra.Command {
	var f agentFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "remove PATH...",
		Short: "Take interpreters off the list in agent.yml",
		Long:  "Take interpreters off the list in agent.yml. Comments and other settings stay. What is deployed with them is not touched." + editedJSON,
		Args:  args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, paths []string) error {
			a, err := e.settings(f)
			if err != nil {
				return err
			}
			if a.File == "" {
				return fault.New(fault.NotFound, "there is no agent.yml, so there is no list", "make one with: axle interpreters add PATH")
			}
			for i, p := range paths { // as it stands there, or by its whole path
				if whole, err := filepath.Abs(p); err == nil && !slices.Contains(a.Interpreters, p) && slices.Contains(a.Interpreters, whole) {
					paths[i] = whole
				}
			}
			edited, err := selector.RemoveInterpreters(a.File, paths)
			return e.tellEdited(edited, err, asJSON)
		},
	}
	f.addConfig(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// agentFile is the agent.yml in use, or where to make one.
func (e *env) agentFile(f agentFlags) (string, error) {
	paths, _ := e.places().AgentFiles(f.config)
	if a, _, err := selector.LoadAgent(paths, false); err != nil || a.File != "" {
		return a.File, err
	}
	return e.newAgentFile(f.config)
}

// asListed are paths as agent.yml has them: whole, and names as they are.
func asListed(paths []string) ([]string, error) {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = p
		if strings.ContainsAny(p, `/\`) {
			whole, err := filepath.Abs(p)
			if err != nil {
				return nil, err
			}
			out[i] = whole
		}
	}
	return out, nil
}

// answer is an error unless all of these interpreters answer.
func (e *env) answer(ctx context.Context, f agentFlags, paths []string) error {
	list := e.find(ctx, selector.Agent{Interpreters: paths}, f)
	return unanswered(list)
}

func (e *env) tellEdited(edited selector.Edited, err error, asJSON bool) error {
	switch {
	case err != nil:
		return err
	case asJSON:
		return e.writeJSON("agent", edited)
	}
	state := "written"
	if !edited.Changed {
		state = "nothing to change"
	}
	fmt.Fprintf(e.stdout, "%s  %s\n", edited.File, state)
	for _, p := range edited.Interpreters {
		fmt.Fprintln(e.stdout, "  "+p)
	}
	return nil
}
