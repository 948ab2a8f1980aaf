//go:build unix

package deployments

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// removeLocked: a file can be removed while it is open.
const removeLocked = true

// handsOn: a child can be given open files.
const handsOn = true

// lockFile takes a lock that belongs to the open file, and with it to every
// process that inherits it.
func lockFile(f *os.File, k kind) error {
	how := unix.LOCK_EX
	if k == shared {
		how = unix.LOCK_SH
	}
	for {
		err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK):
			return errBusy
		case err != nil:
			return &os.PathError{Op: "lock", Path: f.Name(), Err: err}
		default:
			return nil
		}
	}
}

// inherit lets programs that this process becomes have the file.
func inherit(f *os.File) error {
	_, err := unix.FcntlInt(f.Fd(), unix.F_SETFD, 0)
	return err
}

func isNotFolder(err error) bool { return errors.Is(err, syscall.ENOTDIR) }
