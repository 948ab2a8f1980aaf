package report

import (
	"errors"
	"fmt"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/resolve"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// Floor is what the package of a cell needs of the target's system: "glibc
// 2.28", "macOS 11.0". It is "" where it needs nothing in particular, and where
// the cell has no package.
func (m Matrix) Floor(t target.Target) string {
	i := m.Cells[t].Package
	if i < 0 {
		return ""
	}
	return m.Packages[i].floor(t.Platform)
}

// floor is the lowest that one of the package's platform tags promises.
func (p Package) floor(on target.Platform) string {
	name, err := wheel.ParseFilename(p.File)
	if err != nil {
		return ""
	}
	var least target.Platform
	for _, tag := range name.Platforms {
		if strings.HasPrefix(tag, "linux_") {
			if tag == "linux_"+on.Arch && p.Glibc != [2]int{} {
				return fmt.Sprintf("glibc %d.%d", p.Glibc[0], p.Glibc[1])
			}
			continue
		}
		if needs, ok := on.Demand(tag); ok && (least == target.Platform{} || needs.Compare(least) < 0) {
			least = needs
		}
	}
	return floorText(least)
}

// floorText names a floor as people do.
func floorText(p target.Platform) string {
	name := map[target.OS]string{target.Manylinux: "glibc", target.Musllinux: "musl", target.MacOS: "macOS"}[p.Family]
	if name == "" {
		return ""
	}
	return fmt.Sprintf("%s %d.%d", name, p.Major, p.Minor)
}

// floors are those of a package on all platforms that it serves, each once.
func (m Matrix) floors(i int) string {
	var all []string
	for _, t := range m.Targets() {
		if m.Cells[t].Package == i {
			all = appendNew(all, m.Floor(t))
		}
	}
	return strings.Join(all, ", ")
}

func appendNew(list []string, text string) []string {
	if text == "" {
		return list
	}
	for _, old := range list {
		if old == text {
			return list
		}
	}
	return append(list, text)
}

// sizeText is the size of a package: "2.9 KiB", "about 2.9 KiB" where it is
// not made yet, and "" where nothing is known.
func (p Package) sizeText() string {
	switch {
	case p.Size == 0:
		return ""
	case p.Estimated:
		return "about " + Size(p.Size)
	}
	return Size(p.Size)
}

// Cause is what is known of a hole beside its reason.
type Cause struct {
	// Kind is the sort of trouble, a word of package resolve such as "no-wheel".
	Kind string `json:"kind,omitempty"`
	// Projects are those at fault.
	Projects []string `json:"projects,omitempty"`
	// Requirements lead from the developer's own to the one that cannot be met,
	// which is the last: "requirements.txt:1 requires kiln>=2".
	Requirements []string `json:"requirements,omitempty"`
	// Newest is the newest version that has a file for the target: "kiln 1.0".
	Newest string `json:"newest_with_file,omitempty"`
	// Sdist says that there is source that could be built on this machine, and
	// what to say for it: "--build-sdists=kiln". It is "" where the resolution
	// does not say so.
	Sdist string `json:"build_from_source,omitempty"`
}

// Cause tells what is known of a hole; nil for other cells, and where its reason
// says nothing of requirements. That of a lock has no Kind and no Projects.
func (c Cell) Cause() *Cause {
	if c.Problem == nil {
		return nil
	}
	cause := &Cause{}
	explanation := c.Problem.Error()
	var e *resolve.Error
	if errors.As(c.Problem, &e) {
		explanation = e.Error()
		cause.Kind = string(e.Kind)
		for _, p := range e.Projects {
			cause.Projects = append(cause.Projects, string(p))
		}
	}
	cause.read(explanation)
	for _, h := range fault.Hints(c.Problem) {
		if _, say, ok := strings.Cut(h, "--build-sdists="); ok && cause.Sdist == "" {
			cause.Sdist = "--build-sdists=" + say
		}
	}
	if cause.Kind == "" && len(cause.Requirements) == 0 && cause.Newest == "" {
		return nil
	}
	return cause
}

// read takes the requirements and the newest version from an explanation: below
// its first line come the requirements, then what is known of versions.
func (c *Cause) read(explanation string) {
	_, rest, _ := strings.Cut(explanation, "\n")
	leading := true
	for line := range strings.Lines(rest) {
		line = strings.TrimSpace(line)
		if leading = leading && isRequirement(line); leading {
			c.Requirements = append(c.Requirements, line)
		}
		if newest, _, ok := strings.Cut(line, " is the newest version with a file for "); ok {
			c.Newest = newest
		}
	}
}

func isRequirement(line string) bool {
	for _, verb := range []string{" requires ", " require ", " allows only "} {
		if before, _, ok := strings.Cut(line, verb); ok && !strings.HasSuffix(before, ":") {
			return true
		}
	}
	return false
}
