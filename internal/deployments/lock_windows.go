package deployments

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// removeLocked: a file that is open cannot be removed.
const removeLocked = false

// handsOn: a child cannot be given open files.
const handsOn = false

// lockFile takes a lock that belongs to the handle, and with it to this process.
func lockFile(f *os.File, k kind) error {
	flags := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if k == alone {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, new(windows.Overlapped))
	switch {
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		return errBusy
	case err != nil:
		return &os.PathError{Op: "lock", Path: f.Name(), Err: err}
	}
	return nil
}

// inherit does nothing: axle stays beside what it starts, and holds the lease
// until that ends.
func inherit(*os.File) error { return nil }

func isNotFolder(err error) bool { return errors.Is(err, windows.ERROR_PATH_NOT_FOUND) }
