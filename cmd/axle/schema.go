package main

import (
	"github.com/spf13/cobra"

	"github.com/axlepack/axle"
)

func newSchema(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of extension.yml, for editors",
		Long: `Print the JSON Schema (2020-12) of extension.yml, with which editors complete and check the file:

  axle schema > extension.schema.json

and as the first line of src/extension.yml, for editors with the YAML language server:

  # yaml-language-server: $schema=../extension.schema.json`,
		Args:    args(cobra.NoArgs),
		GroupID: "build",
		RunE: func(*cobra.Command, []string) error {
			_, err := e.stdout.Write(axle.Schema())
			return err
		},
	}
}
