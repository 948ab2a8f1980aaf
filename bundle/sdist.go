package bundle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/resolve"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/internal/wheelbuild"
	"github.com/axlepack/axle/interpreters"
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
		var list []interpreters.Interpreter
		if s.opt.Interpreters != nil {
			list, b.err = s.opt.Interpreters(context.WithoutCancel(ctx)) // for all who come
		}
		var wanted []target.Python
		for _, t := range s.targets {
			if !slices.Contains(wanted, t.Python) {
				wanted = append(wanted, t.Python)
			}
		}
		b.builder = wheelbuild.New(wheelbuild.Options{
			Interpreters: list, Wanted: wanted, Files: s.client, Requirements: b, Cache: s.store,
			Started: func(source, python string) {
				s.opt.Progress.Step(fmt.Sprintf("building %s with Python %s", source, python), 1)
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

// source is a file with what the user says of how to build it.
func (b *sdists) source(f index.File) wheelbuild.Source {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s, ok := b.given[placeOf(f)]; ok {
		return s
	}
	return wheelbuild.Source{File: f}
}

func placeOf(f index.File) string {
	if f.Path != "" {
		return f.Path
	}
	return f.URL
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
			b.unfit[serving{e.project, t}] = &resolve.Unfit{Reason: "its source " + e.Reason, Remedy: e.Remedy}
		}
	}
	return len(b.unfit) > before
}

// unfitError knows the project that is at fault.
type unfitError struct {
	*wheelbuild.UnfitError
	project pep508.Name
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

func (b *sdists) buildFor(ctx context.Context, n buildable) (map[target.Target]wheelbuild.Wheel, map[target.Target]error) {
	wheels, errs := map[target.Target]wheelbuild.Wheel{}, map[target.Target]error{}
	builder, err := b.get(ctx)
	source := b.source(fileOf(n.pin))
	for _, t := range n.targets {
		if err == nil {
			wheels[t], errs[t] = builder.Wheel(ctx, source, t)
		} else {
			errs[t] = err
		}
		var unfit *wheelbuild.UnfitError
		if errors.As(errs[t], &unfit) {
			errs[t] = &unfitError{unfit, n.pin.Project}
		}
		if errs[t] == nil {
			delete(errs, t)
		}
	}
	return wheels, errs
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
		Align: resolve.AlignNone, Prefer: resolve.PreferSpecific, Host: on, ExcludeNewer: s.policy.excludeNewer.At(s.opt.Now()),
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

// requirement reads what a line says of a source: which project and version it
// is only its metadata knows.
func (b *sdists) requirement(ctx context.Context, line extension.RequirementLine, r resolve.Requirement, place string) (resolve.Requirement, error) {
	file, err := index.DirectSource(place)
	if err != nil {
		return r, line.Problem(fault.BadInput, err.Error(), "")
	}
	source := wheelbuild.Source{File: file, Subdirectory: subdirectory(line.Requirement.URL), Settings: line.ConfigSettings}
	b.mu.Lock()
	b.given[placeOf(file)] = source
	b.mu.Unlock()
	m, err := b.Metadata(ctx, file)
	if err == nil && !isFolder(file.Path) {
		err = b.digest(ctx, &source.File)
	}
	switch {
	case ctx.Err() != nil:
		return r, context.Cause(ctx)
	case err != nil:
		return r, line.Problem(fault.ExitCode(err), err.Error(), strings.Join(fault.Hints(err), "; "))
	case named.MatchString(line.Text) && m.Name != r.Name:
		return r, line.Problem(fault.BadInput, fmt.Sprintf("it is the source of %s, not of %s", m.Name, r.NameText), "")
	}
	source.File.Sdist = wheel.SdistName{Name: m.Name, Version: m.Version}
	b.mu.Lock()
	b.given[placeOf(file)] = source
	b.mu.Unlock()
	r.Name, r.NameText, r.URL, r.File = m.Name, m.NameText, "", &source.File
	return r, nil
}

// digest finds the SHA-256 of a source that is here by now.
func (b *sdists) digest(ctx context.Context, f *index.File) error {
	got, err := b.session.client.Download(ctx, *f)
	if err == nil {
		f.Hashes, f.Size = map[string]string{"sha256": got.SHA256}, got.Size
	}
	return err
}

// named is a line of the form NAME @ ADDRESS.
var named = regexp.MustCompile(`^\s*[A-Za-z0-9][A-Za-z0-9._-]*\s*(\[[^\]]*\])?\s*@`)

// subdirectory is what the fragment of an address says of where in an archive
// the project is.
func subdirectory(address string) string {
	_, fragment, _ := strings.Cut(address, "#")
	for field := range strings.SplitSeq(fragment, "&") {
		if dir, ok := strings.CutPrefix(field, "subdirectory="); ok {
			return strings.Trim(dir, "/")
		}
	}
	return ""
}

// isSource says whether a place that a requirement names is no wheel.
func isSource(place string) bool {
	path, _, _ := strings.Cut(place, "#")
	path, _, _ = strings.Cut(path, "?")
	return !strings.HasSuffix(path, wheel.Extension)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return path != "" && err == nil && info.IsDir()
}

// lockable refuses project folders, whose files are theirs to change.
func lockable(l lock.Lock) error {
	var problems fault.List
	told := map[string]bool{}
	for _, s := range l.Solutions {
		for _, p := range s.Pins {
			if isFolder(p.File.Path) && !told[p.File.Path] {
				told[p.File.Path] = true
				problems = append(problems, fault.New(fault.BadInput, fmt.Sprintf("%s: is a folder, which cannot be locked", p.File.Path),
					"make a wheel or a source archive of it, and name that"))
			}
		}
	}
	return problems.Err()
}
