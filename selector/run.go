package selector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
	// Fields is a JSON object for an extension that is a class with
	// extension_start(fields), and FieldsFile a file that holds one. At most
	// one of the two is given; without either the fields are empty.
	Fields, FieldsFile string
	// DebugPort, when not 0, lets a debugger attach: debugpy, the package's own
	// or else the interpreter's, listens there on 127.0.0.1 before the
	// extension's first line. DebugWait waits for the debugger at that point.
	DebugPort int
	DebugWait bool
	// Stdout, when set, makes the extension a child whose output goes there
	// and to Stderr, instead of the process's successor. Its standard input is
	// Stdin, or this process's.
	Stdout, Stderr io.Writer
	Stdin          io.Reader

	lease deployments.Lease
}

// Run starts a deployed extension under the interpreter of its deployment,
// with the extension, its python_extra_paths and its dependencies on the path
// and nothing of the host's site-packages, extension.py as __main__. Where
// the system can, the process is replaced and Run does not return; elsewhere
// it returns the extension's exit code. An interpreter that is gone or was
// changed since the deployment is an error with exit code 4, never a silent
// switch to another.
//
// The extension finds the folder of its dependencies in AXLE_PACKAGE, and the
// scripts in the bin folder there find the interpreter in AXLE_PYTHON.
func Run(ctx context.Context, opt RunOptions) (int, error) {
	d, lease, err := hold(ctx, opt.Root, opt.Name)
	if err != nil {
		return 0, err
	}
	defer lease.Release()
	if err := ready(d); err != nil {
		return 0, err
	}
	env, err := runEnv(d, opt)
	if err != nil {
		return 0, err
	}
	debug, err := debugOptions(d, opt)
	if err != nil {
		return 0, err
	}
	argv := d.Record.Plan().Command(d.BootPath(), debug, opt.Args)
	if opt.Stdout != nil {
		opt.lease = lease
		return spawn(ctx, argv, env, opt)
	}
	if err := lease.Inherit(); err != nil {
		return 0, err
	}
	return replace(ctx, argv, env)
}

// ready checks that the interpreter is the one that was chosen, and that what
// it is to run is there.
func ready(d Deployment) error {
	in, again := d.Record.Interpreter, "deploy again with: axle deploy "+d.Record.Zip.Path
	info, err := os.Stat(in.Path)
	what := ""
	switch {
	case err != nil:
		what = "is gone: " + reason(err)
	case info.Size() != in.Size || info.ModTime().Unix() != in.Modified.Unix():
		what = "was changed since the deployment"
	}
	if what != "" {
		return fault.New(fault.NoInterpreter, fmt.Sprintf("%s: its interpreter %s (Python %s) %s", d.Record.Name, in.Path, in.Version, what), again)
	}
	for _, path := range []string{d.BootPath(), d.path(d.Record.Starter), d.PackagePath()} {
		if path == "" {
			continue
		}
		if _, err := os.Stat(path); err != nil {
			return fault.New(fault.NotFound, fmt.Sprintf("%s: the deployment is damaged: %s: %s", d.Record.Name, path, reason(err)), again)
		}
	}
	return nil
}

// reason is the text of an error without operation and path.
func reason(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return err.Error()
}

// runEnv is the environment of an extension.
func runEnv(d Deployment, opt RunOptions) ([]string, error) {
	env := opt.Env
	if env == nil {
		env = os.Environ()
	}
	env = d.Record.Plan().Environ(env, d.PackagePath())
	return withFields(env, opt)
}

// maxFields is how long one variable may be on Linux, less its name.
const maxFields = 128<<10 - 64

// withFields hands the fields on in the environment: not in the arguments, which
// everybody on the machine can read, since fields hold passwords.
func withFields(env []string, opt RunOptions) ([]string, error) {
	switch {
	case opt.Fields != "" && opt.FieldsFile != "":
		return nil, fault.New(fault.Usage, "fields are given twice: as text and as a file")
	case opt.Fields != "":
		if err := checkFields("the fields", []byte(opt.Fields)); err != nil {
			return nil, err
		}
		if len(opt.Fields) > maxFields {
			return nil, fault.New(fault.Usage, fmt.Sprintf("the fields have %d bytes, and %d can be handed on as text", len(opt.Fields), maxFields),
				"put them into a file")
		}
		return append(env, "AXLE_FIELDS="+opt.Fields), nil
	case opt.FieldsFile != "":
		data, err := os.ReadFile(opt.FieldsFile)
		if err != nil {
			return nil, fault.WithCode(err, fault.Usage)
		}
		if err := checkFields(opt.FieldsFile, data); err != nil {
			return nil, err
		}
		file, err := filepath.Abs(opt.FieldsFile)
		return append(env, "AXLE_FIELDS_FILE="+file), err
	}
	return env, nil
}

func checkFields(what string, data []byte) error {
	var fields map[string]json.RawMessage
	data = []byte(strings.TrimPrefix(string(data), "\ufeff"))
	if err := json.Unmarshal(data, &fields); err != nil {
		return fault.New(fault.BadInput, fmt.Sprintf("%s: not a JSON object: %v", what, err), `fields look like {"name": "value"}`)
	}
	return nil
}
