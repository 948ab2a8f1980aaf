package archive

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/axlepack/axle/internal/fault"
)

// Problem is one thing wrong with an archive.
type Problem struct {
	Archive string // its path
	Member  string // "" where it is the archive as a whole
	Reason  string
	Err     error // the cause, or nil
	Code    int   // exit code; 0 stands for fault.BadInput
}

// Error is "archive: member: reason", the member quoted where it is not plain.
func (p *Problem) Error() string {
	if p.Member == "" {
		return p.Archive + ": " + p.Reason
	}
	return p.Archive + ": " + quoteName(p.Member) + ": " + p.Reason
}

// ExitCode is Code, or fault.BadInput.
func (p *Problem) ExitCode() int {
	if p.Code == 0 {
		return fault.BadInput
	}
	return p.Code
}

// Unwrap is the cause.
func (p *Problem) Unwrap() error { return p.Err }

// ErrFormat is in the chain of the error for a file that is no zip archive, or
// a part of one.
var ErrFormat = errors.New("not a zip archive")

// maxProblems is how many are told; a hostile archive may have any number.
const maxProblems = 50

// problems collects what is wrong with one archive.
type problems struct {
	archive string
	list    fault.List
	more    int
}

func (p *problems) add(member, format string, args ...any) {
	p.addCode(0, member, format, args...)
}

func (p *problems) addCode(code int, member, format string, args ...any) {
	if len(p.list) == maxProblems {
		p.more++
		return
	}
	p.list = append(p.list, &Problem{Archive: p.archive, Member: member, Reason: fmt.Sprintf(format, args...), Code: code})
}

func (p *problems) err() error {
	if p.more > 0 {
		p.list = append(p.list, &Problem{Archive: p.archive, Reason: fmt.Sprintf("and %d more problems", p.more)})
		p.more = 0
	}
	return p.list.Err()
}

func quoteName(name string) string {
	if quoted := strconv.Quote(name); quoted[1:len(quoted)-1] != name {
		return quoted
	}
	return name
}
