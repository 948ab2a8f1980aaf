package pack

import (
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
)

// why says what keeps the file that a project has in one solution from serving
// the others, or why the project is not wanted there: in the words of a part
// of a sentence, or not at all.
func why(project pep508.Name, in lock.Solution, all []lock.Solution) string {
	pin, wanted := in.Pin(project)
	if !wanted {
		return whyNot(project, in, all)
	}
	for _, s := range all {
		python := s.Target.Python
		if some, _ := pin.RequiresPython.AdmitsMinor(python.Major, python.Minor); !some {
			return "Requires-Python " + pin.RequiresPython.String()
		}
	}
	if slices.ContainsFunc(all, func(s lock.Solution) bool {
		other, wanted := s.Pin(project)
		return wanted && other.File.Key() != pin.File.Key()
	}) {
		return whatIsAsked(project, pin, in)
	}
	return ""
}

// whatIsAsked are the bounds that other distributions put on the version.
func whatIsAsked(project pep508.Name, pin lock.Pin, in lock.Solution) string {
	var asked []string
	for _, via := range pin.Via {
		requirer, _ := in.Pin(via)
		for _, r := range requirer.Requires {
			if r.Name == project && !r.Specifier.IsEmpty() {
				asked = append(asked, string(via)+" wants "+r.Specifier.String())
			}
		}
	}
	slices.Sort(asked)
	return strings.Join(slices.Compact(asked), ", ")
}

// whyNot finds who wants the project elsewhere: a requirer that is the same
// here has a marker that does not hold here, another one is not here itself.
func whyNot(project pep508.Name, in lock.Solution, all []lock.Solution) string {
	for _, s := range all {
		pin, wanted := s.Pin(project)
		if !wanted {
			continue
		}
		if pin.Direct {
			return "a marker of the requirements"
		}
		for _, via := range pin.Via {
			there, _ := s.Pin(via)
			here, ok := in.Pin(via)
			switch {
			case ok && here.Version.Equal(there.Version):
				return "a marker of " + string(via)
			case ok:
				return string(via) + " " + here.Version.String() + " does not require it"
			}
		}
		if len(pin.Via) > 0 {
			return string(pin.Via[0]) + " is not wanted either"
		}
	}
	return ""
}
