package bundle

import (
	"errors"
	"io/fs"
	"os"

	"github.com/axlepack/axle/internal/fault"
)

// writable checks, before anything is resolved or fetched, that a folder can
// be written to: with a file there that is gone at once. A folder that does not
// exist is one that can be made beside what does.
func (s *session) writable(dir string) error {
	info, err := os.Stat(dir)
	if dir != s.project.Dir && errors.Is(err, fs.ErrNotExist) {
		dir = s.project.Dir
		info, err = os.Stat(dir)
	}
	if err == nil && !info.IsDir() {
		err = errors.New("is a file, not a folder")
	}
	if err == nil {
		err = tryWriting(dir)
	}
	if err == nil {
		return nil
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fault.WithHints(fault.Errorf(fault.Internal, "%s: cannot be written to: %w", dir, err),
		"make it writable, or work on a copy of the project")
}

func tryWriting(dir string) error {
	f, err := os.CreateTemp(dir, stagePrefix)
	if err != nil {
		return err
	}
	err = f.Close()
	return errors.Join(err, os.Remove(f.Name()))
}
