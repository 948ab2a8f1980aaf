package bundle

import (
	"context"
	"fmt"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/internal/resolve"
	"github.com/axlepack/axle/internal/target"
)

// solve resolves a request. Targets whose Python the requirements themselves
// exclude are failures, and are not resolved.
func (s *session) solve(ctx context.Context, request resolve.Request, options resolve.Options) (lock.Lock, error) {
	excluded := map[target.Target]error{}
	all := request.Targets
	request.Targets = nil
	for _, t := range all {
		if err := s.excluded(t); err != nil {
			excluded[t] = err
		} else {
			request.Targets = append(request.Targets, t)
		}
	}
	options.Host, options.NoIndex = s.isHost(ctx), s.noIndex
	result, err := s.sdists.resolve(ctx, s.source(), request, options)
	if err != nil || len(excluded) == 0 {
		return lock.Lock(result), err
	}
	l := lock.Lock{Solutions: result.Solutions}
	for _, f := range result.Failures {
		excluded[f.Target] = f.Err
	}
	for _, t := range all {
		if err := excluded[t]; err != nil {
			l.Failures = append(l.Failures, lock.Failure{Target: t, Err: err})
		}
	}
	return l, nil
}

// excluded says which requires-python of a pyproject.toml keeps a target out.
// One that keeps out some of its patch releases, which extension.yml admits, is
// a warning: it is extension.yml that agents follow.
func (s *session) excluded(t target.Target) error {
	for _, b := range s.project.Requirements.Pythons {
		some, all := b.Specifier.AdmitsMinor(t.Python.Major, t.Python.Minor)
		_, whole := s.project.Manifest.RequiresPython.AdmitsMinor(t.Python.Major, t.Python.Minor)
		switch {
		case !some:
			return fault.New(fault.BadInput,
				fmt.Sprintf("%s: requires-python %q does not admit Python %s", s.origin(b.File, b.Line), b.Text, t.Python.Version()),
				"narrow extension.requires_python in extension.yml likewise, so that no agent takes such a Python")
		case !all && whole:
			s.warn(fault.Warning{File: b.File, Line: b.Line, Text: fmt.Sprintf(
				"requires-python %q leaves out some releases of Python %s, and extension.requires_python, which agents follow, does not", b.Text, t.Python.Version())})
		}
	}
	return nil
}

// compareAlignment says what one version for all targets cost and saved: it
// resolves once more, as if that had not been asked for. A lock knows it.
func (s *session) compareAlignment(ctx context.Context, plan *Plan, foreign []merge.Foreign) error {
	if s.fromLock {
		plan.Alignment = s.alignment
		return nil
	}
	if s.project.Manifest.ZipSafe || s.policy.align != resolve.AlignAll || len(plan.Lock.Solutions) < 2 {
		return nil // or it cannot be had otherwise
	}
	request, err := s.request(ctx)
	if err != nil {
		return err
	}
	options := s.policy.resolveOptions(s.opt.Now())
	if request.Preferences, err = s.merelyKept(ctx, plan.Lock, request, options); err != nil {
		return err
	}
	options.Align = resolve.AlignPython
	plain := Plan{Project: plan.Project, Targets: plan.Targets}
	if plain.Lock, err = s.solve(ctx, request, options); err == nil {
		plain.Lock, err = s.sdists.built(ctx, plain.Lock)
	}
	if err != nil {
		return err
	}
	if err := s.packages(&plain, nil, foreign); err != nil {
		return err
	}
	a := report.CompareAlignment(plan.Lock, plain.Lock, plan.Packages, plain.Packages, s.sizes(ctx, plan.Lock, plain.Lock))
	plan.Alignment = &a
	return nil
}

// merelyKept are the pins that are as they are because an earlier lock has them,
// and not for the alignment: those of projects that are the same with it and
// without it when nothing is kept.
func (s *session) merelyKept(ctx context.Context, l lock.Lock, request resolve.Request, options resolve.Options) ([]lock.Solution, error) {
	if len(s.preferences) == 0 {
		return nil, nil
	}
	aligned, err := s.solve(ctx, request, options)
	if err != nil {
		return nil, err
	}
	options.Align = resolve.AlignPython
	plain, err := s.solve(ctx, request, options)
	if err != nil {
		return nil, err
	}
	// What is preferred for one target counts for the others of its project.
	var differing []pep508.Name
	for _, solution := range l.Solutions {
		with, _ := solutionFor(aligned.Solutions, solution.Target)
		beside, _ := solutionFor(plain.Solutions, solution.Target)
		for _, pin := range solution.Pins {
			a, inAligned := with.Pin(pin.Project)
			b, inPlain := beside.Pin(pin.Project)
			if inAligned != inPlain || inPlain && !a.Version.Equal(b.Version) {
				differing = append(differing, pin.Project)
			}
		}
	}
	return without(l.Solutions, differing), nil
}

// tellAlignment is compareAlignment for a plan that has a lock and no packages
// yet. Where no packages can be planned there is nothing to tell.
func (s *session) tellAlignment(ctx context.Context, plan *Plan) error {
	planned := *plan
	if s.policy.align != resolve.AlignAll || s.packages(&planned, nil, nil) != nil {
		return nil
	}
	err := s.compareAlignment(ctx, &planned, nil)
	plan.Alignment = planned.Alignment
	return err
}
