package bundle

import (
	"context"
	"runtime"
	"slices"
	"time"

	"github.com/axlepack/axle/internal/collect"
	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/pack"
)

// Matrix resolves the project for every target and plans its packages.
// Nothing is downloaded but what resolving needs, and nothing written. Targets
// without a solution are holes of the plan, unless a package made elsewhere that
// lies in dist/dep serves them.
func Matrix(ctx context.Context, opt Options) (plan Plan, err error) {
	s, err := open(ctx, opt)
	defer s.end(&plan)
	plan = s.begin()
	if err != nil {
		return plan, err
	}
	if plan.Lock, err = s.solved(ctx); err == nil {
		plan.Lock, err = s.sdists.built(ctx, plan.Lock)
	}
	if err != nil {
		return plan, err
	}
	if opt.Measure {
		s.measure(ctx, plan.Lock)
	}
	if s.project.Manifest.ZipSafe {
		_, plan.Refused = pack.OneSet(plan.Lock.Solutions, binaryByName)
	}
	elsewhere, err := s.madeElsewhere()
	if err != nil {
		return plan, err
	}
	foreign, err := s.foreign(ctx, &plan, elsewhere)
	if err != nil {
		return plan, err
	}
	if err := s.packages(&plan, nil, foreign); err != nil {
		return plan, err
	}
	s.probably(plan.Matrix())
	return plan, s.compareAlignment(ctx, &plan, foreign)
}

// binaryByName says that a file has a binary which Python would load, as far as
// its name tells.
func binaryByName(f lock.File) (string, bool) {
	return f.Filename.Text, slices.ContainsFunc(f.Filename.ABIs, func(abi string) bool { return abi != "none" })
}

// Build makes the extension zip. Unless AllowMissing is set, a target without
// a package is an error (*MissingError) that names all such targets, and
// nothing is written. Packages made elsewhere that lie in dist/dep are checked
// and go into the zip where they serve a target that has none.
func Build(ctx context.Context, opt Options) (result Result, err error) {
	start := time.Now()
	s, err := open(ctx, opt)
	plan := &result.Plan
	defer s.end(plan)
	*plan = s.begin()
	if err == nil {
		err = s.writable(s.dist())
	}
	if err != nil {
		return result, err
	}
	if plan.Lock, err = s.solved(ctx); err == nil {
		plan.Lock, err = s.sdists.built(ctx, plan.Lock)
	}
	if err != nil {
		return result, err
	}
	elsewhere, err := s.collected(ctx)
	if err != nil {
		return result, err
	}
	foreign, err := s.foreign(ctx, plan, elsewhere)
	if err != nil {
		return result, err
	}
	// Planned by file names first: a hole is told before anything is fetched.
	if err := s.packages(plan, nil, foreign); err != nil {
		return result, err
	}
	if err := s.missing(*plan); err != nil {
		return result, err
	}
	wheels, err := s.wheels(ctx, plan)
	if err != nil {
		return result, err
	}
	defer wheels.Close()
	if err := s.compareAlignment(ctx, plan, foreign); err != nil {
		return result, err
	}
	if err := s.packages(plan, wheels, foreign); err != nil {
		return result, err
	}
	err = s.write(ctx, wheels, &result)
	result.Elapsed = time.Since(start)
	return result, err
}

// packages plans the dependency packages of a lock. With wheels it knows what
// their binaries need.
func (s *session) packages(plan *Plan, wheels *merge.Wheels, foreign []merge.Foreign) error {
	m := s.project.Manifest
	opt := merge.Options{Name: m.Name, Version: m.Version.PEP440, Foreign: foreign}
	if wheels != nil {
		opt.Needs = wheels
	}
	for _, f := range plan.Lock.Failures {
		opt.Holes = append(opt.Holes, f.Target)
	}
	var err error
	if plan.Packages, err = merge.NewPlan(plan.Lock.Solutions, opt); err != nil {
		return err
	}
	if wheels != nil {
		s.warn(plan.Packages.Warnings...)
	}
	plan.Served, err = s.serve(plan)
	return err
}

// wheels downloads what the solutions name, opens it, and holds the binaries
// against the names.
func (s *session) wheels(ctx context.Context, plan *Plan) (*merge.Wheels, error) {
	wanted := len(plan.Lock.Files())
	s.enter(downloading, wanted, event.F("files", wanted))
	files, err := collect.Collect(ctx, plan.Lock.Solutions, newFetcher(s.client, plan.Lock.Solutions), collect.Options{
		Done: func(f collect.File) { s.item(downloading, f.Filename.Text) },
	})
	if err != nil {
		return nil, err
	}
	fetchedSizes(plan.Lock, files)
	s.enter(checking, 0, event.F("files", len(files)))
	sources := make([]merge.Source, len(files))
	for i, f := range files {
		sources[i] = merge.Source{File: f.File, Path: f.Local, Sum: f.Sum}
	}
	trim, err := s.trimmed()
	if err != nil {
		return nil, err
	}
	wheels, err := merge.Open(ctx, sources, merge.OpenOptions{Memory: s.store, Workers: runtime.GOMAXPROCS(0), Trim: trim})
	if err != nil {
		return nil, err
	}
	s.warn(wheels.Findings()...)
	odd, err := wheels.Check()
	s.warn(odd...)
	if err != nil {
		wheels.Close()
		return nil, err
	}
	return wheels, nil
}

// missing turns targets without a package into one error, unless they are
// allowed.
func (s *session) missing(plan Plan) error {
	var left []lock.Failure
	for _, f := range plan.Lock.Failures {
		if !plan.served(f.Target) {
			left = append(left, f)
		}
	}
	if len(left) == 0 {
		return nil
	}
	allowed := s.opt.AllowMissing || s.project.Manifest.Bundle.Policy.AllowMissing
	if allowed && len(left) < len(s.targets) {
		return nil
	}
	return &MissingError{Failures: left, Targets: len(s.targets)}
}
