package deployments

import (
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheel"
)

// SumsFile lists the files of a package or a deployment, byte code included,
// with their hashes, in the format of RECORD. It stands in the folder's top.
const SumsFile = ".axle-files"

// Fill puts files into the folder dir, which is then moved to the path final.
// The hashes of files that it knows already need not be read again.
type Fill func(dir, final string) (known []wheel.RecordEntry, err error)

// fill calls a Fill and writes the list of what it left.
func (f Fill) fill(dir, final string) error {
	known, err := f(dir, final)
	if err != nil {
		return err
	}
	list, err := listFiles(dir, known)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Path == SumsFile {
			return fault.New(fault.BadInput, SumsFile+": a file of this name is axle's own")
		}
	}
	return os.WriteFile(filepath.Join(dir, SumsFile), list.Marshal(), 0o644)
}

// listFiles lists the files below dir, and reads those that are not known.
func listFiles(dir string, known []wheel.RecordEntry) (wheel.Record, error) {
	have := make(map[string]wheel.RecordEntry, len(known))
	for _, e := range known {
		if _, ok := e.Hash.SHA256(); ok && e.Size >= 0 {
			have[e.Path] = e
		}
	}
	var list wheel.Record
	var unknown []int
	err := walkFiles(dir, func(rel string, _ fs.DirEntry) error {
		e, ok := have[rel]
		if !ok {
			unknown = append(unknown, len(list))
			e.Path = rel
		}
		list = append(list, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, i := range unknown {
		group.Go(func() (err error) {
			list[i].Hash, list[i].Size, err = hashFile(filepath.Join(dir, filepath.FromSlash(list[i].Path)))
			return err
		})
	}
	return list, group.Wait()
}

// walkFiles calls visit with the path, with slashes, of whatever below dir is
// no folder.
func walkFiles(dir string, visit func(rel string, entry fs.DirEntry) error) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return visit(filepath.ToSlash(rel), entry)
	})
}

func hashFile(path string) (wheel.Hash, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return wheel.Hash{}, 0, err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return wheel.SHA256([sha256.Size]byte(sum.Sum(nil))), n, err
}

// Damage is what is wrong with one file of a package or a deployment.
type Damage struct {
	// Path is relative to the folder, with slashes.
	Path string `json:"path"`
	// What is wrong: "missing", "changed", "not part of it", "unreadable: …".
	What string `json:"what"`
}

// Ways in which a file is wrong.
const (
	Missing = "missing"
	Changed = "changed"
	Foreign = "not part of it"
)

// Sums reads the list of files of a folder of the root.
func (s *Store) Sums(rel string) (wheel.Record, error) {
	text, err := os.ReadFile(filepath.Join(s.Path(rel), SumsFile))
	if err != nil {
		return nil, err
	}
	return wheel.ParseRecord(text)
}

// Depth is how closely files are looked at.
type Depth bool

// Sizes alone, or Contents too.
const (
	Sizes    Depth = false
	Contents Depth = true
)

// Check holds every file of a folder of the root against its list, which trust
// may find wrong. Foreign files are those that nobody listed.
func (s *Store) Check(rel string, depth Depth, trust func(wheel.Record) error) ([]Damage, error) {
	dir := s.Path(rel)
	if !isDir(dir) {
		return []Damage{{Path: ".", What: Missing}}, nil
	}
	list, err := s.Sums(rel)
	if err == nil && trust != nil {
		err = trust(list)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return []Damage{{SumsFile, Missing}}, nil
	}
	if err != nil {
		return []Damage{{SumsFile, Changed}}, nil
	}
	found := make([]Damage, len(list)) // those of nothing are dropped below
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, e := range list {
		group.Go(func() error {
			found[i] = Damage{e.Path, checkFile(dir, e, depth)}
			return nil
		})
	}
	_ = group.Wait()
	damage := make([]Damage, 0)
	for _, d := range found {
		if d.What != "" {
			damage = append(damage, d)
		}
	}
	foreign, err := foreignFiles(dir, list)
	return append(damage, foreign...), err
}

func foreignFiles(dir string, list wheel.Record) ([]Damage, error) {
	known := list.Map()
	var found []Damage
	err := walkFiles(dir, func(rel string, _ fs.DirEntry) error {
		if _, ok := known[rel]; !ok && rel != SumsFile {
			found = append(found, Damage{rel, Foreign})
		}
		return nil
	})
	return found, err
}

// checkFile is "" for a file that is as it was listed.
func checkFile(dir string, e wheel.RecordEntry, depth Depth) string {
	path := filepath.Join(dir, filepath.FromSlash(e.Path))
	info, err := os.Lstat(path)
	switch {
	case isGone(err):
		return Missing
	case err != nil:
		return "unreadable: " + err.Error()
	case !info.Mode().IsRegular() || info.Size() != e.Size:
		return Changed
	case depth == Sizes:
		return ""
	}
	hash, _, err := hashFile(path)
	switch {
	case err != nil:
		return "unreadable: " + err.Error()
	case hash != e.Hash:
		return Changed
	}
	return ""
}

// isByteCode tells the files that an interpreter made of others.
func isByteCode(rel string) bool { return strings.HasSuffix(rel, ".pyc") }
