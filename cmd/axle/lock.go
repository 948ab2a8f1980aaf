package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/bundle"
	"github.com/axlepack/axle/internal/report"
)

func newLock(e *env) *cobra.Command {
	var f buildFlags
	var opt bundle.LockOptions
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "lock [DIR]",
		Short: "Write the pins of a project for all its targets to pylock.toml",
		Long: `Resolve what the project requires for every target and write DIR/pylock.toml (PEP 751): each file with its digest, so that
builds need no index to resolve and take just these files. pip and uv install from it, too. What an earlier
pylock.toml has, also one of pip or uv, is kept as far as the requirements let it.`,
		Args:    args(cobra.MaximumNArgs(1)),
		GroupID: "build",
		RunE: func(cmd *cobra.Command, list []string) error {
			var err error
			if opt.Options, err = e.options(f, list); err != nil {
				return err
			}
			events, done := e.events()
			opt.Events = events
			locked, err := bundle.Lock(cmd.Context(), opt)
			done()
			e.warn(locked.Plan.Warnings)
			if err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON("lock", lockedOf(locked))
			}
			return e.drawLock(locked)
		},
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.BoolVarP(&opt.Upgrade, "upgrade", "U", false, "keep nothing of the earlier lock")
	flags.StringSliceVarP(&opt.UpgradeProjects, "upgrade-package", "P", nil, "keep all of the earlier lock but this `project`")
	flags.StringVar(&opt.Pins, "pins", "", "keep the versions of this `file`: a lock of another tool, or requirements with exact versions")
	flags.BoolVar(&opt.Check, "check", false, "write nothing, and exit with 3 when the lock is not up to date")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// addLocked is for commands that can use a lock.
func addLocked(cmd *cobra.Command, locked *bool) {
	cmd.Flags().BoolVar(locked, "locked", false, "exit with 3 when pylock.toml is not there or not up to date")
}

// lockedOf is the JSON form of a lock.
func lockedOf(l bundle.Locked) any {
	plan := l.Plan
	out := struct {
		Path     string          `json:"path"`
		Written  bool            `json:"written"`
		Reasons  []string        `json:"reasons,omitempty"`
		Changes  []bundle.Change `json:"changes,omitempty"`
		Projects int             `json:"projects"`
		Files    int             `json:"files"`
		Targets  []string        `json:"targets"`
		Missing  []string        `json:"missing,omitempty"`
		// Alignment says what one version for all targets costs.
		Alignment *report.Alignment `json:"alignment,omitempty"`
	}{Path: l.Path, Written: l.Written, Reasons: l.Reasons, Changes: l.Changes, Projects: projects(l), Files: len(plan.Lock.Files()), Alignment: plan.Alignment}
	for _, s := range plan.Lock.Solutions {
		out.Targets = append(out.Targets, s.Target.String())
	}
	for _, f := range plan.Lock.Failures {
		out.Missing = append(out.Missing, f.Target.String())
	}
	return out
}

func projects(l bundle.Locked) int {
	seen := map[string]bool{}
	for _, s := range l.Plan.Lock.Solutions {
		for _, p := range s.Pins {
			seen[string(p.Project)] = true
		}
	}
	return len(seen)
}

func (e *env) drawLock(l bundle.Locked) error {
	state := "up to date"
	if l.Written {
		state = "written"
	}
	_, err := fmt.Fprintf(e.stdout, "%s  %s\n", l.Path, state)
	if e.quiet || err != nil {
		return err
	}
	for _, r := range l.Reasons {
		fmt.Fprintln(e.stdout, "  "+r)
	}
	for _, c := range l.Changes {
		fmt.Fprintln(e.stdout, "  "+c.String())
	}
	text := report.Count(projects(l), "project") + ", " + report.Count(len(l.Plan.Lock.Files()), "file") + " for " + report.Count(len(l.Plan.Lock.Solutions), "target")
	if n := len(l.Plan.Lock.Failures); n > 0 {
		text += ", none for " + fmt.Sprintf("%d more", n)
	}
	if _, err := fmt.Fprintln(e.stdout, text); err != nil {
		return err
	}
	return l.Plan.Matrix().AlignmentText(e.stdout)
}
