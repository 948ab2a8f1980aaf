package selector

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/launch"
	"github.com/axlepack/axle/internal/procgroup"
)

//go:embed test.py
var testScript string

// testLimit bounds the importing of all modules of a package.
const testLimit = 5 * time.Minute

// test imports every top-level module of the package as the extension would.
func (d *deployer) test(ctx context.Context) error {
	if d.rec.Package == nil {
		return nil
	}
	list, err := d.store.Sums(d.rec.Package.Folder)
	if err != nil {
		return err
	}
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = e.Path
	}
	python2 := d.c.Interpreter.Report.PythonVersion().Release(0) < 3
	modules := topLevel(names, python2)
	if len(modules) == 0 {
		return nil
	}
	failed, err := d.importAll(ctx, modules)
	if err != nil || len(failed) == 0 {
		return err
	}
	in := d.c.Interpreter
	problems := make(fault.List, len(failed))
	for i, text := range failed {
		problems[i] = fault.New(fault.Unloadable, fmt.Sprintf("%s %s: under %s (Python %s) the package cannot be used: %s", d.rec.Name, d.rec.Version, in.Path, in.Report.Version, text),
			"nothing was changed; without --test it would be deployed all the same")
	}
	return problems.Err()
}

// importAll returns "import NAME: EXCEPTION" for each module that cannot be
// imported.
func (d *deployer) importAll(ctx context.Context, modules []string) ([]string, error) {
	limited, cancel := context.WithTimeout(ctx, testLimit)
	defer cancel()
	in := d.c.Interpreter
	args := append(launch.Options(in.Report.NeedsSite), "-c", testScript, d.store.Path(d.rec.Package.Folder), d.store.Path(d.rec.Starter))
	cmd := exec.CommandContext(limited, in.Path, args...)
	cmd.Env = d.rec.Plan().Environ(os.Environ(), d.store.Path(d.rec.Package.Folder))
	cmd.Stdin = strings.NewReader(strings.Join(modules, "\n"))
	cmd.WaitDelay = time.Second
	var stdout bytes.Buffer
	stderr := &tail{}
	cmd.Stdout, cmd.Stderr = &stdout, stderr
	group, err := procgroup.Start(cmd)
	if err == nil {
		err = cmd.Wait()
		group.Close()
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return readImports(stdout.String(), how(err, limited), stderr.String()), nil
}

// how says how the process ended that did not say so itself.
func how(err error, limited context.Context) string {
	var exit *exec.ExitError
	switch {
	case limited.Err() != nil:
		return fmt.Sprintf("it did not end within %s", testLimit)
	case errors.As(err, &exit):
		return "the interpreter ended with " + exit.String()
	case err != nil:
		return err.Error()
	}
	return "the interpreter ended"
}

// readImports reads what test.py says: the last line is empty when it came to
// its end.
func readImports(said, ended, stderr string) (failed []string) {
	last, complete := "", false
	for line := range strings.Lines(said) {
		name, reason, isFailure := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
		switch {
		case isFailure:
			failed = append(failed, "import "+name+": "+reason)
		case name == "":
			complete = true
		default:
			last = name
		}
	}
	if complete {
		return failed
	}
	what := "the test cannot begin"
	if last != "" {
		what = "import " + last
	}
	if stderr = strings.TrimSpace(stderr); stderr != "" {
		ended += ": " + stderr[strings.LastIndexByte(stderr, '\n')+1:]
	}
	return append(failed, what+": "+ended)
}

// tail keeps the end of what is written to it.
type tail struct{ bytes.Buffer }

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	const most = 8 << 10
	n, err := t.Buffer.Write(p)
	if over := t.Len() - most; over > 0 {
		t.Next(over)
	}
	return n, err
}

// topLevel are the modules and packages that can be imported from a folder of
// these files, sorted. Python 2 imports no folder without an __init__.
func topLevel(files []string, python2 bool) []string {
	found := map[string]bool{}
	for _, file := range files {
		top, rest, nested := strings.Cut(file, "/")
		switch {
		case nested && isModule(path.Base(rest)) && (!python2 || isInit(rest)):
			found[top] = true
		case !nested && isModule(file):
			name, _, _ := strings.Cut(file, ".")
			found[name] = true
		}
	}
	var list []string
	for name := range found {
		if isIdentifier(name) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

func isInit(rest string) bool {
	name, _, _ := strings.Cut(rest, ".")
	return name == "__init__"
}

// isModule tells source code and extension modules from other files.
func isModule(file string) bool {
	switch path.Ext(file) {
	case ".py":
		return true
	case ".so":
		return !strings.HasPrefix(file, "lib") || strings.Contains(file, ".cpython-") || strings.Contains(file, ".abi3.")
	case ".pyd":
		return true
	}
	return false
}

// isIdentifier: names with dashes and dots are those of dist-info, data and
// libraries' folders; bin has programs.
func isIdentifier(name string) bool {
	if name == "" || name == "bin" || name == "__pycache__" || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return r < 0x80 && r != '_' && !(r >= 'a' && r <= 'z') && !(r >= 'A' && r <= 'Z') && !(r >= '0' && r <= '9')
	})
}
