package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/bundle"
	"github.com/axlepack/axle/internal/report"
)

func newTree(e *env) *cobra.Command {
	var f buildFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "tree [DIR]",
		Short: "Show which distribution requires which",
		Long: `Show the dependency tree of a project, from its own requirements down, for each
set of targets that have the same. The pins are those of pylock.toml where there
is one.`,
		Example: "  axle tree\n  axle tree --target cp311@win_amd64 my_extension",
		Args:    args(cobra.MaximumNArgs(1)),
		GroupID: "build",
		RunE: func(cmd *cobra.Command, list []string) error {
			plan, err := e.plan(cmd, f, list, false)
			if err != nil {
				return err
			}
			trees := plan.Graph().Trees()
			if asJSON {
				return e.writeJSON("trees", trees)
			}
			return report.DrawTrees(e.stdout, trees)
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newWhy(e *env) *cobra.Command {
	var f buildFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "why [DIR] [REQUIREMENT]",
		Short: "Show what brings a distribution in",
		Long: `Show the chains of requirements that bring a distribution in, from the project's
own requirements on, for each set of targets where they are the same: the shortest
from each requirement, and one through each other distribution that requires it. A
REQUIREMENT with versions, such as "cffi<2", asks for the targets that have them;
without one every distribution is told of. The pins are those of pylock.toml where
there is one.`,
		Example: "  axle why certifi\n  axle why my_extension 'cffi<2'\n  axle why my_extension",
		Args:    args(cobra.RangeArgs(1, 2)),
		GroupID: "build",
		RunE: func(cmd *cobra.Command, list []string) error {
			if len(list) == 1 && isProjectDir(list[0]) {
				return e.whyAll(cmd, f, list, asJSON)
			}
			plan, err := e.plan(cmd, f, list[:len(list)-1], false)
			if err != nil {
				return err
			}
			why, err := plan.Graph().Why(list[len(list)-1])
			if err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON("why", why)
			}
			return why.Text(e.stdout)
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// isProjectDir tells a project's folder from the name of a distribution.
func isProjectDir(text string) bool {
	for _, place := range []string{"extension.yml", filepath.Join("src", "extension.yml")} {
		if _, err := os.Stat(filepath.Join(text, place)); err == nil {
			return true
		}
	}
	return text == "." || strings.ContainsAny(text, `/\`) && !strings.Contains(text, "@")
}

func (e *env) whyAll(cmd *cobra.Command, f buildFlags, list []string, asJSON bool) error {
	plan, err := e.plan(cmd, f, list, false)
	if err != nil {
		return err
	}
	all := plan.Graph().WhyAll()
	if asJSON {
		return e.writeJSON("why", all)
	}
	return report.TextOfAll(e.stdout, all)
}

// plan is what a build would do, holes and all.
func (e *env) plan(cmd *cobra.Command, f buildFlags, list []string, locked bool) (bundle.Plan, error) {
	opt, err := e.options(f, list)
	if err != nil {
		return bundle.Plan{}, err
	}
	opt.AllowMissing, opt.Locked = true, locked
	events, done := e.events()
	opt.Events = events
	plan, err := bundle.Matrix(cmd.Context(), opt)
	done()
	e.warn(plan.Warnings)
	return plan, err
}
