package wheelbuild

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// Wheel is what a source was built into.
type Wheel struct {
	// File lies in the cache. Its name has true tags, which the backend's own
	// may not have had.
	File     lock.File
	Metadata wheel.Metadata
	Warnings []fault.Warning
}

// Wheel builds a source for a target, or finds what was built before. Errors:
// those of [Builder.Metadata], an [*UnfitError] where what can be built here does not
// serve the target, and one of [fault.Resolution] where the wheel asks for
// other things than Metadata said.
func (b *Builder) Wheel(ctx context.Context, s Source, t target.Target) (Wheel, error) {
	source, err := b.open(ctx, s)
	if err != nil {
		return Wheel{}, err
	}
	done, err := tryEach(b, source, func(m *machine) (*built, error) { return b.wheelOf(ctx, source, m) })
	if err == nil && done.serves(t) {
		return b.finished(ctx, source, done, t)
	}
	other := b.own(source, t)
	if other == nil && err == nil && !done.isNative() {
		other = b.samePython(source, t)
	}
	if other != nil && (err == nil || isBuildError(err)) {
		done, err = b.wheelOf(ctx, source, other)
	}
	switch {
	case err != nil:
		return Wheel{}, err
	case !done.serves(t):
		return Wheel{}, b.unfit(source, done, t)
	}
	return b.finished(ctx, source, done, t)
}

func isBuildError(err error) bool {
	var e *BuildError
	return errors.As(err, &e)
}

// own is the interpreter whose native wheels are for a target, but for the
// floor; nil where there is none.
func (b *Builder) own(source *opened, t target.Target) *machine {
	for _, m := range admitted(b.machines, source.requiresPython()) {
		if m.target.Python == t.Python && samePlatform(m.target.Platform, t.Platform) {
			return m
		}
	}
	return nil
}

// samePython is an interpreter of the target's Python, on whatever system.
func (b *Builder) samePython(source *opened, t target.Target) *machine {
	for _, m := range admitted(b.machines, source.requiresPython()) {
		if m.target.Python == t.Python {
			return m
		}
	}
	return nil
}

// filename is that of the wheel, with true tags.
func (d *built) filename() wheel.Filename {
	f, err := wheel.ParseFilename(d.Name)
	if err != nil {
		panic("wheelbuild: " + err.Error()) // it was read when it was built
	}
	return f
}

func (d *built) serves(t target.Target) bool {
	_, _, ok := t.Tags().Best(d.filename().Tags)
	return ok
}

// isNative says whether the wheel is bound to a platform.
func (d *built) isNative() bool { return !slices.Equal(d.filename().Platforms, []string{"any"}) }

// unfit says why a wheel does not serve a target.
func (b *Builder) unfit(source *opened, done *built, t target.Target) error {
	f := done.filename()
	e := &UnfitError{
		Source: source.String(), Target: t,
		Reason: fmt.Sprintf("was built here into a wheel for %s-%s-%s", strings.Join(f.Pythons, "."), strings.Join(f.ABIs, "."), strings.Join(f.Platforms, ".")),
		Remedy: "build the extension on such a machine too, and put the package that it makes into dist/dep here",
	}
	switch {
	case !done.isNative() || !samePlatform(done.machine.target.Platform, t.Platform):
	case b.own(source, t) == nil && (target.Python{Impl: target.CPython, Major: 3, Minor: 8}).Compare(t.Python) > 0:
		e.Reason += fmt.Sprintf(", and Python %s is too old to build with", t.Python)
	case b.own(source, t) == nil:
		e.Reason += fmt.Sprintf(", and there is no Python %s here", t.Python)
		e.Remedy = fmt.Sprintf("install Python %s, or name it with --builder-python PATH", t.Python)
	default:
		e.Remedy = fmt.Sprintf("build for the newer floor (--platform %s), or on an older system", f.Platforms[0])
	}
	return e
}

// finished is the result, once the wheel asks for what its source said.
func (b *Builder) finished(ctx context.Context, source *opened, done *built, t target.Target) (Wheel, error) {
	f, m := done.filename(), done.metadata()
	said, err := b.Metadata(ctx, source.Source)
	if err != nil {
		return Wheel{}, err
	}
	if !sameRequirements(said, m, t) {
		return Wheel{}, named(source.Source, errDiffers)
	}
	w := Wheel{
		File:     lock.File{Filename: f, Path: done.path, SHA256: done.SHA256, Size: done.Size},
		Metadata: m,
	}
	if len(done.Borrowed) > 0 {
		w.warn(f.Text, "was built here with libraries that an agent must have too: "+strings.Join(done.Borrowed, ", "))
	}
	if look := source.about.Looks; look != "" && (done.machine.target.Python != t.Python || !samePlatform(done.machine.target.Platform, t.Platform)) {
		w.warn(source.String(), fmt.Sprintf("its setup.py decides by %s what it requires, and was run under %s on this machine alone", look, done.machine))
	}
	return w, nil
}

func (w *Wheel) warn(file, text string) {
	w.Warnings = append(w.Warnings, fault.Warning{File: file, Text: text})
}

// sameRequirements says whether metadata ask for the same on a target.
func sameRequirements(a, b wheel.Metadata, t target.Target) bool {
	if a.RequiresPython.String() != b.RequiresPython.String() {
		return false
	}
	env := t.Environment()
	asked := func(m wheel.Metadata, extras ...pep508.Name) []string {
		var out []string
		for _, r := range m.RequiresDist {
			if r.Marker.IsZero() || r.Marker.Eval(env, extras...) {
				r.Marker = pep508.Marker{}
				out = append(out, r.String())
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	for _, extra := range append([]pep508.Name{""}, a.ProvidesExtra...) {
		var extras []pep508.Name
		if extra != "" {
			extras = []pep508.Name{extra}
		}
		if !slices.Equal(asked(a, extras...), asked(b, extras...)) {
			return false
		}
	}
	return true
}
