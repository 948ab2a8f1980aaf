// Package cache keeps what was fetched, for several processes at once.
//
// It holds two kinds of things below one folder. Blobs are whole files under
// their SHA-256; they are read-only, and appear by one rename once they are
// complete and their digest is right. Values are small texts under a
// namespace and a key: index pages, metadata, answers of probes.
//
// Nothing half-written is ever seen: a value carries a checksum and a blob is
// known by its size and time of change, so that what was damaged from outside
// counts as absent and is written again. No lock is needed to read or write;
// [Store.Lock] is for work that should be done by one process only, such as a
// download. A cache that cannot be written makes work slower, not impossible:
// callers may ignore the error of [Store.Set].
//
// The formats of the folder are versioned by its first component; callers put
// the version of their own encoding into the namespace. The folder may be
// deleted at any time when no process uses it.
package cache

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// layout names the format of everything below the folder; another format
// takes another name, and the old one is never read.
const layout = "v1"

const (
	blobDir  = "blobs"
	tempDir  = "tmp"
	lockDir  = "locks"
	valueDir = "values"
)

// staleAfter is the age at which a temporary file belongs to a process that
// is no more: a file being written is changed all the time.
const staleAfter = 24 * time.Hour

// Store is a cache folder. It has no state beside the files, and is safe for
// use by several goroutines and processes.
type Store struct {
	dir string
}

// Open prepares the folder dir, which is made when it does not exist, with
// access for its owner alone: pages of a private index are private.
func Open(dir string) (*Store, error) {
	if dir == "" {
		return nil, errors.New("cache folder: no path given")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("cache folder: %w", err)
	}
	s := &Store{dir: filepath.Join(dir, layout)}
	for _, sub := range []string{blobDir, tempDir, lockDir, valueDir} {
		if err := os.MkdirAll(filepath.Join(s.dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("cache folder: %w", err)
		}
	}
	markAsCache(dir)
	s.sweep(time.Now())
	return s, nil
}

// markAsCache tells backup programs to leave the folder out (the "Cache
// Directory Tagging" convention). It is a courtesy: errors do not matter.
func markAsCache(dir string) {
	tag := filepath.Join(dir, "CACHEDIR.TAG")
	if _, err := os.Lstat(tag); err != nil {
		_ = os.WriteFile(tag, []byte("Signature: 8a477f597d28d172789f06886806bc55\n"), 0o600)
	}
}

// sweep removes what processes that were killed left behind.
func (s *Store) sweep(now time.Time) {
	temp := filepath.Join(s.dir, tempDir)
	entries, err := os.ReadDir(temp)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && now.Sub(info.ModTime()) > staleAfter {
			_ = os.Remove(filepath.Join(temp, e.Name()))
		}
	}
}

// temp makes a new file in the folder for temporary files, which is on the
// same file system as everything else, as renaming needs.
func (s *Store) temp() (*os.File, error) {
	return os.CreateTemp(filepath.Join(s.dir, tempDir), "*.part")
}

// place renames a finished temporary file to its final path. Windows refuses to
// replace a file for the moment that a reader has it open.
func place(temp, final string) error {
	err := os.Rename(temp, final)
	for wait := time.Millisecond; runtime.GOOS == "windows" && errors.Is(err, os.ErrPermission) && wait < 50*time.Millisecond; wait *= 2 {
		time.Sleep(wait)
		err = os.Rename(temp, final)
	}
	if errors.Is(err, os.ErrNotExist) {
		if err := os.MkdirAll(filepath.Dir(final), 0o700); err != nil {
			return err
		}
		err = os.Rename(temp, final)
	}
	return err
}
