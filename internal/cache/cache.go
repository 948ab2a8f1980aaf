// Package cache keeps what was fetched, for several processes at once.
//
// It holds two kinds of things below one folder. Blobs are whole files under
// their SHA-256; they are read-only, and appear by one rename once they are
// complete and their digest is right. Values are small texts under a
// namespace and a key: index pages, metadata, answers of probes.
//
// Nothing half-written is ever seen: a value carries a checksum and a blob is
// known by size and time of change, so that what was damaged from outside
// counts as absent and is written again. No lock is needed to read or write;
// [Store.Lock] is for work that should be done by one process only, such as a
// download. A cache that cannot be written makes work slower, not impossible:
// callers may ignore the error of [Store.Set].
//
// The formats of the folder are versioned by its first component; callers put
// the version of their own encoding into the namespace. The whole folder may
// be deleted at any time when no process uses it.
package cache

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// layout names the format of everything below the folder; another format
// takes another name, and the old one is never read.
const layout = "v1"

// Store is a cache folder. It has no state beside the files, and is safe for
// use by several goroutines and processes.
type Store struct {
	dir string
}

// Open prepares the folder dir, which is made when it does not exist.
func Open(dir string) (*Store, error) {
	if dir == "" {
		return nil, fmt.Errorf("cache folder: no path given")
	}
	s := &Store{dir: filepath.Join(dir, layout)}
	for _, sub := range []string{blobDir, tempDir, lockDir, valueDir} {
		if err := os.MkdirAll(filepath.Join(s.dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("cache folder: %w", err)
		}
	}
	return s, nil
}

const (
	blobDir  = "blobs"
	tempDir  = "tmp"
	lockDir  = "locks"
	valueDir = "values"
)

// Blob finds the file with the given SHA-256 (hexadecimal).
func (s *Store) Blob(sha256hex string) (path string, ok bool) { return "", false }

// Put stores the bytes that write writes as a blob. When sha256hex is given
// and the bytes have another digest, nothing is stored and the error is a
// [*MismatchError].
func (s *Store) Put(ctx context.Context, sha256hex string, write func(io.Writer) error) (sum string, size int64, path string, err error) {
	return "", 0, "", fmt.Errorf("not implemented")
}

// MismatchError says that bytes have another digest than they should.
type MismatchError struct {
	Want, Got string // SHA-256, hexadecimal
	Size      int64  // bytes that were written
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("sha256 is %s, expected %s", e.Got, e.Want)
}

// Get reads a value. The bytes belong to the caller.
func (s *Store) Get(namespace, key string) (data []byte, ok bool) { return nil, false }

// Set writes a value, replacing what was there.
func (s *Store) Set(namespace, key string, data []byte) error { return nil }

// Lock waits until no other process and no other goroutine holds the lock of
// that name, or until ctx is done.
func (s *Store) Lock(ctx context.Context, name string) (unlock func(), err error) {
	return func() {}, nil
}
