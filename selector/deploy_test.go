package selector

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/launch"
	"github.com/axlepack/axle/interpreters"
)

const universal = plain + "py2.py3-none-any.whl"

// sample is an extension with a package of a few modules.
func sample(t testing.TB, version string) string {
	t.Helper()
	return writeZip(t, content{
		"extension.yml": manifest("demo", version, unzipped), "extension.py": "import helper\nprint(helper.VALUE)\n", "part/__init__.py": "",
		"dep/demo-" + version + "-py2.py3-none-any.whl": packageOf(t, "demo-"+version+"-py2.py3-none-any.whl", content{
			"helper.py": "VALUE = 'helped'\n", "lib/data.txt": "rows\n", "bin/tool": "#!/bin/sh\necho tool\n",
			"template.py": "{% if x %}\n",
		}),
	})
}

// TestCore14Deploy: what lies where, with which mode, and that nothing else
// does.
func TestCore14Deploy(t *testing.T) {
	in, root := newest(t), filepath.Join(t.TempDir(), "new", "root")
	d := deploy(t, sample(t, "1.0.0"), root, in)
	tag := in.Report.CacheTag
	want := []string{
		".axle-files", ".axle.whl", "__pycache__/helper." + tag + ".pyc", "bin/tool", "demo-1.0.0.dist-info/METADATA", "demo-1.0.0.dist-info/RECORD",
		"demo-1.0.0.dist-info/WHEEL", "helper.py", "lib/data.txt", "template.py",
	}
	if got := tree(t, d.PackagePath()); !slices.Equal(got, want) {
		t.Errorf("the package has %q, want %q", got, want)
	}
	want = []string{"__pycache__/extension." + tag + ".pyc", "extension.py", "extension.yml", "part/__init__.py", "part/__pycache__/__init__." + tag + ".pyc"}
	if got := tree(t, d.CodePath()); !slices.Equal(got, want) {
		t.Errorf("the extension has %q, want %q", got, want)
	}
	if runtime.GOOS != "windows" {
		for file, mode := range map[string]fs.FileMode{"bin/tool": 0o555, "helper.py": 0o444, "lib": 0o755 | fs.ModeDir, ".": 0o755 | fs.ModeDir} {
			if info, err := os.Stat(filepath.Join(d.PackagePath(), file)); err != nil || info.Mode() != mode {
				t.Errorf("%s: %v (%v), want %s", file, info.Mode(), err, mode)
			}
		}
		if got := program(t, exec.Command(filepath.Join(d.PackagePath(), "bin/tool"))); got != "tool\n" {
			t.Errorf("bin/tool: %q", got)
		}
	}
	nothingStaged(t, root)
	run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "helped\n")
	if list, err := List(root); err != nil || len(list) != 1 || list[0].Record.Version != "1.0.0" || list[0].Record.Package.File != universal {
		t.Errorf("deployments: %+v (%v)", list, err)
	}
}

// TestDeployAgain: the same deployment changes nothing, touches no file, and
// needs no right to write; another content, interpreter or version makes
// another one beside it.
func TestDeployAgain(t *testing.T) {
	in, root := newest(t), t.TempDir()
	zip := sample(t, "1.0.0")
	first := deploy(t, zip, root, in)
	before := snapshot(t, root)
	again := deploy(t, zip, root, in)
	if !first.Changed || again.Changed || !again.Record.Deployed.Equal(first.Record.Deployed) || again.Record.ID != first.Record.ID {
		t.Errorf("again: %+v, at first: %+v", again, first)
	}
	if after := snapshot(t, root); after != before {
		t.Errorf("files changed:\n%s\nwere\n%s", after, before)
	}
	// The same files in another zip are the same deployment.
	copied := filepath.Join(t.TempDir(), "copy.zip")
	data, err := os.ReadFile(zip)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(copied, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if d := deploy(t, copied, root, in); d.Changed {
		t.Error("a copy of the zip is another deployment")
	}

	ids := map[string]bool{first.Record.ID: true}
	folders := map[string]bool{first.PackagePath(): true}
	changed := func(what string, d Deployment, samePackage bool) {
		t.Helper()
		if !d.Changed || ids[d.Record.ID] {
			t.Errorf("%s: no deployment of its own: %s", what, d.Record.ID)
		}
		if folders[d.PackagePath()] != samePackage {
			t.Errorf("%s: package in %s, shared: %v", what, d.PackagePath(), !samePackage)
		}
		ids[d.Record.ID], folders[d.PackagePath()] = true, true
		if now, err := Find(root, "demo"); err != nil || now.Record.ID != d.Record.ID {
			t.Errorf("%s: current is %s (%v)", what, now.Record.ID, err)
		}
		for id := range ids {
			if _, err := os.Stat(filepath.Join(root, "e", "demo", id, "record.json")); err != nil {
				t.Errorf("%s: an older deployment is gone: %v", what, err)
			}
		}
	}
	uncompiled, err := tryDeploy(t.Context(), zip, DeployOptions{Root: root, NoCompile: true}, in)
	if err != nil {
		t.Fatal(err)
	}
	changed("without byte code", uncompiled, false)
	if got := tree(t, uncompiled.PackagePath()); slices.ContainsFunc(got, func(s string) bool { return strings.HasSuffix(s, ".pyc") }) {
		t.Errorf("byte code was made: %v", got)
	}
	other := in
	other.Path = filepath.Join(t.TempDir(), "python")
	if err := os.Symlink(in.Path, other.Path); err == nil {
		changed("another interpreter of the same kind", deploy(t, zip, root, other), true)
	}
	changed("another version", deploy(t, sample(t, "1.1.0"), root, in), false)
	edited := writeZip(t, content{
		"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": "import helper\nprint(helper.VALUE.upper())\n", "part/__init__.py": "",
		"dep/" + universal: memberOf(t, zip, "dep/"+universal),
	})
	changed("other modules", deploy(t, edited, root, in), true)
	run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "HELPED\n")
	if d := deploy(t, zip, root, in); !d.Changed || d.Record.ID != first.Record.ID || !d.Record.Deployed.Equal(first.Record.Deployed) {
		t.Errorf("back to the first: %+v", d)
	}
	run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "helped\n")
}

// memberOf is one member of a zip.
func memberOf(t testing.TB, zip, name string) string {
	t.Helper()
	data, err := open(t, zip).reader.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// snapshot lists all that lies below a folder with size, mode and times.
func snapshot(t testing.TB, dir string) string {
	t.Helper()
	var b strings.Builder
	for _, name := range tree(t, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, name, info.Mode(), info.Size(), info.ModTime().UnixNano())
	}
	return b.String()
}

// TestTenAtOnce: the same deployment from ten places is made once; different
// ones do not disturb each other.
func TestTenAtOnce(t *testing.T) {
	in, root := newest(t), t.TempDir()
	same := sample(t, "1.0.0")
	var zips []string
	for i := range 10 {
		zips = append(zips, same, writeZip(t, content{
			"extension.yml": manifest(fmt.Sprintf("demo%d", i), "1.0.0", unzipped), "extension.py": fmt.Sprintf("print(%d)\n", i),
		}))
	}
	got := make([]Deployment, len(zips))
	errs := make([]error, len(zips))
	var wait sync.WaitGroup
	for i := range zips {
		wait.Go(func() { got[i], errs[i] = tryDeploy(t.Context(), zips[i], DeployOptions{Root: root}, in) })
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	changed := 0
	for i := 0; i < len(zips); i += 2 {
		if got[i].Changed {
			changed++
		}
		if got[i].Record.ID != got[0].Record.ID || got[i].PackagePath() != got[0].PackagePath() {
			t.Errorf("deployment %d is %s, and the first %s", i, got[i].Record.ID, got[0].Record.ID)
		}
	}
	if changed != 1 {
		t.Errorf("%d deployments of the same zip changed something, want 1", changed)
	}
	nothingStaged(t, root)
	if list, err := List(root); err != nil || len(list) != 11 {
		t.Errorf("%d deployments (%v), want 11", len(list), err)
	}
	run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "helped\n")
	run(t, RunOptions{Root: root, Name: "demo7"}).want(t, 0, "7\n")
}

// TestCancelled: whenever the context ends, nothing is left but perhaps a whole
// package, and the next deployment is clean.
func TestCancelled(t *testing.T) {
	in := newest(t)
	zip := large(t)
	for _, after := range []time.Duration{0, 5 * time.Millisecond, 30 * time.Millisecond, 90 * time.Millisecond} {
		root := t.TempDir()
		ctx, cancel := context.WithTimeout(t.Context(), after)
		start := time.Now()
		_, err := tryDeploy(ctx, zip, DeployOptions{Root: root}, in)
		took := time.Since(start)
		cancel()
		if err == nil {
			continue // it was quicker
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %s: %v", after, err)
		}
		if took > after+5*time.Second {
			t.Errorf("after %s: it ended %s later", after, took)
		}
		if _, err := Find(root, "demo"); err == nil {
			t.Errorf("after %s: it is deployed", after)
		}
		if _, err := os.Stat(filepath.Join(root, "t")); err == nil {
			nothingStaged(t, root)
		}
		place(t, zip, root, in)
		run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "101\n")
	}
}

// large is an extension with a package of some hundred modules; it prints the
// sum of what they hold.
func large(t testing.TB) string {
	t.Helper()
	files := content{"many/__init__.py": "TOTAL = 0\n"}
	for i := range 100 {
		files[fmt.Sprintf("many/m%d.py", i)] = "def f(x):\n    return [x for x in range(x)]\n" + strings.Repeat("VALUE = 1\n", 50+i%7)
	}
	code := "import importlib, pkgutil, many\n" +
		"names = sorted(m.name for m in pkgutil.iter_modules(many.__path__))\n" +
		"print(1 + sum(importlib.import_module('many.' + n).VALUE for n in names))\n"
	return writeZip(t, content{
		"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": code,
		"dep/" + universal: packageOf(t, universal, files),
	})
}

// TestDamagedDeployment: a deployment that lost a part says so, and deploying
// again mends it.
func TestDamagedDeployment(t *testing.T) {
	in, zip := newest(t), sample(t, "1.0.0")
	for what, damage := range map[string]func(d Deployment) string{
		"the record":           func(d Deployment) string { return filepath.Join(filepath.Dir(d.BootPath()), "record.json") },
		"the extension's code": func(d Deployment) string { return d.CodePath() },
		"its package":          func(d Deployment) string { return d.PackagePath() },
		"current":              func(d Deployment) string { return filepath.Join(d.Root, "e", "demo", "current") },
	} {
		root := t.TempDir()
		d := place(t, zip, root, in)
		if err := os.RemoveAll(damage(d)); err != nil {
			t.Fatal(err)
		}
		_, err := Run(t.Context(), RunOptions{Root: root, Name: "demo", Stdout: os.Stderr, Stderr: os.Stderr})
		if fault.ExitCode(err) != fault.NotFound || !strings.Contains(strings.Join(fault.Hints(err), " "), "axle deploy") {
			t.Errorf("without %s: %v, hints %q", what, err, fault.Hints(err))
		}
		place(t, zip, root, in)
		run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "helped\n")
		nothingStaged(t, root)
	}
	// An empty record is no record.
	root := t.TempDir()
	d := place(t, zip, root, in)
	record := filepath.Join(filepath.Dir(d.BootPath()), "record.json")
	for _, text := range []string{"", "{}", "null", `{"format": 2}`, `{"format": 1, "name": "demo"}`} {
		if err := os.WriteFile(record, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Find(root, "demo"); fault.ExitCode(err) != fault.NotFound {
			t.Errorf("record %q: %v", text, err)
		}
		if _, err := List(root); err == nil {
			t.Errorf("record %q: the list says nothing", text)
		}
		place(t, zip, root, in)
		run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "helped\n")
	}
}

// TestDeployRefuses: choices that are none, and what has nothing to run.
func TestDeployRefuses(t *testing.T) {
	in, root := newest(t), t.TempDir()
	z := open(t, sample(t, "1.0.0"))
	if _, err := Deploy(t.Context(), z, Choice{}, DeployOptions{Root: root}); fault.ExitCode(err) != fault.NoInterpreter {
		t.Errorf("no choice: %v", err)
	}
	gone := in
	gone.Path = filepath.Join(root, "gone")
	if _, err := tryDeploy(t.Context(), z.Path, DeployOptions{Root: root}, gone); fault.ExitCode(err) != fault.NoInterpreter {
		t.Errorf("an interpreter that vanished: %v", err)
	}
	bare := writeZip(t, content{"extension.yml": manifest("demo", "1.0.0", unzipped)})
	if _, err := tryDeploy(t.Context(), bare, DeployOptions{Root: root}, in); fault.ExitCode(err) != fault.BadInput || !strings.Contains(err.Error(), "no extension.py") {
		t.Errorf("no extension.py: %v", err)
	}
	// A choice that was made without looking into the package.
	z = open(t, writeZip(t, content{
		"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": "",
		"dep/" + universal: packageOf(t, universal, content{"dist-info/METADATA": "Requires-Python: <3\n"}),
	}))
	c, err := Select(z.Extension, []interpreters.Interpreter{in}, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Deploy(t.Context(), z, c, DeployOptions{Root: root}); fault.ExitCode(err) != fault.NoPackage {
		t.Errorf("a package that is for another Python: %v", err)
	}
	if left := tree(t, root); len(left) > 0 {
		for _, name := range left {
			if !strings.HasPrefix(name, "l/") {
				t.Errorf("left behind: %s", name)
			}
		}
	}
}

// TestBadRoots: a root that cannot be one is a clear error with a hint.
func TestBadRoots(t *testing.T) {
	in, zip := newest(t), sample(t, "1.0.0")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	roots := []string{file, filepath.Join(file, "below")}
	if runtime.GOOS == "linux" {
		roots = append(roots, "/proc/axle-root") // where nobody can make a folder
	}
	for _, root := range roots {
		_, err := tryDeploy(t.Context(), zip, DeployOptions{Root: root}, in)
		if err == nil || !strings.Contains(err.Error(), "cannot be written") || !strings.Contains(strings.Join(fault.Hints(err), " "), "--root") {
			t.Errorf("%s: %v, hints %q", root, err, fault.Hints(err))
		}
	}
	if _, err := Find(file, "demo"); fault.ExitCode(err) != fault.NotFound {
		t.Errorf("a file as root: %v", err)
	}
	if list, err := List(filepath.Join(file, "none")); err != nil || len(list) != 0 {
		t.Errorf("no root: %v %v", list, err)
	}
}

// TestFullDisk: a disk that is too small is an error with the size that is
// needed, and what was begun is gone.
func TestFullDisk(t *testing.T) {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("mounting a small disk needs root on Linux")
	}
	in := newest(t)
	disk := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=3m", "none", disk).CombinedOutput(); err != nil {
		t.Skipf("a small disk cannot be mounted here: %s", out)
	}
	t.Cleanup(func() { program(t, exec.Command("umount", disk)) })
	root := filepath.Join(disk, "root")
	small := sample(t, "1.0.0")
	place(t, small, root, in)
	files := content{}
	for i := range 64 {
		files[fmt.Sprintf("blob%d.bin", i)] = strings.Repeat(fmt.Sprint(i), 50_000)
	}
	for what, zip := range map[string]string{
		"the package": writeZip(t, content{"extension.yml": manifest("demo", "2.0.0", unzipped), "extension.py": "",
			"dep/demo-2.0.0-py3-none-any.whl": packageOf(t, "demo-2.0.0-py3-none-any.whl", files)}),
		"the extension": writeZip(t, func() content {
			all := content{"extension.yml": manifest("demo", "2.0.0", unzipped), "extension.py": ""}
			for name, text := range files {
				all[name] = text
			}
			return all
		}()),
	} {
		_, err := tryDeploy(t.Context(), zip, DeployOptions{Root: root, NoCompile: true}, in)
		if err == nil || !strings.Contains(err.Error(), "no space left") || !strings.Contains(err.Error(), "the files take 6 MiB") ||
			!strings.Contains(strings.Join(fault.Hints(err), " "), "make room") {
			t.Errorf("%s: %v, hints %q", what, err, fault.Hints(err))
		}
		nothingStaged(t, root)
		run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "helped\n")
	}
	place(t, sample(t, "1.1.0"), root, in)
}

// TestReadOnlyRoot: on a file system that is read-only, what is deployed runs
// and is found to be deployed; the rest is a clear error.
func TestReadOnlyRoot(t *testing.T) {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("mounting needs root on Linux")
	}
	in, root := newest(t), t.TempDir()
	place(t, sample(t, "1.0.0"), root, in)
	if out, err := exec.Command("mount", "--bind", root, root).CombinedOutput(); err != nil {
		t.Skipf("nothing can be mounted here: %s", out)
	}
	t.Cleanup(func() { program(t, exec.Command("umount", root)) })
	if out, err := exec.Command("mount", "-o", "remount,ro,bind", root).CombinedOutput(); err != nil {
		t.Skipf("nothing can be mounted read-only here: %s", out)
	}
	run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "helped\n")
	if d := place(t, sample(t, "1.0.0"), root, in); d.Changed {
		t.Error("something changed on a read-only file system")
	}
	_, err := tryDeploy(t.Context(), sample(t, "1.1.0"), DeployOptions{Root: root, NoCompile: true}, in)
	if err == nil || !strings.Contains(err.Error(), "cannot be written") || !strings.Contains(err.Error(), "read-only") || len(fault.Hints(err)) == 0 {
		t.Errorf("%v, hints %q", err, fault.Hints(err))
	}
}

// TestByteCode: the interpreter takes the byte code that was made for it, and
// makes none itself; it shows no path of staging.
func TestByteCode(t *testing.T) {
	zip := writeZip(t, content{
		"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": "import helper, part.inner\n", "part/__init__.py": "", "part/inner.py": "",
		"dep/" + universal: packageOf(t, universal, content{"helper.py": "def f(): pass\nprint(f.__code__.co_filename)\n", "template.py": "{% if x %}\n"}),
	})
	t.Setenv("SOURCE_DATE_EPOCH", "1")
	t.Setenv("PYTHONOPTIMIZE", "2")
	eachPython(t, func(t *testing.T, in interpreters.Interpreter) {
		root := t.TempDir()
		d := deploy(t, zip, root, in)
		var compiled []string
		for _, name := range tree(t, root) {
			if strings.HasSuffix(name, ".pyc") {
				compiled = append(compiled, name)
				data, err := os.ReadFile(filepath.Join(root, name))
				if err != nil || strings.Contains(string(data), filepath.Join(root, "t")) {
					t.Errorf("%s: a path of staging is in it (%v)", name, err)
				}
			}
		}
		// extension.py, helper.py, two of part, and the starter's; boot.py where it is started so.
		want := 4 + starterSize()
		if slices.ContainsFunc(compiled, func(name string) bool { return strings.HasSuffix(name, "/boot.pyc") }) {
			want++
		}
		if len(compiled) != want {
			t.Errorf("%d files of byte code: %q", len(compiled), compiled)
		}
		before := snapshot(t, root)
		r := run(t, RunOptions{Root: root, Name: "demo", Env: append(launch.Plan{NeedsSite: true}.Environ(os.Environ(), ""), "PYTHONOPTIMIZE=", "PYTHONVERBOSE=1")})
		r.want(t, 0, filepath.Join(d.PackagePath(), "helper.py")+"\n")
		if after := snapshot(t, root); after != before {
			t.Errorf("a run changed files:\n%s\nwere\n%s", after, before)
		}
		for _, module := range []string{"helper", "inner"} {
			if in.Report.Implementation == "cpython" && !loadedFromByteCode(r.stderr, module) {
				t.Errorf("%s was compiled at start:\n%s", module, r.stderr)
			}
		}
	})
}

// loadedFromByteCode reads what python -v says of a module.
func loadedFromByteCode(verbose, module string) bool {
	for line := range strings.Lines(verbose) {
		matches := strings.Contains(line, " matches ") || strings.Contains(line, "precompiled from") || strings.Contains(line, "code object from")
		if matches && strings.Contains(line, module+".") && strings.Contains(line, ".pyc") {
			return true
		}
	}
	return false
}
