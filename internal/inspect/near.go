package inspect

import (
	"fmt"

	"github.com/axlepack/axle/internal/target"
)

// near says what keeps packages from a target that they are nearly for, a line
// each: a Requires-Python, or a floor of their platform.
func (e Extension) near(t target.Target) string {
	text := ""
	for i := range e.Packages {
		p := &e.Packages[i]
		if p.Problem != "" {
			continue
		}
		if wants := p.wants(t); wants != "" {
			text += fmt.Sprintf("\n  %s %s", p.File, wants)
		}
	}
	return text
}

// wants is what a package that does not serve a target wants of it, "" where
// that is another Python or platform altogether.
func (p *Package) wants(t target.Target) string {
	if _, _, fits := t.LocalTags().Best(p.filename.Tags); fits {
		if some, _ := p.python.AdmitsMinor(t.Python.Major, t.Python.Minor); !some {
			return "requires Python " + p.RequiresPython
		}
		return fmt.Sprintf("needs glibc %d.%d", p.glibc[0], p.glibc[1])
	}
	for _, tag := range p.filename.Platforms {
		floor, err := target.ParsePlatform(tag)
		if err != nil || floor.Family != t.Platform.Family || floor.Arch != t.Platform.Arch {
			continue
		}
		if _, _, fits := (target.Target{Python: t.Python, Platform: floor}).Tags().Best(p.filename.Tags); fits {
			return "needs " + floor.String()
		}
	}
	return ""
}
