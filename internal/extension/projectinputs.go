package extension

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/tomldoc"
)

// readRequirements reads what the manifest and the caller name.
func (l *loader) readRequirements() {
	b := l.project.Manifest.Bundle
	in := inputs{files: l.requirementsPaths(), allExtras: l.opt.AllExtras || b.AllExtras}
	in.constraints, in.overrides = l.opt.Constraints, l.opt.Overrides
	in.extras = b.Extras
	for _, text := range l.opt.Extras {
		name, err := pep508.ParseName(text)
		if err != nil {
			l.problems = append(l.problems, fault.WithCode(fmt.Errorf("the extra %s: %w", text, err), fault.Usage))
		} else if !slices.Contains(in.extras, name) {
			in.extras = append(slices.Clip(in.extras), name)
		}
	}
	for _, text := range b.Groups {
		l.addGroup(&in, text, l.project.Dir)
	}
	for _, text := range l.opt.Groups {
		l.addGroup(&in, text, "")
	}
	r, warnings, err := readInputs(in, RequirementsOptions{Dir: l.project.Dir, Env: l.opt.Env})
	l.project.RequirementsPaths, l.project.Requirements = in.files, r
	l.take(warnings, err)
}

// splitGroup parts "PATH:NAME".
func splitGroup(text string) (path, name string) {
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		return text[:i], text[i+1:]
	}
	return "", text
}

// addGroup takes a group of the file it names, seen from dir, else of the
// project's own pyproject.toml.
func (l *loader) addGroup(in *inputs, text, dir string) {
	path, word := splitGroup(text)
	name, err := pep508.ParseName(word)
	own := slices.IndexFunc(in.files, isTOML)
	switch {
	case err != nil:
		l.problems = append(l.problems, fault.WithCode(fmt.Errorf("the dependency group %s: %w", text, err), fault.Usage))
		return
	case path != "":
		path = under(dir, filepath.FromSlash(path))
	case own >= 0:
		path = in.files[own]
	default:
		path = filepath.Join(l.project.Dir, ProjectName)
	}
	if g := (group{path, name}); !slices.Contains(in.groups, g) {
		in.groups = append(in.groups, g)
	}
}

func under(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// requirementsPaths are the files that the manifest names, or those found.
func (l *loader) requirementsPaths() []string {
	p := l.project
	var paths []string
	for _, name := range p.Manifest.Bundle.Requirements {
		path := under(p.Dir, filepath.FromSlash(name))
		if isFile(path) {
			paths = append(paths, path)
			continue
		}
		l.problems = append(l.problems, p.Manifest.Problem("bundle.requirements", path+": no such file", ""))
	}
	if len(p.Manifest.Bundle.Requirements) > 0 {
		return paths
	}
	top, beside := filepath.Join(p.Dir, RequirementsName), filepath.Join(p.Source, RequirementsName)
	project := filepath.Join(p.Dir, ProjectName)
	for _, path := range []string{top, beside} {
		if reason := notAFile(path); reason != "" {
			l.fail(path, reason, "make it a file, or take it away where nothing is required")
			return nil
		}
	}
	switch {
	case isFile(top) && top != beside && isFile(beside):
		l.warnings = append(l.warnings, fault.Warning{File: beside, Text: "is not read: the project has a " + RequirementsName + " at its top"})
		return []string{top}
	case isFile(top):
		return []string{top}
	case isFile(beside):
		return []string{beside}
	case isFile(project) && describesProject(project):
		return []string{project}
	}
	return nil
}

// notAFile says what stands at a path where a file was to be, and "" of a file
// or of nothing. Taken for nothing it would silently be an extension without
// dependencies.
func notAFile(path string) string {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "is a link that leads nowhere"
	case err != nil:
		return reasonOf(err)
	case info.IsDir():
		return "is a folder, not a file"
	case !info.Mode().IsRegular():
		return "is not a file"
	}
	return ""
}

// describesProject says whether a pyproject.toml has [project]: many have
// settings of tools alone. One that cannot be read is read later, for its
// problem.
func describesProject(path string) bool {
	data, err := os.ReadFile(path)
	if err != nil {
		return true
	}
	doc, err := tomldoc.Open(path, data)
	return err != nil || doc.Root().Get("project").There()
}
