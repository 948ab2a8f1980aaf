package main

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/inspect"
)

func newInspect(e *env) *cobra.Command {
	var asJSON bool
	var bill string
	cmd := &cobra.Command{
		Use:   "inspect ZIP",
		Short: "Show what an extension zip holds",
		Long: `Show what an extension zip holds: its packages with the Pythons and the floors
they need, their distributions with versions, licences and sizes, what is native,
and the entry points. Archives of UIP-CLI are read too. What is shown comes from
the files themselves, not from their names, but for the floors called promised: those
are what the tags say, as axle matrix shows them.

With --sbom the bill of materials (CycloneDX 1.6, JSON) of the whole zip goes into
a file: what the packages say of themselves, and of packages without one what
their files tell.`,
		Example: "  axle inspect dist/extension_build/my_extension-1.0.0.zip\n  axle inspect my_extension-1.0.0.zip --sbom my_extension.cdx.json",
		GroupID: "build",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("sbom") && bill == "" {
				return usageError(cmd, errors.New("--sbom needs the name of a file, or - for standard output"))
			}
			if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
				return fault.New(fault.BadInput, args[0]+": it is a folder, not an extension zip", "name the zip that axle build writes into dist/extension_build")
			}
			if bill != "" {
				return e.writeBill(cmd.Context(), args[0], bill)
			}
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
	cmd.Flags().StringVar(&bill, "sbom", "", "write the bill of materials of the zip into this `FILE`; - is standard output")
	cmd.MarkFlagsMutuallyExclusive("json", "sbom")
	return cmd
}

// writeBill writes the bill of materials of a zip.
func (e *env) writeBill(ctx context.Context, zip, file string) error {
	if file != "-" {
		return inspect.WriteBill(ctx, zip, file)
	}
	data, err := inspect.Bill(ctx, zip)
	if err == nil {
		_, err = e.stdout.Write(data)
	}
	return err
}
