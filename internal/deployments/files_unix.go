//go:build !windows

package deployments

import (
	"errors"
	"os"
)

// rename puts a finished file or folder into its place.
func rename(from, to string) error { return os.Rename(from, to) }

// syncFile makes the contents of a file durable. It need not be writable.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// isFull: ENOSPC is all there is.
func isFull(error) bool { return false }
