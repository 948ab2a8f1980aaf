// Package deployments owns the root folder of an agent: what is deployed
// there, the records of it, and the staging from which things are moved into
// place.
//
//	ROOT/
//	  e/NAME/ID/record.json   one deployment; ID is its version and a digest
//	  e/NAME/ID/boot.py       what starts it, and boot.pyc its byte code
//	  e/NAME/ID/start         how, for a start that reads nothing else, see [launch]
//	  e/NAME/ID/x/            the extension's modules, or x.zip with zip_safe
//	  e/NAME/current          the ID that runs; replaced by one rename
//	  p/KEY/                  an extracted dependency package, shared by every
//	                          deployment whose package has the same bytes
//	  l/                      lock files
//	  t/                      staging of operations that are under way
//
// Names are short because Windows counts the whole path of a member.
//
// # What holds at any moment
//
// A folder under e or p is complete or not there: it is filled in t, made
// durable, and moved by one rename. current names a complete deployment, whose
// package was in place before. An operation that is killed leaves something in
// t at most, which the next one removes. Several processes may work on one root
// at once; those that want the same thing wait for each other, and one of them
// makes it. What is there already is found without a lock and without writing,
// so that it is also found on a file system that is read-only.
package deployments

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/launch"
	"github.com/axlepack/axle/internal/wheel"
)

// Store is the root folder of an agent.
type Store struct{ root string }

// Open makes the root's folders where they are missing, and removes what killed
// operations left behind.
func Open(root string) (*Store, error) {
	s, err := At(root)
	if err != nil {
		return nil, err
	}
	for _, sub := range []string{"e", "p", "f", "l", "t"} {
		if err := os.MkdirAll(s.Path(sub), 0o755); err != nil {
			return nil, s.cannotWrite(err)
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

// Package returns the folder, relative to the root, of the package with the
// given key, and whether it was made. Where it is not there yet, fill puts its
// files into the folder dir that it is given, which is then moved to the path
// final. Of several processes that ask at once one fills it and the others wait.
// The package is not collected before release is called, by when a deployment
// should refer to it.
func (s *Store) Package(ctx context.Context, key string, fill Fill) (rel string, made bool, release func(), err error) {
	rel = "p/" + key
	final := s.Path(rel)
	for {
		if ctx.Err() != nil {
			return "", false, nil, context.Cause(ctx)
		}
		held, err := s.take(ctx, packageLock+key, shared)
		if isDir(final) && ctx.Err() == nil {
			// Where nothing can be written, nothing can be collected either.
			return rel, made, func() { _ = held.Close() }, nil
		}
		if err != nil {
			return "", false, nil, err
		}
		_ = held.Close()
		if err := s.makePackage(ctx, key, final, fill, &made); err != nil {
			return "", false, nil, err
		}
	}
}

func (s *Store) makePackage(ctx context.Context, key, final string, fill Fill, made *bool) error {
	unlock, err := s.lock(ctx, packageLock+key)
	if err != nil {
		return err
	}
	defer unlock()
	if isDir(final) {
		return nil
	}
	if err := s.stage(ctx, func(dir, _ string) ([]wheel.RecordEntry, error) { return fill(dir, final) }, final); err != nil {
		return err
	}
	*made = true
	if list, err := s.Sums("p/" + key); err == nil {
		s.offer(final, list)
	}
	return nil
}

// HasPackage tells whether the package with the given key is there.
func (s *Store) HasPackage(key string) bool { return isDir(s.Path("p/" + key)) }

// Place makes a deployment current and returns its record, and whether anything
// was changed. fill puts the modules into the folder dir that it is given, which
// is then moved to the path final. Where the very same deployment is there
// already it only becomes current, with the record that it has. All of it is in
// place before the pointer moves. The time of rec is that of this call.
func (s *Store) Place(ctx context.Context, rec Record, fill Fill) (Record, bool, error) {
	rec.Format = format
	if now, err := s.Current(rec.Name); err == nil && now.ID == rec.ID {
		return now, false, nil
	}
	unlock, err := s.lock(ctx, nameLock+rec.Name)
	if err != nil {
		return rec, false, err
	}
	defer unlock()
	now, err := s.Current(rec.Name)
	switch {
	case err == nil && now.Name != rec.Name:
		return rec, false, fault.New(fault.NameClash, rec.Name+": "+now.Name+" is deployed, and its folder has the same name here",
			"give one of the two extensions another name")
	case err == nil && now.ID == rec.ID:
		return now, false, nil
	}
	home, at := s.Path("e/"+rec.Name), rec.Deployed
	final := filepath.Join(home, rec.ID)
	// The file of its lease comes first: a root that is read-only by then still
	// tells what runs.
	if f, err := tryLock(s.Path("l/"+launch.Lease(rec.Name, rec.ID)), shared, true); err == nil {
		_ = f.Close()
	}
	if entries, err := os.ReadDir(home); isGone(err) || err == nil && len(entries) == 0 {
		return rec, true, s.placeFirst(ctx, rec, fill, home)
	}
	if there, err := s.read(rec.Name, rec.ID); err == nil {
		rec = there
	} else if err := s.stage(ctx, rec.fillWith(fill, final), final); err != nil {
		return rec, false, err
	}
	return rec, true, s.point(ctx, rec.Name, rec.ID, at, false)
}

// placeFirst places the first deployment of an extension, with the pointer to it,
// by one rename.
func (s *Store) placeFirst(ctx context.Context, rec Record, fill Fill, home string) error {
	return s.stageThen(ctx, func(dir, _ string) error {
		inner := filepath.Join(dir, rec.ID)
		if err := os.Mkdir(inner, 0o755); err != nil {
			return err
		}
		if err := rec.fillWith(fill, filepath.Join(home, rec.ID)).fill(inner, ""); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, launch.CurrentFile), pointer(nil).to(rec.ID, rec.Deployed, false).marshal(), 0o644)
	}, func(st staged) error {
		if err := st.makeWay(home); err != nil {
			return err
		}
		return rename(st.dir, home)
	}, s.Path("e"))
}

// fillWith adds the record, and the start file, to what fill leaves.
func (r Record) fillWith(fill Fill, final string) Fill {
	return func(dir, _ string) ([]wheel.RecordEntry, error) {
		known, err := fill(dir, final)
		if err != nil {
			return nil, err
		}
		text, err := r.marshal()
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, recordFile), text, 0o644); err != nil {
			return nil, err
		}
		plan := r.Plan()
		if _, err := os.Stat(filepath.Join(dir, launch.Compiled(path.Base(r.Boot)))); err == nil {
			plan.Boot = launch.Compiled(r.Boot)
		}
		if text = plan.Marshal(); text == nil {
			return known, nil
		}
		return known, os.WriteFile(filepath.Join(dir, launch.File), text, 0o644)
	}
}

const recordFile = "record.json"

// point makes id the current deployment of an extension.
func (s *Store) point(ctx context.Context, name, id string, at time.Time, back bool) error {
	old, err := s.pointer(name)
	if err != nil && !isGone(err) && !errors.Is(err, errNoPointer) {
		return err
	}
	return s.stageFile(ctx, old.to(id, at, back).marshal(), s.Path("e/"+name+"/"+launch.CurrentFile))
}

// Current is the record of the deployment that NAME runs from.
func (s *Store) Current(name string) (Record, error) {
	if !launch.IsName(name) {
		return Record{}, s.notDeployed(name)
	}
	p, err := s.pointer(name)
	switch {
	case isGone(err):
		return Record{}, s.notDeployed(name)
	case errors.Is(err, errNoPointer):
		return Record{}, damaged(name, err)
	case err != nil:
		return Record{}, err
	}
	rec, err := s.read(name, p[0].ID)
	if err != nil {
		return Record{}, damaged(name, err)
	}
	return rec, nil
}

// read gives the record of one deployment.
func (s *Store) read(name, id string) (Record, error) {
	path := s.Path("e/" + name + "/" + id + "/" + recordFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return Record{}, err
	}
	rec, err := parseRecord(path, data)
	if err == nil && rec.ID != id {
		err = errors.New(path + ": the record is that of " + rec.ID)
	}
	if err == nil {
		_, err = os.Stat(s.Path(rec.Code))
	}
	return rec, err
}

func damaged(name string, err error) error {
	return fault.WithHints(fault.Errorf(fault.NotFound, "%s: the deployment is damaged: %w", name, err),
		"deploy its zip again: axle deploy ZIP")
}

func (s *Store) notDeployed(name string) error { return &notDeployedError{s, name} }

// notDeployedError looks at what is deployed only when somebody asks for hints.
type notDeployedError struct {
	store *Store
	name  string
}

// Error names the extension and the root.
func (e *notDeployedError) Error() string { return e.name + ": not deployed in " + e.store.root }

// ExitCode is 11.
func (e *notDeployedError) ExitCode() int { return fault.NotFound }

// Hints say what is deployed.
func (e *notDeployedError) Hints() []string {
	hints := []string{"deploy it with: axle deploy ZIP"}
	names := e.store.names()
	if near, ok := fault.Nearest(e.name, names); ok {
		hints = append([]string{"did you mean " + near + "?"}, hints...)
	}
	if more := len(names) - maxNamed; more > 0 {
		return append(hints, fmt.Sprintf("deployed are: %s, and %d more", strings.Join(names[:maxNamed], ", "), more))
	}
	if len(names) > 0 {
		hints = append(hints, "deployed are: "+strings.Join(names, ", "))
	}
	return hints
}

// maxNamed is how many extensions a hint names.
const maxNamed = 20

// names are the extensions that are deployed, sorted.
func (s *Store) names() []string {
	entries, err := os.ReadDir(s.Path("e"))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if _, err := os.Stat(s.Path("e/" + e.Name() + "/" + launch.CurrentFile)); err == nil {
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
