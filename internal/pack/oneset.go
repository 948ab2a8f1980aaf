package pack

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// OneSet gives the pins that serve every target, for a zip-safe extension.
// binary finds a binary in a file. What stands against it is reported all at
// once: first each distribution with a binary, then each other project whose
// files differ, with the targets that want each.
func OneSet(solutions []lock.Solution, binary func(lock.File) (member string, ok bool)) ([]lock.Pin, error) {
	if len(solutions) == 0 {
		return nil, nil
	}
	var problems fault.List
	native := map[pep508.Name]bool{}
	for _, s := range solutions {
		for _, p := range s.Pins {
			member, ok := binary(p.File)
			if ok && !native[p.Project] {
				native[p.Project] = true
				problems = append(problems, &NativeError{Distribution: fmt.Sprintf("%s %s", p.Project, p.Version), File: member})
			}
		}
	}
	for _, project := range projects(solutions) {
		if uses := usesOf(project, solutions); len(uses) > 1 && !native[project] {
			problems = append(problems, &DifferError{Project: project, Uses: uses})
		}
	}
	return solutions[0].Pins, problems.Err()
}

func projects(solutions []lock.Solution) []pep508.Name {
	seen := map[pep508.Name]bool{}
	for _, s := range solutions {
		for _, p := range s.Pins {
			seen[p.Project] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// Use is a file, and the targets that want it.
type Use struct {
	File    string // "" where the project is not wanted
	Why     string // why it cannot serve the other targets; "" when that is not known
	Targets []target.Target
}

// usesOf gives the different files of a project, in order of their first target.
func usesOf(project pep508.Name, solutions []lock.Solution) []Use {
	var uses []Use
	at := map[string]int{}
	for _, s := range solutions {
		p, _ := s.Pin(project)
		key := p.File.Key()
		if _, seen := at[key]; !seen {
			at[key] = len(uses)
			uses = append(uses, Use{File: p.File.Filename.Text, Why: why(project, s, solutions)})
		}
		uses[at[key]].Targets = append(uses[at[key]].Targets, s.Target)
	}
	return uses
}

// DifferError is a project that is not the same for all targets, in an
// extension that has room for one set of files only.
type DifferError struct {
	Project pep508.Name
	Uses    []Use
}

func (e *DifferError) Error() string {
	var parts []string
	for _, u := range e.Uses {
		file := u.File
		if file == "" {
			file = "nothing"
		}
		if u.Why != "" {
			file += " (" + u.Why + ")"
		}
		parts = append(parts, fmt.Sprintf("%s for %s", file, targetList(u.Targets)))
	}
	return fmt.Sprintf("%s: zip_safe: true has room for one file, and the targets want %s", e.Project, strings.Join(parts, "; "))
}

// ExitCode is that of a bad extension.yml.
func (e *DifferError) ExitCode() int { return fault.BadInput }

// Hints say what helps.
func (e *DifferError) Hints() []string {
	help := "pin a version of " + string(e.Project) + " that serves all targets"
	if slices.ContainsFunc(e.Uses, func(u Use) bool { return u.File == "" }) {
		help = "require " + string(e.Project) + " for all targets, without a marker"
	}
	return []string{"set zip_safe: false in extension.yml", "or " + help + ", or narrow requires_python"}
}

// maxTargets is how many targets a message names.
const maxTargets = 4

func targetList(list []target.Target) string {
	var names []string
	for i, t := range list {
		if i == maxTargets && len(list) > maxTargets+1 {
			names = append(names, fmt.Sprintf("%d more", len(list)-i))
			break
		}
		names = append(names, t.String())
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
