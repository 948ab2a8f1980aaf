package interpreters

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// listed turns the agent's list into candidates, in its order. What cannot be
// found stays in its place, with the reason.
func (f *finder) listed() []candidate {
	var out []candidate
	for _, entry := range f.opt.Listed {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		paths, err := f.lookUp(entry)
		if err != nil {
			out = append(out, candidate{path: entry, source: FromList, err: err})
			continue
		}
		for _, path := range paths {
			if target, ok := f.pyenvTarget(path); ok {
				c := f.resolved(target, FromList)
				c.also = append(c.also, path)
				out = append(out, c)
				continue
			}
			out = append(out, f.resolved(path, FromList))
		}
	}
	return out
}

// lookUp gives the absolute paths that one entry of the list stands for.
func (f *finder) lookUp(entry string) ([]string, error) {
	path := f.expandHome(entry)
	if !strings.ContainsAny(path, `/`+string(filepath.Separator)) {
		found, ok := f.onPath(path)
		if !ok {
			return nil, &Error{Path: entry, Kind: NotFound, Detail: "no such program on PATH",
				Hint: "write the absolute path of the interpreter, or install it"}
		}
		return []string{found}, nil
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, &Error{Path: entry, Kind: NotFound, Detail: reason(err), Err: err}
	}
	if _, err := os.Lstat(path); err == nil || !strings.ContainsAny(path, "*?[") {
		return []string{path}, nil
	}
	return matching(entry, path)
}

func matching(entry, pattern string) ([]string, error) {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return nil, &Error{Path: entry, Kind: NotFound, Detail: "is no pattern: " + err.Error(), Err: err}
	}
	if len(paths) == 0 {
		return nil, &Error{Path: entry, Kind: NotFound, Detail: "no file matches"}
	}
	sortNatural(paths)
	return paths, nil
}

func (f *finder) expandHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~")
	if !ok || rest == "" || (rest[0] != '/' && rest[0] != filepath.Separator) {
		return path
	}
	home := f.home()
	if home == "" {
		return path
	}
	return filepath.Join(home, rest)
}

// onPath finds a program as a shell would. Folders of PATH that are not
// absolute are passed over: what they hold depends on where one stands.
func (f *finder) onPath(name string) (string, bool) {
	for _, dir := range f.pathFolders() {
		for _, suffix := range f.suffixes(name) {
			path := filepath.Join(dir, name+suffix)
			err := f.inspect(path)
			var e *Error
			if err == nil || errors.As(err, &e) && e.Kind == Stub {
				return path, true
			}
		}
	}
	return "", false
}

func (f *finder) pathFolders() []string {
	var out []string
	for _, dir := range filepath.SplitList(f.env("PATH")) {
		if filepath.IsAbs(dir) {
			out = append(out, filepath.Clean(dir))
		}
	}
	return out
}

// suffixes are what Windows tries behind a program's name.
func (f *finder) suffixes(name string) []string {
	if runtime.GOOS != "windows" || filepath.Ext(name) == ".exe" {
		return []string{""}
	}
	known := f.env("PATHEXT")
	if known == "" {
		known = ".com;.exe;.bat;.cmd"
	}
	return append(strings.Split(strings.ToLower(known), ";"), "")
}

// natural orders texts with the numbers in them taken as numbers, so that
// 3.10 comes after 3.9; what is equal then is ordered as text.
func natural(a, b string) int {
	return cmp.Or(naturalPart(a, b), strings.Compare(a, b))
}

func naturalPart(a, b string) int {
	for a != "" && b != "" {
		na, nb := digits(a), digits(b)
		if na == 0 || nb == 0 {
			if a[0] != b[0] {
				return int(a[0]) - int(b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		x, y := strings.TrimLeft(a[:na], "0"), strings.TrimLeft(b[:nb], "0")
		if c := cmp.Or(len(x)-len(y), strings.Compare(x, y)); c != 0 {
			return c
		}
		a, b = a[na:], b[nb:]
	}
	return len(a) - len(b)
}

// sortNatural sorts in descending natural order: the newest version first.
func sortNatural(names []string) {
	slices.SortFunc(names, func(a, b string) int { return natural(b, a) })
}

// digits is how many digits a text begins with.
func digits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}
