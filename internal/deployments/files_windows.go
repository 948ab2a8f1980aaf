package deployments

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// Errors of Windows that the package syscall does not name.
const (
	errSharingViolation = syscall.Errno(32)
	errHandleDiskFull   = syscall.Errno(39)
	errDiskFull         = syscall.Errno(112)
)

// patience is how long a name may be held by a program that looks at every new
// file (virus scanners, indexers), or by a reader of it.
const patience = 5 * time.Second

// rename puts a finished file or folder into its place.
func rename(from, to string) error {
	until := time.Now().Add(patience)
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 200*time.Millisecond) {
		err := os.Rename(from, to)
		held := errors.Is(err, syscall.ERROR_ACCESS_DENIED) || errors.Is(err, errSharingViolation)
		if !held || time.Now().After(until) {
			return err
		}
		time.Sleep(wait)
	}
}

// syncFile makes the contents of a file durable, which must be writable for
// that.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrPermission) {
		return nil // the system writes it soon
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncDir does nothing: names are durable in the order they were made.
func syncDir(string) error { return nil }

// isFull knows the errors of Windows for a full disk.
func isFull(err error) bool { return errors.Is(err, errDiskFull) || errors.Is(err, errHandleDiskFull) }
