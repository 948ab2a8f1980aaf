package lock

import (
	"errors"

	"github.com/axlepack/axle/internal/fault"
)

// Cause is what is known of a hole, beside the words that explain it.
type Cause struct {
	// Kind is the sort of trouble, a word of package resolve such as "no-wheel".
	Kind string `json:"kind"`
	// Projects are those at fault, the one that cannot be had first.
	Projects []string `json:"projects,omitempty"`
	// Requirements lead from the developer's own to the one that cannot be met,
	// which is the last: "requirements.txt:1 requires kiln>=2".
	Requirements []string `json:"requirements,omitempty"`
	// Newest is the newest version of the first project that has a file for the
	// target: "kiln 1.0"; "" where none has.
	Newest string `json:"newest_with_file,omitempty"`
	// Source is the newest version among those that would do of which there is
	// source to build for the target: "kiln 2.0"; "" where there is none.
	Source string `json:"source,omitempty"`
	// Build is what to say so that it is built: "--build-sdists=kiln".
	Build string `json:"build_from_source,omitempty"`
}

// Causes are those of an error that makes a hole, in its order; several where it
// is a list. An error without any is not about requirements.
func Causes(err error) []Cause {
	var list fault.List
	if errors.As(err, &list) {
		var all []Cause
		for _, one := range list {
			all = append(all, Causes(one)...)
		}
		return all
	}
	var known interface{ Causes() []Cause }
	if errors.As(err, &known) {
		return known.Causes()
	}
	return nil
}

// holeError is the error of a hole that was read from a lock.
type holeError struct {
	error
	causes []Cause
}

func (e *holeError) Unwrap() error   { return e.error }
func (e *holeError) Causes() []Cause { return e.causes }
