package bundle

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/resolve"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/internal/wheelbuild"
)

// buildable is a source that some targets need.
type buildable struct {
	pin     lock.Pin
	targets []target.Target
}

// needed lists the sources of solutions, each once.
func needed(solutions []lock.Solution) []buildable {
	var list []buildable
	at := map[string]int{}
	for _, s := range solutions {
		for _, p := range s.Pins {
			if p.File.IsWheel() {
				continue
			}
			i, ok := at[p.File.Key()]
			if !ok {
				i = len(list)
				at[p.File.Key()] = i
				list = append(list, buildable{pin: p})
			}
			list[i].targets = append(list[i].targets, s.Target)
		}
	}
	return list
}

// parallel is how many sources are built at once, as far as they let each
// other.
const parallel = 4

// build builds every source of solutions for its targets. The wheels are by
// the key of the source and the target; failed has the first error of each
// target.
func (b *sdists) build(ctx context.Context, solutions []lock.Solution) (made map[string]map[target.Target]wheelbuild.Wheel, failed map[target.Target]error, err error) {
	list := needed(solutions)
	if len(list) == 0 {
		return nil, nil, nil
	}
	wheels, errs := make([]map[target.Target]wheelbuild.Wheel, len(list)), make([]map[target.Target]error, len(list))
	var group errgroup.Group
	group.SetLimit(parallel)
	for i, n := range list {
		group.Go(func() error {
			wheels[i], errs[i] = b.buildFor(ctx, n)
			return nil
		})
	}
	_ = group.Wait()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	made, failed = map[string]map[target.Target]wheelbuild.Wheel{}, map[target.Target]error{}
	for i, n := range list {
		made[n.pin.File.Key()] = wheels[i]
		for t, err := range errs[i] {
			if failed[t] == nil {
				failed[t] = err
			}
		}
	}
	return made, failed, nil
}

// buildFor builds a source for its targets: for the first alone, since that
// often is what all the others need.
func (b *sdists) buildFor(ctx context.Context, n buildable) (map[target.Target]wheelbuild.Wheel, map[target.Target]error) {
	wheels, errs := make([]wheelbuild.Wheel, len(n.targets)), make([]error, len(n.targets))
	builder, err := b.get(ctx)
	source := b.source(fileOf(n.pin))
	var group errgroup.Group
	group.SetLimit(parallel)
	for i, t := range n.targets {
		group.Go(func() error {
			if errs[i] = err; err == nil {
				wheels[i], errs[i] = builder.Wheel(ctx, source, t)
			}
			return nil
		})
		if i == 0 {
			_ = group.Wait()
		}
	}
	_ = group.Wait()
	made, failed := map[target.Target]wheelbuild.Wheel{}, map[target.Target]error{}
	for i, t := range n.targets {
		var unfit *wheelbuild.UnfitError
		switch {
		case errs[i] == nil:
			made[t] = wheels[i]
		case errors.As(errs[i], &unfit):
			failed[t] = &unfitError{unfit, n.pin}
		default:
			failed[t] = errs[i]
		}
	}
	return made, failed
}

// fileOf is the source of a pin as the index listed it.
func fileOf(p lock.Pin) index.File {
	f := index.File{
		Name: p.File.Filename.Text, URL: p.File.URL, Path: p.File.Path, Size: p.File.Size, RequiresPython: p.RequiresPython,
		Sdist: wheel.SdistName{Name: p.Project, Version: p.Version}, Source: p.Index,
	}
	if p.File.SHA256 != "" {
		f.Hashes = map[string]string{"sha256": p.File.SHA256}
	}
	return f
}

// built puts wheels in the place of sources. Of a lock that was read, a source
// may turn out to be of no use here: then its target is a failure.
func (b *sdists) built(ctx context.Context, l lock.Lock) (lock.Lock, error) {
	made, failed, err := b.build(ctx, l.Solutions)
	if err != nil || made == nil {
		return l, err
	}
	var targets []target.Target
	for _, s := range l.Solutions {
		targets = append(targets, s.Target)
	}
	for _, f := range l.Failures {
		targets = append(targets, f.Target)
	}
	l = lock.Lock(failing(targets, resolve.Result(l), failed))
	for i, s := range l.Solutions {
		l.Solutions[i].Pins = slices.Clone(s.Pins)
		for j, p := range s.Pins {
			w, ok := made[p.File.Key()][s.Target]
			if !ok {
				continue
			}
			source := p.File
			l.Solutions[i].Pins[j].Source, l.Solutions[i].Pins[j].File = &source, w.File
			b.session.warn(w.Warnings...)
		}
	}
	return l, nil
}

// failing makes failures of solutions with a source that cannot be built.
func failing(targets []target.Target, r resolve.Result, failed map[target.Target]error) resolve.Result {
	if len(failed) == 0 {
		return r
	}
	for _, f := range r.Failures {
		failed[f.Target] = f.Err
	}
	var out resolve.Result
	for _, s := range r.Solutions {
		if failed[s.Target] == nil {
			out.Solutions = append(out.Solutions, s)
		}
	}
	for _, t := range targets {
		if err := failed[t]; err != nil {
			out.Failures = append(out.Failures, lock.Failure{Target: t, Err: err})
		}
	}
	return out
}
