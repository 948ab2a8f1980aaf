package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/profiles"
)

func newInterpretersExport(e *env) *cobra.Command {
	var f agentFlags
	var output string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the agent profile of this machine, to build and to select for it elsewhere",
		Long: `Write what the interpreters of this machine can run as an agent profile, for axle build --profile and axle select --profile
on another machine. It holds paths, versions, tags, marker environments and C libraries, in the agent's order, and what
agent.yml accepts; it names neither the machine nor the time.

It is JSON: {"version": 1, "system", "accept", "policy": {"strict_order", "binaries"}, "interpreters": [{"path", "target", "report": {"python", "implementation",
"platforms", "tags", "markers", "libc", ...}}]}. A tag that ends in * stands for one tag for each of the platforms.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := e.settings(f)
			if err != nil {
				return err
			}
			list := e.find(cmd.Context(), a, f)
			p := profiles.Of(list, a.Policy.Accept, profiles.Policy{StrictOrder: a.Policy.StrictOrder, WarnOfBinaries: a.Policy.WarnOfBinaries})
			if len(p.Interpreters) == 0 {
				return e.drawInterpreters(list) // which says that there are none
			}
			for _, in := range list {
				if in.Err != nil {
					e.warn([]fault.Warning{{Text: "left out: " + in.Err.Error()}})
				}
			}
			var text bytes.Buffer
			if err := p.Write(&text); err != nil {
				return err
			}
			if output == "" || output == "-" {
				_, err = e.stdout.Write(text.Bytes())
				return err
			}
			return os.WriteFile(output, text.Bytes(), 0o644)
		},
	}
	f.addConfig(cmd)
	f.addInterpreters(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to this `FILE`")
	return cmd
}

func newInterpretersProfiles(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "profiles [NAME]",
		Short: "List the systems whose profiles are known, or print the profile of one",
		Long: `List the systems whose Pythons are common knowledge: what --profile takes beside files. Each is for the first of its
architectures; NAME/ARCHITECTURE is another one. With a NAME the whole profile is printed, as axle interpreters export does.

With --json: {"version": 1, "profiles": [{"name", "system", "platform", "architectures", "pythons": [{"path", "version"}], "source", "written"}]}.`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, list []string) error {
			switch {
			case len(list) == 1:
				p, err := profiles.Load(list[0])
				if err != nil {
					return err
				}
				return p.Write(e.stdout)
			case asJSON:
				return e.writeJSON("profiles", profiles.Known())
			}
			return e.drawKnown()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) drawKnown() error {
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	for _, s := range profiles.Known() {
		var pythons []string
		for _, p := range s.Pythons {
			pythons = append(pythons, p.Version)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.Name, s.System, s.Platform, strings.Join(s.Architectures, " "), strings.Join(pythons, " "))
	}
	return w.Flush()
}

// loadProfiles reads profiles and reports all that is wrong.
func loadProfiles(names []string) ([]profiles.Profile, error) {
	var list []profiles.Profile
	var problems fault.List
	for _, name := range names {
		p, err := profiles.Load(name)
		if err != nil {
			problems = append(problems, err)
		}
		list = append(list, p)
	}
	return list, problems.Err()
}
