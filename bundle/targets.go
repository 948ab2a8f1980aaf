package bundle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/target"
)

// targets decides what is built for. All mistakes are reported at once.
func targets(opt Options, m extension.Manifest) ([]target.Target, error) {
	var problems fault.List
	if len(opt.Targets) > 0 {
		if len(opt.Platforms) > 0 || len(opt.Pythons) > 0 {
			return nil, fault.New(fault.Usage, "--target goes without --platform and --python",
				"say --target for exact targets, or --platform and --python for all pairs of them")
		}
		return exactTargets(opt.Targets)
	}
	platforms, err := platforms(opt.Platforms, m.Bundle.Platforms)
	problems = add(problems, err)
	pythons, err := pythons(opt.Pythons, m)
	problems = add(problems, err)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	var all []target.Target
	for _, pf := range platforms {
		for _, py := range pythons {
			if t := (target.Target{Python: py, Platform: pf}); !slices.Contains(all, t) {
				all = append(all, t)
			}
		}
	}
	return all, nil
}

// add puts a problem on a list; a list of problems adds its members.
func add(problems fault.List, err error) fault.List {
	if many, ok := err.(fault.List); ok {
		return append(problems, many...)
	}
	if err != nil {
		return append(problems, err)
	}
	return problems
}

func exactTargets(texts []string) ([]target.Target, error) {
	var all []target.Target
	var problems fault.List
	for _, text := range splitList(texts) {
		t, err := target.Parse(text)
		if err != nil {
			problems = append(problems, fault.WithCode(err, fault.Usage))
		} else if !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	return all, problems.Err()
}

func platforms(asked []string, project []target.Platform) ([]target.Platform, error) {
	texts := splitList(asked)
	if len(texts) == 0 {
		if len(project) > 0 {
			return project, nil
		}
		texts = target.Usual()
	}
	var all []target.Platform
	var problems fault.List
	for _, text := range texts {
		p, err := target.ParsePlatform(text)
		if err != nil {
			problems = append(problems, fault.WithCode(err, fault.Usage))
			continue
		}
		all = append(all, p)
	}
	return all, problems.Err()
}

// pythons are those asked for, else the project's, else every known CPython
// that requires_python admits a patch release of.
func pythons(asked []string, m extension.Manifest) ([]target.Python, error) {
	var all []target.Python
	var problems fault.List
	for _, text := range splitList(asked) {
		some, err := target.ParsePythons(text)
		if err != nil {
			problems = append(problems, fault.WithCode(err, fault.Usage))
		}
		all = append(all, some...)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	refuse := func(reason string) error {
		return fault.New(fault.BadInput, reason, "leave it out, or widen extension.requires_python")
	}
	if len(all) == 0 {
		all = m.Bundle.Pythons
		refuse = func(reason string) error {
			return m.Problem("bundle.pythons", reason, "leave it out, or widen extension.requires_python")
		}
	}
	explicit := len(all) > 0
	if !explicit {
		all = target.Known()
	}
	var admitted []target.Python
	for _, py := range all {
		if some, _ := m.RequiresPython.AdmitsMinor(py.Major, py.Minor); some {
			admitted = append(admitted, py)
		} else if explicit {
			problems = append(problems, refuse(fmt.Sprintf("Python %s is asked for, and requires_python %q does not admit it", py, m.RequiresPython)))
		}
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	if len(admitted) == 0 {
		return nil, m.Problem("extension.requires_python", fmt.Sprintf("%q admits no known Python", m.RequiresPython), "known are "+knownRange())
	}
	return admitted, nil
}

func knownRange() string {
	known := target.Known()
	names := make([]string, len(known))
	for i, p := range known {
		names[i] = p.Version()
	}
	return strings.Join(names, ", ")
}

// splitList allows "a,b" wherever a flag may be repeated.
func splitList(texts []string) []string {
	var out []string
	for _, text := range texts {
		for item := range strings.SplitSeq(text, ",") {
			if item = strings.TrimSpace(item); item != "" {
				out = append(out, item)
			}
		}
	}
	return out
}
