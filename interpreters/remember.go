package interpreters

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// namespace holds the answers in a [Memory]; its number grows with the format
// of remembered.
const namespace = "interpreters-2"

// failureKept is how long it is remembered that an executable which nobody
// listed did not answer. It is short, since the machine may just have been busy.
const failureKept = 5 * time.Minute

// remembered is what is kept for one path: a report or a failure, and all
// that it depends on.
type remembered struct {
	Script  string    `json:"script"`
	System  string    `json:"system"`
	Files   []stamp   `json:"files"`
	Report  *Report   `json:"report,omitempty"`
	Failure *failed   `json:"failure,omitempty"`
	Until   time.Time `json:"until,omitzero"` // of a failure
}

type failed struct {
	Kind   Kind   `json:"kind"`
	Detail string `json:"detail"`
	Hint   string `json:"hint"`
}

// stamp is what tells one state of a file from another. It is zero, but for
// the path, for a file that does not exist.
type stamp struct {
	Path          string
	Device, Inode uint64
	Size          int64
	Changed       int64 // contents, in ns
	Touched       int64 // the inode; on Windows made
}

// MarshalText writes the numbers and the path, with spaces between them.
func (s stamp) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%d %d %d %d %d %s", s.Device, s.Inode, s.Size, s.Changed, s.Touched, s.Path), nil
}

// UnmarshalText reads what MarshalText writes.
func (s *stamp) UnmarshalText(text []byte) error {
	parts := strings.SplitN(string(text), " ", 6)
	if len(parts) < 6 {
		return errBroken
	}
	var ids [2]uint64
	var numbers [3]int64
	var errs [5]error
	for i := range ids {
		ids[i], errs[i] = strconv.ParseUint(parts[i], 10, 64)
	}
	for i := range numbers {
		numbers[i], errs[2+i] = strconv.ParseInt(parts[2+i], 10, 64)
	}
	*s = stamp{parts[5], ids[0], ids[1], numbers[0], numbers[1], numbers[2]}
	return errors.Join(errs[:]...)
}

var errBroken = errors.New("is not the state of a file")

// recall gives what is remembered of a path, if it still holds.
func (f *finder) recall(path string, byChance bool) (Report, error, bool) {
	if f.opt.Memory == nil || f.opt.Again {
		return Report{}, nil, false
	}
	data, ok := f.opt.Memory.Get(namespace, path)
	if !ok {
		return Report{}, nil, false
	}
	// The long lists stand behind the JSON, as they are: it takes a good deal less
	// time to read so.
	text, lists, _ := bytes.Cut(data, []byte("\n"))
	var r remembered
	if json.Unmarshal(text, &r) != nil || !f.holds(path, r) {
		return Report{}, nil, false
	}
	switch {
	case r.Report != nil:
		platforms, tags, _ := strings.Cut(string(lists), "\n")
		r.Report.Platforms, r.Report.Tags = strings.Fields(platforms), strings.Fields(tags)
		return *r.Report, nil, true
	case r.Failure != nil && byChance && f.recent(r.Until):
		return Report{}, &Error{Path: path, Kind: r.Failure.Kind, Hint: r.Failure.Hint,
			Detail: r.Failure.Detail + " (a moment ago)", Err: errRemembered}, true
	}
	return Report{}, nil, false
}

// recent says whether a time lies ahead, but not further than it can when the
// clock was never turned back.
func (f *finder) recent(until time.Time) bool {
	ahead := until.Sub(f.opt.Now())
	return ahead > 0 && ahead <= failureKept
}

var errRemembered = errors.New("remembered from an earlier question")

func (f *finder) holds(path string, r remembered) bool {
	if r.Script != probeDigest() || r.System != f.system() || len(r.Files) == 0 || r.Files[0].Path != path {
		return false
	}
	for _, s := range r.Files {
		if f.state(s.Path) != s {
			return false
		}
	}
	return true
}

// keep remembers a report, unless the executable changed while it was asked.
// before is the state of path at that time.
func (f *finder) keep(path string, before stamp, report Report) {
	files := []stamp{before}
	if report.Path != "" && report.Path != path {
		files = append(files, stampOf(report.Path))
	}
	for _, file := range report.Files {
		if !slices.ContainsFunc(files, func(s stamp) bool { return s.Path == file }) {
			files = append(files, stampOf(file))
		}
	}
	lists := strings.Join(report.Platforms, " ") + "\n" + strings.Join(report.Tags, " ")
	report.Platforms, report.Tags = nil, nil
	f.write(path, remembered{Files: files, Report: &report}, lists)
}

func (f *finder) keepFailure(path string, before stamp, err error) {
	var e *Error
	if errors.As(err, &e) {
		f.write(path, remembered{
			Files:   []stamp{before},
			Failure: &failed{e.Kind, e.Detail, e.Hint},
			Until:   f.opt.Now().Add(failureKept).UTC(),
		}, "")
	}
}

// write stores what is remembered of a path. That it cannot be written only
// means that the interpreter is asked again.
func (f *finder) write(path string, r remembered, lists string) {
	if f.opt.Memory == nil || stampOf(path) != r.Files[0] {
		return
	}
	r.Script, r.System = probeDigest(), f.system()
	if data, err := json.Marshal(r); err == nil {
		_ = f.opt.Memory.Set(namespace, path, append(data, "\n"+lists...))
	}
}
