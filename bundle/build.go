package bundle

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/axlepack/axle/internal/collect"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/internal/target"
)

// Matrix resolves the project for every target and plans its packages.
// Nothing is downloaded but what resolving needs. Targets without a solution
// are holes of the plan.
func Matrix(ctx context.Context, opt Options) (Plan, error) {
	s, err := open(ctx, opt)
	if err != nil {
		return s.plan(), err
	}
	plan := s.plan()
	if plan.Lock, err = s.lock(ctx); err != nil {
		return plan, err
	}
	plan.Packages, err = merge.NewPlan(plan.Lock.Solutions, s.mergeOptions(plan.Lock, nil))
	return plan, err
}

// Build makes the extension zip. Unless AllowMissing is set, a target without
// a solution is an error, which names all such targets, and nothing is
// written.
func Build(ctx context.Context, opt Options) (Result, error) {
	start := time.Now()
	s, err := open(ctx, opt)
	result := Result{Plan: s.plan()}
	if err != nil {
		return result, err
	}
	plan := &result.Plan
	if plan.Lock, err = s.lock(ctx); err != nil {
		return result, err
	}
	if err := s.missing(plan.Lock); err != nil {
		return result, err
	}
	wheels, err := s.wheels(ctx, plan.Lock)
	if err != nil {
		return result, err
	}
	defer wheels.Close()
	plan.Warnings = append(plan.Warnings, wheels.Findings()...)
	plan.Packages, err = merge.NewPlan(plan.Lock.Solutions, s.mergeOptions(plan.Lock, wheels))
	if err != nil {
		return result, err
	}
	err = s.write(ctx, wheels, &result)
	result.Elapsed = time.Since(start)
	return result, err
}

// plan is what is known before resolving.
func (s *session) plan() Plan {
	return Plan{Project: s.project, Targets: s.targets, Warnings: s.warnings}
}

// missing turns targets without a solution into one error, unless they are
// allowed.
func (s *session) missing(l lock.Lock) error {
	if len(l.Failures) == 0 {
		return nil
	}
	allowed := s.opt.AllowMissing || s.project.Manifest.Bundle.Policy.AllowMissing
	if allowed && len(l.Solutions) > 0 {
		return nil
	}
	return &MissingError{Failures: l.Failures, Targets: len(s.targets)}
}

func (s *session) mergeOptions(l lock.Lock, needs merge.Needs) merge.Options {
	m := s.project.Manifest
	opt := merge.Options{Name: m.Name, Version: m.Version.PEP440, Needs: needs}
	for _, f := range l.Failures {
		opt.Holes = append(opt.Holes, f.Target)
	}
	return opt
}

// wheels downloads what the solutions name and opens it.
func (s *session) wheels(ctx context.Context, l lock.Lock) (*merge.Wheels, error) {
	s.opt.Progress.Step("downloading", len(l.Files()))
	files, err := collect.Collect(ctx, l.Solutions, fetcher{s.client}, collect.Options{
		Done: func(f collect.File) { s.opt.Progress.Item(f.Filename.Text) },
	})
	if err != nil {
		return nil, err
	}
	sources := make([]merge.Source, len(files))
	for i, f := range files {
		sources[i] = merge.Source{File: f.File, Path: f.Local, Sum: f.Sum}
	}
	return merge.Open(ctx, sources, merge.OpenOptions{Memory: s.store, Workers: runtime.GOMAXPROCS(0)})
}

// MissingError says for which targets there is no solution, and why.
type MissingError struct {
	Failures []lock.Failure
	// Targets is how many were asked for.
	Targets int
}

// Error gives each reason once, with all the targets it holds for.
func (e *MissingError) Error() string {
	text := fmt.Sprintf("%d of %d targets cannot be served", len(e.Failures), e.Targets)
	for _, g := range report.Group(e.Failures) {
		text += "\n" + g.String()
	}
	return text
}

// Hints are those of the reasons, and how to go on without these targets.
func (e *MissingError) Hints() []string {
	var hints []string
	seen := map[string]bool{}
	for _, f := range e.Failures {
		for _, h := range fault.Hints(f.Err) {
			if !seen[h] {
				seen[h] = true
				hints = append(hints, h)
			}
		}
	}
	if len(e.Failures) < e.Targets {
		hints = append(hints, "build the rest with --allow-missing, or leave these targets out with --python or --platform")
	}
	return hints
}

// ExitCode is that of the reasons when they agree, and 7 otherwise.
func (e *MissingError) ExitCode() int {
	code := 0
	for _, f := range e.Failures {
		c := fault.ExitCode(f.Err)
		if code != 0 && c != code {
			return fault.Resolution
		}
		code = c
	}
	return code
}

// Unwrap gives the reasons.
func (e *MissingError) Unwrap() []error {
	errs := make([]error, len(e.Failures))
	for i, f := range e.Failures {
		errs[i] = f.Err
	}
	return errs
}

var _ = errors.Join
var _ = target.Target{}
