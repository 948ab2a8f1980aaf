package selector

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/axlepack/axle/internal/agent"
	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
)

// Place is where in the agent's list of interpreters others are put: its end,
// its beginning, or before another one.
type Place = agent.Place

// Edited is what became of an agent.yml.
type Edited struct {
	File string `json:"file"`
	// Interpreters is the list as it stands now.
	Interpreters []string `json:"interpreters"`
	// Changed is false where it was so already, and nothing was written.
	Changed bool `json:"changed"`
}

// AddInterpreters puts interpreters on the list of an agent.yml, in order, and
// moves those that are on it already where a place is named. A file that does
// not exist is made, with its folder.
func AddInterpreters(file string, paths []string, place Place) (Edited, error) {
	return edit(file, true, func(text []byte) ([]byte, error) { return agent.AddInterpreters(file, text, paths, place) })
}

// RemoveInterpreters takes interpreters off the list of an agent.yml. One that
// is not on it is an error with exit code 11, and nothing is changed.
func RemoveInterpreters(file string, paths []string) (Edited, error) {
	return edit(file, false, func(text []byte) ([]byte, error) { return agent.RemoveInterpreters(file, text, paths) })
}

// edit rewrites a file whole or not at all. All but what the change is about
// stays as it was, the mode of the file too, and a link stays one.
func edit(file string, create bool, change func([]byte) ([]byte, error)) (Edited, error) {
	target := file
	if real, err := filepath.EvalSymlinks(file); err == nil {
		target = real
	}
	before, err := os.ReadFile(target)
	missing := errors.Is(err, fs.ErrNotExist)
	switch {
	case missing && create:
		err = os.MkdirAll(filepath.Dir(target), 0o755)
	case missing:
		return Edited{}, fault.New(fault.NotFound, file+": no such file")
	}
	if err != nil {
		return Edited{}, fault.WithCode(err, fault.BadInput)
	}
	after, err := change(before)
	if err != nil {
		return Edited{}, err
	}
	c, _, err := agent.Parse(file, after)
	if err != nil {
		return Edited{}, err
	}
	out := Edited{File: file, Interpreters: c.Interpreters, Changed: missing || !bytes.Equal(before, after)}
	if !out.Changed {
		return out, nil
	}
	return out, rewrite(target, after)
}

func rewrite(file string, text []byte) error {
	info, statErr := os.Stat(file)
	err := archive.WriteFile(file, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if err == nil && statErr == nil {
		err = os.Chmod(file, info.Mode().Perm())
	}
	return err
}
