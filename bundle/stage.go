package bundle

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/pack"
	"github.com/axlepack/axle/internal/pep440"
)

// staged is the folder in dist in which a build puts its outputs together.
// It is gone when the build ends, in whatever way.
type staged struct {
	dist, dir string
	made      bool     // dist was not there before
	kept      []string // names of packages made elsewhere
}

// stagePrefix begins the names of staging folders.
const stagePrefix = ".axle-stage-"

// sweep removes the staging folders in dist. Packages that were on their way
// out when a build was killed come back first: some may be made elsewhere.
func sweep(dist string) error {
	entries, err := os.ReadDir(dist)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), stagePrefix) {
			continue
		}
		s := &staged{dist: dist, dir: filepath.Join(dist, e.Name())}
		if dep := filepath.Join(dist, "dep"); !exists(dep) && exists(filepath.Join(s.old(), "dep")) {
			if err := os.Rename(filepath.Join(s.old(), "dep"), dep); err != nil {
				return err
			}
		}
		s.remove()
	}
	return err
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// stage makes the folder: dep and extension_build as they will be in dist.
func stage(dist string) (*staged, error) {
	s := &staged{dist: dist, made: !exists(dist)}
	err := os.MkdirAll(dist, 0o755)
	if err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp(dist, stagePrefix); err != nil {
		s.remove()
		return nil, err
	}
	for _, sub := range []string{s.packages(), s.zip(""), s.old()} {
		if err := os.Mkdir(sub, 0o755); err != nil {
			s.remove()
			return nil, err
		}
	}
	return s, nil
}

// remove leaves dist as it was before, or with the finished outputs.
func (s *staged) remove() {
	if s.dir != "" {
		os.RemoveAll(s.dir)
	}
	if s.made {
		os.Remove(s.dist) // which fails when there is something in it
	}
}

func (s *staged) packages() string       { return filepath.Join(s.dir, "dep") }
func (s *staged) zip(name string) string { return filepath.Join(s.dir, "extension_build", name) }
func (s *staged) old() string            { return filepath.Join(s.dir, "old") }

func (s *staged) finalPackage(path string) string {
	return filepath.Join(s.dist, "dep", filepath.Base(path))
}

func (s *staged) finalZip(path string) string {
	return filepath.Join(s.dist, "extension_build", filepath.Base(path))
}

// keep takes packages made elsewhere along, so that the next build finds them
// in dist/dep again.
func (s *staged) keep(foreign []merge.ForeignUse) error {
	for _, f := range foreign {
		s.kept = append(s.kept, filepath.Base(f.Path))
		if err := os.Link(f.Path, filepath.Join(s.packages(), filepath.Base(f.Path))); err == nil {
			continue
		}
		data, err := os.ReadFile(f.Path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(s.packages(), filepath.Base(f.Path)), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// place moves the outputs into dist: dep as a whole, and the zips of this
// version in place of all earlier ones of it. What is moved away is put back
// when a step fails.
func (s *staged) place(name string, version pep440.Version) (err error) {
	if err := s.note(); err != nil {
		return err
	}
	var undo []func() error
	move := func(from, to string) error {
		if err := os.Rename(from, to); err != nil {
			return err
		}
		undo = append(undo, func() error { return os.Rename(to, from) })
		return nil
	}
	defer func() {
		for i := len(undo) - 1; err != nil && i >= 0; i-- {
			err = errors.Join(err, undo[i]())
		}
	}()
	if err := os.MkdirAll(filepath.Join(s.dist, "extension_build"), 0o755); err != nil {
		return err
	}
	earlier, err := s.earlierZips(strings.TrimSuffix(pack.Filename(name, version, ""), ".zip"))
	if err != nil {
		return err
	}
	for _, zip := range earlier {
		if err := move(s.finalZip(zip), filepath.Join(s.old(), zip)); err != nil {
			return err
		}
	}
	dep := filepath.Join(s.dist, "dep")
	if err := move(dep, filepath.Join(s.old(), "dep")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := move(s.packages(), dep); err != nil {
		return err
	}
	zips, err := os.ReadDir(s.zip(""))
	if err != nil {
		return err
	}
	for _, z := range zips {
		if err := move(s.zip(z.Name()), s.finalZip(z.Name())); err != nil {
			return err
		}
	}
	return move(filepath.Join(s.dir, stateName), filepath.Join(s.dist, stateName))
}

// earlierZips names the zips in dist of this version: the one for all
// platforms, and those for one each.
func (s *staged) earlierZips(stem string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(s.dist, "extension_build"))
	var names []string
	for _, e := range entries {
		rest, isOurs := strings.CutPrefix(e.Name(), stem)
		if isOurs && strings.HasSuffix(rest, ".zip") && (rest == ".zip" || rest[0] == '-') {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// note writes down which packages this build made.
func (s *staged) note() error {
	entries, err := os.ReadDir(s.packages())
	if err != nil {
		return err
	}
	st := state{Version: 1, Packages: []stateFile{}}
	for _, e := range entries {
		if slices.Contains(s.kept, e.Name()) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		st.Packages = append(st.Packages, stateFile{Name: info.Name(), Size: info.Size(), Modified: info.ModTime()})
	}
	text, err := json.MarshalIndent(st, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.dir, stateName), append(text, '\n'), 0o644)
}
