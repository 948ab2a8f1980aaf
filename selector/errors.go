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

// Error names every interpreter with the reason.
func (e *NoInterpreterError) Error() string {
	if len(e.Considered) == 0 {
		return fmt.Sprintf("%s: no interpreter was found, and one of Python %s is needed", e.Extension, e.RequiresPython)
	}
	lines := []string{fmt.Sprintf("%s: no interpreter fits", e.Extension)}
	for _, v := range e.Considered {
		lines = append(lines, fmt.Sprintf("  %s: %s", v.Interpreter.Path, v.Detail))
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
	// Wanted is the target that the first of the interpreters stands for,
	// "cp311@manylinux_2_36_x86_64".
	Wanted string
}

// Error names every interpreter that would have fitted.
func (e *NoPackageError) Error() string {
	names := make([]string, len(e.Interpreters))
	for i, v := range e.Interpreters {
		names[i] = fmt.Sprintf("%s (Python %s)", v.Interpreter.Path, v.Interpreter.Report.PythonVersion())
	}
	return fmt.Sprintf("%s: no dependency package fits %s", e.Extension, strings.Join(names, ", "))
}

// Hints say what the zip offers and how to build what is missing.
func (e *NoPackageError) Hints() []string {
	return []string{
		"the zip offers " + strings.Join(e.Offered, ", "),
		"build for it with: axle build --target " + e.Wanted,
		"see why each was refused with: axle select --explain ZIP",
	}
}

// ExitCode is 5.
func (e *NoPackageError) ExitCode() int { return fault.NoPackage }

func nothingFits(ext Extension, considered []Verdict) error {
	without := slices.DeleteFunc(slices.Clone(considered), func(v Verdict) bool { return v.Reason != NoPackageFits })
	if len(without) == 0 {
		return &NoInterpreterError{Extension: ext.Manifest.Name, RequiresPython: ext.Manifest.RequiresPython.String(), Considered: considered}
	}
	e := &NoPackageError{Extension: ext.Manifest.Name, Interpreters: without}
	for _, p := range ext.Packages {
		e.Offered = append(e.Offered, p.File())
	}
	if list := without[0].Interpreter.Report.TagOrder().List(); len(list) > 0 {
		e.Wanted = list[0].Python + "@" + list[0].Platform
	}
	return e
}
