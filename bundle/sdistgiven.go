package bundle

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lazyregexp"
	"github.com/axlepack/axle/internal/resolve"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/internal/wheelbuild"
)

// source is a file with what the user says of how to build it.
func (b *sdists) source(f index.File) wheelbuild.Source {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s, ok := b.given[placeOf(f)]; ok {
		return s
	}
	return wheelbuild.Source{File: f}
}

func placeOf(f index.File) string {
	if f.Path != "" {
		return f.Path
	}
	return f.URL
}

// requirement reads what a line says of a source: which project and version it
// is only its metadata knows.
func (b *sdists) requirement(ctx context.Context, line extension.RequirementLine, r resolve.Requirement, place string) (resolve.Requirement, error) {
	file, err := index.DirectSource(place)
	if err != nil {
		return r, line.Problem(fault.BadInput, err.Error(), "")
	}
	source := wheelbuild.Source{File: file, Subdirectory: subdirectory(line.Requirement.URL), Settings: line.ConfigSettings}
	b.mu.Lock()
	b.given[placeOf(file)] = source
	b.mu.Unlock()
	m, err := b.Metadata(ctx, file)
	if err == nil && !isFolder(file.Path) {
		err = b.digest(ctx, &source.File)
	}
	switch {
	case ctx.Err() != nil:
		return r, context.Cause(ctx)
	case err != nil:
		return r, line.Problem(fault.ExitCode(err), err.Error(), strings.Join(fault.Hints(err), "; "))
	case named.MatchString(line.Text) && m.Name != r.Name:
		return r, line.Problem(fault.BadInput, fmt.Sprintf("it is the source of %s, not of %s", m.Name, r.NameText), "")
	}
	source.File.Sdist = wheel.SdistName{Name: m.Name, Version: m.Version}
	b.mu.Lock()
	b.given[placeOf(file)] = source
	b.mu.Unlock()
	r.Name, r.NameText, r.URL, r.File = m.Name, m.NameText, "", &source.File
	return r, nil
}

// digest finds the SHA-256 of a source that is here by now.
func (b *sdists) digest(ctx context.Context, f *index.File) error {
	got, err := b.session.client.Download(ctx, *f)
	if err == nil {
		f.Hashes, f.Size = map[string]string{"sha256": got.SHA256}, got.Size
	}
	return err
}

// named is a line of the form NAME @ ADDRESS.
var named = lazyregexp.New(`^\s*[A-Za-z0-9][A-Za-z0-9._-]*\s*(\[[^\]]*\])?\s*@`)

// subdirectory is what the fragment of an address says of where in an archive
// the project is.
func subdirectory(address string) string {
	_, fragment, _ := strings.Cut(address, "#")
	for field := range strings.SplitSeq(fragment, "&") {
		if dir, ok := strings.CutPrefix(field, "subdirectory="); ok {
			return strings.Trim(dir, "/")
		}
	}
	return ""
}

// isSource says whether a place that a requirement names is no wheel.
func isSource(place string) bool {
	path, _, _ := strings.Cut(place, "#")
	path, _, _ = strings.Cut(path, "?")
	return !strings.HasSuffix(path, wheel.Extension)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return path != "" && err == nil && info.IsDir()
}

// lockable refuses project folders, whose files are theirs to change, before
// anything is built.
func (s *session) lockable() error {
	r := s.project.Requirements
	var problems fault.List
	for _, line := range slices.Concat(r.Items, r.Constraints, r.Overrides) {
		place := cmp.Or(line.Path, line.Requirement.URL)
		if place == "" || !isSource(place) {
			continue
		}
		file, err := index.DirectSource(place)
		if err != nil || !isFolder(file.Path) {
			continue // said when it is read
		}
		problems = append(problems, line.Problem(fault.BadInput, "a folder cannot be locked: its files may change",
			"make a wheel of it and name that in its place, or build without a lock: axle build"))
	}
	return problems.Err()
}
