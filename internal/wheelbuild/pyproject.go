package wheelbuild

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
	"github.com/axlepack/axle/internal/pep508"
)

// buildSystem is [build-system] of a pyproject.toml (PEP 517, 518).
type buildSystem struct {
	Requires    []string
	Backend     string   // "module" or "module:object"
	BackendPath []string // folders of the source, in which alone the backend is looked for
}

// legacy is what a project has that does not say: setup.py, run by setuptools.
var legacy = buildSystem{Requires: []string{"setuptools>=40.8.0"}, Backend: "setuptools.build_meta:__legacy__"}

var backendForm = lazyregexp.New(`^[\pL_][\pL\pN_.]*(:[\pL_][\pL\pN_.]*)?$`)

// parseBuildSystem reads a pyproject.toml. Errors carry [fault.BadInput].
func parseBuildSystem(data []byte) (buildSystem, error) {
	var doc struct {
		BuildSystem *struct {
			Requires    *[]string `toml:"requires"`
			Backend     string    `toml:"build-backend"`
			BackendPath []string  `toml:"backend-path"`
		} `toml:"build-system"`
	}
	if err := toml.Unmarshal(data, &doc); err != nil {
		return buildSystem{}, badToml(err)
	}
	table := doc.BuildSystem
	if table == nil {
		return legacy, nil
	}
	if table.Requires == nil {
		return buildSystem{}, badProject("[build-system] has no requires, which it must have")
	}
	s := buildSystem{Requires: *table.Requires, Backend: table.Backend, BackendPath: table.BackendPath}
	for _, r := range s.Requires {
		if _, err := pep508.Parse(r); err != nil {
			return buildSystem{}, badProject("[build-system] requires: " + err.Error())
		}
	}
	if s.Backend == "" {
		if len(s.BackendPath) > 0 {
			return buildSystem{}, badProject("[build-system] has a backend-path and no build-backend")
		}
		s.Backend = legacy.Backend
	}
	return s, s.check()
}

func (s buildSystem) check() error {
	if !backendForm.MatchString(s.Backend) {
		return badProject("[build-system] build-backend: \"" + s.Backend + "\" is not of the form module:object")
	}
	for _, p := range s.BackendPath {
		if path.IsAbs(p) || strings.Contains(p, `\`) || slices.Contains(strings.Split(p, "/"), "..") {
			return badProject("[build-system] backend-path: \"" + p + "\" is not a folder of the source")
		}
	}
	return nil
}

func badProject(reason string) error { return fault.New(fault.BadInput, "pyproject.toml: "+reason) }

func badToml(err error) error {
	var at *toml.DecodeError
	if errors.As(err, &at) {
		row, col := at.Position()
		return fault.Errorf(fault.BadInput, "pyproject.toml:%d:%d: %s", row, col, strings.TrimPrefix(at.Error(), "toml: "))
	}
	return badProject(strings.TrimPrefix(err.Error(), "toml: "))
}

// statedPython is requires-python of [project], "" where there is none to read.
func statedPython(data []byte) string {
	var doc struct {
		Project struct {
			RequiresPython string `toml:"requires-python"`
		} `toml:"project"`
	}
	if toml.Unmarshal(data, &doc) != nil {
		return ""
	}
	return doc.Project.RequiresPython
}
