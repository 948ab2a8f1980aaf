package selector

import (
	"os"
	"testing"
	"time"

	"github.com/axlepack/axle/interpreters"
)

// rest waits until a file has been at rest for long enough to be known again.
func rest(t testing.TB, path string) {
	t.Helper()
	for range 100 {
		z := open(t, path)
		if z.stamp != "" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Skip("this file system has no time of a file's last change, or its clock is too coarse")
}

// TestKnownAgain: a zip that was deployed is known by its file and not read
// again; whatever is done to the file, it is read again.
func TestKnownAgain(t *testing.T) {
	in, root := newest(t), t.TempDir()
	path := sample(t, "1.0.0")
	rest(t, path)
	again := func() (d Deployment, read bool) {
		t.Helper()
		z := open(t, path)
		z.recall(root)
		recalled := z.Extension.Packages[0].Read
		c, err := z.Select(t.Context(), []interpreters.Interpreter{in}, SelectOptions{Root: root})
		if err == nil {
			d, err = Deploy(t.Context(), z, c, DeployOptions{Root: root, NoCompile: true})
		}
		if err != nil {
			t.Fatal(err)
		}
		return d, !recalled || z.last.reader != nil
	}
	first, read := again()
	if !first.Changed || !read {
		t.Fatalf("at first: %+v", first)
	}
	if d, read := again(); d.Changed || read || d.Record.ID != first.Record.ID {
		t.Errorf("again: changed %v, read %v", d.Changed, read)
	}
	// Written in place, with the same size, and its time of modification put back.
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(sample(t, "1.0.0"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, other, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	rest(t, path)
	if d, read := again(); d.Changed || !read {
		t.Errorf("after it was written: changed %v, read %v", d.Changed, read)
	}
	// A package that is gone is extracted, whatever is known.
	if err := os.RemoveAll(first.PackagePath()); err != nil {
		t.Fatal(err)
	}
	if _, read := again(); !read {
		t.Error("it was not read for a package that is gone")
	}
	run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "helped\n")
}

// TestTestImports: what the modules of a package are, and what is said of those
// that cannot be imported.
func TestTestImports(t *testing.T) {
	files := []string{
		"pkg/__init__.py", "pkg/sub/x.py", "space/inner/y.py", "single.py", "_c.cpython-311-x86_64-linux-gnu.so", "fast.abi3.so", "win.cp311-win_amd64.pyd",
		"demo-1.0.dist-info/METADATA", "demo-1.0.dist-info/x.py", "numpy.libs/libz.so", "bin/tool.py", "data/table.csv", "libz.so", "__pycache__/single.pyc", "9lives.py",
		"uni\u00e9.py", "with-dash.py", ".axle.whl", ".axle-files",
	}
	for python2, want := range map[bool]string{
		false: "_c fast pkg single space uni\u00e9 win",
		true:  "_c fast pkg single uni\u00e9 win",
	} {
		got := ""
		for _, name := range topLevel(files, python2) {
			got += " " + name
		}
		if got != " "+want {
			t.Errorf("%v: %q, want %q", python2, got, want)
		}
	}
	for said, want := range map[string]string{
		"a\nb\n\n":                          "",
		"a\na\tImportError: no b\nb\n\n":    "import a: ImportError: no b",
		"a\nb\n":                            "import b: ended: last words",
		"":                                  "the test cannot begin: ended: last words",
		"a\r\na\tX: y\r\nb\r\n\r\n":         "import a: X: y",
		"a\na\tImportError: no\nb\ntext\n ": "import a: ImportError: no|import  : ended: last words",
	} {
		got := ""
		for i, text := range readImports(said, "ended", "first\nlast words\n") {
			if i > 0 {
				got += "|"
			}
			got += text
		}
		if got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

// TestCore23: a package is tested under each interpreter of the machine before it
// becomes current; where it fails nothing has changed.
func TestCore23(t *testing.T) {
	eachPython(t, func(t *testing.T, in interpreters.Interpreter) {
		root := t.TempDir()
		good := writeZip(t, content{
			"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": "",
			"dep/" + universal: packageOf(t, universal, content{"good/__init__.py": "print('noise')\nimport os; os.close(1)\n", "single.py": "import good, universal_extension\n"}),
		})
		opt := DeployOptions{Root: root, NoCompile: true, Test: true}
		d := deployWith(t, good, opt, in)
		before := tree(t, root)
		for what, c := range map[string]struct{ code, says string }{
			"raises": {"import nowhere_at_all\n", "import bad: "},
			"ends":   {"import sys\nsys.exit(3)\n", "import bad: SystemExit: 3"},
			"dies":   {"import os, signal\nos.abort()\n", "import bad: the interpreter ended with "},
			"leaves": {"import os\nos._exit(0)\n", "import bad: the interpreter ended"},
			"syntax": {"def (\n", "import bad: SyntaxError"},
		} {
			bad := writeZip(t, content{
				"extension.yml": manifest("demo", "2.0.0", unzipped), "extension.py": "",
				"dep/demo-2.0.0-py2.py3-none-any.whl": packageOf(t, "demo-2.0.0-py2.py3-none-any.whl", content{"bad.py": c.code, "aaa.py": ""}),
			})
			_, err := tryDeploy(t.Context(), bad, opt, in)
			mustFail(t, what, err, 8, "demo 2.0.0: under "+in.Path, c.says)
			if now, err := Find(root, "demo"); err != nil || now.Record.ID != d.Record.ID {
				t.Errorf("%s: current is %s (%v)", what, now.Record.ID, err)
			}
		}
		if after := tree(t, root); len(after) != len(before) {
			t.Errorf("the root had %q, and has %q", before, after)
		}
	})
}
