package extension

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
)

// Project is a project folder as read.
type Project struct {
	// Dir is the folder as given.
	Dir string
	// Source is the folder with the modules: "src" in Dir as UIP-CLI has it, or
	// Dir itself when the project is flat.
	Source string
	// ManifestPath is where extension.yml lies.
	ManifestPath string
	Manifest     Manifest
	// RequirementsPaths are the files that say what is required, without those
	// that they include; where there is none, nothing is required.
	RequirementsPaths []string
	Requirements      Requirements
	// Modules are the files to pack, as paths below Source with slashes, sorted.
	// extension.yml is not among them.
	Modules []string
}

// LoadOptions say what of a project is read. What they name comes in addition
// to what the manifest names.
type LoadOptions struct {
	// Env looks up the variables that requirements name; nil is an empty
	// environment.
	Env func(string) (string, bool)
	// Constraints and Overrides are further requirements files.
	Constraints, Overrides []string
	// Extras of the project that pyproject.toml describes; AllExtras are all it
	// has.
	Extras    []string
	AllExtras bool
	// Groups are dependency groups, "NAME" or "PATH:NAME".
	Groups []string
}

// Load reads a project folder: src/extension.yml and what lies beside it as
// UIP-CLI lays a project out, or extension.yml at the top; and the files that
// bundle.requirements names, else requirements.txt at the top or beside
// extension.yml, else a pyproject.toml at the top that has [project].
//
// Packed are all files of the source folder but for extension.yml, the
// requirements, compiled Python, hidden files, and what editors, version
// control and build tools leave. (UIP-CLI packs *.py alone; data files of the
// packages are packed here too, so that an extension can read them.) Of src/templates
// only Python modules count. In a flat project the files that describe the
// project (setup.py, README.md and the like), dist, build, 3pp and folders without
// a Python file are left out as well.
//
// The error holds every mistake found in all files.
func Load(dir string, opt LoadOptions) (Project, []fault.Warning, error) {
	l := loader{project: Project{Dir: dir}, opt: opt}
	if err := l.findManifest(); err != nil {
		return Project{}, nil, err
	}
	l.readManifest()
	l.readRequirements()
	l.readModules()
	if err := l.problems.Err(); err != nil {
		return Project{}, l.warnings, err
	}
	return l.project, l.warnings, nil
}

type loader struct {
	project  Project
	opt      LoadOptions
	warnings []fault.Warning
	problems fault.List
}

// take adds the members of an error that is a list, else the error.
func (l *loader) take(warnings []fault.Warning, err error) {
	l.warnings = append(l.warnings, warnings...)
	var list fault.List
	switch {
	case err == nil:
	case errors.As(err, &list):
		l.problems = append(l.problems, list...)
	default:
		l.problems = append(l.problems, err)
	}
}

func (l *loader) fail(path, reason, hint string) {
	l.problems = append(l.problems, &fault.Problem{File: path, Reason: reason, Hint: hint})
}

func (l *loader) findManifest() error {
	dir := l.project.Dir
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.NotFound, dir+": no such folder", "name the folder of a project, or make one with: axle init "+dir)
	case err != nil:
		return fault.Errorf(fault.BadInput, "%s: %s", dir, reasonOf(err))
	case !info.IsDir():
		return fault.New(fault.BadInput, dir+": is not a folder", "name the project's folder: "+filepath.Dir(dir))
	}
	inSource, flat := filepath.Join(dir, "src", ManifestName), filepath.Join(dir, ManifestName)
	switch {
	case isFile(inSource):
		l.project.Source, l.project.ManifestPath = filepath.Join(dir, "src"), inSource
		if isFile(flat) {
			l.warnings = append(l.warnings, fault.Warning{File: flat, Text: "is not read: the project has a " + filepath.Join("src", ManifestName)})
		}
	case isFile(flat):
		l.project.Source, l.project.ManifestPath = dir, flat
	default:
		return noManifest(dir)
	}
	return nil
}

func noManifest(dir string) error {
	err := fault.Errorf(fault.BadInput, "%s: is no extension: it has neither %s nor %s", dir, filepath.Join("src", ManifestName), ManifestName)
	for _, near := range []string{filepath.Join("src", "extension.yaml"), "extension.yaml"} {
		if isFile(filepath.Join(dir, near)) {
			return fault.WithHints(err, "rename "+near+" to "+ManifestName)
		}
	}
	return fault.WithHints(err, "give the folder that has the project: axle build DIR", "or make a new one with: axle init DIR")
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func (l *loader) readManifest() {
	path := l.project.ManifestPath
	data, err := os.ReadFile(path)
	if err != nil {
		l.fail(path, reasonOf(err), "")
		return
	}
	m, warnings, err := ParseManifest(path, data)
	l.project.Manifest = m
	l.take(warnings, err)
}

func (l *loader) readModules() {
	real, err := filepath.EvalSymlinks(l.project.Dir)
	if err != nil {
		l.fail(l.project.Dir, reasonOf(err), "")
		return
	}
	w := &moduleWalk{loader: l, root: real, flat: l.project.Source == l.project.Dir, exclude: l.project.Manifest.Bundle.Exclude}
	w.walk("", nil)
	slices.Sort(w.files)
	l.project.Modules = w.files
	w.checkNames()
	if !slices.Contains(w.files, "extension.py") {
		l.fail(filepath.Join(l.project.Source, "extension.py"), "no such file", "an extension's own code is in extension.py, beside "+ManifestName)
	}
	slices.SortStableFunc(l.warnings, func(a, b fault.Warning) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
}
