package deployments

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/axlepack/axle/internal/fault"
)

// Limits say which deployments are too many. A zero field limits nothing; with
// all of them zero only garbage goes. What is current or running stays, whatever
// the limits.
type Limits struct {
	// OlderThan: those that became current, for the last time, longer ago.
	OlderThan time.Duration
	// Keep: all but so many of each extension, the newest, with the current one.
	Keep int
	// MaxSize, in bytes: the oldest, until all of the root takes no more.
	MaxSize int64
}

// Pruned is what went, or with a dry run would go.
type Pruned struct {
	Removed []State
	Garbage Garbage
	// Running are those that would have gone, had nothing run from them.
	Running []State
	// Size is what the root takes afterwards, where MaxSize was given, and
	// otherwise -1.
	Size int64
}

// Prune removes deployments beyond the limits, and garbage.
func (s *Store) Prune(ctx context.Context, l Limits, now time.Time, dry bool) (Pruned, error) {
	result := Pruned{Size: -1}
	chosen, err := s.beyond(l, now, &result)
	if err != nil {
		return result, err
	}
	for _, st := range chosen {
		gone := dry
		if !dry {
			if gone, err = s.pruneOne(ctx, st); err != nil {
				return result, err
			}
		}
		if gone {
			result.Removed = append(result.Removed, st)
		} else {
			result.Running = append(result.Running, st)
		}
	}
	result.Garbage, err = s.Collect(ctx, dry)
	return result, err
}

// pruneOne removes a deployment unless it came into use meanwhile.
func (s *Store) pruneOne(ctx context.Context, st State) (bool, error) {
	unlock, err := s.lock(ctx, nameLock+st.Name)
	if err != nil {
		return false, err
	}
	defer unlock()
	p, err := s.pointer(st.Name)
	if err != nil && !isGone(err) && !errors.Is(err, errNoPointer) {
		return false, err
	}
	if len(p) > 0 && p[0].ID == st.ID {
		return false, nil
	}
	release, err := s.claim(st.Name, st.ID)
	if fault.ExitCode(err) == fault.Locked {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer release()
	_, err = s.discard(ctx, "e/"+st.Name+"/"+st.ID)
	return err == nil, err
}

// beyond are the deployments that the limits do not leave.
func (s *Store) beyond(l Limits, now time.Time, result *Pruned) ([]State, error) {
	folders, err := s.Folders()
	if err != nil || l == (Limits{}) {
		return nil, err
	}
	var chosen, rest []State
	for _, name := range folders {
		list, err := s.All(name)
		if fault.ExitCode(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		for i, st := range list {
			over := l.Keep > 0 && i >= l.Keep || l.OlderThan > 0 && now.Sub(st.Since) > l.OlderThan
			switch {
			case st.Current:
			case st.Running && over:
				result.Running = append(result.Running, st)
			case over:
				chosen = append(chosen, st)
			case !st.Running:
				rest = append(rest, st)
			}
		}
	}
	if l.MaxSize <= 0 {
		return chosen, nil
	}
	return s.beyondSize(l.MaxSize, chosen, rest, result)
}

// beyondSize adds to chosen the oldest of the rest until the root is small
// enough.
func (s *Store) beyondSize(most int64, chosen, rest []State, result *Pruned) ([]State, error) {
	u, err := s.usage()
	if err != nil {
		return nil, err
	}
	for _, st := range chosen {
		u.remove(st)
	}
	slices.SortStableFunc(rest, func(a, b State) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID))
	})
	for _, st := range rest {
		if u.size <= most {
			break
		}
		u.remove(st)
		chosen = append(chosen, st)
	}
	result.Size = u.size
	return chosen, nil
}

// usage is what takes the room of a root: files, however many names they have,
// belong to folders, and packages to deployments.
type usage struct {
	size   int64
	sizes  map[any]int64          // of each file
	owners map[any]map[string]int // which folders have it
	files  map[string][]any       // by folder
	users  map[string]int         // how many deployments have the package
}

func (s *Store) usage() (*usage, error) {
	u := &usage{sizes: map[any]int64{}, owners: map[any]map[string]int{}, files: map[string][]any{}, users: map[string]int{}}
	list, _, err := s.records()
	if err != nil {
		return nil, err
	}
	for _, rec := range list {
		u.users[rec.Starter]++
		if rec.Package != nil {
			u.users[rec.Package.Folder]++
		}
		if err := u.add(s, "e/"+rec.Name+"/"+rec.ID); err != nil {
			return nil, err
		}
	}
	for folder := range u.users { // what no deployment has goes anyway
		if err := u.add(s, folder); err != nil {
			return nil, err
		}
	}
	return u, nil
}

func (u *usage) add(s *Store, folder string) error {
	dir := s.Path(folder)
	err := walkFiles(dir, func(rel string, entry fs.DirEntry) error {
		info, err := entry.Info()
		if err != nil {
			return err
		}
		id := identity(info, filepath.Join(dir, filepath.FromSlash(rel)))
		if u.owners[id] == nil {
			u.owners[id] = map[string]int{}
			u.sizes[id] = info.Size()
			u.size += info.Size()
		}
		u.owners[id][folder]++
		u.files[folder] = append(u.files[folder], id)
		return nil
	})
	if isGone(err) || errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// remove takes a deployment out, and with it the packages that it alone has.
func (u *usage) remove(st State) {
	u.drop("e/" + st.Name + "/" + st.ID)
	folders := []string{st.Record.Starter}
	if st.Record.Package != nil {
		folders = append(folders, st.Record.Package.Folder)
	}
	for _, folder := range folders {
		if u.users[folder]--; u.users[folder] == 0 {
			u.drop(folder)
		}
	}
}

func (u *usage) drop(folder string) {
	for _, id := range u.files[folder] {
		if delete(u.owners[id], folder); len(u.owners[id]) == 0 {
			u.size -= u.sizes[id]
			u.sizes[id] = 0
		}
	}
	delete(u.files, folder)
}
