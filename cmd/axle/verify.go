package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/selector"
)

func newVerify(e *env) *cobra.Command {
	var f agentFlags
	var repair, asJSON bool
	cmd := &cobra.Command{
		Use:   "verify NAME[==VERSION]|ZIP",
		Short: "Check every file of a deployment, or of an extension zip",
		Long: `Hold every file of a deployment and its package, byte code included, against the hashes of when it was deployed. With --repair what is
damaged is replaced, from the zips that are kept with it; what runs from it need not be ended.
With a ZIP: every package in it against its RECORD, its name and its binaries.

With --json: {"version": 1, "verified": {"deployment", "files", "damage": {FOLDER: [{"path", "what"}]}, "repaired"}}, and for a ZIP
{"version": 1, "verified": {"zip", "extension", "extension_version", "packages", "files", "warnings"}}.`,
		Args:    args(cobra.ExactArgs(1)),
		GroupID: "agent",
		RunE: func(cmd *cobra.Command, list []string) error {
			if isZip(list[0]) {
				if repair {
					return fault.New(fault.Usage, list[0]+": --repair is for deployments; a zip is built again")
				}
				return e.verifyZip(cmd, list[0], asJSON)
			}
			a, err := e.agent(f)
			if err != nil {
				return err
			}
			v, err := selector.Verify(cmd.Context(), a.Root, list[0], repair)
			if asJSON && v.Damage != nil {
				return errors.Join(e.writeJSON("verified", v), err)
			}
			if v.Repaired {
				e.drawRepaired(v)
			}
			if err == nil {
				fmt.Fprintf(e.stdout, "%s %s is whole: %d files\n", v.Deployment.Record.Name, v.Deployment.Record.ID, v.Files)
			}
			return err
		},
	}
	f.addRoot(cmd)
	cmd.Flags().BoolVar(&repair, "repair", false, "replace what is damaged")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// isZip tells a file from the name of an extension.
func isZip(arg string) bool {
	if strings.HasSuffix(strings.ToLower(arg), ".zip") || strings.ContainsAny(arg, `/\`) {
		return true
	}
	info, err := os.Stat(arg)
	return err == nil && info.Mode().IsRegular()
}

func (e *env) drawRepaired(v selector.Verified) {
	for _, folder := range slices.Sorted(maps.Keys(v.Damage)) {
		for _, d := range v.Damage[folder] {
			fmt.Fprintf(e.stdout, "repaired %s/%s: it was %s\n", folder, d.Path, d.What)
		}
	}
}

func (e *env) verifyZip(cmd *cobra.Command, file string, asJSON bool) error {
	v, err := selector.VerifyZip(cmd.Context(), file)
	if asJSON && v.Packages != nil {
		return errors.Join(e.writeJSON("verified", v), err)
	}
	for _, text := range v.Warnings {
		e.warn([]fault.Warning{{Text: text}})
	}
	if err == nil {
		fmt.Fprintf(e.stdout, "%s is whole: %s %s, %d packages, %d files\n", file, v.Extension, v.Version, len(v.Packages), v.Files)
	}
	return err
}
