package bundle

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/resolve"
)

// LockOptions say what to lock, and what of an earlier lock not to keep.
type LockOptions struct {
	Options
	// Upgrade keeps nothing, UpgradeProjects everything but these.
	Upgrade         bool
	UpgradeProjects []string
	// Pins is a lock of any tool, or a requirements file with exact versions,
	// whose versions are taken where they fit, before those of an earlier lock.
	Pins string
	// Check writes nothing: a lock that is not up to date is a *StaleError.
	Check bool
}

// Locked is what a lock has, and what became of an earlier one.
type Locked struct {
	// Path is the file.
	Path string
	// Written says that there was no such file, or another one.
	Written bool
	Plan    Plan
	// Reasons say why the earlier lock was not the answer to what is asked;
	// empty where it was, or where there was none.
	Reasons []string
	// Changes are those against the earlier lock, on the targets of both.
	Changes []Change
}

// Lock resolves the project for all targets and writes pylock.toml beside its
// extension.yml or requirements: atomically, and the same bytes for the same
// pins. An earlier lock is kept as far as the requirements, the targets and the
// policy let it, also one that pip or uv wrote. When nothing has changed, no
// index is asked. Targets without a solution are an error (*MissingError)
// unless AllowMissing is set; then the lock has them as holes.
func Lock(ctx context.Context, opt LockOptions) (result Locked, err error) {
	s, err := open(ctx, opt.Options)
	defer s.end(&result.Plan)
	result.Plan = s.begin()
	result.Path = filepath.Join(s.project.Dir, lock.Filename)
	if err == nil {
		err = s.lockable()
	}
	if err != nil {
		return result, err
	}
	earlier, err := s.readLock()
	if err != nil {
		return result, err
	}
	s.widenAs(earlier)
	var asked lock.Asked
	for again := true; again; again = s.widen(result.Plan.Lock.Failures) {
		request, err := s.request(ctx)
		if err != nil {
			return result, err
		}
		asked = s.asked(request)
		if earlier != nil {
			result.Reasons = earlier.differs(asked)
		}
		if opt.Check {
			return result, s.checkLock(&result, earlier)
		}
		if err := s.pin(ctx, opt, request, asked, earlier, &result); err != nil {
			return result, err
		}
	}
	if earlier != nil {
		result.Changes = changesOf(earlier.pins, result.Plan.Lock.Solutions)
	}
	result.Written, err = s.writeLock(result, asked, earlier)
	return result, err
}

// checkLock is an error unless the lock is up to date.
func (s *session) checkLock(result *Locked, earlier *lockFile) (err error) {
	if earlier == nil {
		return &StaleError{result.Path, s.project.Dir, []string{"there is no such file"}}
	}
	if len(result.Reasons) > 0 {
		return &StaleError{result.Path, s.project.Dir, result.Reasons}
	}
	result.Plan.Alignment = earlier.alignment(s.targets)
	result.Plan.Lock, err = earlier.document.Lock(s.dir(), s.targets)
	return err
}

// pin takes the pins of a lock that is up to date, and resolves otherwise.
// Holes that are not allowed are looked at again.
func (s *session) pin(ctx context.Context, opt LockOptions, request resolve.Request, asked lock.Asked, earlier *lockFile, result *Locked) (err error) {
	if earlier != nil && len(result.Reasons) == 0 && !opt.Upgrade && len(opt.UpgradeProjects) == 0 && opt.Pins == "" {
		result.Plan.Alignment = earlier.alignment(s.targets)
		result.Plan.Lock, err = earlier.document.Lock(s.dir(), s.targets)
		if err != nil || s.missing(result.Plan) == nil {
			return err
		}
	}
	if err := s.writable(s.project.Dir); err != nil {
		return err
	}
	if result.Plan.Lock, err = s.relock(ctx, opt, request, asked, earlier); err != nil {
		return err
	}
	return s.tellAlignment(ctx, &result.Plan)
}

// differs is stale, and a target that is locked and no longer asked for is a
// reason too.
func (f *lockFile) differs(now lock.Asked) []string {
	if f.document.Record == nil {
		return f.foreign()
	}
	return f.document.Record.Compare(now).Lines()
}

// relock resolves with what is to be kept of the earlier lock.
func (s *session) relock(ctx context.Context, opt LockOptions, request resolve.Request, asked lock.Asked, earlier *lockFile) (lock.Lock, error) {
	kept, err := keptOf(earlier, opt)
	if err != nil {
		return lock.Lock{}, err
	}
	pins, err := s.readPins(opt.Pins)
	if err != nil {
		return lock.Lock{}, err
	}
	request.Preferences = slices.Concat(pins.solutions, kept.pins)
	s.preferences = request.Preferences
	l, err := s.resolve(ctx, request)
	if err != nil {
		return l, err
	}
	if err := s.missing(Plan{Lock: l}); err != nil {
		return l, err
	}
	if err := s.hold(ctx, l, request, asked, &kept); err != nil {
		return l, err
	}
	if err := pins.hold(l); err != nil {
		return l, err
	}
	return l, s.complete(ctx, l)
}

// keptOf is the earlier lock without what is to be chosen anew.
func keptOf(earlier *lockFile, opt LockOptions) (lockFile, error) {
	var upgraded []pep508.Name
	var problems fault.List
	for _, text := range splitList(opt.UpgradeProjects) {
		name, err := pep508.ParseName(text)
		problems = add(problems, fault.WithCode(err, fault.Usage))
		upgraded = append(upgraded, name)
	}
	if err := problems.Err(); err != nil {
		return lockFile{}, err
	}
	if earlier == nil || opt.Upgrade {
		return lockFile{}, nil
	}
	for _, name := range upgraded {
		if err := known(name, earlier); err != nil {
			return lockFile{}, err
		}
	}
	kept := *earlier
	kept.pins = without(kept.pins, upgraded)
	kept.document.Packages = slices.DeleteFunc(slices.Clone(kept.document.Packages), func(p lock.Package) bool {
		return slices.Contains(upgraded, p.Name)
	})
	return kept, nil
}

// known says whether a project is locked, and which was perhaps meant.
func known(name pep508.Name, f *lockFile) error {
	var names []string
	for _, p := range f.document.Packages {
		if p.Name == name {
			return nil
		}
		names = append(names, string(p.Name))
	}
	err := fault.New(fault.Usage, fmt.Sprintf("--upgrade-package %s: %s has no such project", name, f.path))
	if near, ok := fault.Nearest(string(name), names); ok {
		err = fault.WithHints(err, "did you mean "+near+"?")
	}
	return err
}

// complete finds the digests and sizes that the index does not state: without
// a digest nothing can be locked, and a size is left out where it cannot be
// learned.
func (s *session) complete(ctx context.Context, l lock.Lock) error {
	files := l.Files()
	sums := make([]string, len(files))
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i, f := range files {
		if f.SHA256 != "" {
			continue
		}
		group.Go(func() error {
			// The client tells files without a digest apart by their addresses.
			got, err := s.client.Download(within, index.File{Name: f.Filename.Text, URL: cmp.Or(f.URL, f.Path), Path: f.Path, Size: f.Size})
			sums[i] = got.SHA256
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	found := map[string]string{}
	for i, f := range files {
		found[f.Key()] = sums[i]
	}
	eachFile(l, func(f *lock.File) {
		if sum := found[f.Key()]; sum != "" {
			f.SHA256 = sum
		}
	})
	sizes := s.sizes(ctx, l)
	eachFile(l, func(f *lock.File) { f.Size = sizes(*f) })
	return ctx.Err()
}

func eachFile(l lock.Lock, do func(*lock.File)) {
	for _, s := range l.Solutions {
		for i := range s.Pins {
			do(&s.Pins[i].File)
		}
	}
}

// writeLock writes the file unless it has the same bytes already.
func (s *session) writeLock(result Locked, asked lock.Asked, earlier *lockFile) (bool, error) {
	d, notes, err := lock.NewDocument(result.Plan.Lock, asked, s.dir())
	if err != nil {
		return false, err
	}
	for _, n := range append(notes, here(d)...) {
		s.warn(fault.Warning{File: result.Path, Text: n})
	}
	if a := result.Plan.Alignment; a != nil {
		recorded := lock.Alignment(*a)
		d.Record.Alignment = &recorded
	}
	if !s.multiUse() {
		d.Extras, d.DependencyGroups = nil, nil
	}
	data, err := d.Marshal()
	if err != nil {
		return false, err
	}
	if earlier != nil && bytes.Equal(earlier.bytes, data) {
		return false, nil
	}
	return true, archive.WriteFile(result.Path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// here names the files that only this machine has at their place.
func here(d lock.Document) []string {
	var notes []string
	for _, p := range d.Packages {
		for _, a := range p.Artifacts() {
			if filepath.IsAbs(a.Path) {
				notes = append(notes, a.Name+" is locked by its path on this machine, "+a.Path)
			}
		}
	}
	return notes
}
