package report

import (
	"fmt"
	"strings"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// Floor is what the package of a cell needs of the target's system: "glibc
// 2.28", "macOS 11.0", "Windows". It is "" where it needs nothing in particular, and where
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
	switch {
	case p.Family == target.Windows:
		return "Windows" // no tag says which
	case name == "":
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
// not made yet.
func (p Package) sizeText() string {
	return about(p.Size, p.Estimated)
}

// about is a size that may be estimated, and may not be known.
func about(n int64, estimated bool) string {
	if n > 0 && estimated {
		return "about " + Size(n)
	}
	return sized(n)
}

// sized is a size that may not be known.
func sized(n int64) string {
	if n == 0 {
		return "size not known"
	}
	return Size(n)
}

// Causes tell what is known of a hole beside its reason, a trouble each; none
// for other cells, and where its reason is not about requirements.
func (c Cell) Causes() []lock.Cause {
	if c.Problem == nil {
		return nil
	}
	return lock.Causes(c.Problem)
}

// blame names the projects that make a hole, each once.
func (c Cell) blame() []string {
	var names []string
	for _, cause := range c.Causes() {
		if len(cause.Projects) > 0 {
			names = appendNew(names, cause.Projects[0])
		}
	}
	return names
}
