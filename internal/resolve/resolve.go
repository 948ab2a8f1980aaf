package resolve

import (
	"context"
	"sync"
	"time"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// Requirement is one requirement of the user.
type Requirement struct {
	pep508.Requirement
	// Origin is where the user wrote it, "requirements.txt:3"; for messages.
	Origin string
	// File is what a requirement by URL or path stands for; nil for others.
	File *index.File
	// Hashes are the digests the user admits, "sha256:0123…"; none = any.
	Hashes []string
}

// Request is what to resolve.
type Request struct {
	Targets      []target.Target
	Requirements []Requirement
	// Constraints narrow a project when something requires it, Overrides take
	// the place of whatever is required of a project.
	Constraints []Requirement
	Overrides   []Requirement
	// Preferences are earlier solutions: a version in them is kept while it
	// fits, first that of the same target, then those of the others.
	Preferences []lock.Solution
}

// Align says which targets are to have the same version of a project.
type Align string

// The zero Align is AlignPython.
const (
	AlignPython Align = "python" // all platforms of one Python
	AlignNone   Align = "none"   // each target for itself
	AlignAll    Align = "all"    // the whole matrix
)

// Prefer says which of several fitting files of a version to take.
type Prefer string

// The zero Prefer is PreferShared.
const (
	PreferShared   Prefer = "shared"   // one that neighbouring Pythons can share
	PreferSpecific Prefer = "specific" // the one each target ranks first
	PreferPure     Prefer = "pure"     // one for any platform, and then as PreferShared
)

// Strategy says which end of the versions to try first.
type Strategy string

// The zero Strategy is Highest.
const (
	Highest      Strategy = "highest"
	Lowest       Strategy = "lowest"
	LowestDirect Strategy = "lowest-direct" // lowest for what the user names, else highest
)

// Options steer the choice. The zero value is the policy of the package comment.
type Options struct {
	Align    Align
	Prefer   Prefer
	Strategy Strategy
	// Pre treats pre-releases like any other version, for all projects or for some.
	Pre    bool
	PreFor []pep508.Name
	// ExcludeNewer ignores files uploaded at that time or later, or at an
	// unknown time; files of the developer's own folders always count.
	ExcludeNewer time.Time
	// Sdists lets a version without a usable wheel be built, given a Builder,
	// for all projects or for some. A source that the user gave is built anyway.
	Sdists    bool
	SdistsFor []pep508.Name
	Builder   Builder
	// Unfit, when not nil, says why what is made of a source distribution does
	// not serve a target, as far as that is known; nil = it may.
	Unfit   func(sdist *index.File, t target.Target) *Unfit
	Formats Formats
	// RequireHashes takes only files whose digest the user has given.
	RequireHashes bool
	// Host says whether a platform is this machine's own, for linux_ARCH files
	// of the developer's own folders; nil = none is. It is asked only when there
	// are such files.
	Host func(target.Platform) bool
	// NoIndex says that no index is asked: messages count on it.
	NoIndex bool
	// Events is told of each version that is decided on; nil tells nobody.
	Events *event.Stream

	patience int // for tests; 0 = patience of leap.go
}

// Unfit is why what is made of a source distribution does not serve a target.
type Unfit struct {
	Reason string // "the source of 2.0 was built here into …"
	Remedy string // what to try; may be empty
}

// Formats is what --only-binary and --no-binary say. What names a project
// weighs more than what says all.
type Formats struct {
	OnlyBinaryAll, NoBinaryAll bool
	OnlyBinary, NoBinary       []pep508.Name
}

// Result holds a solution or a failure for every target of the request.
type Result struct {
	Solutions []lock.Solution
	Failures  []lock.Failure
}

// Resolve chooses a version and a file of every project that each target
// needs. The error is only for a request that cannot be worked on, or a
// cancelled context; what goes wrong with a target is its Failure.
func Resolve(ctx context.Context, source Source, req Request, o Options) (Result, error) {
	within, cancel := context.WithCancel(ctx) // what was asked ahead for nothing ends with the call
	defer cancel()
	run := newRun(source, req, &o)
	outcomes := make([]outcome, len(req.Targets))
	var wait sync.WaitGroup
	for _, cells := range run.groups() {
		wait.Go(func() {
			g := &group{run: run, cells: cells}
			for i, o := range g.solve(within) {
				outcomes[cells[i]] = o
			}
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	if o.Prefer != PreferSpecific {
		run.share(within, outcomes)
	}
	var result Result
	for i, out := range outcomes {
		if out.err != nil {
			result.Failures = append(result.Failures, lock.Failure{Target: req.Targets[i], Err: out.err})
			continue
		}
		result.Solutions = append(result.Solutions, out.solution)
	}
	return result, nil
}

// run is one call of Resolve.
type run struct {
	request *Request
	options *Options
	library *library
	roots   *roots
	cells   []*cell
}

// outcome is what became of one target.
type outcome struct {
	solution lock.Solution
	err      error
}

func newRun(source Source, req Request, o *Options) *run {
	r := &run{request: &req, options: o, library: newLibrary(source, o.Builder)}
	r.roots = newRoots(&req)
	r.library.given = r.roots.given()
	for _, t := range req.Targets {
		r.cells = append(r.cells, newCell(t, r.library, r.roots, o))
	}
	return r
}

// alone solves one target for itself.
func (r *run) alone(ctx context.Context, i int) outcome {
	p, conflict, err := r.solve(ctx, r.cells[i:i+1], nil)
	switch {
	case err != nil:
		return outcome{err: err}
	case conflict != nil:
		if err := p.hopeless(); err != nil {
			return outcome{err: err}
		}
		return outcome{err: p.explain(conflict)}
	}
	solution, err := p.solution(0)
	return outcome{solution, err}
}

// solve states and solves the problem of some cells. A proof that there is no
// solution rests on nothing that was not read.
func (r *run) solve(ctx context.Context, cells []*cell, groups func(pep508.Name, int) int) (*problem, *clause, error) {
	p := newProblem(ctx, r, cells, groups)
	proof, err := p.solve()
	if err != nil || proof == nil || len(assumed(proof)) == 0 {
		return p, proof, err
	}
	for _, a := range assumed(proof) {
		for c := a.versions.Next(1); c > absent; c = a.versions.Next(c + 1) {
			a.in.on.meta(ctx, a.in.project, c)
		}
	}
	p = newProblem(ctx, r, cells, groups)
	p.exact = true
	proof, err = p.solve()
	return p, proof, err
}

func (o *Options) refusesWheels(name pep508.Name) bool {
	return listed(o.Formats.NoBinary, name) || o.Formats.NoBinaryAll && !listed(o.Formats.OnlyBinary, name)
}

func (o *Options) refusesSdists(name pep508.Name) bool {
	return listed(o.Formats.OnlyBinary, name) || o.Formats.OnlyBinaryAll && !listed(o.Formats.NoBinary, name)
}

func (o *Options) takesPre(name pep508.Name) bool { return o.Pre || listed(o.PreFor, name) }
