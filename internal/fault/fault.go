// Package fault holds what an error of axle can carry besides its text: the
// exit code of the program, hints on what to try, and the place in a file.
//
// An error type anywhere in axle takes part by having the methods
// ExitCode() int and Hints() []string; nothing need be registered. Codes and
// hints are found through wrapping (Unwrap() error and Unwrap() []error): the
// outermost code wins, hints add up. Only [Print] writes the words "error:"
// and "hint:". The package touches no file, clock, network or environment.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Exit codes, the same for every subcommand. 0 is success.
const (
	Internal      = 1  // a defect of axle itself, or an error that nobody classified
	Usage         = 2  // wrong flags or arguments
	BadInput      = 3  // bad extension.yml, requirements, archive or wheel name
	NoInterpreter = 4  // no interpreter fits
	NoPackage     = 5  // an interpreter fits but no dependency package does, or the matrix has holes
	Mismatch      = 6  // hash or signature mismatch
	Resolution    = 7  // resolution or download failed, nothing changed
	Unloadable    = 8  // the extension or plugin cannot be loaded
	Consent       = 9  // an action waits for consent
	NameClash     = 10 // name clash
	NotFound      = 11 // not found
	Service       = 12 // a service would not stop or start, rolled back
	Locked        = 13 // another operation holds the lock
)

type coded struct {
	error
	code int
}

func (e *coded) Unwrap() error { return e.error }
func (e *coded) ExitCode() int { return e.code }

type hinted struct {
	error
	hints []string
}

func (e *hinted) Unwrap() error   { return e.error }
func (e *hinted) Hints() []string { return e.hints }

// New returns an error with a message, an exit code and hints.
func New(code int, message string, hints ...string) error {
	return WithHints(WithCode(errors.New(message), code), hints...)
}

// Errorf is [fmt.Errorf] (so %w wraps) with an exit code, which takes the place
// of the code of whatever is wrapped.
func Errorf(code int, format string, args ...any) error {
	return WithCode(fmt.Errorf(format, args...), code)
}

// WithHints adds hints to err and leaves its text, code and chain alone. A nil
// err stays nil.
func WithHints(err error, hints ...string) error {
	if err == nil || len(hints) == 0 {
		return err
	}
	return &hinted{err, hints}
}

// WithCode gives err another exit code. A nil err stays nil.
func WithCode(err error, code int) error {
	if err == nil {
		return nil
	}
	return &coded{err, code}
}

// List is several problems found at once, in the order in which to report them.
type List []error

// Err is nil for an empty list and the list itself otherwise, so that a
// function can end with "return v, problems.Err()".
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// Error is one line (or more) per member.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, err := range l {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes errors.Is and errors.As look at every member.
func (l List) Unwrap() []error { return l }

// ExitCode is the code of the first member that carries one, 1 when none does.
func (l List) ExitCode() int {
	for _, err := range l {
		if code, ok := findCode(err); ok {
			return code
		}
	}
	return Internal
}

// ExitCode is the exit code for err: 0 for nil, the outermost code in its chain,
// and 1 when nothing in the chain carries one. The exit status of a child
// process (*exec.ExitError also has an ExitCode method) never counts as ours.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	if code, ok := findCode(err); ok {
		return code
	}
	return Internal
}

func findCode(err error) (int, bool) {
	code, found := 0, false
	walk(err, func(e error) bool {
		c, ok := e.(interface{ ExitCode() int })
		if ok && !isProcess(e) {
			code, found = c.ExitCode(), true
		}
		return !found
	})
	return code, found
}

// isProcess tells a finished child process from an error of ours. Both have an
// ExitCode; only os.ProcessState, embedded in exec.ExitError, has a Pid. Asking
// so saves every package the import of os/exec.
func isProcess(err error) bool {
	_, ok := err.(interface{ Pid() int })
	return ok
}

// Hints are all hints in the chain of err, outermost first, without repetitions.
func Hints(err error) []string {
	var hints []string
	seen := map[string]bool{}
	walk(err, func(e error) bool {
		h, ok := e.(interface{ Hints() []string })
		if !ok {
			return true
		}
		for _, hint := range h.Hints() {
			if hint != "" && !seen[hint] {
				seen[hint] = true
				hints = append(hints, hint)
			}
		}
		return true
	})
	return hints
}

// walk visits err and all that it wraps, depth first, until visit says false.
func walk(err error, visit func(error) bool) bool {
	if err == nil {
		return true
	}
	if !visit(err) {
		return false
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return walk(e.Unwrap(), visit)
	case interface{ Unwrap() []error }:
		for _, member := range e.Unwrap() {
			if !walk(member, visit) {
				return false
			}
		}
	}
	return true
}
