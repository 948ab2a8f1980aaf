package bundle

import (
	"context"
	"path/filepath"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
)

// Outdated says what [Lock] with Upgrade would change, and writes nothing: the
// projects of which another version or file would be taken for a target that is
// locked. Where there is no lock it is an error with exit code 11.
func Outdated(ctx context.Context, opt Options) (plan Plan, changes []Change, err error) {
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
		return plan, nil, fault.New(fault.NotFound, filepath.Join(s.project.Dir, lock.Filename)+": no such file", "write one with: axle lock")
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
	return plan, changesOf(earlier.pins, plan.Lock.Solutions), nil
}
