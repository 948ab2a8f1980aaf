package deployments

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/launch"
)

// State is one deployment of an extension and how it stands.
type State struct {
	Name string
	ID   string
	// Record is what is known of it, unless Err says that it is damaged.
	Record Record
	Err    error
	// Current: it is what runs now. Past is, for those that were current
	// before, their place among them, 1 for the latest; otherwise 0.
	Current bool
	Past    int
	// Since is when it became current for the last time, or was deployed.
	Since time.Time
	// Running: something holds a lease on it.
	Running bool
}

// All lists the deployments of an extension, the newest first: what is current,
// what was so before, and then the others by the time of their records, which
// no clock that jumps can put before the former.
func (s *Store) All(name string) ([]State, error) {
	if !launch.IsName(name) {
		return nil, s.notDeployed(name)
	}
	entries, err := os.ReadDir(s.Path("e/" + name))
	if isGone(err) {
		return nil, s.notDeployed(name)
	}
	if err != nil {
		return nil, err
	}
	p, err := s.pointer(name)
	if err != nil && !isGone(err) && !errors.Is(err, errNoPointer) {
		return nil, err
	}
	list := make([]State, 0, len(entries))
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		st := s.state(name, e.Name(), p)
		if unreadable(st.Err) {
			return nil, st.Err
		}
		list = append(list, st)
	}
	if len(list) == 0 {
		return nil, s.notDeployed(name)
	}
	slices.SortStableFunc(list, func(a, b State) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), b.Since.Compare(a.Since), strings.Compare(a.ID, b.ID))
	})
	return list, nil
}

func (s *Store) state(name, id string, p pointer) State {
	st := State{Name: name, ID: id, Running: s.leased(name, id)}
	st.Record, st.Err = s.read(name, id)
	st.Since = st.Record.Deployed
	if info, err := os.Stat(s.Path("e/" + name + "/" + id)); st.Err != nil && err == nil {
		st.Since = info.ModTime()
	}
	if i := slices.IndexFunc(p, func(t turn) bool { return t.ID == id }); i >= 0 {
		st.Current, st.Past = i == 0, i
		if !p[i].Since.IsZero() {
			st.Since = p[i].Since
		}
	}
	return st
}

// rank orders: current, past by their place, the rest.
func (st State) rank() int {
	if st.Current || st.Past > 0 {
		return st.Past
	}
	return maxHistory + 1
}

// is tells whether a version, or an ID, names the deployment.
func (st State) is(version string) bool { return st.ID == version || st.Record.Version == version }

// Folders are the names of the folders of extensions, also of those of which
// nothing is current, sorted.
func (s *Store) Folders() ([]string, error) {
	entries, err := os.ReadDir(s.Path("e"))
	if isGone(err) {
		return nil, nil
	}
	var list []string
	for _, e := range entries {
		if e.IsDir() && launch.IsName(e.Name()) {
			list = append(list, e.Name())
		}
	}
	return list, err
}

// Rollback makes an older deployment current: the one of the given version, or
// with "" the one that was current before. usable may refuse it. Nothing is
// written but the pointer.
func (s *Store) Rollback(ctx context.Context, name, version string, at time.Time, usable func(Record) error) (Record, bool, error) {
	if _, err := s.All(name); err != nil {
		return Record{}, false, err
	}
	unlock, err := s.lock(ctx, nameLock+name)
	if err != nil {
		return Record{}, false, err
	}
	defer unlock()
	list, err := s.All(name)
	if err != nil {
		return Record{}, false, err
	}
	to, err := rollbackTo(list, name, version)
	if err == nil && to.Err != nil {
		err = damaged(name, to.Err)
	}
	if err == nil {
		err = usable(to.Record)
	}
	if err != nil || to.Current {
		return to.Record, false, err
	}
	return to.Record, true, s.point(ctx, name, to.ID, at, true)
}

func rollbackTo(list []State, name, version string) (State, error) {
	var have []string
	for _, st := range list {
		switch {
		case version == "" && (st.Past > 0 || !list[0].Current):
			return st, nil // the first of them is the latest
		case version != "" && st.is(version):
			return st, nil
		}
		if v := cmp.Or(st.Record.Version, st.ID); !slices.Contains(have, v) {
			have = append(have, v)
		}
	}
	hint := "deployed here are: " + strings.Join(have, ", ")
	if version == "" {
		next := "name the version to go to: axle rollback " + name + " VERSION"
		if len(have) == 1 {
			next = "there is no other version here: deploy one with axle deploy ZIP"
		}
		return State{}, fault.New(fault.NotFound, name+": nothing was current before "+cmp.Or(list[0].Record.Version, list[0].ID), hint, next)
	}
	return State{}, fault.New(fault.NotFound, fmt.Sprintf("%s: version %s is not deployed", name, version), hint)
}

// Remove removes the deployments of an extension, all or those of one version,
// and returns them. What runs is not removed: exit code 13, and nothing has
// changed. Nor is what is current while there are others.
func (s *Store) Remove(ctx context.Context, name, version string, dry bool) ([]State, error) {
	if _, err := s.All(name); err != nil {
		return nil, err
	}
	unlock, err := s.lock(ctx, nameLock+name)
	if err != nil {
		return nil, err
	}
	defer unlock()
	list, err := s.All(name)
	if err != nil {
		return nil, err
	}
	chosen, err := removable(list, name, version)
	if err != nil || dry {
		return chosen, err
	}
	var rels []string
	for _, st := range chosen {
		release, err := s.claim(name, st.ID)
		if err != nil {
			return nil, err
		}
		defer release()
		rels = append(rels, "e/"+name+"/"+st.ID)
	}
	if len(chosen) == len(list) { // with the pointer, by one rename
		rels = []string{"e/" + name}
	}
	_, err = s.discard(ctx, rels...)
	return chosen, err
}

func removable(list []State, name, version string) ([]State, error) {
	var chosen []State
	var problems fault.List
	for _, st := range list {
		if version != "" && !st.is(version) {
			continue
		}
		chosen = append(chosen, st)
		if st.Running {
			problems = append(problems, running(name, st.ID))
		}
	}
	switch {
	case len(problems) > 0:
		return nil, problems.Err()
	case len(chosen) == 0:
		_, err := rollbackTo(list, name, version)
		return nil, err
	case chosen[0].Current && len(chosen) < len(list):
		return nil, fault.New(fault.Usage, name+": "+chosen[0].ID+" is current, and there are others",
			"go to another one first: axle rollback "+name, "or remove all of them: axle remove "+name)
	}
	return chosen, nil
}

// unreadable tells a file that cannot be read now, and may be whole, from one
// that is damaged or gone.
func unreadable(err error) bool {
	var p *fs.PathError
	return errors.As(err, &p) && !isGone(err)
}

// records are those of all deployments. damaged tells whether some cannot be
// understood; one that cannot be read is an error.
func (s *Store) records() (list []Record, damaged []string, err error) {
	folders, err := s.Folders()
	if err != nil {
		return nil, nil, err
	}
	for _, name := range folders {
		entries, err := os.ReadDir(s.Path("e/" + name))
		if err != nil && !isGone(err) {
			return nil, nil, err
		}
		for _, e := range entries {
			if !e.IsDir() {
				continue
			}
			rec, err := s.read(name, e.Name())
			switch {
			case err == nil:
				list = append(list, rec)
			case unreadable(err):
				return nil, nil, err
			default:
				damaged = append(damaged, name+"/"+e.Name())
			}
		}
	}
	return list, damaged, nil
}
