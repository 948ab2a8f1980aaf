package deployments

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheel"
)

// Mend replaces the damaged files of a folder of the root, one rename each: what
// runs from it finds each file whole at any moment, and files that other packages
// share are not written through. fill makes the whole folder anew, in staging;
// where it knows nothing of a file, the file is left as it is. Foreign files go.
func (s *Store) Mend(ctx context.Context, rel string, damage []Damage, fill Fill) error {
	final := s.Path(rel)
	unlock, err := s.lock(ctx, mendLock(rel))
	if err != nil {
		return err
	}
	defer unlock()
	if !isDir(final) {
		return s.stage(ctx, func(dir, _ string) ([]wheel.RecordEntry, error) { return fill(dir, final) }, final)
	}
	return s.stageThen(ctx, func(dir, _ string) error {
		return Fill(func(dir, _ string) ([]wheel.RecordEntry, error) { return fill(dir, final) }).fill(dir, "")
	}, func(st staged) error { return s.exchange(st.dir, rel, damage) }, final)
}

// MendDeployment is Mend for the folder of a deployment, with its record.
func (s *Store) MendDeployment(ctx context.Context, rec Record, damage []Damage, fill Fill) error {
	rel := "e/" + rec.Name + "/" + rec.ID
	return s.Mend(ctx, rel, damage, rec.fillWith(fill, s.Path(rel)))
}

// mendLock is the lock of the package or of the extension.
func mendLock(rel string) string {
	if key, ok := strings.CutPrefix(rel, "p/"); ok {
		return packageLock + key
	}
	return nameLock + path.Base(path.Dir(rel))
}

// exchange moves the damaged files' successors out of a staged folder.
func (s *Store) exchange(from, rel string, damage []Damage) error {
	final := s.Path(rel)
	text, err := os.ReadFile(filepath.Join(from, SumsFile))
	if err != nil {
		return err
	}
	fresh, err := wheel.ParseRecord(text)
	if err != nil {
		return err
	}
	old, err := s.Sums(rel)
	wanted := wantedFiles(fresh, damage, err != nil)
	if err := sameAs(old, fresh, wanted); err != nil {
		return err
	}
	list := make(wheel.Record, 0, len(fresh))
	for _, e := range fresh {
		if !wanted[e.Path] {
			continue
		}
		s.disown(e)
		to := filepath.Join(final, filepath.FromSlash(e.Path))
		if err := replaceFile(filepath.Join(from, filepath.FromSlash(e.Path)), to); err != nil {
			return err
		}
		list = append(list, e)
	}
	known := fresh.Map()
	for _, e := range old {
		if _, ok := known[e.Path]; ok && !wanted[e.Path] {
			list = append(list, e)
		}
	}
	for _, d := range damage {
		if _, ok := known[d.Path]; !ok && d.Path != SumsFile { // foreign, or byte code that cannot be made now
			_ = os.Remove(filepath.Join(final, filepath.FromSlash(d.Path)))
		}
	}
	sums := filepath.Join(from, SumsFile+".new")
	if err := os.WriteFile(sums, list.Marshal(), 0o644); err != nil {
		return err
	}
	if err := errors.Join(syncFile(sums), rename(sums, filepath.Join(final, SumsFile)), syncTree(final)); err != nil {
		return err
	}
	if strings.HasPrefix(rel, "p/") {
		s.offer(final, list)
	}
	return nil
}

// sameAs refuses files that are not what was deployed. Byte code has the times of
// files in it, and is made anew.
func sameAs(old, fresh wheel.Record, wanted map[string]bool) error {
	was := old.Map()
	for _, e := range fresh {
		before, ok := was[e.Path]
		if ok && wanted[e.Path] && !isByteCode(e.Path) && before.Hash != e.Hash {
			return fault.New(fault.Mismatch, e.Path+": what is there to repair it with is not what was deployed", "deploy the zip again: axle deploy ZIP")
		}
	}
	return nil
}

// wantedFiles are the files to replace: those that are damaged, and with each
// module its byte code, which holds the module's time.
func wantedFiles(fresh wheel.Record, damage []Damage, all bool) map[string]bool {
	wanted := map[string]bool{}
	sources := map[string]bool{}
	for _, d := range damage {
		wanted[d.Path] = true
		sources[sourceOf(d.Path)] = true
	}
	for _, e := range fresh {
		if all || sources[sourceOf(e.Path)] {
			wanted[e.Path] = true
		}
	}
	delete(wanted, SumsFile)
	return wanted
}

// sourceOf is the module that byte code was made of; any other file is its own.
func sourceOf(rel string) string {
	if !isByteCode(rel) {
		return rel
	}
	dir, file := path.Split(rel)
	name, _, _ := strings.Cut(file, ".")
	return path.Join(strings.TrimSuffix(dir, "__pycache__/"), name+".py")
}

func replaceFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if info, err := os.Lstat(to); err == nil && info.IsDir() {
		if err := os.RemoveAll(to); err != nil {
			return err
		}
	}
	err := rename(from, to)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
