package bundle

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"

	"github.com/axlepack/axle/internal/merge"
)

func (s *session) write(ctx context.Context, wheels *merge.Wheels, result *Result) (err error) {
	dist := filepath.Join(s.project.Dir, "dist")
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	stage, err := os.MkdirTemp(dist, ".axle-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
	s.opt.Progress.Step("merging", len(result.Plan.Packages.Packages))
	written, err := wheels.WriteAll(ctx, result.Plan.Packages, stage, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	_ = written
	return nil
}
