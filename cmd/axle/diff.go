package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/inspect"
	"github.com/axlepack/axle/internal/report"
)

// differ is the exit code of --exit-code where anything differs, as with diff.
const differ = 1

func newDiff(e *env) *cobra.Command {
	var f buildFlags
	var asJSON, asMarkdown, files, exitCode bool
	cmd := &cobra.Command{
		Use:   "diff FROM TO",
		Short: "Show what changed from one extension zip to another",
		Long: `Show what changed from one extension zip to another: the targets that are served,
distributions and their versions on each, keys of extension.yml, packages with
their sizes, floors and Pythons, licences, entry points and the extension's own
files. Files are compared by size and CRC-32; with --files each is read, those of
packages are listed, and all that differ have their SHA-256. FROM and TO may also
be locks or project folders, of which targets, distributions and sizes are
compared.

The exit code is 0, or with --exit-code 1 where anything differs.`,
		Example: "  axle diff old.zip new.zip\n  axle diff --files old.zip new.zip\n  axle diff --markdown pylock.toml new.zip",
		GroupID: "build",
		Args:    args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, list []string) error {
			if asJSON && asMarkdown {
				return usageError(cmd, errors.New("--json and --markdown are two ways of showing one difference: take one"))
			}
			d, err := e.difference(cmd, f, list, files)
			if err != nil {
				return err
			}
			if err := e.drawDifference(d, asJSON, asMarkdown, files); err != nil {
				return err
			}
			if exitCode && !d.Empty() {
				e.code = differ
			}
			return nil
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&files, "files", false, "read every file, and list those of packages that differ, with their SHA-256")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&asMarkdown, "markdown", false, "print Markdown, for a comment on a change")
	cmd.Flags().BoolVar(&exitCode, "exit-code", false, "exit with 1 when anything differs")
	return cmd
}

// difference is what changed from the first of a list to the second; hash says
// that every file of zips is read for it.
func (e *env) difference(cmd *cobra.Command, f buildFlags, list []string, hash bool) (d inspect.Difference, err error) {
	sides := [2]inspect.Side{}
	for i, path := range list {
		if sides[i], err = e.side(cmd, f, path, hash); err != nil {
			return d, err
		}
	}
	return inspect.Compare(sides[0], sides[1], inspect.MatrixOptions{Pythons: f.pythons, Platforms: f.platforms})
}

// side is a zip with what is in it, or the matrix of a lock or a project.
func (e *env) side(cmd *cobra.Command, f buildFlags, path string, hash bool) (s inspect.Side, err error) {
	if isLockFile(path) || !isZipFile(path) {
		if s.Matrix, err = e.matrixOf(cmd, f, path); err == nil && isLockFile(path) {
			s.Locked, err = report.LockedFiles(path)
		}
		return s, err
	}
	var zip inspect.Extension
	if zip, s.Matrix, err = e.lookInto(cmd, f, path); err == nil && hash {
		err = zip.Hash(cmd.Context())
	}
	s.Zip = &zip
	return s, err
}

func (e *env) drawDifference(d inspect.Difference, asJSON, asMarkdown, files bool) error {
	switch {
	case asJSON:
		return e.writeJSON("difference", d)
	case asMarkdown:
		return d.Markdown(e.stdout, files)
	case d.Empty() && d.Same:
		_, err := fmt.Fprintln(e.stdout, "the two have the same bytes")
		return err
	}
	return d.Text(e.stdout, files)
}
