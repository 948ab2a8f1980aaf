package bundle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/resolve"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/internal/wheelbuild"
)

// sdists builds, for a session, what is not there as a wheel: sources that the
// user names, and those of an index that the policy allows.
type sdists struct {
	session *session

	once    sync.Once
	builder *wheelbuild.Builder
	err     error

	mu    sync.Mutex
	given map[string]wheelbuild.Source // what the user names, by its place
	unfit map[serving]*resolve.Unfit
}

// serving is a project that is built for a target.
type serving struct {
	project pep508.Name
	target  target.Target
}

func newSdists(s *session) *sdists {
	return &sdists{session: s, given: map[string]wheelbuild.Source{}, unfit: map[serving]*resolve.Unfit{}}
}

// get makes the builder when there is something to build: looking for
// interpreters takes time.
func (b *sdists) get(ctx context.Context) (*wheelbuild.Builder, error) {
	b.once.Do(func() {
		s := b.session
		list, err := s.interpreters(ctx)
		b.err = err
		var wanted []target.Python
		for _, t := range s.targets {
			if !slices.Contains(wanted, t.Python) {
				wanted = append(wanted, t.Python)
			}
		}
		b.builder = wheelbuild.New(wheelbuild.Options{
			Interpreters: list, Wanted: wanted, Files: s.client, Requirements: b, Cache: s.store,
			Started: func(source, python string) func(error) {
				task := s.opt.Events.Begin(event.Event{What: "building", Name: source + " with Python " + python})
				return func(err error) { task.End(err) }
			},
		})
	})
	return b.builder, b.err
}

// Metadata implements resolve.Builder.
func (b *sdists) Metadata(ctx context.Context, f index.File) (wheel.Metadata, error) {
	builder, err := b.get(ctx)
	if err != nil {
		return wheel.Metadata{}, err
	}
	return builder.Metadata(ctx, b.source(f))
}

// known says why what was built of a project does not serve a target. What is
// so of one version is taken for so of the others: each would have to be built
// to know.
func (b *sdists) known(f *index.File, t target.Target) *resolve.Unfit {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.unfit[serving{f.Sdist.Name, t}]
}

// resolve resolves with what may be built. Whether a source serves a target
// shows only when it is built: then it is resolved again without those that do
// not. A target for which a build fails is a failure.
func (b *sdists) resolve(ctx context.Context, source resolve.Source, request resolve.Request, o resolve.Options) (resolve.Result, error) {
	allowed := b.session.policy.sdists
	o.Sdists, o.SdistsFor, o.Builder, o.Unfit = allowed.All, allowed.Names, b, b.known
	o.Events = b.session.opt.Events
	for {
		result, err := resolve.Resolve(ctx, source, request, o)
		if err != nil {
			return result, err
		}
		_, failed, err := b.build(ctx, result.Solutions)
		if err != nil {
			return result, err
		}
		if !b.learn(failed) {
			return failing(request.Targets, result, failed), nil
		}
	}
}

// learn keeps what does not serve its target; it is false when there is
// nothing of that kind.
func (b *sdists) learn(failed map[target.Target]error) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := len(b.unfit)
	for t, err := range failed {
		var e *unfitError
		if errors.As(err, &e) {
			b.unfit[serving{e.pin.Project, t}] = &resolve.Unfit{Reason: fmt.Sprintf("the source of %s %s", e.pin.Version, e.Reason), Remedy: e.Remedy}
		}
	}
	return len(b.unfit) > before
}

// unfitError knows the pin that is at fault.
type unfitError struct {
	*wheelbuild.UnfitError
	pin lock.Pin
}

// Resolve implements wheelbuild.Requirements: what a build environment has, for
// the interpreter that it is of.
func (b *sdists) Resolve(ctx context.Context, on target.Target, requires []pep508.Requirement) ([]lock.Pin, error) {
	s := b.session
	request := resolve.Request{Targets: []target.Target{on}}
	for _, r := range requires {
		q := resolve.Requirement{Requirement: r, Origin: "its build"}
		if r.URL != "" {
			file, err := index.Direct(r.URL)
			if err != nil {
				return nil, err
			}
			q.File, q.URL = &file, ""
		}
		request.Requirements = append(request.Requirements, q)
	}
	result, err := b.resolve(ctx, s.source(), request, resolve.Options{
		Align: resolve.AlignNone, Prefer: resolve.PreferSpecific, Host: func(p target.Platform) bool { return p == on.Platform }, ExcludeNewer: s.policy.excludeNewer.At(s.opt.Now()),
	})
	if err != nil {
		return nil, err
	}
	l, err := b.built(ctx, lock.Lock(result))
	switch {
	case err != nil:
		return nil, err
	case len(l.Failures) > 0:
		return nil, l.Failures[0].Err
	}
	return l.Solutions[0].Pins, nil
}

// Fetch implements wheelbuild.Requirements.
func (b *sdists) Fetch(ctx context.Context, f lock.File) (string, error) {
	if f.Path != "" {
		return f.Path, nil
	}
	return newFetcher(b.session.client, nil).Fetch(ctx, f)
}
