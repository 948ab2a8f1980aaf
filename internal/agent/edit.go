package agent

import (
	"slices"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/yamldoc"
)

// Place is where in the list of interpreters others are put; the zero Place is
// its end.
type Place struct {
	// First is the beginning of the list.
	First bool
	// Before is the interpreter of the list to stand before.
	Before string
}

// AddInterpreters is the text of agent.yml with these paths in the list, in
// this order; all else stays as it is. A path that is there already is moved
// where a place is named, and left alone otherwise.
func AddInterpreters(name string, data []byte, paths []string, place Place) ([]byte, error) {
	c, _, err := Parse(name, data)
	if err != nil {
		return nil, err
	}
	list := c.Interpreters
	if place == (Place{}) {
		paths = slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return slices.Contains(list, p) })
	}
	list = without(list, paths)
	at := len(list)
	switch {
	case place.First:
		at = 0
	case place.Before != "":
		if at = slices.Index(list, place.Before); at < 0 {
			return nil, notListed(name, place.Before, c.Interpreters)
		}
	}
	return edited(name, data, c.Interpreters, slices.Insert(list, at, paths...))
}

// RemoveInterpreters is the text of agent.yml without these paths in the list.
// One that is not in it is an error with exit code 11.
func RemoveInterpreters(name string, data []byte, paths []string) ([]byte, error) {
	c, _, err := Parse(name, data)
	if err != nil {
		return nil, err
	}
	var problems fault.List
	for _, path := range paths {
		if !slices.Contains(c.Interpreters, path) {
			problems = append(problems, notListed(name, path, c.Interpreters))
		}
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return edited(name, data, c.Interpreters, without(c.Interpreters, paths))
}

func edited(name string, data []byte, before, after []string) ([]byte, error) {
	if slices.Equal(before, after) {
		return data, nil
	}
	return yamldoc.SetTexts(name, data, "interpreters", after)
}

func without(list, paths []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(p string) bool { return slices.Contains(paths, p) })
}

func notListed(name, path string, list []string) error {
	err := fault.New(fault.NotFound, name+": "+path+" is not in the list of interpreters")
	if near, ok := fault.Nearest(path, list); ok {
		err = fault.WithHints(err, "did you mean "+near+"?")
	}
	return err
}
