package selector

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/interpreters"
)

// py writes a script that runs on Python 2.7 and 3.
func py(lines ...string) string {
	return "from __future__ import print_function\n" + strings.Join(lines, "\n") + "\n"
}

// TestCore01RunsFromTheZip: pure modules beside the extension, run straight
// from the zip by every Python of the machine.
func TestCore01RunsFromTheZip(t *testing.T) {
	zip := writeZip(t, content{
		"extension.yml": manifest("demo", "1.0.0", "zip_safe: true", "python_extra_paths: ${extension_zip}/lib"),
		"extension.py": py("import sys, third, third.deep, extra, pkgutil", "print(third.VALUE, third.deep.VALUE, extra.VALUE, sys.argv[1:])",
			"print(pkgutil.get_data('third', 'data.txt').decode('ascii'), __name__, __file__.replace('\\\\', '/').endswith('x.zip/extension.py'))"),
		"third/__init__.py": "VALUE = 'third'\n", "third/deep.py": "from . import VALUE as V\nVALUE = V + '.deep'\n", "third/data.txt": "data", "lib/extra.py": "VALUE = 'extra'\n",
		"dep/" + universal: "ignored, and not even a wheel",
	})
	eachPython(t, func(t *testing.T, in interpreters.Interpreter) {
		root := t.TempDir()
		d := place(t, zip, root, in)
		if !strings.HasSuffix(d.CodePath(), ".zip") || d.Record.Package != nil {
			t.Errorf("code %s, package %v", d.CodePath(), d.Record.Package)
		}
		if names := open(t, d.CodePath()).reader.Names(); slices.Contains(names, "dep/"+universal) {
			t.Errorf("the ignored package was copied: %v", names)
		}
		run(t, RunOptions{Root: root, Name: "demo", Args: []string{"a", "--b"}}).want(t, 0, "third third.deep extra ['a', '--b']\ndata __main__ True\n")
	})
}

// TestCore04EveryPythonGetsItsOwn: one zip with a package for each Python, and
// each Python of the machine runs with its own.
func TestCore04EveryPythonGetsItsOwn(t *testing.T) {
	files := content{"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": py("import chosen", "print(chosen.TAG)")}
	tags := []string{"py2-none-any", "py3-none-any", "cp36-abi3-manylinux_2_5_x86_64", "cp311-cp311-manylinux_2_999_x86_64"}
	for _, in := range minors(t) {
		tag := in.Report.TagOrder().List()[0]
		tags = append(tags, tag.String())
	}
	for _, tag := range tags {
		name := plain + tag + ".whl"
		files["dep/"+name] = packageOf(t, name, content{"chosen.py": fmt.Sprintf("TAG = %q\n", tag)})
	}
	zip := writeZip(t, files)
	eachPython(t, func(t *testing.T, in interpreters.Interpreter) {
		root := t.TempDir()
		d := place(t, zip, root, in)
		run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, in.Report.TagOrder().List()[0].String()+"\n")
		if packages, _ := filepath.Glob(filepath.Join(root, "p", "*")); len(packages) != 2 || !slices.Contains(packages, d.PackagePath()) {
			t.Errorf("extracted were %v, want the chosen one and the starter", packages)
		}
	})
}

// TestCore06DistInfoStays: the distributions in a package are known to
// importlib.metadata.
func TestCore06DistInfoStays(t *testing.T) {
	zip := writeZip(t, content{
		"extension.yml": manifest("demo", "1.0.0", unzipped),
		"extension.py":  "import importlib.metadata as m\nprint(m.version('requests'), m.version('demo'), [e.name for e in m.distribution('requests').entry_points])\n",
		"dep/" + universal: packageOf(t, universal, content{
			"requests/__init__.py": "", "requests-2.32.3.dist-info/METADATA": "Metadata-Version: 2.1\nName: requests\nVersion: 2.32.3\n",
			"requests-2.32.3.dist-info/RECORD": "requests/__init__.py,,\n", "requests-2.32.3.dist-info/entry_points.txt": "[console_scripts]\nreq = requests:main\n",
		}),
	})
	eachPython(t, func(t *testing.T, in interpreters.Interpreter) {
		if v := in.Report.PythonVersion(); v.Release(0) < 3 || v.Release(1) < 8 {
			t.Skip("importlib.metadata came with Python 3.8")
		}
		root := t.TempDir()
		place(t, zip, root, in)
		run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "2.32.3 1.0.0 ['req']\n")
	})
}

// TestCore15Path: what is on the path, in which order, and that nothing of the
// host is.
func TestCore15Path(t *testing.T) {
	host := t.TempDir()
	for name, text := range map[string]string{"hostmodule.py": "", "sitecustomize.py": "raise SystemExit('sitecustomize of the host ran')\n", "usercustomize.py": "raise SystemExit('usercustomize ran')\n"} {
		if err := os.WriteFile(filepath.Join(host, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	absolute := t.TempDir()
	zip := writeZip(t, content{
		"extension.yml": manifest("demo", "1.0.0", unzipped, "python_extra_paths: ${extension_zip}/lib:"+absolute),
		"extension.py": py("import sys, os",
			"try:", "    import hostmodule", "    print('the host is on the path')", "except ImportError:", "    pass",
			"lib = os.path.dirname(os.path.abspath(os.__file__))",
			"for p in sys.path:", "    inside = os.path.abspath(p).startswith(lib) or p.endswith('.zip') or 'python' in p and 'site-packages' not in p and 'dist-packages' not in p and not p.startswith(os.environ['ROOT'])",
			"    print('library' if inside else p)",
			"import json, collections", "print(os.path.dirname(os.path.abspath(json.__file__)).startswith(lib), collections.__file__ is not None)",
			"print(os.environ['AXLE_PACKAGE'] in sys.path, os.path.samefile(os.environ['AXLE_PYTHON'], os.environ['WANT']))",
			"import site", "print([p for p in sys.path if 'site-packages' in p or 'dist-packages' in p])"),
		"lib/inner.py": "",
		// Shadows a module of the library, as site-packages cannot.
		"dep/" + universal: packageOf(t, universal, content{"json.py": "raise ImportError('a dependency hides the standard library')\n"}),
	})
	t.Setenv("PYTHONPATH", host)
	t.Setenv("PYTHONSTARTUP", filepath.Join(host, "sitecustomize.py"))
	t.Setenv("PYTHONHOME", host)
	t.Setenv("PYTHONUSERBASE", host)
	t.Setenv("AXLE_PACKAGE", "stale")
	eachPython(t, func(t *testing.T, in interpreters.Interpreter) {
		root := t.TempDir()
		d := place(t, zip, root, in)
		r := run(t, RunOptions{Root: root, Name: "demo", Env: append(os.Environ(), "WANT="+in.Path, "ROOT="+root)})
		starter, err := filepath.Glob(filepath.Join(root, "p", "axle-*"))
		if err != nil || len(starter) != 1 {
			t.Fatalf("starters: %v", starter)
		}
		lines := strings.Split(r.stdout, "\n")
		got := slices.Compact(lines)
		want := []string{d.CodePath(), filepath.Join(d.CodePath(), "lib"), absolute, "library", d.PackagePath(), starter[0], "True True", "[]", ""}
		if r.code != 0 || !slices.Equal(got, want) {
			t.Errorf("exit code %d; got\n%s\nwant\n%s\n%s", r.code, strings.Join(got, "\n"), strings.Join(want, "\n"), r.stderr)
		}
	})
}

// TestCore15InterpreterGone: an interpreter that was moved away or changed is
// an error with the hint to deploy again, and no other one is taken.
func TestCore15InterpreterGone(t *testing.T) {
	in, root := newest(t), t.TempDir()
	moved := in
	dir := t.TempDir()
	moved.Path = filepath.Join(dir, "python3")
	install := func(text string) {
		t.Helper()
		if err := os.WriteFile(moved.Path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if runtime.GOOS == "windows" {
		t.Skip("a shell script stands for the interpreter")
	}
	wrapper := "#!/bin/sh\nexec " + in.Path + " \"$@\"\n"
	install(wrapper)
	zip := sample(t, "1.0.0")
	place(t, zip, root, moved)
	opt := RunOptions{Root: root, Name: "demo"}
	run(t, opt).want(t, 0, "helped\n")
	refused := func(what, message string) {
		t.Helper()
		var out bytes.Buffer
		opt := opt
		opt.Stdout, opt.Stderr = &out, &out
		_, err := Run(t.Context(), opt)
		if fault.ExitCode(err) != fault.NoInterpreter || !strings.Contains(err.Error(), message) || out.Len() > 0 {
			t.Errorf("%s: %v, it printed %q", what, err, out.String())
		}
		if hints := strings.Join(fault.Hints(err), " "); !strings.Contains(hints, "axle deploy "+zip) {
			t.Errorf("%s: hints %q", what, hints)
		}
	}
	if err := os.Rename(moved.Path, moved.Path+".away"); err != nil {
		t.Fatal(err)
	}
	refused("moved away", "is gone: no such file")
	if err := os.Rename(moved.Path+".away", moved.Path); err != nil {
		t.Fatal(err)
	}
	run(t, opt).want(t, 0, "helped\n")
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(moved.Path, later, later); err != nil {
		t.Fatal(err)
	}
	refused("another time", "was changed since the deployment")
	install(wrapper + "# longer\n")
	refused("another size", "was changed since the deployment")
	place(t, zip, root, moved)
	run(t, opt).want(t, 0, "helped\n")

	// What the path leads to can become another Python without any trace on the
	// path itself: then the starter tells.
	var other interpreters.Interpreter
	for _, o := range minors(t) {
		if o.Report.PythonVersion().Compare(in.Report.PythonVersion()) != 0 {
			other = o
		}
	}
	if other.Report == nil {
		t.Skip("there is no second Python on this machine")
	}
	link := filepath.Join(dir, "behind")
	if err := os.Symlink(in.Path, link); err != nil {
		t.Fatal(err)
	}
	install("#!/bin/sh\nexec " + link + " \"$@\"\n")
	place(t, zip, root, moved)
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(other.Path, link); err != nil {
		t.Fatal(err)
	}
	r := run(t, opt)
	if r.code != fault.NoInterpreter || r.stdout != "" || !strings.Contains(r.stderr, "error: demo: its interpreter") ||
		!strings.Contains(r.stderr, "was "+in.Report.Version+" at the deployment\nhint: deploy again with: axle deploy "+zip+"\n") {
		t.Errorf("another Python behind the path: %d %q %q", r.code, r.stdout, r.stderr)
	}
}

// TestCore17NotZipSafe: zip_safe: false is extracted also without a package,
// and reads its own data file.
func TestCore17NotZipSafe(t *testing.T) {
	zip := writeZip(t, content{
		"extension.yml": manifest("demo", "1.0.0", unzipped), "data/rows.txt": "three rows",
		"extension.py": py("import os", "with open(os.path.join(os.path.dirname(__file__), 'data', 'rows.txt')) as f:", "    print(f.read())"),
	})
	eachPython(t, func(t *testing.T, in interpreters.Interpreter) {
		root := t.TempDir()
		d := place(t, zip, root, in)
		if d.Record.Package != nil || d.PackagePath() != "" {
			t.Errorf("a package: %+v", d.Record.Package)
		}
		run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "three rows\n")
	})
}

// TestPthFiles: .pth files of the package count, with their import lines, as in
// site-packages; those deeper do not.
func TestPthFiles(t *testing.T) {
	zip := writeZip(t, content{
		"extension.yml": manifest("demo", "1.0.0", unzipped),
		"extension.py": py("import sys, added, os", "print(added.VALUE, sys.from_pth, sys.sitedir == os.environ['AXLE_PACKAGE'])",
			"import space.one, space.two", "print(space.one.VALUE, space.two.VALUE)", "print([p for p in sys.path if 'missing' in p or 'deeper' in p])"),
		"dep/" + universal: packageOf(t, universal, content{
			"a.pth":  "# a comment\n\nfolder\nmissing\nfolder\n",
			"b.pth":  "\ufeffimport sys; sys.from_pth = 'import line'\n",
			"c.pth":  "import sys; sys.sitedir = sys._getframe(1).f_locals['sitedir']\n",
			"d.pth":  "import sys; raise ValueError('in a line')\nfolder/deeper\n",
			".e.pth": "import sys; sys.from_pth = 'hidden'\n",
			// What setuptools writes for a package that is spread over several.
			"space-nspkg.pth": "import sys, types, os;p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('space',));" +
				"m = sys.modules.setdefault('space', types.ModuleType('space'));mp = m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)\n",
			"space/one.py": "VALUE = 1\n", "space/two.py": "VALUE = 2\n", "folder/added.py": "VALUE = 'added'\n", "folder/z.pth": "import sys; sys.from_pth = 'deeper'\n",
			"folder/deeper/x.py": "",
		}),
	})
	eachPython(t, func(t *testing.T, in interpreters.Interpreter) {
		root := t.TempDir()
		place(t, zip, root, in)
		r := run(t, RunOptions{Root: root, Name: "demo"})
		r.want(t, 0, "added import line True\n1 2\n[]\n")
		if strings.Count(r.stderr, "warning: ") != 1 || !strings.Contains(r.stderr, "d.pth, line 1: ValueError: in a line") {
			t.Errorf("standard error:\n%s", r.stderr)
		}
	})
}

// TestNamesOfTheExtension: a dependency that is called extension, sibling
// packages, and an __init__.py at the top as UIP-CLI puts it there.
func TestNamesOfTheExtension(t *testing.T) {
	zip := writeZip(t, content{
		"extension.yml": manifest("demo", "1.0.0", unzipped), "__init__.py": "raise ImportError('imported')\n",
		"extension.py":        py("import helpers.tool, requests", "WHO = 'the extension'", "if __name__ == '__main__':", "    import extension", "    print(extension.WHO, helpers.tool.VALUE, requests.VALUE)"),
		"helpers/__init__.py": "", "helpers/tool.py": "from . import other\nVALUE = other.VALUE\n", "helpers/other.py": "VALUE = 'own'\n",
		"requests.py":      "VALUE = 'own too'\n",
		"dep/" + universal: packageOf(t, universal, content{"extension.py": "WHO = 'the dependency'\n", "helpers/__init__.py": "", "requests.py": "VALUE = 'of the dependency'\n"}),
	})
	somePythons(t, func(t *testing.T, in interpreters.Interpreter) {
		root := t.TempDir()
		place(t, zip, root, in)
		run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "the extension own own too\n")
	})
}

// TestEnvironments: virtual environments, and interpreters that do not start
// without their site module; nothing of either's packages is seen.
func TestEnvironments(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a shell script stands for an interpreter")
	}
	in := newest(t)
	venv := filepath.Join(t.TempDir(), "venv")
	if out, err := exec.Command(in.Path, "-m", "venv", "--without-pip", "--system-site-packages", venv).CombinedOutput(); err != nil {
		t.Skipf("this Python makes no virtual environment: %s", out)
	}
	v := in.Report.PythonVersion()
	packages := filepath.Join(venv, "lib", fmt.Sprintf("python%d.%d", v.Release(0), v.Release(1)), "site-packages")
	linked := t.TempDir()
	for file, text := range map[string]string{
		filepath.Join(packages, "hostmodule.py"): "", filepath.Join(packages, "linked.pth"): linked + "\n", filepath.Join(linked, "linkedmodule.py"): "",
	} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	python := filepath.Join(venv, "bin", "python")
	// One that ends with an error when it is told to leave out its site module.
	needy := filepath.Join(t.TempDir(), "needy")
	script := "#!/bin/sh\nfor a in \"$@\"; do case $a in -S) exit 3;; esac; done\nexec " + python + " \"$@\"\n"
	if err := os.WriteFile(needy, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	zip := writeZip(t, content{
		"extension.yml": manifest("demo", "1.0.0", unzipped),
		"extension.py": py("import sys, helper", "for name in ('hostmodule', 'linkedmodule'):", "    try:", "        __import__(name)", "        print('the host is on the path: ' + name)",
			"    except ImportError:", "        pass", "print(helper.VALUE, [p for p in sys.path if 'site-packages' in p])", "exit(0)"),
		"dep/" + universal: packageOf(t, universal, content{"helper.py": "VALUE = 'helped'\n"}),
	})
	list := append(interpreters.Find(t.Context(), interpreters.Options{Listed: []string{python}}),
		interpreters.Find(t.Context(), interpreters.Options{Listed: []string{needy}})...)
	if len(list) != 2 || list[0].Report == nil || list[1].Report == nil || !list[1].Report.NeedsSite {
		t.Fatalf("interpreters: %+v", list)
	}
	for _, in := range list {
		root := t.TempDir()
		d := deploy(t, zip, root, in)
		if d.Record.Interpreter.NeedsSite != in.Report.NeedsSite {
			t.Errorf("%s: needs site: %v", in.Path, d.Record.Interpreter.NeedsSite)
		}
		if compiled, _ := filepath.Glob(filepath.Join(d.PackagePath(), "__pycache__", "*.pyc")); len(compiled) != 1 {
			t.Errorf("%s: byte code: %v", in.Path, compiled)
		}
		run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "helped []\n")
	}
}

// TestScriptsOfThePackage: console scripts in bin find the interpreter and the
// package.
func TestScriptsOfThePackage(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a shell script")
	}
	zip := writeZip(t, content{
		"extension.yml": manifest("demo", "1.0.0", unzipped),
		"extension.py": py("import os, subprocess, sys", "sys.stdout.flush()",
			"sys.exit(subprocess.call([os.path.join(os.environ['AXLE_PACKAGE'], 'bin', 'tool'), 'x']))"),
		"dep/" + universal: packageOf(t, universal, content{"helper.py": "VALUE = 'helped'\n",
			"bin/tool": "#!/bin/sh\n'''exec' \"${AXLE_PYTHON:-python3}\" \"$0\" \"$@\"\n' '''\nimport os, sys\nsys.path.insert(0, os.path.dirname(os.path.dirname(os.path.realpath(__file__))))\n" +
				"import helper\nsys.stdout.write('%s %d.%d %s\\n' % (helper.VALUE, sys.version_info[0], sys.version_info[1], sys.argv[1]))\nsys.exit(5)\n"}),
	})
	somePythons(t, func(t *testing.T, in interpreters.Interpreter) {
		root := t.TempDir()
		place(t, zip, root, in)
		v := in.Report.PythonVersion()
		run(t, RunOptions{Root: root, Name: "demo"}).want(t, 5, fmt.Sprintf("helped %d.%d x\n", v.Release(0), v.Release(1)))
	})
}

// TestRunRefuses: what cannot be run, with the exit code that says why.
func TestRunRefuses(t *testing.T) {
	in, root := newest(t), t.TempDir()
	place(t, sample(t, "1.0.0"), root, in)
	long := `{"a": "` + strings.Repeat("x", 200_000) + `"}`
	list := filepath.Join(t.TempDir(), "list.json")
	if err := os.WriteFile(list, []byte("[1]"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		opt     RunOptions
		code    int
		message string
	}{
		{RunOptions{Name: "dem"}, fault.NotFound, "not deployed"},
		{RunOptions{Name: ""}, fault.NotFound, "not deployed"},
		{RunOptions{Name: ".."}, fault.NotFound, "not deployed"},
		{RunOptions{Name: "demo/1.0.0"}, fault.NotFound, "not deployed"},
		{RunOptions{Name: "demo", Fields: "[1]"}, fault.BadInput, "not a JSON object"},
		{RunOptions{Name: "demo", Fields: "{"}, fault.BadInput, "not a JSON object"},
		{RunOptions{Name: "demo", Fields: long}, fault.Usage, "200"},
		{RunOptions{Name: "demo", Fields: "{}", FieldsFile: "x"}, fault.Usage, "twice"},
		{RunOptions{Name: "demo", FieldsFile: list}, fault.BadInput, "list.json"},
		{RunOptions{Name: "demo", FieldsFile: filepath.Join(root, "gone")}, fault.Usage, "gone"},
	} {
		c.opt.Root, c.opt.Stdout, c.opt.Stderr = root, os.Stderr, os.Stderr
		_, err := Run(t.Context(), c.opt)
		if fault.ExitCode(err) != c.code || !strings.Contains(fmt.Sprint(err), c.message) {
			t.Errorf("%q with %.20q: %v, want exit code %d and %q", c.opt.Name, c.opt.Fields, err, c.code, c.message)
		}
	}
	_, err := Run(t.Context(), RunOptions{Root: root, Name: "dem"})
	if hints := strings.Join(fault.Hints(err), "\n"); !strings.Contains(hints, "did you mean demo?") || !strings.Contains(hints, "deployed are: demo") {
		t.Errorf("hints: %q", hints)
	}
}

// TestRunEndsWithItsContext: a child is asked to end.
func TestRunEndsWithItsContext(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM")
	}
	in := newest(t)
	class := "from universal_extension import UniversalExtension, ExtensionResult\nimport time, sys\nclass Extension(UniversalExtension):\n    stop = False\n"
	cancel := "    def extension_cancel(self):\n        print('cancelled')\n        self.stop = True\n"
	start := "    def extension_start(self, fields):\n        print('ready'); sys.stdout.flush()\n        while not self.stop:\n            time.sleep(0.01)\n        return ExtensionResult(rc=8)\n"
	for _, c := range []struct {
		code, stdout string
		exit         int
	}{
		{class + cancel + start, "ready\ncancelled\n" + `{"message": "", "output_fields": null, "rc": 8, "unv_output": null}` + "\n", 8},
		{class + start, "ready\n", 128 + 15},
	} {
		root := t.TempDir()
		place(t, writeZip(t, content{"extension.yml": manifest("demo", "1.0.0"), "extension.py": c.code}), root, in)
		ctx, end := context.WithCancel(t.Context())
		out := &signalWriter{mark: "ready\n", found: end}
		code, err := Run(ctx, RunOptions{Root: root, Name: "demo", Stdout: out, Stderr: os.Stderr, Stdin: strings.NewReader("")})
		end()
		if err != nil || code != c.exit || string(out.said) != c.stdout {
			t.Errorf("%v, exit code %d, %q; want %d, %q", err, code, out.said, c.exit, c.stdout)
		}
	}
}

// signalWriter calls found when mark was written.
type signalWriter struct {
	said  []byte
	mark  string
	found func()
}

func (w *signalWriter) Write(p []byte) (int, error) {
	w.said = append(w.said, p...)
	if bytes.Contains(w.said, []byte(w.mark)) {
		w.found()
	}
	return len(p), nil
}
