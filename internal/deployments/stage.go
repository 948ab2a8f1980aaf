package deployments

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/axlepack/axle/internal/fault"
)

// staged is a folder in t that lives until it is dropped or its process ends.
type staged struct {
	dir  string
	held *os.File // its lock
}

func (s *Store) newStaged(ctx context.Context) (staged, error) {
	st, err := s.slot(ctx)
	if err != nil {
		return st, err
	}
	if err := os.Mkdir(st.dir, 0o755); err != nil {
		st.drop()
		return staged{}, s.cannotWrite(err)
	}
	return st, nil
}

const lockSuffix = ".lock"

// drop removes the folder where it is still there. What cannot be removed now
// is left to sweep: the operation itself is done, or has an error of its own.
func (st staged) drop() {
	remove(st.dir)
	remove(st.dir + ".old")
	unlink(st.held, st.dir+lockSuffix)
}

// remove removes a folder in which a child of a killed operation, that makes
// byte code, may still put files: for less than a second, until it finds its
// pipe closed.
func remove(dir string) {
	for wait := time.Millisecond; errors.Is(os.RemoveAll(dir), fs.ErrExist) && wait < time.Second; wait *= 2 {
		time.Sleep(wait)
	}
}

// stage calls fill with a new folder, makes what it wrote durable, and gives it
// the path final. What was at final before, a damaged folder, goes.
func (s *Store) stage(ctx context.Context, fill Fill, final string) error {
	return s.stageThen(ctx, fill.fill, func(st staged) error {
		if err := st.makeWay(final); err != nil {
			return err
		}
		return rename(st.dir, final)
	}, filepath.Dir(final))
}

// stageFile does the same with a single file.
func (s *Store) stageFile(ctx context.Context, data []byte, final string) error {
	name := filepath.Base(final)
	return s.stageThen(ctx, func(dir, _ string) error {
		return os.WriteFile(filepath.Join(dir, name), data, 0o644)
	}, func(st staged) error { return rename(filepath.Join(st.dir, name), final) }, filepath.Dir(final))
}

// stageThen fills a staging folder, makes it durable, lets move put it in its
// place, and makes the names in home durable.
func (s *Store) stageThen(ctx context.Context, fill func(dir, _ string) error, move func(staged) error, home string) error {
	st, err := s.newStaged(ctx)
	if err != nil {
		return err
	}
	defer st.drop()
	if err := fill(st.dir, ""); err != nil {
		return s.explain(err)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := syncTree(st.dir); err != nil {
		return s.explain(err)
	}
	if err := move(st); err != nil {
		return s.explain(err)
	}
	return syncDir(home)
}

// makeWay moves a folder that is in the way of a whole one to where sweep
// finds it.
func (st staged) makeWay(final string) error {
	if _, err := os.Lstat(final); err != nil {
		return nil
	}
	return rename(final, st.dir+".old")
}

// discard removes folders of the root: each is whole or gone at any moment. It
// makes no folder and writes nothing, so that it works on a full disk too.
func (s *Store) discard(ctx context.Context, rels ...string) (freed int64, err error) {
	var errs []error
	for _, rel := range rels {
		n, err := s.discardOne(ctx, rel)
		freed += n
		errs = append(errs, err)
	}
	return freed, errors.Join(errs...)
}

func (s *Store) discardOne(ctx context.Context, rel string) (int64, error) {
	st, err := s.slot(ctx)
	if err != nil {
		return 0, err
	}
	defer st.drop()
	if err := rename(s.Path(rel), st.dir); err != nil {
		if isGone(err) {
			return 0, nil
		}
		return 0, s.explain(err)
	}
	return removeTree(st.dir)
}

// slot is a name in t that is locked, with nothing of that name.
func (s *Store) slot(ctx context.Context) (staged, error) {
	first, err := s.take(ctx, stageLock, shared)
	if err != nil {
		return staged{}, err
	}
	defer first.Close()
	dir := s.Path("t/" + strings.ToLower(rand.Text()[:12]))
	held, err := tryLock(dir+lockSuffix, alone, true)
	if err != nil {
		return staged{}, s.cannotWrite(err)
	}
	return staged{dir, held}, nil
}

// removeTree removes a folder and returns the room that this gave: that of the
// files that have no other name.
func removeTree(dir string) (freed int64, err error) {
	err = walkFiles(dir, func(rel string, entry fs.DirEntry) error {
		path := filepath.Join(dir, filepath.FromSlash(rel))
		if info, err := entry.Info(); err == nil && linksOf(path, info) <= 1 {
			freed += info.Size()
		}
		return nil
	})
	return freed, errors.Join(err, os.RemoveAll(dir))
}

// sweep removes what killed operations left in t: whatever has a lock that
// nobody holds.
func (s *Store) sweep() (swept int) {
	entries, err := os.ReadDir(s.Path("t"))
	if err != nil || len(entries) == 0 {
		return 0
	}
	found := s.abandoned()
	for _, st := range found {
		st.drop()
	}
	return len(found)
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
		if held, err := tryLock(dir+lockSuffix, alone, true); err == nil {
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
		return fault.WithHints(err, "make room on the disk of "+s.root+", with axle prune or otherwise, or choose another root folder with --root DIR or AXLE_ROOT")
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
