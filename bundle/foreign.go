package bundle

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/target"
)

// stateName is the file in dist that says which packages in dist/dep are this
// project's own: those a build makes anew. All others were made elsewhere.
const stateName = ".axle-build.json"

// state is what the last build put into dist/dep.
type state struct {
	Version  int         `json:"version"`
	Packages []stateFile `json:"packages"`
}

type stateFile struct {
	Name     string    `json:"name"`
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
}

func (s *session) dist() string { return filepath.Join(s.project.Dir, "dist") }

// readState reads what the last build noted; without a note nothing is known
// to be ours.
func (s *session) readState() state {
	var st state
	text, err := os.ReadFile(filepath.Join(s.dist(), stateName))
	if err == nil && json.Unmarshal(text, &st) != nil {
		return state{}
	}
	return st
}

func (st state) has(info fs.FileInfo) bool {
	return slices.ContainsFunc(st.Packages, func(f stateFile) bool {
		return f.Name == info.Name() && f.Size == info.Size() && f.Modified.Equal(info.ModTime())
	})
}

// madeElsewhere lists the wheels of dist/dep that the last build did not put
// there.
func (s *session) madeElsewhere() ([]string, error) {
	dir := filepath.Join(s.dist(), "dep")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err != nil && !isFolder(dir) {
		return nil, nil
	}
	known := s.readState()
	var found []string
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // a build that ends now takes it away
		}
		if err != nil {
			return nil, err
		}
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".whl") && !known.has(info) {
			found = append(found, filepath.Join(dir, e.Name()))
		}
	}
	return found, err
}

// collected clears dist of what builds left there that were killed, and lists
// the wheels made elsewhere while no other build writes.
func (s *session) collected(ctx context.Context) ([]string, error) {
	unlock, err := s.writeAlone(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return s.madeElsewhere()
}

// foreign checks packages in dist/dep that were made elsewhere, by axle or
// UIP-CLI on another machine, and keeps those that serve a target which has no
// solution here. One that this build makes itself is left out. A package that
// is not what its name says is an error.
func (s *session) foreign(ctx context.Context, plan *Plan, paths []string) ([]merge.Foreign, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	m := s.project.Manifest
	if m.ZipSafe {
		return nil, m.Problem("extension.zip_safe",
			"there is no place for packages, and "+strings.Join(paths, ", ")+" was made elsewhere",
			"set zip_safe: false, or take the packages away")
	}
	if err := s.packages(plan, nil, nil); err != nil {
		return nil, err
	}
	var kept []merge.Foreign
	var problems fault.List
	for _, path := range paths {
		f, warnings, err := merge.CheckPackage(ctx, path, m.Name, m.Version.PEP440)
		for _, w := range warnings {
			s.found(w)
		}
		switch {
		case err != nil:
			problems = add(problems, fault.WithHints(err, "take "+path+" away, or make it again"))
		case s.makes(plan, f):
			s.warn(fault.Warning{File: path, Text: "left out: this build makes a package for the same targets"})
		default:
			s.otherTrim(f)
			kept = append(kept, f)
		}
	}
	return kept, problems.Err()
}

// makes says that the plan has a package of its own for every target asked
// for that the foreign one could serve.
func (s *session) makes(plan *Plan, f merge.Foreign) bool {
	serves := false
	for _, t := range s.targets {
		if _, _, ok := t.LocalTags().Best(f.Filename.Tags); !ok {
			continue
		}
		serves = true
		if _, own := plan.Packages.For(t); !own {
			return false
		}
	}
	return serves
}

// served says whether a package, of ours or made elsewhere, is for a target.
func (p Plan) served(t target.Target) bool {
	if _, ok := p.Packages.For(t); ok {
		return true
	}
	return slices.ContainsFunc(p.Packages.Foreign, func(f merge.ForeignUse) bool { return slices.Contains(f.Targets, t) })
}
