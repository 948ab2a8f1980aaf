package main

import (
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/places"
)

// places says where things lie.
func (e *env) places() places.Env { return places.Env(e.lookup) }

// first is the first of the variables that is set to something.
func (e *env) first(names ...string) string { return e.places().First(names...) }

// deployRoot is the folder of the deployments, which must be known.
func (e *env) deployRoot(flag, configured string) (string, error) {
	if dir := e.places().Root(flag, configured, places.Administrator()); dir != "" {
		return dir, nil
	}
	return "", fault.New(fault.Usage, "there is no folder for deployments: the environment names no home folder",
		"name one with --root, with AXLE_ROOT, or as root: in agent.yml")
}

// newAgentFile is where agent.yml is made when there is none.
func (e *env) newAgentFile(flag string) (string, error) {
	if file := e.places().NewAgentFile(flag, places.Administrator()); file != "" {
		return file, nil
	}
	return "", fault.New(fault.Usage, "there is no place for agent.yml: the environment names no home folder", "name the file with --config or AXLE_CONFIG")
}
