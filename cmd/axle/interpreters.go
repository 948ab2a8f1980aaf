package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/interpreters"
)

const interpretersJSON = "\n\nWith --json: {\"version\": 1, \"interpreters\": [{\"path\", \"source\", \"also\", and \"report\" or \"problem\"}]}."

func newInterpreters(e *env) *cobra.Command {
	list := listInterpreters(e)
	cmd := &cobra.Command{
		Use:     "interpreters",
		Short:   "List the interpreters of this machine, best first, and edit the list",
		Long:    list.Long + "\n\nWithout a subcommand it is axle interpreters list.",
		Args:    knownSubcommand,
		GroupID: "agent",
		RunE:    list.RunE,
	}
	cmd.Flags().AddFlagSet(list.Flags())
	cmd.AddCommand(list, newInterpretersAdd(e), newInterpretersRemove(e), newInterpretersProbe(e), newInterpretersExport(e), newInterpretersProfiles(e))
	return cmd
}

// knownSubcommand refuses the words behind a command that name no subcommand.
func knownSubcommand(cmd *cobra.Command, list []string) error {
	if len(list) == 0 {
		return nil
	}
	var known, hints []string
	for _, c := range cmd.Commands() {
		known = append(known, c.Name())
	}
	if near, ok := fault.Nearest(list[0], known); ok {
		hints = append(hints, "did you mean: "+cmd.CommandPath()+" "+near)
	}
	return fault.New(fault.Usage, fmt.Sprintf("%q is no command of %s", list[0], cmd.CommandPath()), append(hints, "see: "+cmd.CommandPath()+" --help")...)
}

func listInterpreters(e *env) *cobra.Command {
	var f agentFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the interpreters of this machine, best first",
		Long: "List the interpreters that agent.yml names, in its order, and unless it forbids it those found on the machine.\nEach is asked once what it can run; the answer is remembered until the file changes." +
			interpretersJSON,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := e.settings(f)
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
	f.addConfig(cmd)
	f.addInterpreters(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newInterpretersProbe(e *env) *cobra.Command {
	var f agentFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "probe [PATH...]",
		Short: "Ask interpreters anew what they can run",
		Long:  "Ask the interpreters at these paths, or all of the list, whatever is remembered of them, and remember the answers.\nOne that does not answer is an error." + interpretersJSON,
		RunE: func(cmd *cobra.Command, paths []string) error {
			f.again, f.interpreters = true, paths
			a, err := e.settings(f)
			if err != nil {
				return err
			}
			list := e.find(cmd.Context(), a, f)
			if asJSON {
				if err := e.writeJSON("interpreters", list); err != nil || len(paths) == 0 {
					return err
				}
				return unanswered(list)
			}
			if len(paths) == 0 {
				return e.drawInterpreters(list)
			}
			if err := e.drawAnswered(list); err != nil {
				return err
			}
			return unanswered(list)
		},
	}
	f.addConfig(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// unanswered is what is wrong with the interpreters that did not answer. Those
// that are not there have exit code 11, the others 4.
func unanswered(list []interpreters.Interpreter) error {
	var problems fault.List
	for _, in := range list {
		switch interpreters.KindOf(in.Err) {
		case interpreters.NotFound, interpreters.BrokenLink:
			problems = append(problems, fault.WithCode(in.Err, fault.NotFound))
		default:
			if in.Err != nil {
				problems = append(problems, in.Err)
			}
		}
	}
	return problems.Err()
}

func (e *env) drawAnswered(list []interpreters.Interpreter) error {
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	for _, in := range list {
		if r := in.Report; r != nil {
			fmt.Fprintf(w, "%s\t%s %s\t%s\t%s\n", in.Path, r.Implementation, r.Version, bestPlatform(*r), in.Source)
		}
	}
	return w.Flush()
}

func (e *env) drawInterpreters(list []interpreters.Interpreter) error {
	if err := e.drawAnswered(list); err != nil {
		return err
	}
	var problems fault.List
	for _, in := range list {
		if in.Report == nil {
			problems = append(problems, in.Err)
		}
	}
	if len(problems) == len(list) {
		problems = append(problems, fault.New(fault.NoInterpreter, "no interpreter was found",
			"install Python, or name an interpreter with --interpreter PATH"))
		return problems.Err()
	}
	// Those that did not answer are a finding of the list, not a failure of it.
	for _, p := range problems {
		e.warn([]fault.Warning{{Text: p.Error()}})
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
