package deployments

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// syncEach makes every file and folder below dir durable, one by one.
func syncEach(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return syncDir(path)
		}
		return syncFile(path)
	})
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrPermission) {
		// Written by us and not writable for us: the system does not tell
		// owners from permissions as we know it, and the data is safe soon.
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
