package bundle

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
)

// OutdatedProject is a project of which a lock has not the newest version.
type OutdatedProject struct {
	// Change is what a new lock would make of it; From and To are equal where
	// that would be nothing.
	Change
	// Newest is the newest final release of the index where a new lock would not
	// take it for any target: requirements, targets or the policy keep it out.
	Newest string `json:"newest,omitempty"`
}

// Outdated says what [Lock] with Upgrade would change, and writes nothing: the
// projects of which another version or file would be taken for a target that is
// locked, and those of which the index has a newer release that would not be
// taken. Where there is no lock it is an error with exit code 11.
func Outdated(ctx context.Context, opt Options) (plan Plan, projects []OutdatedProject, err error) {
	opt.AllowMissing = true
	s, err := open(ctx, opt)
	defer s.end(&plan)
	plan = s.begin()
	if err != nil {
		return plan, nil, err
	}
	earlier, err := s.readLock()
	if err != nil {
		return plan, nil, err
	}
	if earlier == nil {
		return plan, nil, fault.New(fault.NotFound, filepath.Join(s.project.Dir, lock.Filename)+": no such file", "write one with: "+lockCommand(s.project.Dir))
	}
	s.widenAs(earlier)
	request, err := s.request(ctx)
	if err != nil {
		return plan, nil, err
	}
	plan.Lock, err = s.relock(ctx, LockOptions{Options: opt, Upgrade: true}, request, s.asked(request), earlier)
	if err != nil {
		return plan, nil, err
	}
	return plan, s.outdated(ctx, changesOf(earlier.pins, plan.Lock.Solutions), plan.Lock), nil
}

// outdated adds to changes what the index has beyond them.
func (s *session) outdated(ctx context.Context, changes []Change, l lock.Lock) []OutdatedProject {
	versions := map[pep508.Name][]pep440.Version{}
	for _, solution := range l.Solutions {
		for _, p := range solution.Pins {
			if p.Index != "" {
				versions[p.Project] = append(versions[p.Project], p.Version)
			}
		}
	}
	var out []OutdatedProject
	for _, c := range changes {
		out = append(out, OutdatedProject{Change: c})
	}
	for name, list := range versions {
		newest, ok := s.newest(ctx, name)
		if !ok || newest.Compare(slices.MaxFunc(list, pep440.Version.Compare)) <= 0 {
			continue
		}
		i := slices.IndexFunc(out, func(o OutdatedProject) bool { return o.Project == string(name) })
		if i < 0 {
			i = len(out)
			same := distinct(list)
			out = append(out, OutdatedProject{Change: Change{string(name), same, same}})
		}
		out[i].Newest = newest.String()
	}
	slices.SortFunc(out, func(a, b OutdatedProject) int { return strings.Compare(a.Project, b.Project) })
	return out
}

// newest is the newest final release of a project that is not yanked.
func (s *session) newest(ctx context.Context, name pep508.Name) (pep440.Version, bool) {
	p, err := s.client.Project(ctx, name) // it was read to lock it
	if err != nil {
		return pep440.Version{}, false
	}
	for _, r := range slices.Backward(p.Releases) {
		usable := func(f index.File) bool { return f.Unusable == "" && !f.Yanked }
		if !r.Version.IsPrerelease() && slices.ContainsFunc(r.Files(), usable) {
			return r.Version, true
		}
	}
	return pep440.Version{}, false
}
