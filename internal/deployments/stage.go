package deployments

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/axlepack/axle/internal/fault"
)

// lockPoll is how often a waiting operation asks for a lock again.
const lockPoll = 20 * time.Millisecond

// lock waits for the named lock, which other processes honour too. It ends with
// the process, however that ends.
func (s *Store) lock(ctx context.Context, name string) (func(), error) {
	l := flock.New(s.Path("l/" + name))
	ok, err := l.TryLockContext(ctx, lockPoll)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, s.cannotWrite(err)
	case !ok:
		return nil, fault.Errorf(fault.Locked, "%s: another operation holds the lock", l.Path())
	}
	return func() { _ = l.Unlock() }, nil
}

// staged is a folder in t that lives until it is dropped or its process ends.
type staged struct {
	dir  string
	held *flock.Flock
}

// stageLock is held while a staging folder gets its own lock, so that sweep
// never sees one without.
const stageLock = "t"

func (s *Store) newStaged(ctx context.Context) (staged, error) {
	unlock, err := s.lock(ctx, stageLock)
	if err != nil {
		return staged{}, err
	}
	defer unlock()
	dir, err := os.MkdirTemp(s.Path("t"), "")
	if err != nil {
		return staged{}, s.cannotWrite(err)
	}
	held := flock.New(dir + lockSuffix)
	if ok, err := held.TryLock(); err != nil || !ok {
		_ = os.Remove(dir)
		return staged{}, s.cannotWrite(errors.Join(err, errors.New(held.Path()+": the lock of a new folder is taken")))
	}
	// MkdirTemp makes folders that only their owner can read; an extension
	// may run as somebody else.
	return staged{dir, held}, os.Chmod(dir, 0o755)
}

const lockSuffix = ".lock"

// drop removes the folder where it is still there. What cannot be removed now
// is left to sweep: the operation itself is done, or has an error of its own.
func (st staged) drop() {
	_ = os.RemoveAll(st.dir)
	_ = st.held.Unlock()
	_ = os.Remove(st.held.Path())
}

// stage calls fill with a new folder, makes what it wrote durable, and gives it
// the path final. A final that ends in "current" gets the file of that name.
// What was at final before, a damaged folder, goes.
func (s *Store) stage(ctx context.Context, fill func(dir string) error, final string) error {
	st, err := s.newStaged(ctx)
	if err != nil {
		return err
	}
	defer st.drop()
	if err := fill(st.dir); err != nil {
		return s.explain(err)
	}
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	if err := syncTree(st.dir); err != nil {
		return s.explain(err)
	}
	from := st.dir
	if filepath.Base(final) == currentFile {
		from = filepath.Join(st.dir, currentFile)
	} else if err := st.makeWay(final); err != nil {
		return err
	}
	if err := rename(from, final); err != nil {
		return err
	}
	return syncDir(filepath.Dir(final))
}

// makeWay moves a folder that has no whole record to where sweep finds it: a
// damaged one is in the way of the new one.
func (st staged) makeWay(final string) error {
	if !isDir(final) {
		return nil
	}
	old := st.dir + ".old"
	defer os.RemoveAll(old)
	return rename(final, old)
}

// sweep removes what killed operations left in t: whatever has a lock that
// nobody holds.
func (s *Store) sweep() {
	entries, err := os.ReadDir(s.Path("t"))
	if err != nil || len(entries) == 0 {
		return
	}
	for _, st := range s.abandoned() {
		_ = os.RemoveAll(st.dir + ".old")
		st.drop()
	}
}

// abandoned are the staging folders of processes that are gone, locked.
func (s *Store) abandoned() []staged {
	// One that holds this for long was stopped in the middle: try next time.
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	unlock, err := s.lock(ctx, stageLock)
	if err != nil {
		return nil
	}
	defer unlock()
	entries, err := os.ReadDir(s.Path("t"))
	if err != nil {
		return nil
	}
	seen := map[string]bool{}
	var found []staged
	for _, e := range entries {
		name, _, _ := strings.Cut(e.Name(), ".") // NAME, NAME.lock, NAME.old
		if seen[name] {
			continue
		}
		seen[name] = true
		dir := s.Path("t/" + name)
		held := flock.New(dir + lockSuffix)
		if ok, err := held.TryLock(); err == nil && ok {
			found = append(found, staged{dir, held})
		}
	}
	return found
}

// WithRoom adds to an error of writing how much room the files take, where it
// was the disk that had too little. size is in bytes.
func WithRoom(err error, size int64) error {
	if !full(err) {
		return err
	}
	return fmt.Errorf("%w; the files take %d MiB", err, (size+1<<20-1)>>20)
}

func full(err error) bool { return errors.Is(err, syscall.ENOSPC) || isFull(err) }

// explain adds to an error of writing what can be done about it.
func (s *Store) explain(err error) error {
	if full(err) {
		return fault.WithHints(err, "make room on the disk of "+s.root+", or choose another root folder with --root DIR or AXLE_ROOT")
	}
	return err
}

// cannotWrite is for the root folder as a whole.
func (s *Store) cannotWrite(err error) error {
	var p *fs.PathError
	if full(err) || !errors.As(err, &p) {
		return s.explain(err)
	}
	err = fault.Errorf(fault.Internal, "%s: the root folder of deployments cannot be written: %w", s.root, err)
	return fault.WithHints(err, "choose a folder that can be written with --root DIR or AXLE_ROOT")
}
