package bundle

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/finding"
	"github.com/axlepack/axle/selector"
)

// found warns of something that a code is for, unless bundle.ignore says that
// it is meant so.
func (s *session) found(f finding.Finding) {
	if !slices.Contains(s.project.Manifest.Bundle.Ignore, f.Code) {
		s.warn(fault.Warning{Text: f.Error()})
	}
}

// verify holds the zips that were made against what axle verify asks of a zip,
// but for what was asked of their files when they were read.
func (s *session) verify(ctx context.Context, result *Result, out *staged) error {
	var problems fault.List
	for _, zip := range result.Zips {
		made := out.zip(filepath.Base(zip.Path))
		v, err := selector.VerifyZip(ctx, made, selector.VerifyZipOptions{Made: true})
		if err != nil {
			return err
		}
		for _, f := range v.Findings {
			f.Text = strings.Replace(f.Text, made, zip.Path, 1)
			if f.Severity == finding.Warning {
				s.found(f)
			} else if !slices.Contains(s.project.Manifest.Bundle.Ignore, f.Code) {
				problems = append(problems, f)
			}
		}
	}
	return problems.Err()
}
