package resolve

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
)

// versionsText names versions of a project: each, runs of them by their ends
// ("2.1, 2.3 to 2.9"), and of many runs the newest. A run has no version in
// between that is not meant, but for pre-releases, of which final releases say
// nothing.
func versionsText(p *project, s set) string {
	const told = 3
	var parts []string
	older := 0
	for hi := s.Prev(len(s) * 64); hi > absent; {
		lo, n := runBelow(p, s, hi)
		switch {
		case len(parts) >= told:
			older += n
		case n == 2:
			parts = append(parts, p.version(hi).String(), p.version(lo).String())
		case n == 1:
			parts = append(parts, p.version(hi).String())
		default:
			parts = append(parts, fmt.Sprintf("%s to %s", p.version(lo), p.version(hi)))
		}
		hi = s.Prev(lo - 1)
	}
	slices.Reverse(parts)
	last := len(parts) - 1
	switch {
	case last < 0:
		return "(none)"
	case older > 0:
		return fmt.Sprintf("%s and %d older", strings.Join(parts, ", "), older)
	case last == 0:
		return parts[0]
	}
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

// runBelow is the lowest version of the run that ends with hi, and how many of
// the set are in it.
func runBelow(p *project, s set, hi int) (lo, n int) {
	lo, n = hi, 1
	for c := hi - 1; c > absent; c-- {
		switch {
		case s.Has(c):
			lo, n = c, n+1
		case !p.isPre(c) || p.isPre(lo):
			return lo, n
		}
	}
	return lo, n
}

// newestText lists the newest n versions of a set.
func newestText(p *project, s set, n int) string {
	var out []string
	for c := s.Prev(len(s) * 64); c > absent && len(out) < n; c = s.Prev(c - 1) {
		out = append(out, p.version(c).String())
	}
	text := strings.Join(out, ", ")
	if more := s.Count() - len(out); more > 0 {
		text += fmt.Sprintf(" and %d older", more)
	}
	return text
}

// pythonsText names the Pythons that tags are for: "Python 3.8 to 3.12".
func pythonsText(of []tags.Tag) string {
	minors := map[int]bool{}
	others := map[string]bool{}
	for _, tag := range of {
		version, isCPython := strings.CutPrefix(tag.Python, "cp3")
		minor, err := strconv.Atoi(version)
		switch {
		case isCPython && err == nil && strings.HasSuffix(tag.ABI, "t"):
			others["3."+version+"t"] = true
		case isCPython && err == nil && tag.ABI == "abi3":
			others["3."+version+" and newer (abi3)"] = true
		case isCPython && err == nil:
			minors[minor] = true
		default:
			others[otherPython(tag.Python)] = true
		}
	}
	parts := append(spans(slices.Sorted(maps.Keys(minors))), slices.Sorted(maps.Keys(others))...)
	return "Python " + strings.Join(parts, ", ")
}

func otherPython(tag string) string {
	switch {
	case tag == "py3":
		return "3"
	case tag == "py2":
		return "2"
	case strings.HasPrefix(tag, "pp3"):
		return "PyPy 3." + tag[3:]
	case strings.HasPrefix(tag, "cp2"):
		return "2." + tag[3:]
	}
	return tag
}

// spans writes runs of minor versions of Python 3 as "3.8 to 3.12".
func spans(minors []int) []string {
	var out []string
	for i := 0; i < len(minors); {
		j := i
		for j+1 < len(minors) && minors[j+1] == minors[j]+1 {
			j++
		}
		text := fmt.Sprintf("3.%d", minors[i])
		if j > i {
			text += fmt.Sprintf(" to 3.%d", minors[j])
		}
		out = append(out, text)
		i = j + 1
	}
	return out
}

// platformsText names the platforms that tags are for, each with its lowest floor.
func platformsText(of []tags.Tag) string {
	lowest := map[string]target.Platform{}
	others := map[string]bool{}
	for _, tag := range of {
		family, floor, arch, ok := target.SplitTag(tag.Platform)
		if !ok {
			others[tag.Platform] = true
			continue
		}
		p := target.Platform{Family: family, Arch: arch, Major: floor[0], Minor: floor[1]}
		key := string(family) + arch
		if q, seen := lowest[key]; !seen || p.Compare(q) < 0 {
			lowest[key] = p
		}
	}
	platforms := slices.SortedFunc(maps.Values(lowest), target.Platform.Compare)
	var out []string
	for _, p := range platforms {
		out = append(out, p.String())
	}
	return few(append(out, slices.Sorted(maps.Keys(others))...))
}

// few lists names, and only counts the last when there are many.
func few(names []string) string {
	const many = 5
	if len(names) <= many {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:many-1], ", "), len(names)-many+1)
}
