package main

import "github.com/spf13/cobra"

// commands are the subcommands by name, in the order of the help.
var commands = []struct {
	name string
	make func(*env) *cobra.Command
}{
	{"init", newInit},
	{"build", newBuild},
	{"lock", newLock},
	{"matrix", newMatrix},
	{"inspect", newInspect},
	{"diff", newDiff},
	{"tree", newTree},
	{"why", newWhy},
	{"outdated", newOutdated},
	{"demo", newDemo},
	{"schema", newSchema},
	{"interpreters", newInterpreters},
	{"select", newSelect},
	{"deploy", newDeploy},
	{"run", newRun},
	{"deployments", newDeployments},
	{"rollback", newRollback},
	{"remove", newRemove},
	{"prune", newPrune},
	{"verify", newVerify},
	{"doctor", newDoctor},
}

// addCommands adds the command that args begin with, and no other: extensions
// wait for what axle run does before them. Where args begin with none, for
// help, completion and mistakes, it adds them all.
func addCommands(root *cobra.Command, e *env, args []string) {
	for _, c := range commands {
		if len(args) > 0 && args[0] == c.name {
			root.CompletionOptions.DisableDefaultCmd = true
			root.AddCommand(c.make(e))
			return
		}
	}
	for _, c := range commands {
		root.AddCommand(c.make(e))
	}
}
