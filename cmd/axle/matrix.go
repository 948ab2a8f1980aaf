package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/inspect"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/interpreters"
	"github.com/axlepack/axle/selector"
)

func newMatrix(e *env) *cobra.Command {
	var f buildFlags
	var draw matrixDrawing
	var locked bool
	cmd := &cobra.Command{
		Use:   "matrix [DIR|LOCK|ZIP [DIR|LOCK|ZIP]]",
		Short: "Show which package serves which Python on which platform, or why none",
		Long: `Show which package would serve which Python on which platform, or why none does.
Each agent profile of --profile, or of bundle.profiles, is a column of its own.
Of a ZIP: which package in it does, also of one that UIP-CLI made; a package that
agents refuse for what is in it, or that was renamed, serves nothing.
--python and --platform choose the cells. Of a LOCK, a pylock.toml of axle: which
package would, without asking any index. Of two: which targets the second gains
and loses, and what becomes of versions and sizes.

With --json: {"version": 1, "matrix": {"extension", "extension_version", "pythons", "platforms", "packages": [{"file", "requires_python",
"targets", "distributions", "size", "size_estimated", "made_elsewhere"}], "cells": [{"target", "python", "platform", "package", "size",
"size_estimated", "floor", "problem", "hints", "notes", "causes": [{"kind", "projects", "requirements", "newest_with_file", "source",
"build_from_source"}]}], "dependencies": [{"project", "licences", "files", "bytes", "packages", "bytes_carried", "bytes_repeated",
"packages_fewer_without", "per_python", "per_platform", "changes": [{"python", "before", "platforms", "reason", "detail", "from", "to"}]}],
"served": [{"profile", "path", "python", "target", "package", "problem"}], "alignment"}}. What is not known, or does not apply, is left out.
A size is estimated where the package is not made yet: then it is that of the files that go into it.`,
		Example: "  axle matrix\n  axle matrix --suggest\n  axle matrix --html matrix.html --check\n  axle matrix dist/extension_build/my_extension-1.0.0.zip\n  axle matrix old.zip new.zip",
		Args:    args(cobra.MaximumNArgs(2)),
		GroupID: "build",
		RunE: func(cmd *cobra.Command, list []string) error {
			if err := draw.valid(cmd, len(list)); err != nil {
				return err
			}
			if len(list) == 2 {
				return e.compare(cmd, f, list[0], list[1], draw.json)
			}
			if len(list) == 1 && (isZipFile(list[0]) || isLockFile(list[0])) {
				matrix, err := e.matrixOf(cmd, f, list[0])
				if err != nil {
					return err
				}
				return e.showMatrix(matrix, draw)
			}
			plan, err := e.plan(cmd, f, list, locked)
			if err != nil {
				return err
			}
			return e.showMatrix(plan.Matrix(), draw)
		},
	}
	f.add(cmd)
	addLocked(cmd, &locked)
	draw.add(cmd)
	f.measure = true
	return cmd
}

// matrixDrawing is how a matrix is shown.
type matrixDrawing struct {
	json, markdown, suggest, check bool
	html                           string // a file, or "-" for standard output
}

func (d *matrixDrawing) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&d.json, "json", false, "print JSON")
	flags.BoolVar(&d.markdown, "markdown", false, "print Markdown, for a comment on a change")
	flags.StringVar(&d.html, "html", "", "write one page for a browser, which needs no network, to this `file`; - prints it")
	flags.BoolVar(&d.suggest, "suggest", false, "print the widest requires_python and platforms without a hole, and what more would cost")
	flags.BoolVar(&d.check, "check", false, "exit with 5 when a target has no package")
}

// valid says what cannot be had together.
func (d *matrixDrawing) valid(cmd *cobra.Command, matrices int) error {
	var asked []string
	for _, name := range []string{"json", "markdown", "html", "suggest"} {
		if cmd.Flags().Changed(name) {
			asked = append(asked, "--"+name)
		}
	}
	both := strings.Join(asked, " ")
	switch {
	case cmd.Flags().Changed("html") && d.html == "":
		return usageError(cmd, errors.New("--html needs the name of a file, or - for standard output"))
	case matrices == 2 && (d.markdown || d.suggest || d.html != ""):
		return usageError(cmd, errors.New(asked[len(asked)-1]+" is about one matrix; what changes between two is printed as text or --json"))
	case len(asked) > 1 && both != "--json --suggest":
		return usageError(cmd, errors.New(strings.Join(asked, " and ")+" are two ways of showing one matrix: take one"))
	}
	return nil
}

// showMatrix prints a matrix; with check a hole is an error.
func (e *env) showMatrix(matrix report.Matrix, draw matrixDrawing) error {
	err := e.drawMatrix(matrix, draw)
	if err == nil && draw.check {
		err = matrix.Check()
	}
	return err
}

func (e *env) drawMatrix(matrix report.Matrix, draw matrixDrawing) error {
	switch {
	case draw.suggest && draw.json:
		return e.writeJSON("suggestion", report.Suggest(matrix))
	case draw.suggest:
		return report.Suggest(matrix).Text(e.stdout)
	case draw.json:
		return e.writeJSON("matrix", matrix)
	case draw.markdown:
		return matrix.Markdown(e.stdout)
	case draw.html == "-":
		return matrix.HTML(e.stdout)
	case draw.html != "":
		return matrix.WriteHTML(draw.html)
	}
	if err := matrix.Text(e.stdout); err != nil || len(matrix.Served) == 0 {
		return err
	}
	fmt.Fprintln(e.stdout)
	drawServed(e.stdout, matrix.Served)
	return nil
}

// isZipFile tells an extension zip from a project folder; what is neither is
// looked for as what its name says.
func isZipFile(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return strings.HasSuffix(strings.ToLower(path), ".zip")
	}
	return !info.IsDir()
}

// matrixOfZip is what an agent finds in a zip.
func (e *env) matrixOfZip(cmd *cobra.Command, f buildFlags, path string) (report.Matrix, error) {
	_, m, err := e.lookInto(cmd, f, path)
	if err == nil && len(f.profiles) > 0 {
		var served []report.Served
		served, err = servedByZip(cmd.Context(), path, f.profiles)
		m.Serve(served)
	}
	return m, err
}

// lookInto is what is in a zip, and the matrix of that.
func (e *env) lookInto(cmd *cobra.Command, f buildFlags, path string) (inspect.Extension, report.Matrix, error) {
	if len(f.targets) > 0 {
		return inspect.Extension{}, report.Matrix{}, usageError(cmd, errors.New("the cells of a zip are chosen by --python and --platform"))
	}
	found, err := inspect.Zip(cmd.Context(), path)
	if err != nil {
		return found, report.Matrix{}, err
	}
	e.warn(found.Warnings)
	if err := found.Judge(cmd.Context()); err != nil {
		return found, report.Matrix{}, err
	}
	m, err := found.Matrix(inspect.MatrixOptions{Pythons: f.pythons, Platforms: f.platforms})
	return found, m, err
}

// servedByZip is what the interpreters of profiles would choose of a zip, as
// their agents do. Those that requires_python does not admit are left out.
func servedByZip(ctx context.Context, path string, names []string) ([]report.Served, error) {
	list, err := loadProfiles(names)
	if err != nil {
		return nil, err
	}
	z, err := selector.Open(path)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	var all []report.Served
	for _, p := range list {
		for _, in := range p.Interpreters {
			t, known := in.Report.Target()
			if !known || !z.Extension.Manifest.RequiresPython.Admits(in.Report.PythonVersion()) {
				continue
			}
			s := report.Served{Profile: p.Name, Path: in.Path, Python: in.Report.Version, Target: t.String()}
			choice, err := z.Select(ctx, []interpreters.Interpreter{in}, selector.SelectOptions{})
			switch {
			case err != nil && fault.ExitCode(err) == fault.NoPackage:
				s.Problem = err.Error()
			case err != nil:
				return nil, err
			case choice.Package != nil:
				s.Package = choice.Package.File()
			}
			all = append(all, s)
		}
	}
	return all, nil
}

// isLockFile goes by the name: pylock.toml, pylock.NAME.toml.
func isLockFile(path string) bool {
	return strings.HasSuffix(strings.ToLower(path), ".toml")
}

// matrixOfLock is what would be built of a lock.
func (e *env) matrixOfLock(cmd *cobra.Command, f buildFlags, path string) (report.Matrix, error) {
	if len(f.targets)+len(f.platforms)+len(f.pythons)+len(f.profiles) > 0 {
		return report.Matrix{}, usageError(cmd, errors.New("the cells of a lock are the targets that it has; of others, ask for its project"))
	}
	matrix, warnings, err := report.OfLock(path)
	e.warn(warnings)
	return matrix, err
}

// matrixOf is that of a project, a lock or a zip.
func (e *env) matrixOf(cmd *cobra.Command, f buildFlags, path string) (report.Matrix, error) {
	if isLockFile(path) {
		return e.matrixOfLock(cmd, f, path)
	}
	if isZipFile(path) {
		return e.matrixOfZip(cmd, f, path)
	}
	plan, err := e.plan(cmd, f, []string{path}, false)
	if err != nil {
		return report.Matrix{}, err
	}
	return plan.Matrix(), nil
}

// compare prints what changes from one project or zip to another.
func (e *env) compare(cmd *cobra.Command, f buildFlags, from, to string, asJSON bool) error {
	d, err := e.difference(cmd, f, []string{from, to}, false)
	if err != nil {
		return err
	}
	c := d.Comparison
	if asJSON {
		return e.writeJSON("comparison", c)
	}
	return c.Text(e.stdout)
}
