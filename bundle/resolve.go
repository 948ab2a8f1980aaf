package bundle

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/resolve"
)

func checkPrefer(p string) error {
	known := []string{string(resolve.PreferShared), string(resolve.PreferSpecific)}
	if p == "" || slices.Contains(known, p) {
		return nil
	}
	return fault.New(fault.Usage, fmt.Sprintf("--prefer %s: only %s are known", p, strings.Join(known, " and ")))
}

// lock resolves the project's requirements for every target.
func (s *session) lock(ctx context.Context) (lock.Lock, error) {
	request, err := s.request()
	if err != nil {
		return lock.Lock{}, err
	}
	s.opt.Progress.Step("resolving", len(s.targets))
	result, err := resolve.Resolve(ctx, s.client, request, s.resolveOptions())
	return lock.Lock(result), err
}

func (s *session) request() (resolve.Request, error) {
	request := resolve.Request{Targets: s.targets}
	var problems fault.List
	for _, line := range s.project.Requirements.Items {
		r, err := s.requirement(line)
		problems = add(problems, err)
		request.Requirements = append(request.Requirements, r)
	}
	for _, line := range s.project.Requirements.Constraints {
		r, err := s.requirement(line)
		problems = add(problems, err)
		request.Constraints = append(request.Constraints, r)
	}
	for _, r := range s.project.Manifest.Bundle.Policy.Constraints {
		request.Constraints = append(request.Constraints, resolve.Requirement{Requirement: r, Origin: s.project.ManifestPath})
	}
	return request, problems.Err()
}

// requirement turns a line of a requirements file into the resolver's form. A
// URL or path becomes the one file that serves the project.
func (s *session) requirement(line extension.RequirementLine) (resolve.Requirement, error) {
	r := resolve.Requirement{Requirement: line.Requirement, Origin: s.origin(line)}
	for _, h := range line.Hashes {
		r.Hashes = append(r.Hashes, h.Algorithm+":"+h.Digest)
	}
	place := line.Path
	if place == "" {
		place = line.Requirement.URL
	}
	if place == "" {
		return r, nil
	}
	file, err := index.Direct(place)
	if err != nil {
		return r, line.Problem(fault.BadInput, err.Error(), "")
	}
	if !file.IsWheel {
		return r, line.Problem(fault.BadInput, "only wheels can be packed, and this is not one", "build one with: pip wheel --no-deps "+place)
	}
	r.File, r.URL = &file, ""
	return r, nil
}

func (s *session) origin(line extension.RequirementLine) string {
	file := line.File
	if rel, err := filepath.Rel(s.project.Dir, file); err == nil && filepath.IsLocal(rel) {
		file = rel
	}
	return file + ":" + strconv.Itoa(line.Line)
}

func (s *session) resolveOptions() resolve.Options {
	r, policy := s.project.Requirements, s.project.Manifest.Bundle.Policy
	o := resolve.Options{
		Align: resolve.Align(policy.Align), Prefer: resolve.Prefer(policy.Prefer),
		Pre:           s.opt.Pre || r.Releases.AllReleases.All || policy.Pre,
		PreFor:        r.Releases.AllReleases.Names,
		ExcludeNewer:  policy.ExcludeNewer,
		RequireHashes: r.HashesRequired(),
		Formats:       formats(r.Formats, policy.Formats),
	}
	if s.opt.Prefer != "" {
		o.Prefer = resolve.Prefer(s.opt.Prefer)
	}
	return o
}

// formats adds up what requirements.txt and extension.yml say of wheels and
// source distributions.
func formats(a, b extension.FormatControl) resolve.Formats {
	return resolve.Formats{
		OnlyBinaryAll: a.OnlyBinary.All || b.OnlyBinary.All, NoBinaryAll: a.NoBinary.All || b.NoBinary.All,
		OnlyBinary: slices.Concat(a.OnlyBinary.Names, b.OnlyBinary.Names),
		NoBinary:   slices.Concat(a.NoBinary.Names, b.NoBinary.Names),
	}
}
