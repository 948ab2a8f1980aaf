package extension

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/axlepack/axle/internal/lazyregexp"
)

// moduleWalk lists the files to pack.
type moduleWalk struct {
	*loader
	root    string // the project, links resolved
	flat    bool
	exclude []string
	files   []string
}

// never are names left out everywhere: compiled Python, hidden files, and what
// editors, version control and setuptools leave.
var never = []string{".*", "__pycache__", "*.pyc", "*.pyo", "*~", "#*#", "*.swp", "*.swo", "Thumbs.db", "desktop.ini", "CVS", "*.egg-info", "*.dist-info", "EGG-INFO"}

// neverOnTop are names left out beside extension.yml.
var neverOnTop = []string{ManifestName, "requirements*.txt", "constraints*.txt"}

// neverOnFlatTop are names of files and folders that describe or come from a
// flat project.
var neverOnFlatTop = []string{"setup.py", "setup.cfg", "pyproject.toml", "tox.ini", "noxfile.py", "MANIFEST.in", "Makefile", "Dockerfile", "Jenkinsfile",
	"README*", "LICENSE*", "LICENCE*", "NOTICE*", "CHANGELOG*", "CHANGES*", "CONTRIBUTING*", "*.md", "*.rst", "*.toml", "*.lock", "*.whl", "*.zip", "*.tar.gz",
	"agent.yml", "3pp", "dist", "build", "env", "venv", "node_modules"}

// templateFiles belong to the product's template, not to the extension.
var templateFiles = []string{"templates/template.json", "templates/template_icon.png"}

func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, _ := path.Match(p, name)
		return ok
	})
}

func (w *moduleWalk) skips(rel string, dir bool) bool {
	name, top := path.Base(rel), !strings.Contains(rel, "/")
	switch {
	case matches(never, name), slices.Contains(templateFiles, rel), w.excluded(rel):
		return true
	case !top:
		return false
	case matches(neverOnTop, name):
		return true
	case dir && (w.flat || name == "templates"):
		return w.flat && matches(neverOnFlatTop, name) || !w.holdsPython(rel)
	}
	return w.flat && matches(neverOnFlatTop, name)
}

// excluded applies bundle.exclude to a path and each folder above.
func (w *moduleWalk) excluded(rel string) bool {
	for at := rel; at != "."; at = path.Dir(at) {
		if matches(w.exclude, at) || matches(w.exclude, path.Base(at)) {
			return true
		}
	}
	return false
}

// holdsPython says whether a folder has a Python file at any depth, and is no
// virtual environment.
func (w *moduleWalk) holdsPython(rel string) bool {
	found := false
	root := w.path(rel)
	if isFile(filepath.Join(root, "pyvenv.cfg")) {
		return false
	}
	_ = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && p != root && matches(never, d.Name()) {
			return fs.SkipDir
		}
		if !d.IsDir() && strings.HasSuffix(d.Name(), ".py") {
			found = true
			return fs.SkipAll
		}
		return nil
	})
	return found
}

func (w *moduleWalk) path(rel string) string {
	return filepath.Join(w.project.Source, filepath.FromSlash(rel))
}

// walk lists a folder; above are the real paths of the folders around it.
func (w *moduleWalk) walk(rel string, above []string) {
	real, err := filepath.EvalSymlinks(w.path(rel))
	if err != nil {
		w.fail(w.path(rel), reasonOf(err), "")
		return
	}
	if slices.Contains(above, real) {
		w.fail(w.path(rel), "is a link to a folder around it", "remove the link, or exclude it under bundle")
		return
	}
	entries, err := os.ReadDir(real)
	if err != nil {
		w.fail(w.path(rel), reasonOf(err), "")
		return
	}
	for _, e := range entries {
		w.entry(path.Join(rel, e.Name()), e.Type(), append(above, real))
	}
}

func (w *moduleWalk) entry(rel string, mode fs.FileMode, above []string) {
	if mode&fs.ModeSymlink != 0 {
		if w.skips(rel, false) && w.skips(rel, true) {
			return
		}
		target, ok := w.follow(rel)
		if !ok {
			return
		}
		mode = target
	}
	switch {
	case w.skips(rel, mode.IsDir()):
	case mode.IsDir():
		w.walk(rel, above)
	case mode.IsRegular():
		if !w.wasRead(rel) {
			w.files = append(w.files, rel)
		}
	default:
		w.fail(w.path(rel), "is neither a file nor a folder", "remove it, or exclude it under bundle")
	}
}

// wasRead says whether a file is one of requirements or constraints, by
// whatever name.
func (w *moduleWalk) wasRead(rel string) bool {
	at := filepath.Clean(w.path(rel))
	return slices.ContainsFunc(w.project.Requirements.Files, func(f string) bool { return filepath.Clean(f) == at })
}

// follow is the kind of what a link leads to, which must lie in the project.
func (w *moduleWalk) follow(rel string) (fs.FileMode, bool) {
	const hint = "remove the link, or put what it names into the project"
	target, err := filepath.EvalSymlinks(w.path(rel))
	if err != nil {
		w.fail(w.path(rel), "is a link that leads nowhere", hint)
		return 0, false
	}
	if inside, err := filepath.Rel(w.root, target); err != nil || inside == ".." || strings.HasPrefix(inside, ".."+string(filepath.Separator)) {
		w.fail(w.path(rel), "is a link that leads out of the project, to "+target, hint)
		return 0, false
	}
	info, err := os.Stat(target)
	if err != nil {
		w.fail(w.path(rel), reasonOf(err), "")
		return 0, false
	}
	return info.Mode(), true
}

// badName finds what Windows does not take in the name of a file.
var badName = lazyregexp.New(`[<>:"|?*\\\x00-\x1f]|[. ]$`)

// checkNames refuses names that not every system can store, and names that are
// one on systems which do not tell upper from lower case.
func (w *moduleWalk) checkNames() {
	seen := map[string]string{}
	for _, rel := range w.files {
		for _, name := range strings.Split(rel, "/") {
			if badName.MatchString(name) || deviceName(name) {
				w.fail(w.path(rel), fmt.Sprintf("%q cannot be the name of a file on Windows", name), "rename it, or exclude it under bundle")
			}
		}
		for at := rel; at != "."; at = path.Dir(at) {
			key := strings.ToLower(norm.NFC.String(at))
			if other, ok := seen[key]; ok && other != at {
				w.fail(w.path(rel), fmt.Sprintf("%s and %s are one name where case does not count", other, at), "rename one of them")
				break
			}
			seen[key] = at
		}
		if strings.HasPrefix(rel, "dep/") && !w.project.Manifest.ZipSafe {
			w.fail(w.path(rel), "lies in dep, where the dependency packages go", "give the folder another name")
		}
	}
}
