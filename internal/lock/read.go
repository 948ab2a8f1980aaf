package lock

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// Lock gives the pins back that the record names, for the targets that are
// wanted, in their order; nothing else needs to be known for installing them.
// Targets that are not locked are left out. dir is the folder in which the
// document lies. A document without a record has no pins of this kind: see
// Preferences.
func (d *Document) Lock(dir string, wanted []target.Target) (Lock, error) {
	files, facts := filesOf(d.Packages), map[string]*Facts{}
	for i, f := range d.Record.Facts {
		facts[f.File] = &d.Record.Facts[i]
	}
	roots := d.Record.roots()
	var l Lock
	for _, t := range wanted {
		if hole, ok := d.Record.hole(t); ok {
			l.Failures = append(l.Failures, Failure{t, hole.err()})
			continue
		}
		chosen, ok := d.Record.chosen(t)
		if !ok {
			continue
		}
		s := Solution{Target: t, Notes: chosen.Notes}
		requires := map[pep508.Name][]pep508.Requirement{}
		for _, ref := range chosen.Files {
			pin, needs, err := pinOf(files[ref], facts[ref], dir)
			if err != nil {
				return Lock{}, err
			}
			s.Pins = append(s.Pins, pin)
			requires[pin.Project] = needs
		}
		slices.SortFunc(s.Pins, func(p, q Pin) int { return cmp.Compare(p.Project, q.Project) })
		relate(&s, roots.of(t), requires)
		l.Solutions = append(l.Solutions, s)
	}
	return l, nil
}

func (rec *Record) chosen(t target.Target) (Chosen, bool) {
	i := slices.IndexFunc(rec.Chosen, func(c Chosen) bool { return slices.Contains(c.Targets, t) })
	if i < 0 {
		return Chosen{}, false
	}
	return rec.Chosen[i], true
}

func (rec *Record) hole(t target.Target) (Hole, bool) {
	i := slices.IndexFunc(rec.Holes, func(h Hole) bool { return slices.Contains(h.Targets, t) })
	if i < 0 {
		return Hole{}, false
	}
	return rec.Holes[i], true
}

func (h Hole) err() error {
	err := fault.New(cmp.Or(h.Code, fault.Resolution), h.Reason, h.Hints...)
	if len(h.Causes) == 0 {
		return err
	}
	return &holeError{err, h.Causes}
}

// pinOf is the pin by a file, and what its distribution requires.
func pinOf(f packaged, facts *Facts, dir string) (Pin, []pep508.Requirement, error) {
	name, err := filename(f)
	if err != nil {
		return Pin{}, nil, err
	}
	pin := Pin{
		Project: f.pkg.Name, Version: f.pkg.Version, Index: f.pkg.Index, RequiresPython: f.pkg.RequiresPython,
		File: File{
			Filename: name, URL: f.artifact.URL, Path: absolute(dir, f.artifact.Path), SHA256: f.artifact.Hashes["sha256"],
			Size: f.artifact.Size, UploadTime: f.artifact.UploadTime,
		},
	}
	if pin.Version.IsZero() {
		pin.Version = name.Version
	}
	if facts == nil {
		return pin, f.pkg.Requires, nil
	}
	pin.Index, pin.RequiresPython = facts.Index, facts.RequiresPython
	return pin, facts.Requires, nil
}

// filename reads the name of a wheel; of a source distribution it has what the
// resolver gives it: text, name and version.
func filename(f packaged) (wheel.Filename, error) {
	if strings.HasSuffix(f.artifact.Name, wheel.Extension) {
		return wheel.ParseFilenameLenient(f.artifact.Name)
	}
	version := f.pkg.Version // the name of an archive need not have it
	if s, err := wheel.ParseSdist(f.artifact.Name, f.pkg.Name); err == nil {
		version = s.Version
	} else if version.IsZero() {
		return wheel.Filename{}, err
	}
	return wheel.Filename{Text: f.artifact.Name, Name: f.pkg.Name, Version: version}, nil
}

// absolute is a path of the document as seen from here, "" for "".
func absolute(dir, path string) string {
	if path == "" || filepath.IsAbs(filepath.FromSlash(path)) {
		return filepath.FromSlash(path)
	}
	return filepath.Join(dir, filepath.FromSlash(strings.ReplaceAll(path, `\`, "/")))
}

// asked are the user's requirements with their overrides.
type asked struct {
	requirements []pep508.Requirement
	overrides    map[pep508.Name][]pep508.Requirement
}

func (rec *Record) roots() asked {
	a := asked{overrides: map[pep508.Name][]pep508.Requirement{}}
	for _, text := range rec.Requirements {
		if r, err := parseAsked(text); err == nil {
			a.requirements = append(a.requirements, r)
		}
	}
	for _, text := range rec.Overrides {
		if r, err := parseAsked(text); err == nil {
			a.overrides[r.Name] = append(a.overrides[r.Name], r)
		}
	}
	return a
}

// of are those that count for a target.
func (a asked) of(t target.Target) []pep508.Requirement {
	var out []pep508.Requirement
	for _, r := range a.requirements {
		switch over := a.overrides[r.Name]; {
		case !r.Marker.Eval(t.Environment()):
		case len(over) > 0:
			out = append(out, holding(over, t, nil)...)
		default:
			out = append(out, r)
		}
	}
	return out
}

// holding are the requirements that count for a target and the extras asked of
// the project.
func holding(all []pep508.Requirement, t target.Target, extras []pep508.Name) []pep508.Requirement {
	env := t.Environment()
	var out []pep508.Requirement
	for _, r := range all {
		if r.Marker.Eval(env) || len(extras) > 0 && r.Marker.Eval(env, extras...) {
			out = append(out, r)
		}
	}
	return out
}

// relate says of each pin who requires it, with which extras, and what it
// requires itself.
func relate(s *Solution, roots []pep508.Requirement, requires map[pep508.Name][]pep508.Requirement) {
	pins := map[pep508.Name]*Pin{}
	for i := range s.Pins {
		pins[s.Pins[i].Project] = &s.Pins[i]
	}
	followed := map[pep508.Name]int{} // with how many extras; one more for none
	var reach func(list []pep508.Requirement, from pep508.Name)
	reach = func(list []pep508.Requirement, from pep508.Name) {
		for _, r := range list {
			pin := pins[r.Name]
			if pin == nil {
				continue
			}
			if from == "" {
				pin.Direct = true
			} else if from != pin.Project {
				pin.Via = append(pin.Via, from)
			}
			pin.Extras = sorted(append(pin.Extras, r.Extras...))
			if followed[r.Name] <= len(pin.Extras) {
				followed[r.Name] = len(pin.Extras) + 1
				reach(holding(requires[r.Name], s.Target, pin.Extras), r.Name)
			}
		}
	}
	reach(roots, "")
	for name, pin := range pins {
		pin.Via = sorted(pin.Via)
		pin.Requires = holding(requires[name], s.Target, pin.Extras)
	}
}

// sorted sorts names, each once; nil where there are none.
func sorted(names []pep508.Name) []pep508.Name {
	slices.Sort(names)
	return slices.Compact(names)
}

// sortRequirements sorts by text, each once.
func sortRequirements(list []pep508.Requirement) []pep508.Requirement {
	texts := make(map[string]pep508.Requirement, len(list))
	for _, r := range list {
		texts[r.String()] = r
	}
	var out []pep508.Requirement
	for _, text := range sortedKeys(texts) {
		out = append(out, texts[text])
	}
	return out
}

func sameTexts(a, b []pep508.Requirement) bool {
	return slices.EqualFunc(a, b, func(r, o pep508.Requirement) bool { return r.String() == o.String() })
}
