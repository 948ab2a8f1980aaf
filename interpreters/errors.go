package interpreters

import (
	"errors"

	"github.com/axlepack/axle/internal/fault"
)

// Kind is what is wrong with an executable, one of a closed list.
type Kind string

const (
	NotFound      Kind = "not-found"      // no such file, or no such name on PATH
	BrokenLink    Kind = "broken-link"    // a symbolic link that leads nowhere
	NotExecutable Kind = "not-executable" // a folder, a special file, or no permission
	Stub          Kind = "stub"           // stands for an interpreter that is not installed
	NoAnswer      Kind = "no-answer"      // still running at the time limit
	Failed        Kind = "failed"         // could not be started, or ended with an error
	NotPython     Kind = "not-python"     // ended well, without an answer
	TooOld        Kind = "too-old"        // a Python that is not supported
)

// Error says why an executable cannot be used as an interpreter. Its exit code
// is [fault.NoInterpreter].
type Error struct {
	Path   string // as listed or found
	Kind   Kind
	Detail string // what happened, lower case
	Hint   string // what to try; may be empty
	Err    error  // the cause, when there is one; its text is part of Detail
}

// Error is "/usr/bin/python3.7: no answer within 5s".
func (e *Error) Error() string { return e.Path + ": " + e.Detail }

// Hints is the Hint when there is one.
func (e *Error) Hints() []string {
	if e.Hint == "" {
		return nil
	}
	return []string{e.Hint}
}

// ExitCode is 4, no interpreter.
func (e *Error) ExitCode() int { return fault.NoInterpreter }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of an [*Error] in the chain of err, or "".
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}
