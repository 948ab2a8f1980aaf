package interpreters

import (
	"context"
	"os"
	"path/filepath"

	"github.com/axlepack/axle/internal/event"
)

// answered is a report and the path to start for the interpreter that gave it.
type answered struct {
	start  string
	report Report
}

// Probe asks one executable, or remembers, what it is. path is absolute or
// relative to the working folder. Errors: an [*Error], or that of the context.
func Probe(ctx context.Context, path string, opt Options) (Report, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Report{}, &Error{Path: path, Kind: NotFound, Detail: reason(err), Err: err}
	}
	a, err := newFinder(opt).ask(ctx, path, false)
	return a.report, err
}

// ask gives the report on an executable. What only starts another program is
// resolved to that one, where that answers by itself.
//
// byChance says that nobody named this executable: then it is also remembered
// for a while that it does not answer.
func (f *finder) ask(ctx context.Context, path string, byChance bool) (answered, error) {
	if err := f.inspect(path); err != nil {
		return answered{}, withNeighbour(err)
	}
	if report, err, ok := f.recall(path, byChance); ok {
		f.opt.Events.Note(event.Detail, "remembered", path)
		return answered{path, report}, err
	}
	before := stampOf(path)
	task := f.opt.Events.Begin(event.Event{Level: event.Item, What: "interpreter", Name: path})
	report, err := f.probe(ctx, path)
	task.End(err, event.F("python", report.Version))
	if err != nil {
		if byChance && KindOf(err) == NoAnswer {
			f.keepFailure(path, before, err)
		}
		return answered{}, err
	}
	if sameFile(path, report.Path) || names(path, report.Path) {
		f.keep(path, before, report)
		return answered{path, report}, nil
	}
	return f.resolveShim(ctx, path, report), nil
}

// resolveShim takes the program that a shim started in its place, if it says
// the same of itself when it is started without the shim.
func (f *finder) resolveShim(ctx context.Context, shim string, report Report) answered {
	if _, err := os.Stat(report.Path); err != nil || !filepath.IsAbs(report.Path) {
		return answered{shim, report}
	}
	target, err := f.ask(ctx, report.Path, false)
	if err != nil || target.start != report.Path || target.report.identity() != report.identity() {
		return answered{shim, report}
	}
	return target
}
