package selector

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/launch"
	"github.com/axlepack/axle/interpreters"
)

// TestMainModule: extension.py runs as any script does.
func TestMainModule(t *testing.T) {
	for _, zipSafe := range []string{"zip_safe: true", unzipped} {
		zip := writeZip(t, content{
			"extension.yml": manifest("demo", "1.0.0", zipSafe),
			"sibling.py":    "import __main__\nNAME = __main__.ANSWER\n",
			"extension.py": "# -*- coding: utf-8 -*-\n" + py(
				"import sys", "ANSWER = 42", "import sibling",
				"print(sibling.NAME, __name__, __doc__, sorted(n for n in globals() if not n.startswith('__')))",
				"print(sys.modules['__main__'].ANSWER, sys.argv[0] == __file__, sys.argv[1:])",
				"print(sys.stdin.read().upper())", "sys.stdout.flush()",
				"if __name__ == '__main__':", "    print(exit, quit)", "    exit(7)", "print('not reached')"),
		})
		somePythons(t, func(t *testing.T, in interpreters.Interpreter) {
			root := t.TempDir()
			place(t, zip, root, in)
			r := run(t, RunOptions{Root: root, Name: "demo", Args: []string{"--fields", "x y", ""}, Stdin: strings.NewReader("typed")})
			if r.code != 7 || r.stderr != "" || !strings.HasPrefix(r.stdout,
				"42 __main__ None ['ANSWER', 'print_function', 'sibling', 'sys']\n42 True ['--fields', 'x y', '']\nTYPED\nUse exit() or ") {
				t.Errorf("%s: %d %q %q", zipSafe, r.code, r.stdout, r.stderr)
			}
		})
	}
}

// TestTracebacks: an error shows the extension's own lines, and nothing of what
// started it.
func TestTracebacks(t *testing.T) {
	for name, c := range map[string]struct {
		files content
		want  []string
	}{
		"an error": {content{"extension.py": "import inner\n\ndef work():\n    inner.fail()\n\nwork()\n", "inner.py": "def fail():\n    raise ValueError('wrong')\n"},
			[]string{"Traceback (most recent call last):", "extension.py\", line 6, in <module>", "extension.py\", line 4, in work", "inner.py\", line 2, in fail", "ValueError: wrong"}},
		"an error in a cause": {content{"extension.py": "try:\n    {}['x']\nexcept KeyError:\n    raise ValueError('then')\n"},
			[]string{"extension.py\", line 4, in <module>", "ValueError: then"}},
		"a mistake of syntax":             {content{"extension.py": "x = (\n"}, []string{"extension.py\", line ", "SyntaxError: "}},
		"a mistake of syntax in a module": {content{"extension.py": "import inner\n", "inner.py": "x = (\n"}, []string{"extension.py\", line 1, in <module>", "inner.py\", line ", "SyntaxError: "}},
		"a module that is missing":        {content{"extension.py": "import nowhere\n"}, []string{"extension.py\", line 1, in <module>", "nowhere"}},
		"an error of an extension that is a class": {content{"extension.py": "class Extension(object):\n    def extension_start(self, fields):\n        raise ValueError('started')\n"},
			[]string{"extension.py\", line 3, in extension_start", "ValueError: started"}},
	} {
		for _, zipSafe := range []string{unzipped, "zip_safe: true"} {
			files := content{"extension.yml": manifest("demo", "1.0.0", zipSafe)}
			for name, text := range c.files {
				files[name] = text
			}
			zip := writeZip(t, files)
			t.Run(name+", "+zipSafe, func(t *testing.T) {
				somePythons(t, func(t *testing.T, in interpreters.Interpreter) {
					root := t.TempDir()
					place(t, zip, root, in)
					r := run(t, RunOptions{Root: root, Name: "demo"})
					rest := r.stderr
					for _, want := range c.want {
						_, after, ok := strings.Cut(rest, want)
						if !ok {
							t.Errorf("%q is missing in\n%s", want, r.stderr)
							return
						}
						rest = after
					}
					if r.code != 1 || strings.Contains(r.stderr, "boot.py") || strings.Contains(r.stderr, "axle_extension") {
						t.Errorf("exit code %d:\n%s", r.code, r.stderr)
					}
				})
			})
		}
	}
}

// TestMultiprocessing: children find what the extension finds, however they
// are started.
func TestMultiprocessing(t *testing.T) {
	code := py("import sys, multiprocessing, helper",
		"def work(x):", "    import helper", "    return helper.VALUE * x",
		"def main():",
		"    for how in sys.argv[1:]:",
		"        context = multiprocessing.get_context(how) if hasattr(multiprocessing, 'get_context') else multiprocessing",
		"        pool = context.Pool(2)", "        print(how, pool.map(work, [1, 2, 3]))", "        pool.close()", "        pool.join()",
		"if __name__ == '__main__':", "    main()")
	for _, zipSafe := range []string{unzipped, "zip_safe: true"} {
		files := content{"extension.yml": manifest("demo", "1.0.0", zipSafe), "extension.py": code}
		if zipSafe == unzipped {
			files["dep/"+universal] = packageOf(t, universal, content{"helper.py": "VALUE = 10\n"})
		} else {
			files["helper.py"] = "VALUE = 10\n"
		}
		zip := writeZip(t, files)
		t.Run(zipSafe, func(t *testing.T) {
			somePythons(t, func(t *testing.T, in interpreters.Interpreter) {
				ways := []string{"spawn", "fork"}
				if in.Path == newest(t).Path {
					ways = append(ways, "forkserver")
				}
				if runtime.GOOS == "windows" {
					ways = ways[:1]
				}
				if in.Report.PythonVersion().Release(0) == 2 {
					ways = []string{"fork"}
				}
				root := t.TempDir()
				place(t, zip, root, in)
				want := ""
				for _, way := range ways {
					want += way + " [10, 20, 30]\n"
				}
				r := run(t, RunOptions{Root: root, Name: "demo", Args: ways})
				r.want(t, 0, want)
			})
		})
	}
}

// TestNonASCII: paths, names and arguments of any script, in any locale.
func TestNonASCII(t *testing.T) {
	zip := filepath.Join(t.TempDir(), "größe 漢字 🎈.zip")
	data := zipBytes(t, content{
		"extension.yml": manifest("demo", "1.0.0", unzipped, "python_extra_paths: ${extension_zip}/größe"),
		"extension.py":  py("import sys, helper, grew, os", "print(helper.VALUE, grew.VALUE, len(sys.argv), os.path.exists(__file__))", "assert repr(sys.argv[1]) == os.environ['WANT'], repr(sys.argv[1])"),
		"größe/grew.py": "VALUE = 'grew'\n", "größe/naïve.py": "",
		"dep/" + universal: packageOf(t, universal, content{"helper.py": "VALUE = 'helped'\n", "ünï/data.txt": "", "x.pth": "ünï\n"}),
	}, isWheel)
	if err := os.WriteFile(zip, data, 0o644); err != nil {
		t.Fatal(err)
	}
	eachPython(t, func(t *testing.T, in interpreters.Interpreter) {
		root := filepath.Join(t.TempDir(), "wurzel ünï 漢字")
		place(t, zip, root, in)
		for _, locale := range []string{"C.UTF-8", "C", "POSIX"} {
			if in.Report.Implementation == "pypy" && locale != "C.UTF-8" {
				continue // it cannot start a script with such a path there
			}
			env := append(os.Environ(), "LC_ALL="+locale, "LANG="+locale, "PYTHONIOENCODING=utf-8:surrogateescape")
			want := fmt.Sprintf("WANT='%s'", "naïve 漢")
			switch v := in.Report.PythonVersion(); {
			case v.Release(0) == 2:
				want = `WANT='na\xc3\xafve \xe6\xbc\xa2'`
			case locale != "C.UTF-8" && v.Release(1) < 7:
				want = `WANT='na\udcc3\udcafve \udce6\udcbc\udca2'`
			}
			r := run(t, RunOptions{Root: root, Name: "demo", Args: []string{"naïve 漢"}, Env: append(env, want)})
			if r.stderr != "" {
				t.Errorf("%s: %s", locale, r.stderr)
			}
			r.want(t, 0, "helped grew 2 True\n")
		}
	})
}

// TestStartByHand: the starter needs no axle, only its interpreter.
func TestStartByHand(t *testing.T) {
	somePythons(t, func(t *testing.T, in interpreters.Interpreter) {
		root := t.TempDir()
		d := place(t, sample(t, "1.0.0"), root, in)
		for _, boot := range []string{d.BootPath(), filepath.Base(d.BootPath())} {
			cmd := exec.Command(in.Path, "-s", "-S", "-B", boot)
			cmd.Dir = filepath.Dir(d.BootPath())
			if got := strings.ReplaceAll(program(t, cmd), "\r\n", "\n"); got != "helped\n" {
				t.Errorf("%s: %q", boot, got)
			}
		}
		// The root folder may be moved, with everything in it.
		moved := filepath.Join(t.TempDir(), "moved")
		if err := os.Rename(root, moved); err != nil {
			t.Fatal(err)
		}
		run(t, RunOptions{Root: moved, Name: "demo"}).want(t, 0, "helped\n")
	})
}

// TestPyString: texts as Python reads them.
func TestPyString(t *testing.T) {
	var code strings.Builder
	texts := []string{"", "plain", `back\slash "quoted" 'too'`, "größe", "漢字", "🎈", "line\nbreak\ttab\x00", "\ufeff\u2028"}
	code.WriteString("import json\nprint(json.dumps([")
	for _, text := range texts {
		code.WriteString(pyString(text) + ", ")
	}
	code.WriteString("]))\n")
	somePythons(t, func(t *testing.T, in interpreters.Interpreter) {
		var got []string
		if err := json.Unmarshal([]byte(program(t, exec.Command(in.Path, "-S", "-c", code.String()))), &got); err != nil || !slices.Equal(got, texts) {
			t.Errorf("%q (%v), want %q", got, err, texts)
		}
	})
}

// TestFirstCollection: the first search for garbage waits, and the next come
// as the interpreter has them, or as the extension does.
func TestFirstCollection(t *testing.T) {
	code := "import gc, sys\nbefore = gc.get_threshold()[0]\n" +
		"if len(sys.argv) > 1:\n    gc.set_threshold(1234)\n" +
		"class Part(object):\n    pass\nkept = []\nfor n in range(60000):\n    part = Part()\n    part.part = part\n    kept.append(part)\n" +
		"print(before == 50000, gc.get_threshold()[0] <= 2000, gc.get_threshold()[0])\n"
	somePythons(t, func(t *testing.T, in interpreters.Interpreter) {
		if in.Report.Implementation != "cpython" || in.Report.PythonVersion().Release(0) < 3 {
			t.Skip("nothing waits there")
		}
		root := t.TempDir()
		place(t, writeZip(t, content{"extension.yml": manifest("demo", "1.0.0"), "extension.py": code}), root, in)
		if r := run(t, RunOptions{Root: root, Name: "demo"}); r.code != 0 || !strings.HasPrefix(r.stdout, "True True ") {
			t.Errorf("%d %q %s", r.code, r.stdout, r.stderr)
		}
		if r := run(t, RunOptions{Root: root, Name: "demo", Args: []string{"own"}}); r.code != 0 || !strings.HasSuffix(r.stdout, " 1234\n") {
			t.Errorf("%d %q %s", r.code, r.stdout, r.stderr)
		}
	})
}

// TestStartWithoutByteCode: the starter's byte code is taken straight from its
// file, and where that is of no use, the starter is imported.
func TestStartWithoutByteCode(t *testing.T) {
	zip := writeZip(t, content{"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": "import sys\nprint('ran %s' % ('axle_start' in sys.modules))\n"})
	somePythons(t, func(t *testing.T, in interpreters.Interpreter) {
		root := t.TempDir()
		deploy(t, zip, root, in)
		files, err := filepath.Glob(filepath.Join(root, "p", "axle-*", "__pycache__", "axle_start.*.pyc"))
		if err != nil || in.Report.PythonVersion().Release(0) > 2 && len(files) != 1 {
			t.Fatalf("%q, %v", files, err)
		}
		check := func(what, want string) {
			if r := run(t, RunOptions{Root: root, Name: "demo"}); r.code != 0 || r.stderr != "" || r.stdout != "ran "+want+"\n" {
				t.Errorf("%s: %d %q %q, want %s", what, r.code, r.stdout, r.stderr, want)
			}
		}
		if v := in.Report.PythonVersion(); len(files) == 0 || v.Release(0) < 3 || v.Release(1) < 7 {
			check("whole", "True")
			return
		}
		check("whole", "False")
		whole, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(files[0]); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(files[0], append([]byte{0, 0}, whole[2:]...), 0o644); err != nil {
			t.Fatal(err)
		}
		check("of another Python", "True")
		if err := os.Remove(files[0]); err != nil {
			t.Fatal(err)
		}
		check("missing", "True")
	})
}

// TestStartFile: what the start file says starts the extension as axle run does,
// and boot.py is compiled where its interpreter cannot change unseen.
func TestStartFile(t *testing.T) {
	files := content{
		"extension.yml": manifest("demo", "1.0.0", unzipped),
		"extension.py":  "import sys\nprint('%s %s %s' % (__name__, sys.argv[1:], sys.argv[0] == __file__))\nsys.stdout.flush()\nif len(sys.argv) > 2:\n    raise ValueError('wrong')\n",
	}
	somePythons(t, func(t *testing.T, in interpreters.Interpreter) {
		root := t.TempDir()
		d := deploy(t, writeZip(t, files), root, in)
		text, err := os.ReadFile(filepath.Join(filepath.Dir(d.BootPath()), launch.File))
		p, ok := launch.Parse(string(text))
		if err != nil || !ok {
			t.Fatalf("%q, %v", text, err)
		}
		v := in.Report.PythonVersion()
		if whole := in.Report.Implementation == "cpython" && v.Release(0) == 3 && v.Release(1) >= 7 && !isScript(in.Path); whole != strings.HasSuffix(p.Boot, ".pyc") {
			t.Errorf("it is started by %s", p.Boot)
		}
		for _, args := range [][]string{{"a"}, {"a", "b"}} {
			argv := p.Command(filepath.Join(root, p.Boot), nil, args)
			cmd := exec.Command(argv[0], argv[1:]...)
			cmd.Env = p.Environ(os.Environ(), "")
			var stdout, stderr strings.Builder
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			_ = cmd.Run()
			want := run(t, RunOptions{Root: root, Name: "demo", Args: args})
			if stdout.String() != want.stdout || stderr.String() != want.stderr || cmd.ProcessState.ExitCode() != want.code || want.code != len(args)-1 {
				t.Errorf("%q: %d %q %q, want %+v", args, cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), want)
			}
		}
	})
}
