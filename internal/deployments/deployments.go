// Package deployments owns the root folder of an agent: what is deployed
// there, the records of it, and the staging from which things are moved into
// place.
//
//	ROOT/
//	  e/NAME/ID/record.json   one deployment; ID is its version and a digest
//	  e/NAME/ID/x/            the extension's modules, or x.zip with zip_safe
//	  e/NAME/current          the ID that runs; replaced by one rename
//	  p/KEY/                  an extracted dependency package, shared by every
//	                          deployment whose package has the same bytes
//	  l/                      lock files
//	  t/                      staging of operations that are under way
//
// Names are short because Windows counts the whole path of a member. A folder
// under e or p is complete or not there: it is filled in t and moved by one
// rename. What a killed operation left in t is removed by the next one.
// Several processes may work on one root at once.
package deployments

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/axlepack/axle/internal/fault"
)

// Store is the root folder of an agent.
type Store struct{ root string }

// Open makes the root's folders where they are missing.
func Open(root string) (*Store, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	s := &Store{root: abs}
	for _, sub := range []string{"e", "p", "l", "t"} {
		if err := os.MkdirAll(s.Path(sub), 0o755); err != nil {
			return nil, fault.WithHints(fault.WithCode(err, fault.Internal),
				"choose a folder that can be written with --root DIR or AXLE_ROOT")
		}
	}
	s.sweep()
	return s, nil
}

// At is the root folder for reading only; nothing is made.
func At(root string) (*Store, error) {
	abs, err := filepath.Abs(root)
	return &Store{root: abs}, err
}

// Root is the absolute path of the root folder.
func (s *Store) Root() string { return s.root }

// Path is the absolute path of something in the root, given with slashes.
func (s *Store) Path(rel string) string { return filepath.Join(s.root, filepath.FromSlash(rel)) }

// lockPoll is how often a waiting operation asks for a lock again.
const lockPoll = 20 * time.Millisecond

// lock waits for the named lock, which other processes honour too.
func (s *Store) lock(ctx context.Context, name string) (func(), error) {
	l := flock.New(s.Path("l/" + name))
	ok, err := l.TryLockContext(ctx, lockPoll)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, fault.Errorf(fault.Locked, "%s: another operation holds the lock", l.Path())
	}
	return func() { l.Unlock() }, nil
}

// stage makes a folder in t, held by a lock for as long as it is used, calls
// fill with it, and gives it to place; it is gone afterwards in any case.
func (s *Store) stage(fill, place func(dir string) error) (err error) {
	dir, err := os.MkdirTemp(s.Path("t"), "")
	if err != nil {
		return err
	}
	held := flock.New(dir + ".lock")
	if _, err := held.TryLock(); err != nil {
		os.RemoveAll(dir)
		return err
	}
	defer func() {
		err = errors.Join(err, os.RemoveAll(dir))
		held.Unlock()
		os.Remove(held.Path())
	}()
	if err := fill(dir); err != nil {
		return err
	}
	return place(dir)
}

// young staging folders are left alone by sweep: between making a folder and
// locking it there is a moment without a lock.
const young = time.Minute

// sweep removes what killed operations left in t: folders whose lock is free.
func (s *Store) sweep() {
	entries, err := os.ReadDir(s.Path("t"))
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !e.IsDir() || time.Since(info.ModTime()) < young {
			continue
		}
		dir := s.Path("t/" + e.Name())
		held := flock.New(dir + ".lock")
		if ok, err := held.TryLock(); err != nil || !ok {
			continue
		}
		os.RemoveAll(dir)
		held.Unlock()
		os.Remove(held.Path())
	}
}

// Package returns the folder, relative to the root, of the package with the
// given key. It is filled by fill when it is not there yet; of several
// processes that ask at once one fills it and the others wait.
func (s *Store) Package(ctx context.Context, key string, fill func(dir string) error) (string, error) {
	rel := "p/" + key
	if isDir(s.Path(rel)) {
		return rel, nil
	}
	unlock, err := s.lock(ctx, "p-"+key)
	if err != nil {
		return "", err
	}
	defer unlock()
	if isDir(s.Path(rel)) {
		return rel, nil
	}
	return rel, s.stage(fill, func(dir string) error { return moveInto(dir, s.Path(rel)) })
}

// Place makes a deployment current. fill puts the modules into the folder it
// is given and returns the record; where the very same deployment is there
// already it only becomes current. Everything of it is in place before the
// pointer moves.
func (s *Store) Place(ctx context.Context, rec Record, fill func(dir string) error) error {
	unlock, err := s.lock(ctx, "e-"+rec.Name)
	if err != nil {
		return err
	}
	defer unlock()
	home := s.Path("e/" + rec.Name)
	if err := os.MkdirAll(home, 0o755); err != nil {
		return err
	}
	final := filepath.Join(home, rec.ID)
	if !isDir(final) {
		err := s.stage(func(dir string) error {
			if err := fill(dir); err != nil {
				return err
			}
			return writeRecord(dir, rec)
		}, func(dir string) error { return moveInto(dir, final) })
		if err != nil {
			return err
		}
	}
	return s.point(home, rec.ID)
}

// point makes id the current deployment of the extension whose folder is home.
func (s *Store) point(home, id string) error {
	return s.stage(func(dir string) error {
		return writeSynced(filepath.Join(dir, "current"), []byte(id+"\n"))
	}, func(dir string) error {
		if err := os.Rename(filepath.Join(dir, "current"), filepath.Join(home, "current")); err != nil {
			return err
		}
		return syncDir(home)
	})
}

// Current is the record of the deployment that NAME runs from.
func (s *Store) Current(name string) (Record, error) {
	home := s.Path("e/" + name)
	text, err := os.ReadFile(filepath.Join(home, "current"))
	if errors.Is(err, fs.ErrNotExist) || strings.ContainsAny(name, `/\`) || name == "" || name == ".." {
		return Record{}, s.notDeployed(name)
	}
	if err != nil {
		return Record{}, err
	}
	path := filepath.Join(home, strings.TrimSpace(string(text)), "record.json")
	data, err := os.ReadFile(path)
	if err != nil {
		return Record{}, fault.WithHints(fault.Errorf(fault.NotFound, "%s: the deployment is damaged: %w", name, err),
			"deploy its zip again: axle deploy ZIP")
	}
	return parseRecord(path, data)
}

func (s *Store) notDeployed(name string) error {
	hints := []string{"deploy it with: axle deploy ZIP"}
	if names := s.names(); len(names) > 0 {
		if near, ok := fault.Nearest(name, names); ok {
			hints = append([]string{"did you mean " + near + "?"}, hints...)
		}
		hints = append(hints, "deployed are: "+strings.Join(names, ", "))
	}
	return fault.New(fault.NotFound, name+": not deployed in "+s.root, hints...)
}

func (s *Store) names() []string {
	entries, err := os.ReadDir(s.Path("e"))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if _, err := os.Stat(s.Path("e/" + e.Name() + "/current")); err == nil {
			names = append(names, e.Name())
		}
	}
	return names
}

// List returns the current deployment of every extension, by name. Damaged
// ones are reported beside the whole ones.
func (s *Store) List() ([]Record, error) {
	var records []Record
	var problems fault.List
	for _, name := range s.names() {
		r, err := s.Current(name)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		records = append(records, r)
	}
	slices.SortFunc(records, func(a, b Record) int { return strings.Compare(a.Name, b.Name) })
	return records, problems.Err()
}
