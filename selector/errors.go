package selector

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
)

// NoInterpreterError says that no interpreter of the list satisfies the
// extension's requires_python.
type NoInterpreterError struct {
	Extension      string
	RequiresPython string
	Considered     []Verdict
}

// Error names every interpreter with the reason, one on a line.
func (e *NoInterpreterError) Error() string {
	if len(e.Considered) == 0 {
		return fmt.Sprintf("%s: no interpreter was found, and a Python %s is needed", e.Extension, e.RequiresPython)
	}
	lines := []string{fmt.Sprintf("%s: no interpreter fits", e.Extension)}
	for _, v := range e.Considered {
		lines = append(lines, fmt.Sprintf("%s: %s", v.Interpreter.Path, v.Detail))
	}
	return strings.Join(lines, "\n")
}

// Hints say how to give the agent an interpreter.
func (e *NoInterpreterError) Hints() []string {
	return []string{
		fmt.Sprintf("install a Python %s, or name one with --interpreter PATH or under interpreters: in agent.yml", e.RequiresPython),
		"see what was found with: axle interpreters",
	}
}

// ExitCode is 4.
func (e *NoInterpreterError) ExitCode() int { return fault.NoInterpreter }

// NoPackageError says that an interpreter fits and no dependency package does.
type NoPackageError struct {
	Extension string
	// Interpreters satisfy requires_python and have no package.
	Interpreters []Verdict
	// Offered are the names of the packages in the zip.
	Offered []string
	// Wanted is the target that the first of the interpreters stands for, as
	// axle build --target takes it: "cp311@manylinux_2_36_x86_64". It is "" for
	// an interpreter that no target can be made for.
	Wanted string
	// StrictOrder says that a later interpreter would have done.
	StrictOrder bool
}

// Error names every interpreter that would have fitted, and why a package that
// is for it cannot be used.
func (e *NoPackageError) Error() string {
	names := make([]string, len(e.Interpreters))
	var nearly []string
	for i, v := range e.Interpreters {
		names[i] = fmt.Sprintf("%s (Python %s)", v.Interpreter.Path, v.Interpreter.Report.Version)
		for _, p := range v.Packages {
			if p.Reason == WrongTags || p.Reason == Unusable && i > 0 {
				continue
			}
			nearly = append(nearly, fmt.Sprintf("%s: %s", p.Package.File(), p.Detail()))
		}
	}
	lines := append([]string{fmt.Sprintf("%s: no dependency package fits %s", e.Extension, strings.Join(names, ", "))}, nearly...)
	return strings.Join(lines, "\n")
}

// maxOffered is how many packages a hint names.
const maxOffered = 12

// Hints say what the zip offers and how to build what is missing.
func (e *NoPackageError) Hints() []string {
	offered := strings.Join(e.Offered[:min(len(e.Offered), maxOffered)], ", ")
	if more := len(e.Offered) - maxOffered; more > 0 {
		offered += fmt.Sprintf(", and %d more", more)
	}
	hints := []string{"the zip offers " + offered}
	if e.Wanted != "" {
		hints = append(hints, "build for it with: axle build --target "+e.Wanted)
	}
	if e.StrictOrder {
		hints = append(hints, "a later interpreter has a package: leave out --strict-order")
	}
	if e.has(WrongBinaries) {
		hints = append(hints, "build the package again with axle build; or take it as it is with policy: {binaries: warn} in agent.yml")
	}
	return append(hints, "see why each was refused with: axle select --explain ZIP")
}

// ExitCode is 5, or 6 where a package would fit and was changed.
func (e *NoPackageError) ExitCode() int {
	if e.has(WrongHash) {
		return fault.Mismatch
	}
	return fault.NoPackage
}

// has says whether a package was refused for a reason.
func (e *NoPackageError) has(reason Reason) bool {
	return slices.ContainsFunc(e.Interpreters, func(v Verdict) bool {
		return slices.ContainsFunc(v.Packages, func(p PackageVerdict) bool { return p.Reason == reason })
	})
}

func nothingFits(ext Extension, considered []Verdict) error {
	without := slices.DeleteFunc(slices.Clone(considered), func(v Verdict) bool { return v.Reason != NoPackageFits })
	if len(without) == 0 {
		return &NoInterpreterError{Extension: ext.Manifest.Name, RequiresPython: ext.Manifest.RequiresPython.String(), Considered: considered}
	}
	e := &NoPackageError{Extension: ext.Manifest.Name, Interpreters: without}
	for _, p := range ext.Packages {
		e.Offered = append(e.Offered, p.File())
	}
	if t, ok := without[0].Interpreter.Report.Target(); ok {
		e.Wanted = t.String()
	}
	e.StrictOrder = slices.ContainsFunc(considered, func(v Verdict) bool { return v.Reason == NotReached })
	if e.StrictOrder {
		e.Interpreters = without[:1]
	}
	return e
}
