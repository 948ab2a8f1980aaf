package resolve

import (
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/target"
)

// Error says why a target has no solution.
type Error struct {
	Target target.Target
}

func (e *Error) Error() string { return e.Target.String() + ": no solution" }

// ExitCode is that of a resolution that failed.
func (e *Error) ExitCode() int { return fault.Resolution }

// explain makes an error of the clause that proves there is no solution.
func (p *problem) explain(c *clause) error { return &Error{Target: p.cells[0].target} }
