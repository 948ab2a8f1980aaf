package extension

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
)

// ProjectName is the usual name of a project's metadata (PEP 621, PEP 735).
const ProjectName = "pyproject.toml"

// inputs are the files that requirements come from, and what is taken of them.
type inputs struct {
	// files are requirements files and, where they end in .toml, pyproject.toml.
	files                  []string
	constraints, overrides []string
	extras                 []pep508.Name
	allExtras              bool
	groups                 []group
}

// group is a dependency group (PEP 735) of a pyproject.toml.
type group struct {
	path string
	name pep508.Name
}

func isTOML(path string) bool { return strings.EqualFold(filepath.Ext(path), ".toml") }

// isLockName says whether PEP 751 gives the name to a lock.
func isLockName(path string) bool {
	base := filepath.Base(path)
	return base == "pylock.toml" || strings.HasPrefix(base, "pylock.") && strings.HasSuffix(base, ".toml")
}

// readInputs reads all files with one reader, so that what they say adds up as
// if one included the others.
func readInputs(in inputs, opt RequirementsOptions) (Requirements, []fault.Warning, error) {
	r := newRequirementsReader(opt)
	var projects []*projectFile
	for _, path := range in.files {
		switch {
		case isLockName(path):
			r.problems = append(r.problems, &fault.Problem{File: path, Reason: "is a lock, not a " + ProjectName,
				Hint: "name the requirements it was made of, and take its versions with --pins"})
		case isTOML(path):
			if p := r.project(path); p != nil {
				p.readProject()
				projects = append(projects, p)
			}
		default:
			r.readFile(path, required, nil)
		}
	}
	r.readExtras(in, projects)
	for _, g := range in.groups {
		if p := r.project(g.path); p != nil {
			p.readGroup(g.name)
		}
	}
	for _, path := range in.constraints {
		r.readLocal(path, constrained)
	}
	for _, path := range in.overrides {
		r.readLocal(path, overridden)
	}
	return r.result()
}

// readLocal reads a file that an option names, which pip takes from the network
// too.
func (r *requirementsReader) readLocal(path string, as role) {
	if fileScheme.MatchString(path) {
		r.problems = append(r.problems, &fault.Problem{File: path, Reason: "is an address, not a file", Hint: "download it, and name the file"})
		return
	}
	r.readFile(path, as, nil)
}

// readExtras takes each extra from every project that has it; one that none has
// is a problem.
func (r *requirementsReader) readExtras(in inputs, projects []*projectFile) {
	for _, p := range projects {
		if in.allExtras {
			p.readAllExtras()
		}
	}
	for _, name := range in.extras {
		found := false
		for _, p := range projects {
			found = p.readExtra(name) || found
		}
		if !found {
			r.noExtra(name, projects)
		}
	}
}

func (r *requirementsReader) noExtra(name pep508.Name, projects []*projectFile) {
	var known []string
	for _, p := range projects {
		if p.broken || p.isDynamic("optional-dependencies") {
			return // that is a problem already
		}
		for extra := range p.extras {
			known = append(known, string(extra))
		}
	}
	slices.Sort(known)
	if len(projects) == 0 {
		r.problems = append(r.problems, &fault.Problem{Reason: "the extra " + string(name) + " is asked for, and no " + ProjectName + " is read",
			Hint: "name it in extension.yml: bundle: {requirements: " + ProjectName + "}"})
		return
	}
	r.problems = append(r.problems, &fault.Problem{File: projects[0].file.name, Reason: "there is no extra " + string(name), Hint: nearest(string(name), known)})
}

// nearest is a hint at a name that may be meant, or at all there are.
func nearest(name string, known []string) string {
	switch near, ok := fault.Nearest(name, known); {
	case ok:
		return "did you mean " + near + "?"
	case len(known) > 0:
		return "there are " + strings.Join(known, ", ")
	}
	return ""
}
