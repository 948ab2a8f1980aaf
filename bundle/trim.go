package bundle

import (
	"io/fs"
	"os"
	"path"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/merge"
)

// Trimmed is what was left out of a kind.
type Trimmed = merge.Trimmed

// chooseSizes finds what is trimmed and how large the outputs may be: as the
// options say, else as the project does.
func (s *session) chooseSizes() error {
	b := s.project.Manifest.Bundle
	s.budget, s.trim = b.Budget, merge.Trim{Kinds: b.Trim, Except: b.TrimExcept}
	var problems fault.List
	var err error
	if len(s.opt.MaxSize) > 0 {
		s.budget, err = extension.ParseBudget("--max-size", s.opt.MaxSize)
		problems = add(problems, err)
	}
	if len(s.opt.Trim) > 0 {
		s.trim.Kinds, err = extension.ParseTrim("--trim", s.opt.Trim)
		problems = add(problems, err)
	}
	return problems.Err()
}

// trimmed is what is left out of the packages. Tests that the extension itself
// uses stay.
func (s *session) trimmed() (merge.Trim, error) {
	if len(s.trim.Kinds) == 0 {
		return merge.Trim{}, nil
	}
	return s.withOwn(s.trim)
}

// withOwn adds the extension's own modules.
func (s *session) withOwn(trim merge.Trim) (merge.Trim, error) {
	trim.Own = map[string][]byte{}
	source := os.DirFS(s.project.Source)
	for _, m := range s.project.Modules {
		if path.Ext(m) != ".py" {
			continue
		}
		text, err := fs.ReadFile(source, m)
		if err != nil {
			return trim, fault.Errorf(fault.BadInput, "%s: %w", m, err)
		}
		trim.Own[m] = text
	}
	return trim, nil
}

// otherTrim warns of a package made elsewhere of which something else was left
// out than of those that are made here.
func (s *session) otherTrim(f merge.Foreign) {
	theirs, ours := f.Trimmed, s.trim.String()
	if theirs == ours || f.Generator != "axle" {
		return // other tools trim as they do
	}
	said := func(text string) string {
		if text == "" {
			return "nothing"
		}
		return text
	}
	s.warn(fault.Warning{File: f.Path, Text: "of it was trimmed: " + said(theirs) + "; of the packages made here: " + said(ours)})
}
