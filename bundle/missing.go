package bundle

import (
	"fmt"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/report"
)

// MissingError says which targets have no package, and why.
type MissingError struct {
	Failures []lock.Failure
	// Targets is how many were asked for.
	Targets int
}

// Error gives each reason once, with all the targets it holds for.
func (e *MissingError) Error() string {
	text := fmt.Sprintf("%d of %d targets cannot be served", len(e.Failures), e.Targets)
	for _, g := range report.Group(e.Failures) {
		text += "\n" + g.String()
	}
	return text
}

// Hints are those of the reasons, and how to go on without these targets.
func (e *MissingError) Hints() []string {
	hints := report.Hints(e.Failures)
	if len(e.Failures) < e.Targets {
		hints = append(hints, "build the rest with --allow-missing, or leave these targets out with --python or --platform")
	}
	return hints
}

// ExitCode is that of the reasons where they agree, and 7 otherwise.
func (e *MissingError) ExitCode() int {
	code := fault.ExitCode(e.Failures[0].Err)
	for _, f := range e.Failures {
		if fault.ExitCode(f.Err) != code {
			return fault.Resolution
		}
	}
	return code
}
