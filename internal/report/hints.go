package report

import (
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/target"
)

// Hints are what to try about failures, each once. Those that differ in the
// Python or the platform of their target alone are one, with all of these, and
// so are those that differ in the version alone that a line is to admit.
func Hints(failures []lock.Failure) []string {
	var all []*advice
	for _, f := range failures {
		for _, h := range fault.Hints(f.Err) {
			pattern, part := blank(h, f.Target)
			i := slices.IndexFunc(all, func(a *advice) bool { return a.pattern == pattern })
			if i < 0 {
				i = len(all)
				all = append(all, &advice{pattern: pattern})
			}
			if !slices.Contains(all[i].parts, part) {
				all[i].parts = append(all[i].parts, part)
			}
		}
	}
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = a.String()
	}
	return out
}

// advice is a hint of which one part differs from target to target.
type advice struct {
	pattern string // with gap in the place of the part
	parts   []string
}

// gap stands in a pattern for what differs; admitGap where that is a version.
const gap, admitGap = "\x00", "==\x00"

func (a *advice) String() string {
	parts := strings.Join(a.parts, ", ")
	if len(a.parts) > 1 && strings.HasSuffix(a.pattern, admitGap) {
		return strings.TrimSuffix(a.pattern, admitGap) + " " + parts + ", by target"
	}
	return strings.ReplaceAll(a.pattern, gap, parts)
}

// blank takes out of a hint what is particular to a target.
func blank(hint string, t target.Target) (pattern, part string) {
	python, platform := t.Python.String(), t.Platform.String()
	for before, part := range map[string]string{"leave Python ": python, "leave ": platform, "if ": platform} {
		if rest, ok := strings.CutPrefix(hint, before+part+" "); ok {
			return before + gap + " " + rest, part
		}
	}
	if to := strings.Index(hint, " to admit "); to > 0 && strings.HasPrefix(hint, "change ") {
		if at := strings.Index(hint[to:], "=="); at > 0 && !strings.ContainsAny(hint[to+at:], " ,") {
			return hint[:to+at] + admitGap, hint[to+at+2:]
		}
	}
	return hint, ""
}
