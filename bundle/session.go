package bundle

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/internal/target"
)

// session is what one call of this package works with.
type session struct {
	opt     Options
	store   *cache.Store
	client  *index.Client
	project extension.Project
	targets []target.Target
	// profiled are the interpreters of profiles that targets were made of.
	profiled []profiled
	policy   chosen
	budget   extension.Budget
	trim     merge.Trim
	// fromLock says that the pins are those of pylock.toml, and nothing was
	// resolved.
	fromLock bool
	// alignment is what that lock says of one version for all targets.
	alignment *report.Alignment
	// preferences are the earlier pins that were preferred when it was resolved.
	preferences []lock.Solution
	// indexPins name the index that alone serves a project.
	indexPins map[pep508.Name]string
	sdists    *sdists
	machine   machine
	// noIndex says that no index is asked, whoever wanted that.
	noIndex bool

	mu       sync.Mutex
	warnings []fault.Warning
	stage    *event.Task // that of now, of the name at
	at       string
}

// open reads the project and finds the index. Everything that can be wrong
// with the input is found here, before anything is fetched. The session is
// there with an error too, and is to be closed.
func open(ctx context.Context, opt Options) (*session, error) {
	if opt.Env == nil {
		opt.Env = func(string) (string, bool) { return "", false }
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	s := &session{opt: opt}
	s.sdists = newSdists(s)
	asked, err := opt.Policy.asked()
	if err != nil {
		return s, err
	}
	project, warnings, err := extension.Load(opt.Dir, opt.loadOptions())
	s.project = project
	s.warn(warnings...)
	if err != nil {
		return s, err
	}
	s.policy = asked.over(project)
	if err := s.chooseSizes(); err != nil {
		return s, err
	}
	if err := s.chooseTargets(); err != nil {
		return s, err
	}
	if s.store, err = cache.Open(opt.CacheDir); err != nil {
		return s, fault.WithHints(err, "choose another cache folder with AXLE_CACHE")
	}
	s.client, err = s.openIndex(ctx)
	return s, err
}

func (o Options) loadOptions() extension.LoadOptions {
	return extension.LoadOptions{
		Env: o.Env, Constraints: o.Input.Constraints, Overrides: o.Input.Overrides,
		Extras: o.Input.Extras, AllExtras: o.Input.AllExtras, Groups: o.Input.Groups,
	}
}

// close ends what the session has under way.
func (s *session) close() {
	if s.client != nil {
		s.client.Close()
	}
	s.enter("", 0)
}

// enter ends the stage of now and begins the next, of so many items (0 =
// unknown); "" begins none.
func (s *session) enter(what string, items int, fields ...event.Field) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stage.End(nil)
	if s.stage, s.at = nil, what; what != "" {
		s.stage = s.opt.Events.Begin(event.Event{What: what, Total: int64(items), Fields: fields})
	}
}

// item is one item of a stage done, where that is the stage of now.
func (s *session) item(stage, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at == stage {
		s.stage.Add(1, name)
	}
}

// warn keeps warnings for the result; it is called from several goroutines.
func (s *session) warn(warnings ...fault.Warning) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range warnings {
		if !slices.Contains(s.warnings, w) {
			s.warnings = append(s.warnings, w)
		}
	}
}

// begin is a plan that has what is known before resolving.
func (s *session) begin() Plan { return Plan{Project: s.project, Targets: s.targets} }

// end gives the plan the warnings of the whole call.
func (s *session) end(p *Plan) {
	s.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	p.Targets, p.Warnings = s.targets, s.warnings
}
