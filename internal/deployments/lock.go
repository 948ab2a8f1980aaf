package deployments

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/launch"
)

// A waiting operation asks for a lock again after firstPoll, and then less and
// less often, up to lockPoll.
const (
	firstPoll = time.Millisecond
	lockPoll  = 20 * time.Millisecond
)

// kind of a lock: any number hold a shared one, or one holds it alone.
type kind bool

const (
	alone  kind = false
	shared kind = true
)

// errBusy: another holds the lock.
var errBusy = errors.New("another operation holds the lock")

// tryLock takes the lock of a file, or ends with errBusy. It ends with the file,
// and so with the process, however that ends. The file must be there unless
// create is set. Whoever holds a lock alone may remove its file, so that the one
// that was locked must still be the one at path.
func tryLock(path string, k kind, create bool) (*os.File, error) {
	flags := os.O_RDONLY
	if create {
		flags |= os.O_CREATE
	}
	for {
		f, err := os.OpenFile(path, flags, 0o644)
		if err != nil {
			return nil, err
		}
		if err := lockFile(f, k); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		mine, err := f.Stat()
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		if now, err := os.Stat(path); err == nil && os.SameFile(mine, now) {
			return f, nil
		}
		_ = f.Close()
	}
}

// take waits for the named lock.
func (s *Store) take(ctx context.Context, name string, k kind) (*os.File, error) {
	path := s.Path("l/" + name)
	for wait := firstPoll; ; wait = min(2*wait, lockPoll) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		f, err := tryLock(path, k, true)
		switch {
		case err == nil:
			return f, nil
		case !errors.Is(err, errBusy):
			return nil, s.cannotWrite(err)
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(wait):
		}
	}
}

// lock waits until nobody else holds the named lock, and holds it alone.
func (s *Store) lock(ctx context.Context, name string) (func(), error) {
	f, err := s.take(ctx, name, alone)
	if err != nil {
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}

// Names of locks in l.
const (
	// stageLock is shared by those that make a staging folder, until it has a
	// lock of its own; sweep holds it alone, so that it never sees one without.
	stageLock   = "t"
	packageLock = "p-"               // and the key: shared by deployments that will refer to it
	nameLock    = "e-"               // and the name of the extension: its deployments change
	leaseLock   = launch.LeasePrefix // and name and ID: shared by what runs from it
)

// Lease is held by what runs from a deployment: while it is held, the
// deployment is not removed. It ends by itself with the last process that has
// the open file. The zero Lease holds nothing.
type Lease struct{ file *os.File }

// Lease reads the current deployment of NAME and holds it. Where the root cannot
// be written and its lock is not there either, nothing is held: nobody can
// remove anything then.
func (s *Store) Lease(ctx context.Context, name string) (Record, Lease, error) {
	for wait := firstPoll; ; wait = min(2*wait, lockPoll) {
		rec, err := s.Current(name)
		if err != nil {
			return rec, Lease{}, err
		}
		f, err := tryLock(s.Path("l/"+launch.Lease(rec.Name, rec.ID)), shared, true)
		switch {
		case err == nil && isDir(s.Path("e/"+rec.Name+"/"+rec.ID)):
			return rec, Lease{f}, nil
		case err == nil: // removed between reading and locking
			_ = f.Close()
		case !errors.Is(err, errBusy):
			return rec, Lease{}, nil
		}
		select {
		case <-ctx.Done():
			return rec, Lease{}, context.Cause(ctx)
		case <-time.After(wait):
		}
	}
}

// Inherit lets the lease go on in the programs that this process becomes or
// starts from now on, where the system can.
func (l Lease) Inherit() error {
	if l.file == nil {
		return nil
	}
	return inherit(l.file)
}

// Files is what a child must be given for the lease to last as long as it, where
// the system can hand on files.
func (l Lease) Files() []*os.File {
	if l.file == nil || !handsOn {
		return nil
	}
	return []*os.File{l.file}
}

// Release ends the lease.
func (l Lease) Release() {
	if l.file != nil {
		_ = l.file.Close()
	}
}

// Others hold a lock for a moment when they ask who holds it, and so does a
// process that is just being made, until it becomes its program. What matters is
// who holds it for longer.
const (
	soon  = 2 * time.Millisecond
	later = 500 * time.Millisecond
)

// probe is tryLock with so much patience.
func probe(path string, create bool, patience time.Duration) (*os.File, error) {
	for wait := 200 * time.Microsecond; ; wait *= 2 {
		f, err := tryLock(path, alone, create)
		if !errors.Is(err, errBusy) || wait > patience {
			return f, err
		}
		time.Sleep(wait)
	}
}

// leased tells whether something runs from a deployment.
func (s *Store) leased(name, id string) bool {
	f, err := probe(s.Path("l/"+launch.Lease(name, id)), false, soon)
	if err == nil {
		_ = f.Close()
	}
	return errors.Is(err, errBusy)
}

// claim keeps others from beginning to run from a deployment that is about to
// go. What runs from it already is an error with exit code 13. The lock's file
// goes with it.
func (s *Store) claim(name, id string) (func(), error) {
	path := s.Path("l/" + launch.Lease(name, id))
	f, err := probe(path, true, soon)
	if errors.Is(err, errBusy) {
		return nil, running(name, id)
	}
	if err != nil {
		return nil, s.cannotWrite(err)
	}
	return func() { unlink(f, path) }, nil
}

func running(name, id string) error {
	return fault.New(fault.Locked, name+": "+id+" is running", "end it first; what holds it is shown by: axle doctor")
}

// unlink removes the file of a lock that is held alone, and ends the lock.
func unlink(f *os.File, path string) {
	if removeLocked {
		_ = os.Remove(path)
	}
	_ = f.Close()
	if !removeLocked {
		_ = os.Remove(path) // fails while another has it open
	}
}

// isGone: a file is not there, nor a folder above it.
func isGone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || isNotFolder(err)
}
