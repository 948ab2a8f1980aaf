package bundle

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/resolve"
)

// hold holds new pins to an earlier lock: where a version stayed, so does its
// file while the index has it, and a file of a name that was locked must have
// the digest that was locked.
func (s *session) hold(ctx context.Context, l lock.Lock, request resolve.Request, asked lock.Asked, file *lockFile) error {
	// Another policy may want other files of the same version.
	if rec := file.document.Record; rec != nil && maps.Equal(rec.Policy, asked.Policy) {
		k := keeper{ctx: ctx, source: s.source(), given: givenHashes(request)}
		for i := range l.Solutions {
			if old, ok := solutionFor(file.pins, l.Solutions[i].Target); ok {
				k.keep(&l.Solutions[i], old)
			}
		}
	}
	return holdDigests(l, file.path, file.document.Digests())
}

// keeper puts files of an earlier lock back.
type keeper struct {
	ctx    context.Context
	source resolve.Source
	// given are digests, or a file, that the user names for a project.
	given map[pep508.Name]bool
}

func givenHashes(r resolve.Request) map[pep508.Name]bool {
	given := map[pep508.Name]bool{}
	for _, q := range slices.Concat(r.Requirements, r.Constraints, r.Overrides) {
		given[q.Name] = given[q.Name] || q.File != nil || len(q.Hashes) > 0
	}
	return given
}

func (k *keeper) keep(s *lock.Solution, old lock.Solution) {
	for i, p := range s.Pins {
		was, ok := old.Pin(p.Project)
		if !ok || !was.Version.Equal(p.Version) || was.File.SHA256 == p.File.SHA256 || k.given[p.Project] {
			continue
		}
		if f, ok := k.listed(was); ok && sameNeeds(p, was) {
			s.Pins[i].File, s.Pins[i].RequiresPython = was.File, was.RequiresPython
			s.Pins[i].File.URL, s.Pins[i].File.Path = f.URL, f.Path
			if f.Path != "" {
				s.Pins[i].File.URL = ""
			}
		}
	}
}

// sameNeeds says that two files of a version require the same.
func sameNeeds(p, q lock.Pin) bool {
	texts := func(p lock.Pin) []string {
		var out []string
		for _, r := range p.Requires {
			out = append(out, lock.RequirementText(r, nil))
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(texts(p), texts(q))
}

// listed finds just that file in the index, which may be at another address
// than it was.
func (k *keeper) listed(p lock.Pin) (index.File, bool) {
	project, err := k.source.Project(k.ctx, p.Project) // it was asked for to resolve
	if err != nil {
		return index.File{}, false
	}
	release, ok := project.Release(p.Version)
	if !ok {
		return index.File{}, false
	}
	for _, f := range release.Files() {
		if f.Name == p.File.Filename.Text && f.Unusable == "" && (f.SHA256() == p.File.SHA256 || f.SHA256() == "") {
			return f, true
		}
	}
	return index.File{}, false
}

// holdDigests compares the digests of files with those that an earlier lock
// has for their names. A file without one gets that of the lock, which its
// download is then held to.
func holdDigests(l lock.Lock, path string, locked map[string][]string) error {
	var problems fault.List
	told := map[string]bool{}
	for _, s := range l.Solutions {
		for i := range s.Pins {
			f := &s.Pins[i].File
			sums := locked[f.Filename.Text]
			switch {
			case len(sums) == 0 || slices.Contains(sums, f.SHA256) || told[f.Filename.Text]:
			case f.SHA256 == "" && len(sums) == 1:
				f.SHA256 = sums[0]
			default:
				told[f.Filename.Text] = true
				problems = append(problems, fault.New(fault.Mismatch,
					fmt.Sprintf("%s: has the SHA-256 %s, where %s has %s", f.Filename.Text, f.SHA256, path, strings.Join(sums, " or ")),
					"a file of an index never changes: ask who runs it; if it was meant, use axle lock --upgrade-package "+string(s.Pins[i].Project)))
			}
		}
	}
	return problems.Err()
}
