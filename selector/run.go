package selector

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/axlepack/axle/internal/deployments"
	"github.com/axlepack/axle/internal/fault"
)

// RunOptions say what to run. Root and Name are required.
type RunOptions struct {
	Root string
	Name string
	// Args are handed to the extension as sys.argv[1:].
	Args []string
	// Env is the environment, "KEY=VALUE"; nil stands for the process's own.
	Env []string
	// Fields is JSON for an extension that is a class with
	// extension_start(fields); "" stands for none.
	Fields string
	// Stdout, when set, makes the extension a child whose output goes there
	// and to Stderr, instead of the process's successor.
	Stdout, Stderr io.Writer
}

// Find reads the current deployment of an extension.
func Find(root, name string) (Deployment, error) {
	store, err := deployments.At(root)
	if err != nil {
		return Deployment{}, err
	}
	rec, err := store.Current(name)
	return Deployment{Root: store.Root(), Record: rec}, err
}

// List reads all current deployments below a root, by name.
func List(root string) ([]Deployment, error) {
	store, err := deployments.At(root)
	if err != nil {
		return nil, err
	}
	records, err := store.List()
	list := make([]Deployment, len(records))
	for i, rec := range records {
		list[i] = Deployment{Root: store.Root(), Record: rec}
	}
	return list, err
}

// Run starts a deployed extension under the interpreter of its deployment,
// with the extension, its python_extra_paths and its dependencies on the path
// and nothing of the host's site-packages, extension.py as __main__. Where
// the system can, the process is replaced and Run does not return; elsewhere
// it returns the extension's exit code. An interpreter that is gone or was
// changed since the deployment is an error with exit code 4, never a silent
// switch to another. Scripts of the package's bin folder find the interpreter
// in AXLE_PYTHON.
func Run(ctx context.Context, opt RunOptions) (int, error) {
	d, err := Find(opt.Root, opt.Name)
	if err != nil {
		return 0, err
	}
	if err := stillThere(d.Record); err != nil {
		return 0, err
	}
	argv, err := command(d, opt)
	if err != nil {
		return 0, err
	}
	env := opt.Env
	if env == nil {
		env = os.Environ()
	}
	env = append(withoutHostPath(env), "AXLE_PYTHON="+d.Record.Interpreter.Path)
	if opt.Stdout != nil {
		return spawn(ctx, argv, env, opt.Stdout, opt.Stderr)
	}
	return replace(ctx, argv, env)
}

// stillThere checks that the interpreter is the one that was chosen.
func stillThere(r deployments.Record) error {
	info, err := os.Stat(r.Interpreter.Path)
	what := ""
	switch {
	case err != nil:
		what = "is gone: " + err.Error()
	case info.Size() != r.Interpreter.Size || !info.ModTime().Equal(r.Interpreter.Modified):
		what = "was changed since the deployment"
	default:
		return nil
	}
	return fault.New(fault.NoInterpreter,
		fmt.Sprintf("%s: its interpreter %s (Python %s) %s", r.Name, r.Interpreter.Path, r.Interpreter.Version, what),
		"choose again with: axle deploy "+r.Zip.Path)
}

// command is the whole command line: the interpreter, the starter, the path
// and the extension's own arguments. -s and -S keep the host's site-packages
// out; see boot.py for the order.
func command(d Deployment, opt RunOptions) ([]string, error) {
	home := filepath.Dir(d.CodePath())
	paths := append([]string{d.CodePath()}, extraPaths(d)...)
	var pths []string
	if p := d.PackagePath(); p != "" {
		paths = append(paths, p)
		var err error
		if pths, err = pthFiles(p); err != nil {
			return nil, fault.WithHints(fault.Errorf(fault.NotFound, "%s: its package is gone: %w", d.Record.Name, err),
				"deploy again with: axle deploy "+d.Record.Zip.Path)
		}
	}
	// The module that answers for universal_extension comes last, so that a
	// real one among the dependencies wins.
	paths = append(paths, filepath.Join(home, shimFolder))
	argv := []string{d.Record.Interpreter.Path, "-s"}
	if !d.Record.Interpreter.NeedsSite {
		argv = append(argv, "-S")
	}
	argv = append(argv, filepath.Join(home, bootFile), d.CodePath(), opt.Fields, strconv.Itoa(len(paths)))
	argv = append(argv, paths...)
	argv = append(argv, strconv.Itoa(len(pths)))
	argv = append(argv, pths...)
	return append(argv, opt.Args...), nil
}

// extraPaths resolves python_extra_paths: ${extension_zip} is where the
// extension's code is, other relative entries start there too.
func extraPaths(d Deployment) []string {
	var out []string
	for _, p := range d.Record.ExtraPaths {
		p = strings.ReplaceAll(p, "${extension_zip}", d.CodePath())
		if !filepath.IsAbs(p) {
			p = filepath.Join(d.CodePath(), p)
		}
		out = append(out, filepath.Clean(p))
	}
	return out
}

// pthFiles are the .pth files of a folder, in the order in which site reads
// them.
func pthFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	var found []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".pth") && !strings.HasPrefix(e.Name(), ".") {
			found = append(found, filepath.Join(dir, e.Name()))
		}
	}
	return found, err
}

// hostPath are the variables by which a host adds modules of its own.
var hostPath = []string{"PYTHONPATH=", "PYTHONSTARTUP=", "PYTHONUSERBASE="}

func withoutHostPath(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(entry string) bool {
		return slices.ContainsFunc(hostPath, func(p string) bool { return strings.HasPrefix(strings.ToUpper(entry), p) })
	})
}
