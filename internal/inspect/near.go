package inspect

import (
	"cmp"
	"fmt"

	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/selector"
)

// near says what keeps packages from a target that they are nearly for, a line
// each: a Requires-Python, a floor of their platform, or that they are refused.
func (e Extension) near(t target.Target) string {
	text := ""
	for i := range e.Packages {
		p := &e.Packages[i]
		if why := cmp.Or(p.refusal.Text, p.Problem); why != "" {
			if p.couldServe(t) {
				text += fmt.Sprintf("\n  %s is refused: %s", p.File, why)
			}
			continue
		}
		if wants := p.wants(t); wants != "" {
			text += fmt.Sprintf("\n  %s %s", p.File, wants)
		}
	}
	return text
}

// couldServe says whether a package that is refused would be for a target; one
// that is not named as a package would be for any.
func (p *Package) couldServe(t target.Target) bool {
	return len(p.filename.Tags) == 0 || selector.Serving([]selector.Offer{p.offer()}, t) >= 0
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
