package bundle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/internal/resolve"
	"github.com/axlepack/axle/internal/target"
)

// StaleError says that pylock.toml is not the answer to what is asked, where
// it has to be.
type StaleError struct {
	// Path is the lock, Dir the project.
	Path, Dir string
	// Reasons are sentences without a period.
	Reasons []string
}

// Error has a line for each reason.
func (e *StaleError) Error() string {
	return e.Path + ": does not match what is asked:\n  " + strings.Join(e.Reasons, "\n  ")
}

// Hints say how to update it.
func (e *StaleError) Hints() []string { return []string{"update it with: " + lockCommand(e.Dir)} }

// ExitCode is that of bad input.
func (e *StaleError) ExitCode() int { return fault.BadInput }

func lockCommand(dir string) string {
	if dir == "." || dir == "" {
		return "axle lock"
	}
	return "axle lock " + dir
}

// lockFile is a pylock.toml that was read.
type lockFile struct {
	path     string
	bytes    []byte
	document lock.Document
	// pins are what it has for targets: of a lock that axle wrote, whole; of
	// others the versions alone.
	pins []lock.Solution
}

// longestLock is far above the lock of the largest matrix.
const longestLock = 256 << 20

// readLock reads the project's pylock.toml; nil where there is none.
func (s *session) readLock() (*lockFile, error) {
	path := filepath.Join(s.project.Dir, lock.Filename)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fault.Errorf(fault.BadInput, "%w", err)
	case info.Size() > longestLock:
		return nil, fault.New(fault.BadInput, fmt.Sprintf("%s: has %d bytes, which is too much for a lock", path, info.Size()))
	}
	return s.parseLock(path)
}

func (s *session) parseLock(path string) (*lockFile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Errorf(fault.BadInput, "%w", err)
	}
	d, warnings, err := lock.Parse(path, data)
	s.warn(warnings...)
	if err != nil {
		return nil, fault.WithHints(err, "mend it, or delete it and run: "+lockCommand(s.project.Dir))
	}
	f := &lockFile{path: path, bytes: data, document: d}
	if d.Record == nil {
		f.pins = d.Preferences(s.targets)
		return f, nil
	}
	whole, err := d.Lock(s.dir(), d.Record.Targets)
	f.pins = whole.Solutions
	return f, err
}

// alignment is what the lock says of one version for all targets, where these
// are its targets.
func (f *lockFile) alignment(targets []target.Target) *report.Alignment {
	r := f.document.Record
	if r == nil || r.Alignment == nil || len(r.Targets) != len(targets) {
		return nil
	}
	a := report.Alignment(*r.Alignment)
	return &a
}

// stale says what keeps the lock from being the answer; nothing when it is.
// Targets that are locked and not asked for do not.
func (f *lockFile) stale(now lock.Asked) []string {
	if f.document.Record == nil {
		return f.foreign()
	}
	d := f.document.Record.Compare(now)
	d.Removed = nil
	return d.Lines()
}

// foreign says why the lock has no record of what was asked.
func (f *lockFile) foreign() []string {
	if f.document.Damage != nil {
		return strings.Split(f.document.Damage.Error(), "\n")
	}
	return []string{"it was written by " + f.document.CreatedBy + ", and does not say what was asked"}
}

// solved gives the pins: those of pylock.toml where it is the answer to what is
// asked, and nothing needs to be resolved; else what is resolved, with the
// versions of the lock where they fit, and a warning that says why.
//
// Targets of profiles that have no solution are widened, and it is done again.
func (s *session) solved(ctx context.Context) (lock.Lock, error) {
	for {
		l, err := s.solvedOnce(ctx)
		if err != nil || !s.widen(l.Failures) {
			return l, err
		}
	}
}

func (s *session) solvedOnce(ctx context.Context) (lock.Lock, error) {
	request, err := s.request(ctx)
	if err != nil {
		return lock.Lock{}, err
	}
	file, err := s.readLock()
	if err != nil {
		return lock.Lock{}, err
	}
	asked := s.asked(request)
	if file == nil {
		if s.opt.Locked {
			path := filepath.Join(s.project.Dir, lock.Filename)
			return lock.Lock{}, fault.New(fault.BadInput, path+": no such file, and --locked was given", "make it with: "+lockCommand(s.project.Dir))
		}
		return s.resolve(ctx, request)
	}
	stale := file.stale(asked)
	if len(stale) == 0 {
		s.fromLock, s.alignment = true, file.alignment(s.targets)
		return file.document.Lock(s.dir(), s.targets)
	}
	if s.opt.Locked && file.document.CreatedBy == createdByAxle {
		return lock.Lock{}, &StaleError{file.path, s.project.Dir, stale}
	}
	request.Preferences, s.preferences = file.pins, file.pins
	l, err := s.resolve(ctx, request)
	if err == nil {
		err = s.hold(ctx, l, request, asked, file)
	}
	if err != nil {
		return l, err
	}
	return l, s.compareLocked(l, file, stale)
}

// createdByAxle is what locks of this program say.
const createdByAxle = "axle"

// compareLocked tells what is new against the lock; with --locked that must be
// nothing.
func (s *session) compareLocked(l lock.Lock, file *lockFile, stale []string) error {
	changes := changesOf(file.pins, l.Solutions)
	if file.document.CreatedBy != createdByAxle { // it may have been made for more than this
		changes = slices.DeleteFunc(changes, func(c Change) bool { return len(c.To) == 0 })
	}
	if s.opt.Locked {
		if len(changes) == 0 {
			return nil
		}
		var reasons []string
		for _, c := range changes {
			reasons = append(reasons, c.String())
		}
		return &StaleError{file.path, s.project.Dir, reasons}
	}
	for _, c := range changes {
		stale = append(stale, c.String())
	}
	for _, reason := range append(stale, "its versions were taken where they fit: "+lockCommand(s.project.Dir)+" writes it anew") {
		s.warn(fault.Warning{File: file.path, Text: strings.TrimPrefix(reason, file.path+":")})
	}
	return nil
}

// resolve resolves what is asked.
func (s *session) resolve(ctx context.Context, request resolve.Request) (lock.Lock, error) {
	s.enter(resolving, 0, event.F("targets", len(s.targets)))
	return s.solve(ctx, request, s.policy.resolveOptions(s.opt.Now()))
}
