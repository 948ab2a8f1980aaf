package deployments

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/wheel"
)

// Files of packages that are equal are one file with several names: each has,
// beside its names in packages, one in f that is made of its SHA-256 and of
// whether it can be run. What has no other name is removed by [Store.Collect].
// Such files are never written to: they are replaced.

// sharedPath is the name in f of a file with the given hash.
func (s *Store) sharedPath(sum [sha256.Size]byte, executable bool) string {
	name := hex.EncodeToString(sum[:])
	if executable {
		name += "x"
	}
	return s.Path("f/" + name[:2] + "/" + name[2:])
}

// Share gives the file of the given content one more name, or makes a copy that
// shares its blocks where the file system has no more names for it. It returns
// false where there is no such file, or it is damaged.
func (s *Store) Share(path string, sum [sha256.Size]byte, size int64, executable bool) bool {
	if size == 0 {
		return false
	}
	from := s.sharedPath(sum, executable)
	if err := os.Link(from, path); err != nil {
		if isGone(err) || clone(from, path) != nil {
			return false
		}
	}
	// It is read for what was locked to be what is deployed, whatever happened
	// to the file since it was written.
	if hash, n, err := hashFile(path); err == nil && n == size && hash == wheel.SHA256(sum) {
		return true
	}
	_ = os.Remove(path)
	_ = os.Remove(from)
	return false
}

// offer gives the files of a package that is in place their names in f, on all
// cores. It only saves room: an error changes nothing else.
func (s *Store) offer(dir string, list wheel.Record) {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for part := range slices.Chunk(list, 64) {
		group.Go(func() error {
			for _, e := range part {
				if !s.offerFile(dir, e) {
					return nil
				}
			}
			return nil
		})
	}
	_ = group.Wait()
}

// offerFile is false where there are no such links.
func (s *Store) offerFile(dir string, e wheel.RecordEntry) bool {
	sum, ok := e.Hash.SHA256()
	if !ok || e.Size == 0 || isByteCode(e.Path) {
		return true // byte code has its own path in it, and is never equal
	}
	path := filepath.Join(dir, filepath.FromSlash(e.Path))
	info, err := os.Lstat(path)
	if err != nil || linksOf(path, info) > 1 {
		return true
	}
	to := s.sharedPath(sum, info.Mode()&0o100 != 0)
	err = os.Link(path, to)
	if isGone(err) {
		if err = os.Mkdir(filepath.Dir(to), 0o755); err == nil || os.IsExist(err) {
			err = os.Link(path, to)
		}
	}
	return err == nil || os.IsExist(err)
}

// disown removes the shared file of a damaged one: it is the same.
func (s *Store) disown(e wheel.RecordEntry) {
	sum, ok := e.Hash.SHA256()
	if !ok {
		return
	}
	for _, executable := range []bool{false, true} {
		path := s.sharedPath(sum, executable)
		if hash, _, err := hashFile(path); err == nil && hash != e.Hash {
			_ = os.Remove(path)
		}
	}
}

// collectShared removes the files in f that no package has, and returns the
// room that this gave, in bytes. One that a package takes in this moment stays
// in that package.
func (s *Store) collectShared(dry bool) (freed int64) {
	_ = filepath.WalkDir(s.Path("f"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil
		}
		info, err := entry.Info()
		if err != nil || linksOf(path, info) != 1 {
			return nil
		}
		if dry || os.Remove(path) == nil {
			freed += info.Size()
		}
		return nil
	})
	return freed
}
