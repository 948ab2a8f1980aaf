package bundle

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/resolve"
	"github.com/axlepack/axle/internal/target"
)

// asked is what a lock is to answer, in the form in which it is kept: what
// changes the outcome is in it, and what differs from machine to machine
// (folders, the clock, indexes but for pins to them) is not.
func (s *session) asked(r resolve.Request) lock.Asked {
	a := lock.Asked{
		Targets:      slices.Clone(s.targets),
		Requirements: s.askedTexts(r.Requirements),
		Constraints:  s.askedTexts(r.Constraints),
		Overrides:    s.askedTexts(r.Overrides),
		Policy:       s.policy.asRecorded(),
	}
	var pythons pep440.SpecifierSet
	for _, p := range s.project.Requirements.Pythons {
		pythons = pythons.And(p.Specifier)
	}
	if !pythons.IsEmpty() {
		a.Policy["requires-python"] = pythons.String()
	}
	var indexes []string
	for project, at := range s.indexPins {
		indexes = append(indexes, string(project)+"="+index.Redact(at))
	}
	if slices.Sort(indexes); len(indexes) > 0 {
		a.Policy["index-pins"] = strings.Join(indexes, ",")
	}
	a.Normalize()
	return a
}

func (s *session) askedTexts(list []resolve.Requirement) []string {
	var texts []string
	for _, r := range list {
		q := r.Requirement
		if r.File != nil {
			q.Specifier = pep440.SpecifierSet{}
			if q.URL = r.File.URL; r.File.Path != "" {
				q.URL = s.placeOf(r.File.Path, r.File.URL)
			}
		}
		texts = append(texts, lock.RequirementText(q, r.Hashes))
	}
	return texts
}

// placeOf is the path of a file in the project, so that the project can be
// moved, and the address of another file.
func (s *session) placeOf(path, address string) string {
	rel, err := filepath.Rel(s.dir(), path)
	if err != nil || !filepath.IsLocal(rel) {
		return address
	}
	return "./" + (&url.URL{Path: filepath.ToSlash(rel)}).EscapedPath()
}

// dir is the project's folder as an absolute path.
func (s *session) dir() string {
	if abs, err := filepath.Abs(s.project.Dir); err == nil {
		return abs
	}
	return s.project.Dir
}

// asRecorded are the settings that are not the default.
func (c chosen) asRecorded() map[string]string {
	p := map[string]string{}
	set := func(key, value, usual string) {
		if value != "" && value != usual {
			p[key] = value
		}
	}
	set("align", string(c.align), string(resolve.AlignPython))
	set("prefer", string(c.prefer), string(resolve.PreferShared))
	set("resolution", string(c.resolution), string(resolve.Highest))
	set("all-releases", selected(c.releases.AllReleases), "")
	set("only-final", selected(c.releases.OnlyFinal), "")
	set("only-binary", selected(c.formats.OnlyBinary), "")
	set("no-binary", selected(c.formats.NoBinary), "")
	set("build-sdists", selected(c.sdists), "")
	if c.requireHashes {
		p["require-hashes"] = "true"
	}
	if !c.excludeNewer.IsZero() {
		p["exclude-newer"] = c.excludeNewer.String()
	}
	return p
}

// selected writes a selection as options have it.
func selected(s extension.Selection) string {
	names := make([]string, 0, len(s.Names)+1)
	if s.All {
		names = append(names, ":all:")
	}
	for _, n := range s.Names {
		names = append(names, string(n))
	}
	return strings.Join(names, ",")
}

// multiUse says that the requirements come from no pyproject.toml, whose extras
// and groups a lock for some of them would hide.
func (s *session) multiUse() bool {
	return !slices.ContainsFunc(s.project.Requirements.Files, func(f string) bool { return filepath.Base(f) == "pyproject.toml" })
}

// without leaves projects out of solutions, so that these are chosen anew.
func without(solutions []lock.Solution, projects []pep508.Name) []lock.Solution {
	out := slices.Clone(solutions)
	for i := range out {
		out[i].Pins = slices.DeleteFunc(slices.Clone(out[i].Pins), func(p lock.Pin) bool { return slices.Contains(projects, p.Project) })
	}
	return out
}

// solutionFor finds the solution of a target.
func solutionFor(solutions []lock.Solution, t target.Target) (lock.Solution, bool) {
	i := slices.IndexFunc(solutions, func(s lock.Solution) bool { return s.Target == t })
	if i < 0 {
		return lock.Solution{}, false
	}
	return solutions[i], true
}
