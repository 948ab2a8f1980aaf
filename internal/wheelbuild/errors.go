package wheelbuild

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/target"
)

// BuildError says that a build backend failed, with the end of what it printed.
type BuildError struct {
	// Source is what was to be built, "demo 1.0".
	Source string
	// Backend is its build backend, and Doing the hook of it; or Backend is
	// empty, and Doing another step.
	Backend, Doing string
	// Python is the interpreter's version, Path where it lies.
	Python, Path string
	// Output are the last lines that it printed.
	Output []string
	// Err is what happened.
	Err error
}

// Error is a line, and below it, indented, what the backend printed last.
func (e *BuildError) Error() string {
	doing := e.Doing
	if e.Backend != "" {
		doing = e.Backend + " failed in " + doing
	}
	text := fmt.Sprintf("%s cannot be built: %s under Python %s: %s", e.Source, doing, e.Python, e.Err)
	for _, line := range e.Output {
		text += "\n  | " + line
	}
	return text
}

// Unwrap is what happened.
func (e *BuildError) Unwrap() error { return e.Err }

// ExitCode is that of a resolution that failed: nothing was changed.
func (e *BuildError) ExitCode() int { return fault.Resolution }

// Hints say what the output is a sign of, where that is known.
func (e *BuildError) Hints() []string {
	output := strings.Join(e.Output, "\n")
	for _, sign := range []struct{ text, hint string }{
		{"No module named 'venv'", "install the module venv of Python " + e.Python + " (often a package called python3-venv)"},
		{"Python.h", "install the headers of Python " + e.Python + " (often a package called python3-dev)"},
		{"command 'gcc' failed: No such file", "install a C compiler"},
		{"command 'cc' failed: No such file", "install a C compiler"},
		{"unable to execute 'gcc'", "install a C compiler"},
		{"Microsoft Visual C++", "install the Visual C++ build tools"},
		{"can't find Rust compiler", "install Rust"},
	} {
		if strings.Contains(output, sign.text) {
			return []string{sign.hint}
		}
	}
	return []string{"build with another Python (--builder-python PATH), or take a version that has a wheel"}
}

// failed is the error of a hook, or why the work ended.
func (w *workshop) failed(ctx context.Context, doing string, err error, out *tail) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	lines := out.lines()
	gone := strings.NewReplacer(w.dir, "…")
	if w.root != "" {
		gone = strings.NewReplacer(w.root+string(filepath.Separator), "", w.dir, "…")
	}
	for i := range lines {
		lines[i] = gone.Replace(lines[i]) // the folders are, when this is read
	}
	backend, _, _ := strings.Cut(w.source.about.Build.Backend, ":")
	if doing == makingEnvironment {
		backend = ""
	}
	return &BuildError{
		Source: w.source.String(), Backend: backend, Doing: doing, Err: err, Output: lines,
		Python: w.machine.version.String(), Path: w.machine.path,
	}
}

// UnfitError says that a source can be built here, but not for a target.
type UnfitError struct {
	Source string
	Target target.Target
	// Reason goes behind its source: "was built here into …".
	Reason string
	// Remedy is what to try.
	Remedy string
}

func (e *UnfitError) Error() string {
	return fmt.Sprintf("%s: for %s its source %s", e.Source, e.Target, e.Reason)
}

// ExitCode is that of a resolution that failed.
func (e *UnfitError) ExitCode() int { return fault.Resolution }

// Hints is the remedy.
func (e *UnfitError) Hints() []string { return []string{e.Remedy} }
