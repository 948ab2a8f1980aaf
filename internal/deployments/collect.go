package deployments

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/axlepack/axle/internal/launch"
)

// Garbage is what nothing refers to.
type Garbage struct {
	// Packages are folders relative to the root.
	Packages []string
	// Folders are those of extensions of which nothing is left.
	Folders []string
	// Staged is how many operations were killed and left something.
	Staged int
	// Freed is the room it takes, in bytes.
	Freed int64
	// Damaged are deployments that cannot say which package they have; while
	// there are any, no package is garbage.
	Damaged []string
}

// Collect removes what nothing refers to: packages without a deployment, files
// without a package, what killed operations left. With dry it only says what it
// would remove. It waits for nobody: what is being used is left for later.
func (s *Store) Collect(ctx context.Context, dry bool) (g Garbage, err error) {
	if dry {
		g.Staged = len(s.leftovers())
	} else {
		g.Staged = s.sweep()
	}
	used, damaged, err := s.used()
	if err != nil {
		return g, err
	}
	g.Damaged = damaged
	if len(damaged) == 0 {
		if err := s.collectPackages(ctx, used, dry, &g); err != nil {
			return g, err
		}
	}
	g.Freed += s.collectShared(dry)
	if !dry {
		s.collectFolders(&g)
		s.collectLocks()
	}
	return g, nil
}

// used are the packages that deployments refer to, as folders.
func (s *Store) used() (map[string]bool, []string, error) {
	list, damaged, err := s.records()
	used := map[string]bool{}
	for _, rec := range list {
		used[rec.Starter] = true
		if rec.Package != nil {
			used[rec.Package.Folder] = true
		}
	}
	return used, damaged, err
}

func (s *Store) collectPackages(ctx context.Context, used map[string]bool, dry bool, g *Garbage) error {
	entries, err := os.ReadDir(s.Path("p"))
	if err != nil && !isGone(err) {
		return err
	}
	var locked []*os.File
	defer func() {
		for _, f := range locked {
			unlink(f, f.Name())
		}
	}()
	for _, e := range entries {
		rel := "p/" + e.Name()
		if used[rel] {
			continue
		}
		if dry {
			g.Packages = append(g.Packages, rel)
			continue
		}
		// A deployment under way holds it until its record is there.
		if f, err := tryLock(s.Path("l/"+packageLock+e.Name()), alone, true); err == nil {
			locked = append(locked, f)
			g.Packages = append(g.Packages, rel)
		}
	}
	if dry || len(locked) == 0 {
		return nil
	}
	used, damaged, err := s.used() // as it is now that nobody can begin to use them
	if err != nil || len(damaged) > 0 {
		g.Packages, g.Damaged = nil, damaged
		return err
	}
	unused := g.Packages[:0]
	for _, rel := range g.Packages {
		if !used[rel] {
			unused = append(unused, rel)
		}
	}
	g.Packages = unused
	freed, err := s.discard(ctx, unused...)
	g.Freed += freed
	return err
}

// Drop removes one package where nothing refers to it, nor is about to.
func (s *Store) Drop(ctx context.Context, rel string) error {
	key := strings.TrimPrefix(rel, "p/")
	path := s.Path("l/" + packageLock + key)
	f, err := probe(path, true, later)
	if errors.Is(err, errBusy) {
		return nil // another deployment is about to have it
	}
	if err != nil {
		return err
	}
	defer unlink(f, path)
	used, damaged, err := s.used()
	if err != nil || len(damaged) > 0 || used[rel] {
		return err
	}
	_, err = s.discard(ctx, rel)
	s.collectShared(false)
	return err
}

// collectFolders removes the folders of extensions that are empty.
func (s *Store) collectFolders(g *Garbage) {
	folders, _ := s.Folders()
	for _, name := range folders {
		entries, err := os.ReadDir(s.Path("e/" + name))
		if err != nil || len(entries) > 0 {
			continue
		}
		path := s.Path("l/" + nameLock + name)
		f, err := tryLock(path, alone, true)
		if err != nil {
			continue // somebody is about to fill it
		}
		if os.Remove(s.Path("e/"+name)) == nil {
			g.Folders = append(g.Folders, name)
		}
		unlink(f, path)
	}
}

// collectLocks removes the files of locks on what is not there any more.
func (s *Store) collectLocks() {
	entries, err := os.ReadDir(s.Path("l"))
	if err != nil {
		return
	}
	leases := map[string]bool{}
	folders, err := s.Folders()
	if err != nil {
		return
	}
	for _, name := range folders {
		ids, err := os.ReadDir(s.Path("e/" + name))
		if err != nil {
			return
		}
		for _, id := range ids {
			leases[launch.Lease(name, id.Name())] = true
		}
	}
	for _, e := range entries {
		if s.lockIsNeeded(e.Name(), leases) {
			continue
		}
		path := s.Path("l/" + e.Name())
		if f, err := tryLock(path, alone, false); err == nil {
			if s.lockIsNeeded(e.Name(), leases) {
				_ = f.Close()
			} else {
				unlink(f, path)
			}
		}
	}
}

func (s *Store) lockIsNeeded(lock string, leases map[string]bool) bool {
	if name, ok := strings.CutPrefix(lock, nameLock); ok {
		return isDir(s.Path("e/" + name))
	}
	if key, ok := strings.CutPrefix(lock, packageLock); ok {
		return isDir(s.Path("p/" + key))
	}
	if strings.HasPrefix(lock, doctorFile) {
		return false // of one that was killed
	}
	return leases[lock] || !strings.HasPrefix(lock, leaseLock)
}

// leftovers are the staging folders of processes that are gone; nothing is
// locked or removed.
func (s *Store) leftovers() (found []string) {
	entries, err := os.ReadDir(s.Path("t"))
	if err != nil {
		return nil
	}
	seen := map[string]bool{}
	for _, e := range entries {
		name, _, _ := strings.Cut(e.Name(), ".")
		if seen[name] {
			continue
		}
		seen[name] = true
		f, err := tryLock(s.Path("t/"+name+lockSuffix), shared, false)
		if err == nil {
			_ = f.Close()
		}
		if err == nil || isGone(err) {
			found = append(found, "t/"+name)
		}
	}
	return found
}
