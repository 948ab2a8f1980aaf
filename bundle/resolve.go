package bundle

import (
	"context"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/resolve"
)

func (s *session) request(ctx context.Context) (resolve.Request, error) {
	request := resolve.Request{Targets: s.targets}
	r, policy := s.project.Requirements, s.project.Manifest.Bundle.Policy
	var problems fault.List
	turned := func(lines []extension.RequirementLine, bounds []extension.Bound) []resolve.Requirement {
		list := make([]resolve.Requirement, len(lines), len(lines)+len(bounds))
		for i, line := range lines {
			var err error
			list[i], err = s.requirement(ctx, line)
			problems = add(problems, err)
		}
		for _, b := range bounds {
			list = append(list, resolve.Requirement{Requirement: b.Requirement, Origin: s.origin(s.project.ManifestPath, b.Line)})
		}
		return list
	}
	request.Requirements = turned(r.Items, nil)
	request.Constraints = turned(r.Constraints, policy.Constraints)
	request.Overrides = turned(r.Overrides, policy.Overrides)
	return request, problems.Err()
}

// requirement turns a line of a requirements file into the resolver's form. A
// URL or path becomes the one file that serves the project.
func (s *session) requirement(ctx context.Context, line extension.RequirementLine) (resolve.Requirement, error) {
	r := resolve.Requirement{Requirement: line.Requirement, Origin: s.origin(line.File, line.Line)}
	for _, h := range line.Hashes {
		r.Hashes = append(r.Hashes, h.Algorithm+":"+h.Digest)
	}
	place := line.Path
	if place == "" {
		place = line.Requirement.URL
	}
	switch {
	case place == "":
		return r, nil
	case isSource(place):
		return s.sdists.requirement(ctx, line, r, place)
	}
	file, err := index.Direct(place)
	if err != nil {
		return r, line.Problem(fault.BadInput, err.Error(), "")
	}
	r.File, r.URL = &file, ""
	return r, nil
}

// origin is how messages name a place of the project.
func (s *session) origin(file string, line int) string {
	return placeIn(s.project.Dir, file, line)
}
