package interpreters

import (
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// namespace holds the answers in a [Memory]; its number grows with the format
// of remembered.
const namespace = "interpreters-1"

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
	Path    string `json:"path"`
	Device  uint64 `json:"device,omitempty"`
	Inode   uint64 `json:"inode,omitempty"`
	Size    int64  `json:"size,omitempty"`
	Changed int64  `json:"changed,omitempty"` // contents, in ns
	Touched int64  `json:"touched,omitempty"` // the inode; on Windows made
}

// recall gives what is remembered of a path, if it still holds.
func (f *finder) recall(path string, byChance bool) (Report, error, bool) {
	if f.opt.Memory == nil || f.opt.Again {
		return Report{}, nil, false
	}
	data, ok := f.opt.Memory.Get(namespace, path)
	if !ok {
		return Report{}, nil, false
	}
	var r remembered
	if json.Unmarshal(data, &r) != nil || !f.holds(path, r) {
		return Report{}, nil, false
	}
	switch {
	case r.Report != nil:
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
		if stampOf(s.Path) != s {
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
	f.write(path, remembered{Files: files, Report: &report})
}

func (f *finder) keepFailure(path string, before stamp, err error) {
	var e *Error
	if errors.As(err, &e) {
		f.write(path, remembered{
			Files:   []stamp{before},
			Failure: &failed{e.Kind, e.Detail, e.Hint},
			Until:   f.opt.Now().Add(failureKept).UTC(),
		})
	}
}

// write stores what is remembered of a path. That it cannot be written only
// means that the interpreter is asked again.
func (f *finder) write(path string, r remembered) {
	if f.opt.Memory == nil || stampOf(path) != r.Files[0] {
		return
	}
	r.Script, r.System = probeDigest(), f.system()
	if data, err := json.Marshal(r); err == nil {
		_ = f.opt.Memory.Set(namespace, path, data)
	}
}
