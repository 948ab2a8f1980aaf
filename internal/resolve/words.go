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

// versionsText names versions of a project: one, two, or the ends of a run.
// Versions in between that are not meant are not told.
func versionsText(p *project, s set) string {
	lo, hi := s.Next(1), s.Prev(len(s)*64)
	switch n := s.Count(); {
	case lo < 0 || hi < 1:
		return "(none)"
	case n == 1:
		return p.version(lo).String()
	case n == 2:
		return fmt.Sprintf("%s and %s", p.version(lo), p.version(hi))
	default:
		return fmt.Sprintf("%s to %s", p.version(lo), p.version(hi))
	}
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
