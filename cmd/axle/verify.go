package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/selector"
)

func newVerify(e *env) *cobra.Command {
	var f agentFlags
	var repair, asJSON bool
	var zip selector.VerifyZipOptions
	cmd := &cobra.Command{
		Use:   "verify NAME[==VERSION]|ZIP",
		Short: "Check every file of a deployment, or of an extension zip",
		Long: `Hold every file of a deployment and its package, byte code included, against the hashes of when it was deployed. With --repair what is
damaged is replaced, from the zips that are kept with it; what runs from it need not be ended.

With a ZIP: every package in it against its RECORD, its name, its binaries and its bill of materials, and all of them
against what extension.yml promises. Each finding has a code; see docs/reference/findings.md. Those that are meant so
are named with --ignore, or in bundle.ignore of extension.yml: a zip does not have that section, so --project says
where it is. Nothing that is ignored here makes axle deploy accept more.

With --json: {"version": 1, "verified": {"deployment", "files", "damage": {FOLDER: [{"path", "what"}]}, "repaired"}}, and for a ZIP
{"version": 1, "verified": {"zip", "extension", "extension_version", "packages", "files",
"findings": [{"code", "severity", "package", "path", "text", "ignored"}]}}.`,
		Args:    args(cobra.ExactArgs(1)),
		GroupID: "agent",
		RunE: func(cmd *cobra.Command, list []string) error {
			if isZip(list[0]) && isFolder(list[0]) {
				return verifiesNoFolder(list[0])
			}
			if isZip(list[0]) {
				if repair {
					return fault.New(fault.Usage, list[0]+": --repair is for deployments; a zip is built again")
				}
				return e.verifyZip(cmd, list[0], zip, asJSON)
			}
			for _, flag := range []string{"ignore", "project", "strict"} {
				if cmd.Flags().Changed(flag) {
					return fault.New(fault.Usage, list[0]+": --"+flag+" is for zips", "name the file of a zip")
				}
			}
			a, err := e.agent(f)
			if err != nil {
				return err
			}
			v, err := selector.Verify(cmd.Context(), a.Root, list[0], repair)
			if fault.ExitCode(err) == fault.NotFound && isFolder(list[0]) {
				return verifiesNoFolder(list[0])
			}
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
	cmd.Flags().StringSliceVar(&zip.Ignore, "ignore", nil, "a `CODE` of findings in a zip that are meant so (may be repeated)")
	cmd.Flags().StringVar(&zip.Project, "project", "", "the `folder` of the project of a zip, whose bundle.ignore counts, too")
	cmd.Flags().BoolVar(&zip.Strict, "strict", false, "warnings about a zip are errors, too")
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

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// verifiesNoFolder says what is verified instead of a project.
func verifiesNoFolder(dir string) error {
	return fault.New(fault.Usage, dir+": is a folder; axle verify takes the name of a deployment, or the file of a zip",
		"name the zip that axle build made, in "+filepath.Join(dir, "dist", "extension_build"))
}

func (e *env) drawRepaired(v selector.Verified) {
	for _, folder := range slices.Sorted(maps.Keys(v.Damage)) {
		for _, d := range v.Damage[folder] {
			fmt.Fprintf(e.stdout, "repaired %s/%s: it was %s\n", folder, d.Path, d.What)
		}
	}
}

func (e *env) verifyZip(cmd *cobra.Command, file string, opt selector.VerifyZipOptions, asJSON bool) error {
	v, err := selector.VerifyZip(cmd.Context(), file, opt)
	if err != nil {
		return err
	}
	if asJSON {
		return errors.Join(e.writeJSON("verified", v), v.Err())
	}
	for _, f := range v.Warnings() {
		e.warn([]fault.Warning{{Text: f.Error()}})
	}
	if err := v.Err(); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "%s is whole: %s %s, %s, %s%s\n", file, v.Extension, v.Version,
		report.Count(len(v.Packages), "package"), report.Count(v.Files, "file"), ignoredText(v.Ignored()))
	return nil
}

// ignoredText says how many findings are meant so.
func ignoredText(n int) string {
	if n == 0 {
		return ""
	}
	return "; " + report.Count(n, "finding") + " ignored"
}
