package interpreters

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// candidate is an executable that may be an interpreter.
type candidate struct {
	path   string
	source string
	also   []string
	// real is path without symbolic links, and venv the folder of the
	// pyvenv.cfg that the executable would read, if there is one. Candidates
	// that agree in both are one.
	real, venv string
	err        error // known without asking
}

// isInterpreterName tells the names under which interpreters are installed:
// python, pypy or graalpy, perhaps with a version of Python 2 or 3 and letters
// for kinds of builds (python3.13t, python3_d), and platform-python.
func isInterpreterName(name string) bool {
	if len(name) < 4 || !strings.ContainsRune("pgPG", rune(name[0])) {
		return false
	}
	if runtime.GOOS == "windows" {
		name = strings.ToLower(name)
		if filepath.Ext(name) != ".exe" {
			return false
		}
		name = strings.TrimSuffix(name, ".exe")
	}
	for _, stem := range []string{"python", "pypy", "graalpy", "platform-python"} {
		if rest, ok := strings.CutPrefix(name, stem); ok {
			return isBuild(withoutVersion(rest), stem)
		}
	}
	return false
}

// withoutVersion is what stands behind "3" or "3.11".
func withoutVersion(rest string) string {
	if rest == "" || rest[0] != '2' && rest[0] != '3' {
		return rest
	}
	rest = rest[1:]
	if minor, ok := strings.CutPrefix(rest, "."); ok {
		if n := digits(minor); n == 1 || n == 2 {
			return minor[n:]
		}
	}
	return rest
}

func isBuild(kind, stem string) bool {
	if stem == "platform-python" || kind == "" {
		return kind == ""
	}
	return kind == "_d" || len(kind) <= 3 && strings.Trim(kind, "tdmu") == ""
}

// inspect says what can be known of a path without running it.
func (f *finder) inspect(path string) error {
	if detail, is := f.stub(path); is {
		return &Error{Path: path, Kind: Stub, Detail: detail, Hint: stubHint}
	}
	info, err := os.Stat(path)
	if err != nil {
		return notThere(path, err)
	}
	switch {
	case info.IsDir():
		return &Error{Path: path, Kind: NotExecutable, Detail: "is a folder"}
	case runtime.GOOS == "windows": // aliases of the Store are irregular, and there are no permission bits
		return nil
	case !info.Mode().IsRegular():
		return &Error{Path: path, Kind: NotExecutable, Detail: "is not a regular file"}
	case info.Mode().Perm()&0o111 == 0:
		return &Error{Path: path, Kind: NotExecutable, Detail: "is not executable", Hint: "allow it with: chmod +x " + path}
	}
	return nil
}

const stubHint = "install Python, or write the path of an installed one"

func notThere(path string, err error) error {
	if target, e := os.Readlink(path); e == nil && errors.Is(err, fs.ErrNotExist) {
		return &Error{Path: path, Kind: BrokenLink, Detail: "is a link to " + target + ", which does not exist", Err: err,
			Hint: "install that interpreter again, or take the link off the list"}
	}
	e := &Error{Path: path, Kind: NotFound, Detail: reason(err), Err: err}
	if errors.Is(err, fs.ErrNotExist) {
		e.Detail = "no such file"
	}
	return e
}

// withNeighbour adds the hint which interpreter there is instead, which takes
// reading a folder or two.
func withNeighbour(err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Hint != "" {
		return err
	}
	switch e.Kind {
	case NotFound:
		e.Hint = inFolder(filepath.Dir(e.Path))
	case NotExecutable:
		e.Hint = inFolder(e.Path)
	}
	return err
}

// inFolder names an interpreter in or below a folder, as a hint.
func inFolder(dir string) string {
	for _, sub := range []string{"bin", "Scripts", ""} {
		for _, name := range sortedNatural(slices.DeleteFunc(namesIn(filepath.Join(dir, sub)), notInterpreter)) {
			return "there is " + filepath.Join(dir, sub, name)
		}
	}
	return ""
}

// reason is the text of an error without the operation and the path, which
// the message around it has already.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return err.Error()
}

// resolve fills in where the candidate's path leads. realDir is the folder
// without links.
func (f *finder) resolve(c *candidate, realDir, venv string) {
	c.venv = venv
	c.real = filepath.Join(realDir, filepath.Base(c.path))
	if info, err := os.Lstat(c.real); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if real, err := f.realFile(c.real); err == nil {
			c.real = real
		}
	}
	// A program that acts by the name it was called by has links that are
	// different things.
	if !isInterpreterName(filepath.Base(c.real)) {
		c.real = c.path
	}
}

// resolved is a candidate of one path, with where it leads.
func (f *finder) resolved(path, source string) candidate {
	c := candidate{path: path, source: source}
	dir := filepath.Dir(path)
	real, err := f.realFolder(dir)
	if err != nil {
		real = dir
	}
	f.resolve(&c, real, venvOf(dir, real))
	return c
}

// venvOf is the folder, without links, whose pyvenv.cfg an executable in dir
// would read: beside it or one above.
func venvOf(dir, realDir string) string {
	for _, at := range [][2]string{{dir, realDir}, {filepath.Dir(dir), ""}} {
		if _, err := os.Stat(filepath.Join(at[0], "pyvenv.cfg")); err != nil {
			continue
		}
		if at[1] != "" {
			return at[1]
		}
		if real, err := filepath.EvalSymlinks(at[0]); err == nil {
			return real
		}
		return at[0]
	}
	return ""
}
