package wheelbuild

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/wheel"
)

//go:embed environment.py
var environmentScript string

// makingEnvironment is what is done before any hook is called.
const makingEnvironment = "making a virtual environment failed"

// environment is a virtual environment with the build requirements in it.
type environment struct {
	Python  string `json:"python"`
	Purelib string `json:"purelib"`
	Platlib string `json:"platlib"`
	Scripts string `json:"scripts"`
	Data    string `json:"data"`
	Include string `json:"include"`
	dir     string
}

// makeEnvironment makes a virtual environment in dir, which does not exist.
func (w *workshop) makeEnvironment(ctx context.Context, dir string) (*environment, error) {
	script, answer := filepath.Join(w.dir, "environment.py"), filepath.Join(w.dir, "environment.json")
	if err := os.WriteFile(script, []byte(environmentScript), 0o600); err != nil {
		return nil, err
	}
	out := new(tail)
	err := w.builder.run(ctx, child{path: w.machine.path, args: []string{"-I", script, dir, answer}, dir: w.dir, env: w.env(nil), out: out})
	if err != nil {
		return nil, w.failed(ctx, makingEnvironment, err, out)
	}
	data, err := os.ReadFile(answer)
	if err != nil {
		return nil, err
	}
	e := &environment{dir: dir}
	if err := json.Unmarshal(data, e); err != nil || !e.isWithin() {
		return nil, fault.Errorf(fault.NoInterpreter, "%s: it made a virtual environment that puts modules elsewhere", w.machine.path)
	}
	return e, nil
}

// isWithin says whether everything that is installed lies in the environment.
func (e *environment) isWithin() bool {
	return !slices.ContainsFunc([]string{e.Python, e.Purelib, e.Platlib, e.Scripts, e.Data, e.Include}, func(path string) bool {
		rel, err := filepath.Rel(e.dir, path)
		return err != nil || !filepath.IsLocal(rel)
	})
}

// install puts the wheels of pins into the environment.
func (w *workshop) install(ctx context.Context, e *environment, pins []lock.Pin) error {
	for _, pin := range pins {
		path, err := w.builder.options.Requirements.Fetch(ctx, pin.File)
		if err != nil {
			return err
		}
		if err := e.install(ctx, path, pin.File.Filename); err != nil {
			return fmt.Errorf("%s: %w", pin.File.Filename.Text, err)
		}
	}
	return nil
}

// install unpacks a wheel where its files belong. A file that another wheel
// brought stays.
func (e *environment) install(ctx context.Context, path string, name wheel.Filename) error {
	r, err := archive.OpenReader(path, archive.Limits{})
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	dir, err := wheel.DistInfo(r.Names(), name)
	if err != nil {
		return err
	}
	info, err := r.ReadFile(dir + "/WHEEL")
	if err != nil {
		return err
	}
	site := e.Platlib
	if i, err := wheel.ParseInfo(info); err != nil {
		return err
	} else if i.RootIsPurelib {
		site = e.Purelib
	}
	if err := os.MkdirAll(site, 0o755); err != nil {
		return err
	}
	data := strings.TrimSuffix(dir, ".dist-info") + ".data/"
	err = archive.Extract(ctx, r, site, archive.ExtractOptions{Include: func(name string) bool {
		return !strings.HasPrefix(name, data) && !exists(filepath.Join(site, filepath.FromSlash(name)))
	}})
	if err != nil {
		return err
	}
	for _, m := range r.Members() {
		if below, ok := strings.CutPrefix(m.Name, data); ok {
			if err := e.place(r, m, below, string(name.Name)); err != nil {
				return err
			}
		}
	}
	return e.scripts(r, dir)
}

// place puts a file of a .data folder where its scheme says.
func (e *environment) place(r *archive.Reader, m archive.Member, below, project string) error {
	scheme, rest, _ := strings.Cut(below, "/")
	base := map[string]string{
		"purelib": e.Purelib, "platlib": e.Platlib, "scripts": e.Scripts, "data": e.Data,
		"headers": filepath.Join(e.Include, project),
	}[scheme]
	if base == "" || !filepath.IsLocal(filepath.FromSlash(rest)) {
		return fault.Errorf(fault.BadInput, "%s: there is no place for it", m.Name)
	}
	data, err := r.ReadFile(m.Name)
	if err != nil {
		return err
	}
	mode := m.Mode
	if scheme == "scripts" {
		mode = 0o755
		if code, ok := strings.CutPrefix(string(data), "#!python"); ok {
			_, code, _ = strings.Cut(code, "\n")
			data = []byte(e.firstLines() + code)
		}
	}
	path := filepath.Join(base, filepath.FromSlash(rest))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, mode)
}

// scripts makes the programs of the entry points.
func (e *environment) scripts(r *archive.Reader, dir string) error {
	if _, ok := r.Member(dir + "/entry_points.txt"); !ok {
		return nil
	}
	data, err := r.ReadFile(dir + "/entry_points.txt")
	if err != nil {
		return err
	}
	points, err := wheel.ParseEntryPoints(data)
	if err != nil {
		return err
	}
	for _, p := range append(points.Console(), points.GUI()...) {
		if p.Attr == "" || filepath.Base(p.Name) != p.Name || !filepath.IsLocal(p.Name) {
			continue // no program can be made of it
		}
		first, _, _ := strings.Cut(p.Attr, ".")
		code := fmt.Sprintf("%simport sys\nfrom %s import %s\nsys.exit(%s())\n", e.firstLines(), p.Module, first, p.Attr)
		if err := e.script(p.Name, code); err != nil {
			return err
		}
	}
	return nil
}

func (e *environment) script(name, code string) error {
	path := filepath.Join(e.Scripts, name)
	if runtime.GOOS != "windows" {
		return os.WriteFile(path, []byte(code), 0o755)
	}
	if err := os.WriteFile(path+"-script.py", []byte(code), 0o644); err != nil {
		return err
	}
	start := fmt.Sprintf("@\"%s\" \"%%~dp0%s-script.py\" %%*\r\n", e.Python, strings.ReplaceAll(name, "%", "%%"))
	return os.WriteFile(path+".cmd", []byte(start), 0o644)
}

// longestLine is what every system takes for the first line of a script.
const longestLine = 120

// firstLines make a script run under the environment's interpreter. Where its
// path has a space or is long, the shell runs them, up to exec, and Python
// reads a string.
func (e *environment) firstLines() string {
	if len(e.Python) > longestLine || strings.ContainsAny(e.Python, " \t") {
		return "#!/bin/sh\n'''exec' \"" + e.Python + "\" \"$0\" \"$@\"\n' '''\n"
	}
	return "#!" + e.Python + "\n"
}
