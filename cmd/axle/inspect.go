package main

import (
	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/inspect"
)

func newInspect(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "inspect ZIP",
		Short: "Show what an extension zip holds",
		Long: `Show what an extension zip holds: its packages with the Pythons and the floors
they need, their distributions with versions, licences and sizes, what is native,
and the entry points. Archives of UIP-CLI are read too. What is shown comes from
the files themselves, not from their names.`,
		Example: "  axle inspect dist/extension_build/my_extension-1.0.0.zip",
		GroupID: "build",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := inspect.Zip(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			e.warn(found.Warnings)
			if asJSON {
				return e.writeJSON("inspected", found)
			}
			return found.Text(e.stdout)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	return cmd
}
