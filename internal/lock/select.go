package lock

import (
	"fmt"
	"slices"

	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// Selected is what an installer takes of a lock.
type Selected struct {
	Package *Package
	// Artifact is the file; nil for a directory.
	Artifact *Artifact
}

// Select is what PEP 751 says that an installer does with the lock on a
// machine that is just the target: packages whose markers hold, of each the
// wheel with the best tag, else the source distribution.
func (d *Document) Select(t target.Target) ([]Selected, error) {
	var out []Selected
	order := t.LocalTags() // an installer takes linux_ARCH, where the lock has it
	for i := range d.Packages {
		p := &d.Packages[i]
		if !d.holds(p.Marker, t) {
			continue
		}
		if slices.ContainsFunc(out, func(s Selected) bool { return s.Package.Name == p.Name }) {
			return nil, fmt.Errorf("%s: two packages are for %s", p.Name, t)
		}
		s := Selected{Package: p, Artifact: p.Archive}
		if s.Artifact == nil && p.Directory == nil {
			s.Artifact = p.Sdist
			best := order.Len()
			for j := range p.Wheels {
				f, err := wheel.ParseFilenameLenient(p.Wheels[j].Name)
				if err != nil {
					return nil, err
				}
				if rank, _, ok := order.Best(f.Tags); ok && rank < best {
					best, s.Artifact = rank, &p.Wheels[j]
				}
			}
			if s.Artifact == nil {
				return nil, fmt.Errorf("%s: no wheel is for %s", p.Name, t)
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// lastPatch stands for a late patch release where a marker is decided for few.
const lastPatch = ".99"

// holds decides a marker for a target, with no extras and the default groups.
func (d *Document) holds(m pep508.Marker, t target.Target) bool {
	env := t.Environment()
	if !m.Uses("extras") && !m.Uses("dependency_groups") {
		return m.Eval(env)
	}
	c := pep508.Context{Environment: env, LockFile: true}
	for _, g := range d.DefaultGroups {
		c.DependencyGroups = append(c.DependencyGroups, pep508.Normalize(g))
	}
	for _, patch := range []string{".0", lastPatch} {
		c.PythonFullVersion = env.PythonVersion + patch
		if holds, err := m.Evaluate(c); holds && err == nil {
			return true
		}
	}
	return false
}

// Divergences says for which targets other installers take something else than
// the pins of the lock: markers and tags alone do not tell enough.
func (d *Document) Divergences(l Lock) []string {
	reasons := map[string][]target.Target{}
	for _, s := range l.Solutions {
		if reason := d.divergence(s); reason != "" {
			reasons[reason] = append(reasons[reason], s.Target)
		}
	}
	var out []string
	for _, reason := range sortedKeys(reasons) {
		for _, names := range TargetNames(reasons[reason]) {
			out = append(out, names+": other installers take "+reason)
		}
	}
	return out
}

func (d *Document) divergence(s Solution) string {
	selected, err := d.Select(s.Target)
	if err != nil {
		return "nothing (" + err.Error() + ")"
	}
	for _, sel := range selected {
		pin, ok := s.Pin(sel.Package.Name)
		switch {
		case sel.Artifact == nil:
		case !ok:
			return sel.Artifact.Name + " too, which is not needed there"
		case sel.Artifact.Name != pin.File.Filename.Text:
			return sel.Artifact.Name + ", not " + pin.File.Filename.Text
		}
	}
	for _, pin := range s.Pins {
		if !slices.ContainsFunc(selected, func(sel Selected) bool { return sel.Package.Name == pin.Project }) {
			return "no " + string(pin.Project)
		}
	}
	return ""
}

// Preferences are the versions that the lock has for targets, whichever tool
// wrote it: of each project the newest whose marker holds. They say nothing of
// files.
func (d *Document) Preferences(targets []target.Target) []Solution {
	var out []Solution
	for _, t := range targets {
		pins := map[pep508.Name]Pin{}
		for i := range d.Packages {
			p := &d.Packages[i]
			if !d.holds(p.Marker, t) {
				continue
			}
			for _, v := range p.versions() {
				if known, ok := pins[p.Name]; !ok || known.Version.Compare(v) < 0 {
					pins[p.Name] = Pin{Project: p.Name, Version: v}
				}
			}
		}
		s := Solution{Target: t}
		for _, name := range sortedKeys(pins) {
			s.Pins = append(s.Pins, pins[name])
		}
		out = append(out, s)
	}
	return out
}

// Digests are the SHA-256 of all files by their names.
func (d *Document) Digests() map[string][]string {
	sums := map[string][]string{}
	for i := range d.Packages {
		for _, a := range d.Packages[i].Artifacts() {
			if sum := a.Hashes["sha256"]; sum != "" {
				sums[a.Name] = append(sums[a.Name], sum)
			}
		}
	}
	return sums
}
