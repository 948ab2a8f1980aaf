package wheelbuild

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/lock"
)

//go:embed hook.py
var hookScript string

// workshop is a temporary folder in which a source is built: the source, the
// environment, and what comes of it. Each is made when it is first needed.
type workshop struct {
	builder *Builder
	source  *opened
	machine *machine
	dir     string

	root string // of the source
	made *environment
	has  []lock.Pin // what is in the environment
	uses int
}

func (b *Builder) workshop(source *opened, m *machine) *workshop {
	return &workshop{builder: b, source: source, machine: m}
}

// close removes everything.
func (w *workshop) close() {
	if w.dir != "" {
		_ = os.RemoveAll(w.dir)
	}
}

// prepare makes the folder, puts the source there, and makes an environment
// that has these pins.
func (w *workshop) prepare(ctx context.Context, pins []lock.Pin) (err error) {
	if w.dir == "" {
		dir, err := os.MkdirTemp(w.builder.options.TempDir, "axle-build-")
		if err != nil {
			return err
		}
		if w.dir, err = filepath.EvalSymlinks(dir); err != nil { // what the child sees as its folder
			w.dir = dir
		}
		for _, sub := range []string{"source", "tmp"} {
			if err := os.Mkdir(filepath.Join(w.dir, sub), 0o755); err != nil {
				return err
			}
		}
	}
	if w.root == "" {
		if w.root, err = w.source.put(ctx, filepath.Join(w.dir, "source"), w.builder.options.Limits); err != nil {
			return err
		}
	}
	if w.made != nil && slices.EqualFunc(w.has, pins, samePin) {
		return nil
	}
	w.uses++
	e, err := w.makeEnvironment(ctx, filepath.Join(w.dir, fmt.Sprintf("env%d", w.uses)))
	if err != nil {
		return err
	}
	if err := w.install(ctx, e, pins); err != nil {
		return err
	}
	w.made, w.has = e, pins
	return nil
}

func samePin(a, b lock.Pin) bool { return a.File.Key() == b.File.Key() }

// epoch is the date of everything that is built, 2020-02-02, as far as the
// backend minds SOURCE_DATE_EPOCH. It is late enough for any zip file in any
// time zone.
const epoch = "1580601600"

// withheld are beginnings of variables that mean something to Python,
// installers and this program, or that hold credentials of theirs.
var withheld = []string{"PYTHON", "PIP_", "UV_", "AXLE_", "TWINE_", "POETRY_", "PDM_", "HATCH_INDEX_", "VIRTUAL_ENV", "CONDA_", "__PYVENV_LAUNCHER__=",
	"SOURCE_DATE_EPOCH=", "TMPDIR=", "TEMP=", "TMP=", "NETRC=", "PWD=", "OLDPWD="}

// env is the environment of a child: that of this process without what is
// withheld, and the folder of the build environment's programs on the PATH.
func (w *workshop) env(e *environment) []string {
	temp := filepath.Join(w.dir, "tmp")
	out := []string{
		"SOURCE_DATE_EPOCH=" + epoch, "TMPDIR=" + temp, "TEMP=" + temp, "TMP=" + temp,
		"PYTHONHASHSEED=0", "PYTHONNOUSERSITE=1", "PYTHONIOENCODING=utf-8", "PYTHONPYCACHEPREFIX=" + filepath.Join(temp, "pycache"),
	}
	path := ""
	for _, entry := range w.builder.options.Env {
		name, value, _ := strings.Cut(entry, "=")
		switch {
		case strings.EqualFold(name, "PATH"):
			path = value
		case !slices.ContainsFunc(withheld, func(s string) bool { return strings.HasPrefix(strings.ToUpper(entry), s) }):
			out = append(out, entry)
		}
	}
	if e != nil {
		path = strings.TrimSuffix(e.Scripts+string(os.PathListSeparator)+path, string(os.PathListSeparator))
		out = append(out, "VIRTUAL_ENV="+e.dir)
	}
	return append(out, "PATH="+path)
}

// request is what hook.py reads.
type request struct {
	Source      string         `json:"source"`
	Backend     string         `json:"backend"`
	BackendPath []string       `json:"backend_path"`
	Hook        string         `json:"hook"`
	Arguments   []string       `json:"arguments"`
	Settings    map[string]any `json:"settings"`
	Answer      string         `json:"answer"`
}

// answer is what hook.py writes.
type answer struct {
	Value   json.RawMessage `json:"value"`
	Missing bool            `json:"missing"`
	Error   string          `json:"error"`
}

// call calls a hook in an environment with these pins. ok is false when the
// backend does not have the hook.
func (w *workshop) call(ctx context.Context, pins []lock.Pin, hook string, value any, arguments ...string) (ok bool, err error) {
	if err := w.prepare(ctx, pins); err != nil {
		return false, err
	}
	w.uses++
	build := w.source.about.Build
	r := request{
		Source: w.root, Backend: build.Backend, BackendPath: append([]string{}, build.BackendPath...), Hook: hook,
		Arguments: append([]string{}, arguments...), Settings: map[string]any{"config_settings": w.settings()},
		Answer: filepath.Join(w.dir, fmt.Sprintf("answer%d.json", w.uses)),
	}
	data, err := json.Marshal(r)
	if err != nil {
		return false, err
	}
	script, asked := filepath.Join(w.dir, "hook.py"), filepath.Join(w.dir, fmt.Sprintf("request%d.json", w.uses))
	if err := errors.Join(os.WriteFile(script, []byte(hookScript), 0o600), os.WriteFile(asked, data, 0o600)); err != nil {
		return false, err
	}
	out := new(tail)
	err = w.builder.run(ctx, child{path: w.made.Python, args: []string{script, asked}, dir: w.root, env: w.env(w.made), out: out})
	if err != nil {
		return false, w.failed(ctx, hook, err, out)
	}
	return w.read(ctx, r, value, out)
}

// settings are the config settings as backends want them: one value as a
// text, several as a list.
func (w *workshop) settings() map[string]any {
	settings := map[string]any{}
	for key, values := range w.source.Settings {
		if len(values) == 1 {
			settings[key] = values[0]
		} else {
			settings[key] = values
		}
	}
	return settings
}

// read reads the answer of a hook that ended.
func (w *workshop) read(ctx context.Context, r request, value any, out *tail) (ok bool, err error) {
	data, err := readDocument(filepath.Dir(r.Answer), filepath.Base(r.Answer))
	if err != nil {
		return false, err
	}
	var a answer
	switch {
	case data == nil:
		return false, w.failed(ctx, r.Hook, errors.New("it ended the program"), out)
	case json.Unmarshal(data, &a) != nil:
		return false, w.failed(ctx, r.Hook, errors.New("it wrote over the answer"), out)
	case a.Error != "":
		return false, w.failed(ctx, r.Hook, errors.New(a.Error), out)
	case a.Missing:
		return false, nil
	}
	return true, json.Unmarshal(a.Value, value)
}

// folder makes a new folder for what a hook writes.
func (w *workshop) folder() (string, error) {
	w.uses++
	dir := filepath.Join(w.dir, fmt.Sprintf("out%d", w.uses))
	return dir, os.Mkdir(dir, 0o755)
}

// run runs a child when there is a place for it, for no longer than the time
// limit.
func (b *Builder) run(ctx context.Context, c child) error {
	select {
	case b.places <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-b.places }()
	limited, cancel := context.WithTimeoutCause(ctx, b.options.Timeout, &timeoutError{b.options.Timeout})
	defer cancel()
	err := c.run(limited)
	if limited.Err() != nil && err != nil {
		return context.Cause(limited)
	}
	return err
}

// timeoutError says that a child took too long.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("it still ran after %s", e.after) }
