package main

import (
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// env is the outside world of the program, which tests replace.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	lookup         func(string) (string, bool)
	// code is the exit code of a command that ended well; axle run hands on
	// the extension's own.
	code int
	talk
}

// newRoot makes the program with the commands that args need.
func newRoot(e *env, args []string) *cobra.Command {
	root := &cobra.Command{
		Use:   "axle",
		Short: "Carry Python dependencies to the agents that run extensions",
		Long: `axle turns extension.yml and requirements.txt into one extension zip that holds a
dependency package for every platform and Python that needs its own, and on an
agent picks an interpreter and the best package for it, extracts it and runs
the extension.

axle help TOPIC says more of: agent, exit-codes, index, locks, offline,
requires_python, tags, targets, zip_safe.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
		Args:          knownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(e.stdin)
	root.SetOut(e.stdout)
	root.SetErr(e.stderr)
	root.CompletionOptions.HiddenDefaultCmd = false
	root.SetFlagErrorFunc(usageError)
	e.talk.addTo(root.PersistentFlags())
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return e.talk.check(cmd) }
	root.AddGroup(&cobra.Group{ID: "build", Title: "For developers:"}, &cobra.Group{ID: "agent", Title: "For agents:"})
	addCommands(root, e, args)
	addShells(root, args)
	if completes(args) {
		e.addCompletion(root)
	}
	root.SetHelpCommand(newHelp(e))
	e.wrapHelp(root)
	root.SetArgs(args)
	return root
}

// released is set by the release build.
var released = ""

// version is the release, or what the Go command knows of the checkout.
func version() string {
	if released != "" {
		return released
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
