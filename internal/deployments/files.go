package deployments

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func writeRecord(dir string, rec Record) error {
	text, err := rec.marshal()
	if err != nil {
		return err
	}
	return writeSynced(filepath.Join(dir, "record.json"), text)
}

// writeSynced writes a file and waits until it is on the disk.
func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// moveInto gives a finished folder its name and makes the name durable.
func moveInto(dir, final string) error {
	// MkdirTemp makes folders that only their owner can read; an extension
	// may run as somebody else.
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	if err := os.Rename(dir, final); err != nil {
		return err
	}
	return syncDir(filepath.Dir(final))
}

// syncDir makes the names in a folder durable, on systems where a folder can
// be opened for that.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
