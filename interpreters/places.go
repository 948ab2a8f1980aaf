package interpreters

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// place is where interpreters may lie: the folders that the elements, which
// may be patterns for one name each, lead to from a root.
type place struct {
	source string
	root   string
	below  []string
}

// below describes a place, root being taken as it is written.
func below(source, root string, elements ...string) place {
	return place{source, root, elements}
}

// folders are the existing folders of a place, in descending natural order.
func (f *finder) folders(p place) []string {
	if p.root == "" || !filepath.IsAbs(p.root) {
		return nil
	}
	level := []string{p.root}
	for _, element := range p.below {
		var next []string
		for _, dir := range level {
			if !strings.ContainsAny(element, "*?[") {
				next = append(next, filepath.Join(dir, element))
				continue
			}
			next = append(next, f.matchesIn(dir, element)...)
		}
		level = next
	}
	return level
}

func (f *finder) matchesIn(dir, pattern string) []string {
	var names []string
	for _, name := range f.names(dir, pattern, func(name string) bool { ok, _ := filepath.Match(pattern, name); return ok }) {
		names = append(names, filepath.Join(dir, name))
	}
	sortNatural(names)
	return names
}

// namesIn lists a folder, in no order; one that cannot be read is empty.
func namesIn(dir string) []string {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil // to open a pipe would wait for its writer
	}
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer f.Close()
	names, _ := f.Readdirnames(-1)
	return names
}

// interpretersIn are the names in a folder that interpreters have, sorted.
func (f *finder) interpretersIn(dir string) []string {
	return sortedNatural(f.names(dir, "", isInterpreterName))
}

func notInterpreter(name string) bool { return !isInterpreterName(name) }

// sortedNatural are names in ascending natural order, the oldest version first.
func sortedNatural(names []string) []string { return slices.SortedFunc(slices.Values(names), natural) }

// discovered are the candidates in all places, in the order of the places.
func (f *finder) discovered(ctx context.Context) []candidate {
	var out []candidate
	seen := map[string]bool{}
	for _, p := range f.places() {
		for _, dir := range f.folders(p) {
			real, err := f.realFolder(dir)
			if err != nil || seen[real] || f.isShimFolder(real) {
				continue
			}
			seen[real] = true
			out = append(out, f.candidatesIn(dir, real, p.source)...)
		}
	}
	return append(out, f.extra(ctx)...)
}

// candidatesIn are the executables of one folder. What has an interpreter's
// name and cannot be started (a folder, a text, a broken link) is none.
func (f *finder) candidatesIn(dir, real, source string) []candidate {
	names := f.interpretersIn(dir)
	if len(names) == 0 {
		return nil
	}
	var out []candidate
	venv := venvOf(dir, real)
	for _, name := range names {
		c := candidate{path: filepath.Join(dir, name), source: source}
		if err := f.inspect(c.path); err != nil {
			if KindOf(err) != Stub {
				continue
			}
			c.err = err
		}
		f.resolve(&c, real, venv)
		out = append(out, c)
	}
	return out
}

// commonPlaces are those of every system: PATH, and what tools for managing
// Pythons keep in the user's folder.
func (f *finder) commonPlaces() []place {
	var out []place
	for _, dir := range f.pathFolders() {
		out = append(out, below(FromPath, dir))
	}
	return out
}

// condaRoots are where conda and its kin are installed.
func (f *finder) condaRoots() []string {
	roots := []string{f.env("CONDA_PREFIX"), f.env("MAMBA_ROOT_PREFIX")}
	if exe := f.env("CONDA_EXE"); exe != "" { // ROOT/bin/conda, ROOT\Scripts\conda.exe
		roots = append(roots, filepath.Dir(filepath.Dir(exe)))
	}
	for _, base := range f.condaBases() {
		for _, name := range []string{"miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", "miniconda", "anaconda", "conda"} {
			roots = append(roots, filepath.Join(base, name))
		}
	}
	return roots
}

// condaEnvironments reads conda's own list of its environments.
func (f *finder) condaEnvironments() []string {
	data, err := os.ReadFile(filepath.Join(f.home(), ".conda", "environments.txt"))
	if err != nil {
		return nil
	}
	return strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' || r == '\r' })
}

// condaPlaces are the roots, their environments, and the listed ones; bin is
// the folder of executables in each, or nothing.
func (f *finder) condaPlaces(bin ...string) []place {
	var out []place
	for _, root := range f.condaRoots() {
		out = append(out, below(FromConda, root, bin...))
		out = append(out, below(FromConda, root, append([]string{"envs", "*"}, bin...)...))
	}
	for _, root := range f.condaEnvironments() {
		out = append(out, below(FromConda, root, bin...))
	}
	return out
}

// join is filepath.Join that stays empty without a first element.
func join(first string, rest ...string) string {
	if first == "" {
		return ""
	}
	return filepath.Join(append([]string{first}, rest...)...)
}
