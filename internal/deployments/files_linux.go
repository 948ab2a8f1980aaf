package deployments

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// few is up to how many files and folders are made durable one by one.
const few = 24

// syncTree makes everything below dir durable. For many files one call for the
// whole file system is many times faster than one for each; it also waits for
// what others write, so a few files are better off alone.
func syncTree(dir string) error {
	if n, err := countUpTo(few+1, dir); err != nil || n <= few {
		return errors.Join(err, syncEach(dir))
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = unix.Syncfs(int(f.Fd()))
	if errors.Is(err, unix.ENOSYS) {
		err = syncEach(dir)
	} else if err != nil {
		err = &os.PathError{Op: "sync", Path: dir, Err: err}
	}
	return errors.Join(err, f.Close())
}

// countUpTo counts the files and folders below dir, and stops at most.
func countUpTo(most int, dir string) (n int, err error) {
	err = filepath.WalkDir(dir, func(_ string, _ fs.DirEntry, err error) error {
		if n++; err == nil && n == most {
			err = fs.SkipAll
		}
		return err
	})
	return n, err
}
