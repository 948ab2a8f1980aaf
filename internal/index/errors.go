package index

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
)

// NotFoundError says that no index and no folder has a project.
type NotFoundError struct {
	Project pep508.Name
	// Places are the indexes and folders that were asked, without credentials.
	Places []string
}

func (e *NotFoundError) Error() string {
	if len(e.Places) == 0 {
		return fmt.Sprintf("%s: there is no index or folder to look in", e.Project)
	}
	return fmt.Sprintf("%s: not found in %s", e.Project, strings.Join(e.Places, ", "))
}

// ExitCode is that of a resolution that failed.
func (e *NotFoundError) ExitCode() int { return fault.Resolution }

// Hints say where else to look.
func (e *NotFoundError) Hints() []string {
	if len(e.Places) == 0 {
		return []string{"name an index with --index-url or AXLE_INDEX_URL, or a folder with --find-links"}
	}
	return []string{"check how the project is spelled", "name the index that has it with --index-url or --extra-index-url"}
}

// MismatchError says that a file is not the one the index promised.
type MismatchError struct {
	File      string // file name
	Index     string // who promised, without credentials
	Algorithm string // "sha256"; "size" when the digest is not known
	Want, Got string
	// WantSize and GotSize are in bytes; WantSize is 0 when not promised.
	WantSize, GotSize int64
}

func (e *MismatchError) Error() string {
	s := fmt.Sprintf("%s: %s is %s, expected %s", e.File, e.Algorithm, e.Got, e.Want)
	if e.WantSize != 0 && e.WantSize != e.GotSize {
		s += fmt.Sprintf(" (%d bytes, expected %d)", e.GotSize, e.WantSize)
	}
	if e.Index != "" {
		s += " by " + e.Index
	}
	return s
}

// ExitCode is that of a digest that differs.
func (e *MismatchError) ExitCode() int { return fault.Mismatch }

// Hints say what may be the cause.
func (e *MismatchError) Hints() []string {
	return []string{"the file was replaced after it was listed, or changed on its way: try again, and ask who runs the index if it stays"}
}

// OfflineError says what the cache lacks when the network may not be used.
type OfflineError struct {
	What string // "the listing of demo", "demo-1.0-py3-none-any.whl"
}

func (e *OfflineError) Error() string { return e.What + ": not in the cache, and --offline was given" }

// ExitCode is that of a resolution that failed.
func (e *OfflineError) ExitCode() int { return fault.Resolution }

// Hints say how to fill the cache.
func (e *OfflineError) Hints() []string {
	return []string{"run once without --offline to fill the cache"}
}

// NoMetadataError says that a file's metadata cannot be known without
// building it: a source distribution.
type NoMetadataError struct{ File string }

func (e *NoMetadataError) Error() string {
	return e.File + ": its metadata is known only after building it"
}

// ExitCode is that of a resolution that failed.
func (e *NoMetadataError) ExitCode() int { return fault.Resolution }

// StatusError says that a server refused.
type StatusError struct {
	URL    string // without credentials
	Status int
	// HadCredentials says whether the request carried some.
	HadCredentials bool
	// RetryAfter is how long the server asks to wait, where that is longer
	// than a request waits; else 0.
	RetryAfter time.Duration
}

func (e *StatusError) Error() string {
	s := fmt.Sprintf("%s: the server answered %d", e.URL, e.Status)
	if text := http.StatusText(e.Status); text != "" {
		s += " " + text
	}
	if e.RetryAfter > 0 {
		s += fmt.Sprintf(" and asks to wait %s", e.RetryAfter)
	}
	return s
}

// ExitCode is that of a download that failed.
func (e *StatusError) ExitCode() int { return fault.Resolution }

// Hints say what the status usually means.
func (e *StatusError) Hints() []string {
	switch {
	case (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) && e.HadCredentials:
		return []string{"the user name or the password was not accepted: check those of the index address or of netrc"}
	case e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden:
		return []string{"the server wants credentials: put them into netrc, or into the index address (PIP_INDEX_URL)"}
	case e.Status == http.StatusProxyAuthRequired:
		return []string{"the proxy wants credentials: put them into HTTPS_PROXY"}
	case e.Status == http.StatusTooManyRequests:
		return []string{"the index limits how often it may be asked: wait, then try again"}
	case e.Status >= 500:
		return []string{"try again later, and ask who runs the index if it stays so"}
	}
	return nil
}

// errStalled ends a request whose bytes stopped coming.
var errStalled = errors.New("no byte came for too long")

// errBrokeOff is what a person calls the end of a file that comes too early.
var errBrokeOff = errors.New("the connection broke off")

// unreachable wraps what the network said about an address.
func unreachable(address string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errBrokeOff
	}
	return fault.WithHints(fault.Errorf(fault.Resolution, "%s: %w", address, err),
		"check the address, the network and the proxy settings, or use --offline to work from the cache")
}
