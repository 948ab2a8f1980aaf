package bundle

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// pins are versions that a file of another tool has for targets.
type pins struct {
	path      string
	solutions []lock.Solution
	// digests are those of files by their names, hashes those of a version by
	// "project version".
	digests map[string][]string
	hashes  map[string][]string
}

// readPins reads a lock (*.toml) or a requirements file; "" has no pins.
func (s *session) readPins(path string) (pins, error) {
	if path == "" {
		return pins{}, nil
	}
	if _, err := os.Stat(path); err != nil {
		return pins{}, fault.New(fault.NotFound, "--pins "+path+": no such file")
	}
	if filepath.Ext(path) == ".toml" {
		f, err := s.parseLock(path)
		if err != nil {
			return pins{}, err
		}
		return pins{path: path, solutions: f.pins, digests: f.document.Digests()}, nil
	}
	r, warnings, err := extension.ParseRequirements(path, extension.RequirementsOptions{Dir: s.project.Dir, Env: s.opt.Env})
	s.warn(warnings...)
	if err != nil {
		return pins{}, err
	}
	return pinsOf(path, r, s.targets)
}

// pinsOf takes the lines with an exact version; it is an error when there is
// none.
func pinsOf(path string, r extension.Requirements, targets []target.Target) (pins, error) {
	out := pins{path: path, hashes: map[string][]string{}}
	var exact []extension.RequirementLine
	for _, line := range r.Items {
		v, ok := exactly(line.Requirement.Specifier)
		if !ok {
			continue
		}
		exact = append(exact, line)
		for _, h := range line.Hashes {
			key := pinKey(line.Requirement.Name, v)
			out.hashes[key] = append(out.hashes[key], h.Algorithm+":"+h.Digest)
		}
	}
	if len(exact) == 0 {
		return pins{}, fault.New(fault.BadInput, path+": has no exact version, such as demo==1.0")
	}
	for _, t := range targets {
		s := lock.Solution{Target: t}
		for _, line := range exact {
			v, _ := exactly(line.Requirement.Specifier)
			_, twice := s.Pin(line.Requirement.Name)
			if !twice && line.Requirement.Marker.Eval(t.Environment()) {
				s.Pins = append(s.Pins, lock.Pin{Project: line.Requirement.Name, Version: v})
				slices.SortFunc(s.Pins, func(p, q lock.Pin) int { return cmp.Compare(p.Project, q.Project) })
			}
		}
		out.solutions = append(out.solutions, s)
	}
	return out, nil
}

func pinKey(name pep508.Name, v pep440.Version) string { return string(name) + " " + v.Canonical() }

// exactly is the only version that a specifier admits.
func exactly(s pep440.SpecifierSet) (pep440.Version, bool) {
	clauses := s.Specifiers()
	if len(clauses) != 1 || clauses[0].Operator() != "==" && clauses[0].Operator() != "===" {
		return pep440.Version{}, false
	}
	v, err := pep440.Parse(clauses[0].VersionText())
	return v, err == nil
}

// hold checks the files against the digests that came with the pins.
func (p pins) hold(l lock.Lock) error {
	if err := holdDigests(l, p.path, p.digests); err != nil {
		return err
	}
	var problems fault.List
	told := map[string]bool{}
	for _, s := range l.Solutions {
		for _, pin := range s.Pins {
			admitted := p.hashes[pinKey(pin.Project, pin.Version)]
			if len(admitted) == 0 || told[pin.File.Filename.Text] || slices.Contains(admitted, "sha256:"+pin.File.SHA256) {
				continue
			}
			if !slices.ContainsFunc(admitted, func(h string) bool { return strings.HasPrefix(h, "sha256:") }) {
				continue // other algorithms: no index states these
			}
			told[pin.File.Filename.Text] = true
			problems = append(problems, fault.New(fault.Mismatch,
				fmt.Sprintf("%s: its SHA-256 %s is not among the digests that %s has for %s %s", pin.File.Filename.Text, pin.File.SHA256, p.path, pin.Project, pin.Version),
				"make the pins anew for all platforms, with the digests of all files"))
		}
	}
	return problems.Err()
}
