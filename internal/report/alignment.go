package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/target"
)

// Alignment is what one version over the whole matrix costs and saves, beside
// what each Python would have for itself.
type Alignment struct {
	// Changes are the versions that are others than without alignment, sorted
	// by project, the greatest version first.
	Changes []VersionChange
	// Packages is how many there are, PackagesBefore how many there would be.
	Packages, PackagesBefore int
	// Bytes is the size of the files in all packages together, BytesBefore
	// what it would be. Both are 0 where the sizes are not known.
	Bytes, BytesBefore int64
}

// VersionChange is a project with another version on some targets.
type VersionChange = lock.VersionChange

// CompareAlignment holds an aligned lock and its plan against those without
// alignment. size gives the bytes of a file; 0 = unknown.
func CompareAlignment(aligned, plain lock.Lock, with, without merge.Plan, size func(lock.File) int64) Alignment {
	a := Alignment{Packages: len(with.Packages), PackagesBefore: len(without.Packages)}
	for _, s := range aligned.Solutions {
		i := slices.IndexFunc(plain.Solutions, func(o lock.Solution) bool { return o.Target == s.Target })
		if i < 0 {
			continue
		}
		for _, pin := range s.Pins {
			if was, ok := plain.Solutions[i].Pin(pin.Project); ok && !was.Version.Equal(pin.Version) {
				a.change(VersionChange{Project: pin.Project, From: was.Version, To: pin.Version, Targets: []target.Target{s.Target}})
			}
		}
	}
	for i := range a.Changes {
		slices.SortFunc(a.Changes[i].Targets, target.Target.Compare)
	}
	slices.SortStableFunc(a.Changes, func(x, y VersionChange) int {
		return cmp.Or(cmp.Compare(x.Project, y.Project), y.From.Compare(x.From), y.To.Compare(x.To))
	})
	now, known := bytesOf(with, size)
	before, knownBefore := bytesOf(without, size)
	if known && knownBefore {
		a.Bytes, a.BytesBefore = now, before
	}
	return a
}

func (a *Alignment) change(c VersionChange) {
	for i, o := range a.Changes {
		if o.Project == c.Project && o.From.Equal(c.From) && o.To.Equal(c.To) {
			a.Changes[i].Targets = append(o.Targets, c.Targets...)
			return
		}
	}
	a.Changes = append(a.Changes, c)
}

// bytesOf is the size of the files in all packages; a file that is in two
// counts twice.
func bytesOf(plan merge.Plan, size func(lock.File) int64) (sum int64, known bool) {
	for _, p := range plan.Packages {
		for _, pin := range p.Pins {
			n := size(pin.File)
			if n == 0 {
				return 0, false
			}
			sum += n
		}
	}
	return sum, true
}

// AlignmentText draws the alignment alone; nothing where there is none.
func (m Matrix) AlignmentText(w io.Writer) error {
	if m.Alignment == nil {
		return nil
	}
	var b strings.Builder
	list(&b, "what one version for all targets costs and saves:", m.Alignment.lines(m))
	_, err := io.WriteString(w, b.String())
	return err
}

// lines are the alignment as the text drawing has it.
func (a Alignment) lines(m Matrix) []string {
	var lines []string
	for _, c := range a.Changes {
		line := c.String()
		if where := m.where(c.Targets); where != "" {
			line += ", for " + where
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		lines = append(lines, "no version is another for it")
	}
	packages := fmt.Sprintf("packages: %d instead of %d", a.Packages, a.PackagesBefore)
	if a.Packages == a.PackagesBefore {
		packages = fmt.Sprintf("packages: %d, as without it", a.Packages)
	}
	switch saved := a.BytesBefore - a.Bytes; {
	case a.BytesBefore == 0, saved == 0:
	case saved < 0:
		packages += fmt.Sprintf(", %s more", Size(-saved))
	default:
		packages += fmt.Sprintf(", %s less", Size(saved))
	}
	return append(lines, packages)
}

type alignmentJSON struct {
	Changes        []changeJSON `json:"changes"`
	Packages       int          `json:"packages"`
	PackagesBefore int          `json:"packages_without"`
	Bytes          int64        `json:"bytes,omitempty"`
	BytesBefore    int64        `json:"bytes_without,omitempty"`
}

type changeJSON struct {
	Project string   `json:"project"`
	From    string   `json:"without"`
	To      string   `json:"version"`
	Older   bool     `json:"older"`
	Targets []string `json:"targets"`
}

// MarshalJSON gives changes (project, version, the version without alignment,
// older, targets), packages, bytes, and what both are without alignment.
func (a Alignment) MarshalJSON() ([]byte, error) {
	out := alignmentJSON{[]changeJSON{}, a.Packages, a.PackagesBefore, a.Bytes, a.BytesBefore}
	for _, c := range a.Changes {
		out.Changes = append(out.Changes, changeJSON{string(c.Project), c.From.String(), c.To.String(), c.Older(), texts(c.Targets)})
	}
	return json.Marshal(out)
}
