package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/axlepack/axle/bundle"
	"github.com/axlepack/axle/profiles"
	"github.com/axlepack/axle/selector"
)

// completes says whether a shell asks for completions.
func completes(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// addShells adds the commands that print what shells source. A shell that is not
// known is an error, where cobra would print the help.
func addShells(root *cobra.Command, args []string) {
	if len(args) == 0 || args[0] != "completion" {
		return
	}
	root.InitDefaultCompletionCmd(args...)
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Args = knownSubcommand
			c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}

// addCompletion lets all commands below cmd complete the values of flags and
// arguments. What an argument is, its name in the line of use says.
func (e *env) addCompletion(cmd *cobra.Command) {
	values := map[string]cobra.CompletionFunc{
		"platform": listed(bundle.PlatformNames()...), "python": listed(bundle.PythonNames()...), "target": completeTarget,
		"profile": completeProfile, "align": fixed("python", "all", "none"), "prefer": fixed("shared", "specific"),
		"resolution": fixed("highest", "lowest", "lowest-direct"), "split": fixed("platform"), "color": fixed("auto", "always", "never"), "config": files("yml", "yaml"),
		"ignore": listed(selector.FindingCodes()...), "sbom": files("json"),
	}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if complete, ok := values[f.Name]; ok {
			_ = cmd.RegisterFlagCompletionFunc(f.Name, complete) // the flag is there, and has none
		}
	})
	for _, sub := range cmd.Commands() {
		e.addCompletion(sub)
	}
	if cmd.ValidArgsFunction != nil || cmd.HasSubCommands() {
		return
	}
	_, arguments, _ := strings.Cut(cmd.Use, " ")
	first, _, _ := strings.Cut(arguments, " ")
	switch {
	case strings.Contains(first, "NAME") && cmd.GroupID == "agent":
		cmd.ValidArgsFunction = e.completeDeployed(strings.Contains(first, "ZIP"))
	case strings.Contains(first, "ZIP"):
		cmd.ValidArgsFunction = files("zip")
	case strings.Contains(first, "DIR"), strings.Contains(first, "PROJECT"):
		cmd.ValidArgsFunction = directories
	case first == "":
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
}

// fixed completes one of some values.
func fixed(values ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
}

// files completes files that end so, and folders.
func files(endings ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(endings, cobra.ShellCompDirectiveFilterFileExt)
}

func directories(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// listed completes the last of values with commas between them.
func listed(values ...string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var out []string
		for _, v := range values {
			if !slices.Contains(strings.Split(before, ","), v) {
				out = append(out, before+v)
			}
		}
		return starting(out, typed), cobra.ShellCompDirectiveNoFileComp
	}
}

// starting are those of values that begin with what was typed.
func starting(values []string, typed string) (out []string) {
	for _, v := range values {
		if strings.HasPrefix(v, typed) {
			out = append(out, v)
		}
	}
	return out
}

// completeTarget completes the Python first, and then the platform.
func completeTarget(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	python, _, whole := strings.Cut(typed[len(before):], "@")
	var out []string
	if whole {
		for _, platform := range bundle.PlatformNames() {
			out = append(out, before+python+"@"+platform)
		}
		return starting(out, typed), cobra.ShellCompDirectiveNoFileComp
	}
	for _, python := range bundle.PythonNames() {
		out = append(out, before+python+"@")
	}
	return starting(out, typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// completeProfile completes the names of known systems; files do, too.
func completeProfile(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	var out []string
	for _, s := range profiles.Known() {
		out = append(out, s.Name+"\t"+s.System)
	}
	return starting(out, typed), cobra.ShellCompDirectiveDefault
}

// completeDeployed completes what is deployed here, and then its versions; zips
// says that a file may stand there, too.
func (e *env) completeDeployed(zips bool) cobra.CompletionFunc {
	return func(cmd *cobra.Command, list []string, typed string) ([]string, cobra.ShellCompDirective) {
		directive := cobra.ShellCompDirectiveNoFileComp
		if zips && len(list) == 0 {
			directive = cobra.ShellCompDirectiveDefault
		}
		var out []string
		for _, d := range e.deployed(cmd) {
			switch {
			case len(list) == 0:
				out = append(out, d.Record.Name)
			case len(list) == 1 && strings.Contains(cmd.Use, "[VERSION]") && d.Record.Name == list[0]:
				out = append(out, d.Record.Version)
			}
		}
		slices.Sort(out)
		return starting(slices.Compact(out), typed), directive
	}
}

// deployed is all that is deployed here, as far as it can be read.
func (e *env) deployed(cmd *cobra.Command) []selector.Deployment {
	var f agentFlags
	f.root, _ = cmd.Flags().GetString("root")
	f.config, _ = cmd.Flags().GetString("config")
	e.quiet = true // warnings would stand in the middle of the line being typed
	a, err := e.agent(f)
	if err != nil {
		return nil
	}
	all, _ := selector.ListAll(a.Root)
	return all
}
