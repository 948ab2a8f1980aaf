package selector

import (
	"context"
	"time"

	"github.com/axlepack/axle/internal/deployments"
)

// PruneOptions say which deployments are too many. A zero limit limits nothing;
// without any only what nothing refers to goes.
type PruneOptions struct {
	// OlderThan: those that were made current, for the last time, longer ago.
	OlderThan time.Duration
	// Keep is how many of each extension stay, with the current one.
	Keep int
	// MaxSize of the root in bytes: the oldest go until it is reached.
	MaxSize int64
	// DryRun only says what would go.
	DryRun bool
	// Now is what ages are counted from; the zero time stands for time.Now.
	Now time.Time
}

// Pruned is what went, or with a dry run would go.
type Pruned struct {
	DryRun  bool         `json:"dry_run,omitempty"`
	Removed []Deployment `json:"removed"`
	// Running would have gone, but something runs from them.
	Running []Deployment `json:"running,omitempty"`
	// Packages that nothing refers to, and how many operations that were
	// killed had left something.
	Packages []string `json:"packages"`
	Leftover int      `json:"leftover"`
	// Freed is how many bytes garbage took, without the deployments' own files.
	Freed int64 `json:"freed"`
	// Size of the root afterwards, in bytes; -1 where it was not counted.
	Size int64 `json:"size"`
	// Damaged deployments keep every package from being removed: they cannot
	// say which is theirs.
	Damaged []string `json:"damaged,omitempty"`
}

// Prune removes deployments beyond the limits, never one that is current or
// from which something runs, and then packages that no deployment refers to and
// what killed operations left.
func Prune(ctx context.Context, root string, opt PruneOptions) (Pruned, error) {
	s, err := store(root)
	if err != nil {
		return Pruned{}, err
	}
	now := opt.Now
	if now.IsZero() {
		now = time.Now()
	}
	p, err := s.Prune(ctx, deployments.Limits{OlderThan: opt.OlderThan, Keep: opt.Keep, MaxSize: opt.MaxSize}, now, opt.DryRun)
	packages := p.Garbage.Packages
	if packages == nil {
		packages = []string{}
	}
	return Pruned{
		DryRun: opt.DryRun, Removed: ofStates(s, p.Removed), Running: ofStates(s, p.Running), Packages: packages,
		Leftover: p.Garbage.Staged, Freed: p.Garbage.Freed, Size: p.Size, Damaged: p.Garbage.Damaged,
	}, err
}
