package bundle

import (
	"context"
	"slices"
	"sync"

	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/interpreters"
)

// machine is what is known of the machine that builds. It is looked at when it
// is first needed, since finding its interpreters takes time.
type machine struct {
	once  sync.Once
	found []interpreters.Interpreter
	err   error
}

// interpreters are the Pythons of this machine, or those that the user named.
func (s *session) interpreters(ctx context.Context) ([]interpreters.Interpreter, error) {
	s.machine.once.Do(func() {
		if s.opt.Interpreters != nil {
			s.machine.found, s.machine.err = s.opt.Interpreters(context.WithoutCancel(ctx)) // for all who come
		}
	})
	return s.machine.found, s.machine.err
}

// isHost says whether a platform is of this machine's system, C library and
// processor. Its floor may be another: what binaries need is looked at when
// they are here. A machine without Python is nobody's own.
func (s *session) isHost(ctx context.Context) func(target.Platform) bool {
	return func(p target.Platform) bool {
		list, _ := s.interpreters(ctx)
		return slices.ContainsFunc(list, func(in interpreters.Interpreter) bool { return in.Report != nil && runsOn(*in.Report, p) })
	}
}

func runsOn(r interpreters.Report, p target.Platform) bool {
	return slices.ContainsFunc(r.Platforms, func(tag string) bool {
		own, err := target.ParsePlatform(tag)
		return err == nil && own.Family == p.Family && own.Arch == p.Arch
	})
}
