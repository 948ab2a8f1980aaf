package inspect

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/selector"
)

// FileChange is a file that came, went or has other bytes.
type FileChange struct {
	// Package is the part of its package's name that says what it is for; "" for a
	// file beside the packages.
	Package string     `json:"package,omitempty"`
	Path    string     `json:"path"`
	From    *FileState `json:"from,omitempty"`
	To      *FileState `json:"to,omitempty"`
}

// FileState is what a file is like. SHA256 is there after [Extension.Hash].
type FileState struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256,omitempty"`
	crc    uint32
}

// fileKey is where a file lies.
type fileKey struct{ pack, path string }

// statesOf are the members of an archive, as its directory has them.
func statesOf(pack string, members []archive.Member) map[fileKey]FileState {
	states := make(map[fileKey]FileState, len(members))
	for _, m := range members {
		states[fileKey{pack, m.Name}] = FileState{Size: m.Size, crc: m.CRC32}
	}
	return states
}

// besideModules stands for a package where the distributions lie beside the
// extension's modules.
const besideModules = "beside the modules"

// setApart tells the files of distributions beside the modules from the
// extension's own.
func (e *Extension) setApart(r *archive.Reader) {
	if len(e.Distributions) == 0 {
		return
	}
	for _, folder := range wheel.DistInfos(r.Names()) {
		for _, name := range recorded(r, folder) {
			if state, ok := e.files[fileKey{"", name}]; ok {
				delete(e.files, fileKey{"", name})
				e.files[fileKey{besideModules, name}] = state
			}
		}
	}
}

// files compares all files, those of the extension itself for themselves. A file of
// a package that came or went is not told one by one.
func (d *Difference) files(from, to map[fileKey]FileState) {
	packs := map[string]int{}
	for _, side := range []map[fileKey]FileState{from, to} {
		seen := map[string]bool{}
		for key := range side {
			if !seen[key.pack] {
				seen[key.pack] = true
				packs[key.pack]++
			}
		}
	}
	for key, was := range from {
		is, both := to[key]
		if both && is == was || packs[key.pack] < 2 {
			continue
		}
		c := FileChange{Package: key.pack, Path: key.path, From: &was}
		if both {
			c.To = &is
		}
		d.file(c)
	}
	for key, is := range to {
		if _, both := from[key]; !both && packs[key.pack] == 2 {
			d.file(FileChange{Package: key.pack, Path: key.path, To: &is})
		}
	}
	order := func(a, b FileChange) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Path, b.Path))
	}
	slices.SortFunc(d.Own, order)
	slices.SortFunc(d.Files, order)
}

func (d *Difference) file(c FileChange) {
	if c.Package == "" {
		d.Own = append(d.Own, c)
	} else {
		d.Files = append(d.Files, c)
	}
}

// Hash reads all files of the zip, and keeps the SHA-256 of each for [Compare],
// which goes by sizes and CRC-32 without.
func (e *Extension) Hash(ctx context.Context) error {
	z, err := selector.Open(e.File)
	if err != nil {
		return err
	}
	defer z.Close()
	var mu sync.Mutex
	keep := func(key fileKey, state FileState) {
		mu.Lock()
		defer mu.Unlock()
		if _, apart := e.files[fileKey{besideModules, key.path}]; apart && key.pack == "" {
			key.pack = besideModules
		}
		e.files[key] = state
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	group.Go(func() error { return hashAll(ctx, z.Archive(), z.Own(), "", keep) })
	for _, p := range z.Extension.Packages {
		group.Go(func() error {
			r, err := archive.OpenNested(z.Archive(), p.Member, archive.Limits{})
			if err != nil {
				return nil // which the package has as its problem
			}
			defer func() { _ = r.Close() }()
			return hashAll(ctx, r, r.Members(), tagPart(p.File()), keep)
		})
	}
	return group.Wait()
}

func hashAll(ctx context.Context, r *archive.Reader, members []archive.Member, pack string, keep func(fileKey, FileState)) error {
	for _, m := range members {
		if err := ctx.Err(); err != nil {
			return err
		}
		sum, err := digestOf(r, m.Name)
		if err != nil {
			return err
		}
		keep(fileKey{pack, m.Name}, FileState{Size: m.Size, SHA256: sum, crc: m.CRC32})
	}
	return nil
}
