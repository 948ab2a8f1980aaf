package bundle

import (
	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/finding"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/selector"
)

// checkLengths warns of packages for Windows with members whose paths will
// probably be too long there.
func (s *session) checkLengths(written []merge.Written) error {
	for _, w := range written {
		if !forWindows(w.Package.Targets) {
			continue
		}
		r, err := archive.OpenReader(w.Path, archive.Limits{})
		if err != nil {
			return err
		}
		names := r.Names()
		if err := r.Close(); err != nil {
			return err
		}
		if text := selector.LongPath(names); text != "" {
			s.found(finding.Finding{Code: finding.WindowsPath, Text: w.Package.Filename.Text + ": " + text})
		}
	}
	return nil
}

func forWindows(targets []target.Target) bool {
	for _, t := range targets {
		if t.Platform.Family == target.Windows {
			return true
		}
	}
	return false
}
