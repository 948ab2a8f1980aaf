package interpreters

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/fault"
)

func TestFindOrder(t *testing.T) {
	onUnix(t)
	env := map[string]string{"PATH": "ROOT/a:ROOT/b"}
	f, root := machine(t, Options{Discover: true, Listed: []string{"ROOT/z/python3.8", "~/own/python"}}, env)
	at := func(name string) string { return filepath.Join(root, name) }
	for path, version := range map[string]string{
		"z/python3.8": "3.8.1", "home/own/python": "2.7.18", "usr/bin/python3": "3.6.8", "usr/libexec/platform-python": "3.6.7",
		"a/python3.9": "3.9.18", "a/python3.10": "3.10.2", "b/python3.10": "3.10.12", "b/python3.15": "3.15.0rc1", "b/python3.14": "3.14.0+",
		"home/.pyenv/versions/3.12.1/bin/python": "3.12.1", "home/.local/share/uv/python/cpython-3.13/bin/python3.13": "3.13.0",
		"home/miniconda3/envs/data/bin/python": "3.11.4", "home/.asdf/installs/python/3.11.5/bin/python3": "3.11.5",
		"opt/tool/bin/python3": "3.7.1", "opt/python/cp37/bin/python": "3.7.2", "usr/local/bin/python3": "3.7.3",
		"opt/rh/rh-python38/root/usr/bin/python3": "3.8.18", "named/env/bin/python": "3.11.3",
	} {
		fake(t, at(path), version, filepath.Dir(at(path)))
	}
	write(t, at("home/.conda/environments.txt"), at("named/env")+"\n"+at("gone")+"\n")
	pypy := func(r *Report) { r.Implementation, r.ImplementationVersion = "pypy", "7.3.11" }
	fake(t, at("b/pypy3"), "3.10.12", at("pypy"), pypy)
	fake(t, at("b/graalpy"), "3.10.12", at("graal"), func(r *Report) { r.Implementation = "graalpy" })
	fake(t, at("b/python3.14t"), "3.14.0+", at("free"), func(r *Report) { r.Freethreaded = true })
	fake(t, at("b/python3.14d"), "3.14.0+", at("debug"), func(r *Report) { r.Debug = true })
	fake(t, at("a/python"), "3.10.12", at("venv"), func(r *Report) { r.BasePrefix = at("b") })
	script(t, at("a/python2"), "exit 1")
	script(t, at("b/python4"), "echo not the name of one; touch "+at("ran"))
	script(t, at("b/python3-config"), "touch "+at("ran"))
	want := []string{
		"list /z/python3.8", "list /home/own/python",
		"default /usr/bin/python3", "default /usr/libexec/platform-python",
		"PATH /b/python3.14", "PATH /b/python3.14d", "PATH /b/python3.14t",
		"uv /home/.local/share/uv/python/cpython-3.13/bin/python3.13",
		"pyenv /home/.pyenv/versions/3.12.1/bin/python",
		"manager /home/.asdf/installs/python/3.11.5/bin/python3",
		"conda /home/miniconda3/envs/data/bin/python", "conda /named/env/bin/python",
		"PATH /b/python3.10", "PATH /a/python", "PATH /b/graalpy", "PATH /b/pypy3", "PATH /a/python3.10",
		"PATH /a/python3.9", "system /opt/rh/rh-python38/root/usr/bin/python3",
		"system /usr/local/bin/python3", "system /opt/python/cp37/bin/python", "system /opt/tool/bin/python3",
		"PATH /b/python3.15",
		"PATH /a/python2: exit status 1",
	}
	for range 3 {
		expect(t, shown(f.find(t.Context()), root), want)
	}
	if _, err := os.Stat(at("ran")); err == nil {
		t.Error("what does not have the name of an interpreter was run")
	}
}

func TestFindWithoutDiscovery(t *testing.T) {
	onUnix(t)
	for name, c := range map[string]struct {
		opt  Options
		want []string
	}{
		"nothing":  {Options{}, []string{"default /usr/bin/python3", "default /usr/bin/python"}},
		"list":     {Options{Listed: []string{"ROOT/a/python3"}}, []string{"list /a/python3"}},
		"bad list": {Options{Listed: []string{"python3.1"}}, []string{"list python3.1: no such program on PATH"}},
		"discover": {Options{Discover: true}, []string{"default /usr/bin/python3", "default /usr/bin/python", "PATH /a/python3"}},
	} {
		t.Run(name, func(t *testing.T) {
			f, root := machine(t, c.opt, map[string]string{"PATH": "ROOT/a"})
			fake(t, root+"/a/python3", "3.9.1", root+"/a")
			fake(t, root+"/usr/bin/python3", "3.6.1", root+"/usr")
			fake(t, root+"/usr/bin/python", "2.7.1", root+"/usr")
			expect(t, shown(f.find(t.Context()), root), c.want)
		})
	}
}

func TestListed(t *testing.T) {
	onUnix(t)
	t.Setenv("HOME", "/not/this/one")
	f, root := machine(t, Options{Listed: []string{
		" python3.9 ", "", "~/py/bin/python", "ROOT/opt/*/python3", "ROOT/none/*/python3", "ROOT/[", "~", "~other/python",
		"python3.9", "ROOT/a/python3.9", "ROOT/b/python3.9", "ROOT/a", "ROOT/gone", "ROOT/lit*eral/python", "tool", "./python9",
	}}, map[string]string{"PATH": "ROOT/empty:a::ROOT/unreadable:ROOT/text:ROOT/gone:ROOT/a:ROOT/b"})
	dir := root + "/a"
	t.Chdir(root)
	fake(t, dir+"/python3.9", "3.9.1", dir)
	fake(t, root+"/b/python3.9", "3.9.2", root+"/b")
	fake(t, root+"/b/tool", "3.4.10", root+"/tool")
	write(t, dir+"/tool", "not executable, so a shell passes it over")
	fake(t, root+"/home/py/bin/python", "3.5.1", root+"/home/py")
	for _, v := range []string{"3.9", "3.10", "3.2"} {
		fake(t, root+"/opt/"+v+"/python3", v+".1", root+"/opt/"+v)
	}
	fake(t, root+"/lit*eral/python", "3.8.1", root+"/lit*eral")
	fake(t, root+"/python9", "3.7.1", root)
	write(t, root+"/text", "no folder")
	for _, name := range []string{"empty", "unreadable"} {
		if err := os.MkdirAll(filepath.Join(root, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(root+"/unreadable", 0); err != nil {
		t.Fatal(err)
	}
	expect(t, shown(f.find(t.Context()), root), []string{
		"list /a/python3.9", "list /home/py/bin/python",
		"list /opt/3.10/python3", "list /opt/3.9/python3", "list /opt/3.2/python3",
		"list /none/*/python3: no file matches", "list /[: is no pattern: syntax error in pattern",
		"list ~: no such program on PATH", "list /~other/python: no such file",
		"list /b/python3.9", "list /a: is a folder", "list /gone: no such file", "list /lit*eral/python", "list /b/tool", "list /python9",
	})
}

// Two names of one interpreter are one, whatever makes them so.
func TestDuplicates(t *testing.T) {
	onUnix(t)
	f, root := machine(t, Options{Discover: true}, map[string]string{"PATH": "ROOT/farm:ROOT/linked:ROOT/usr/bin:ROOT/hard:ROOT/copy"})
	real := fake(t, root+"/usr/bin/python3.9", "3.9.1", root+"/usr")
	for _, link := range []string{"farm/python", "farm/python3", "farm/python3.9", "usr/bin/python3"} {
		symlink(t, real, filepath.Join(root, link))
	}
	symlink(t, root+"/farm", root+"/linked")
	symlink(t, root+"/usr/bin", root+"/bin")
	if err := os.MkdirAll(root+"/hard", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(real, root+"/hard/python3"); err != nil {
		t.Fatal(err)
	}
	fake(t, root+"/copy/python3", "3.9.1", root+"/usr")
	list := f.find(t.Context())
	expect(t, shown(list, root), []string{"default /usr/bin/python3"})
	var also []string
	for _, path := range list[0].Also {
		also = append(also, strings.TrimPrefix(path, root))
	}
	expect(t, also, []string{"/farm/python", "/farm/python3", "/farm/python3.9", "/usr/bin/python3.9", "/hard/python3", "/copy/python3"})
	if n := runs(real); n != 2 { // the hard link tells only by its answer
		t.Errorf("asked %d times", n)
	}
}

// Of several links found by chance, the file itself is what to start.
func TestFileBeforeItsLinks(t *testing.T) {
	onUnix(t)
	f, root := machine(t, Options{Discover: true}, map[string]string{"PATH": "ROOT/farm"})
	real := fake(t, root+"/opt/py/bin/python3.9", "3.9.1", root+"/opt/py")
	symlink(t, real, root+"/farm/python")
	list := f.find(t.Context())
	expect(t, shown(list, root), []string{"PATH /opt/py/bin/python3.9"})
	expect(t, list[0].Also, []string{root + "/farm/python"})
}

// A program that acts by the name it is called by is not one interpreter.
func TestMultiCallProgram(t *testing.T) {
	onUnix(t)
	f, root := machine(t, Options{Discover: true}, map[string]string{"PATH": "ROOT/x"})
	for _, version := range []string{"3.9", "3.10"} {
		fake(t, root+"/real/"+version+"/python", version+".1", root+"/real/"+version)
		symlink(t, "../tool", root+"/x/python"+version)
	}
	script(t, root+"/tool", `name=${0##*/python}`, `exec "`+root+`/real/$name/python" "$@"`)
	expect(t, shown(f.find(t.Context()), root), []string{"PATH /real/3.10/python", "PATH /real/3.9/python"})
}

func TestShims(t *testing.T) {
	onUnix(t)
	const pyenv = "ROOT/home/.pyenv"
	setUp := func(t *testing.T, opt Options, env map[string]string) (*finder, string) {
		env["PATH"] = pyenv + "/shims:ROOT/home/.asdf/shims:" + env["PATH"]
		f, root := machine(t, opt, env)
		base := strings.ReplaceAll(pyenv, "ROOT", root)
		for _, version := range []string{"3.8.1", "3.9.1"} {
			fake(t, base+"/versions/"+version+"/bin/python3", version, base+"/versions/"+version)
		}
		shim := []string{"echo run >> " + root + "/shim.log", `exec "` + base + `/versions/3.${SHIM:-9}.1/bin/${0##*/}" "$@"`}
		script(t, base+"/shims/python3", shim...)
		script(t, base+"/shims/python3.9", shim...)
		script(t, root+"/home/.asdf/shims/python3", shim...)
		t.Chdir(root)
		return f, root
	}
	t.Run("found", func(t *testing.T) {
		f, root := setUp(t, Options{Discover: true}, map[string]string{})
		expect(t, shown(f.find(t.Context()), root), []string{
			"pyenv /home/.pyenv/versions/3.9.1/bin/python3", "pyenv /home/.pyenv/versions/3.8.1/bin/python3"})
		if runs(root+"/shim") != 0 {
			t.Error("a shim was run")
		}
	})
	resolved := []struct {
		name, file, text, variable string
		want                       string
		runs                       int
	}{
		{"global", "home/.pyenv/version", "# mine\n3.8.1\n", "", "/home/.pyenv/versions/3.8.1/bin/python3", 0},
		{"local", ".python-version", "3.8.1 3.9.1", "", "/home/.pyenv/versions/3.8.1/bin/python3", 0},
		{"variable", ".python-version", "3.8.1", "3.9.1:3.8.1", "/home/.pyenv/versions/3.9.1/bin/python3", 0},
		{"by prefix", "home/.pyenv/version", "3.9", "", "/home/.pyenv/versions/3.9.1/bin/python3", 1},
		{"system", "home/.pyenv/version", "system", "", "/home/.pyenv/versions/3.9.1/bin/python3", 1},
		{"climbing", "home/.pyenv/version", "../../evil", "", "/home/.pyenv/versions/3.9.1/bin/python3", 1},
		{"nothing set", "unread", "", "", "/home/.pyenv/versions/3.9.1/bin/python3", 1},
	}
	for _, c := range resolved {
		t.Run(c.name, func(t *testing.T) {
			f, root := setUp(t, Options{Listed: []string{"python3"}, Memory: &memory{}}, map[string]string{"PYENV_VERSION": c.variable})
			write(t, filepath.Join(root, c.file), c.text)
			for range 2 {
				list := f.find(t.Context())
				expect(t, shown(list, root), []string{"list " + c.want})
				expect(t, list[0].Also, []string{root + "/home/.pyenv/shims/python3"})
			}
			if got := runs(root + "/shim"); got != 2*c.runs {
				t.Errorf("the shim ran %d times, want %d: what it starts may change unseen", got, 2*c.runs)
			}
			if got := runs(root + c.want); got != 2*c.runs+1 { // through the shim, and once by itself
				t.Errorf("the interpreter ran %d times, want %d", got, 2*c.runs+1)
			}
		})
	}
	t.Run("turned", func(t *testing.T) {
		f, root := setUp(t, Options{Listed: []string{"ROOT/home/.asdf/shims/python3"}, Memory: &memory{}}, map[string]string{})
		expect(t, shown(f.find(t.Context()), root), []string{"list /home/.pyenv/versions/3.9.1/bin/python3"})
		t.Setenv("SHIM", "8")
		expect(t, shown(f.find(t.Context()), root), []string{"list /home/.pyenv/versions/3.8.1/bin/python3"})
	})
}

// A script that names the program it starts, and sets up what that needs, is
// an interpreter of its own and remembered.
func TestWrapper(t *testing.T) {
	onUnix(t)
	f, root := machine(t, Options{Listed: []string{"ROOT/wrapper"}, Memory: &memory{}}, nil)
	real := fake(t, root+"/real/python3", "3.9.1", root+"/real")
	wrapper := script(t, root+"/wrapper", "echo run >> "+root+"/wrapper.log", "LD_LIBRARY_PATH=/x", `exec "`+real+`" "$@"`)
	for range 2 {
		expect(t, shown(f.find(t.Context()), root), []string{"list /wrapper"})
	}
	if n := runs(wrapper); n != 1 {
		t.Errorf("the wrapper ran %d times", n)
	}
	fake(t, real, "3.9.2", root+"/real")
	if list := f.find(t.Context()); list[0].Report == nil || list[0].Report.Version != "3.9.2" {
		t.Errorf("got %v after the real one changed", shown(list, root))
	}
}

// A program whose own word on where it lies does not lead to the same thing is
// started as it was found.
func TestWrapperThatIsNeeded(t *testing.T) {
	onUnix(t)
	for name, reported := range map[string]string{"gone": `Z:\\python\\python.exe`, "relative": "python", "another": "ROOT/other"} {
		t.Run(name, func(t *testing.T) {
			f, root := machine(t, Options{Listed: []string{"ROOT/run"}}, nil)
			fake(t, root+"/run", "3.9.1", root+"/p", func(r *Report) { r.Path = strings.ReplaceAll(reported, "ROOT", root[:len(root)-1]+"?") })
			if name == "another" {
				fake(t, root+"/other", "3.9.7", root+"/p")
				fake(t, root+"/run2", "3.9.1", root+"/p")
				script(t, root+"/run", readNonce, `printf '<<<axle %s' "$nonce"`,
					`printf '{"version":1,"python":"3.9.1","executable":"%s/other","tags":["py3-none-any"]}' "${0%/*}"`, `printf '%s axle>>>' "$nonce"`)
			}
			expect(t, shown(f.find(t.Context()), root), []string{"list /run"})
		})
	}
}

func TestStubsAreNeverRun(t *testing.T) {
	onUnix(t)
	f, root := machine(t, Options{Discover: true, Listed: []string{"python3.9", "ROOT/a/python"}}, map[string]string{"PATH": "ROOT/a"})
	f.stub = func(path string) (string, bool) {
		return storeStub, strings.HasPrefix(path, root+"/a/")
	}
	for _, name := range []string{"python", "python3", "python3.9"} {
		fake(t, root+"/a/"+name, "3.9.1", root)
	}
	list := f.find(t.Context())
	expect(t, shown(list, root), []string{
		"list /a/python3.9: " + storeStub, "list /a/python: " + storeStub, "PATH /a/python3: " + storeStub})
	for _, in := range list {
		expectKind(t, in.Err, Stub, "install Python")
		if runs(in.Path) != 0 {
			t.Errorf("%s was run", in.Path)
		}
	}
}

func TestEmptyMachine(t *testing.T) {
	onUnix(t)
	for _, path := range []string{"", ":", ".", "relative", "ROOT/gone"} {
		f, root := machine(t, Options{Discover: true}, map[string]string{"PATH": path})
		t.Chdir(root)
		fake(t, root+"/python3", "3.9.1", root) // the working folder is none of PATH's
		fake(t, root+"/relative/python3", "3.9.1", root)
		expect(t, shown(f.find(t.Context()), root), nil)
	}
	f := newFinder(Options{Discover: true, Env: func(string) (string, bool) { return "", false }})
	f.root = t.TempDir()
	if list := f.find(t.Context()); len(list) != 0 {
		t.Errorf("got %v with no environment at all", shown(list, ""))
	}
}

// What is on PATH under an interpreter's name and cannot be one is passed over.
func TestOddFiles(t *testing.T) {
	onUnix(t)
	f, root := machine(t, Options{Discover: true}, map[string]string{"PATH": "ROOT/a:ROOT/a/python3.4:ROOT/pipe:ROOT/a/"})
	fake(t, root+"/a/python3", "3.9.1", root)
	write(t, root+"/a/python3.1", "no program")
	symlink(t, "gone", root+"/a/python3.2")
	if err := os.MkdirAll(root+"/a/python3.4", 0o755); err != nil {
		t.Fatal(err)
	}
	makeFIFO(t, root+"/a/python3.5")
	makeFIFO(t, root+"/pipe")
	expect(t, shown(f.find(t.Context()), root), []string{"PATH /a/python3"})
}

func TestThousandEntries(t *testing.T) {
	onUnix(t)
	f, root := machine(t, Options{Discover: true}, map[string]string{"PATH": "ROOT/a"})
	fake(t, root+"/a/python3", "3.9.1", root)
	for i := range 2000 {
		write(t, fmt.Sprintf("%s/a/python3-tool-%d", root, i), "")
	}
	start := time.Now()
	expect(t, shown(f.find(t.Context()), root), []string{"PATH /a/python3"})
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %s", took)
	}
}

// One that hangs holds up neither the others nor the answer.
func TestHangingOnes(t *testing.T) {
	onUnix(t)
	f, root := machine(t, Options{Discover: true, Timeout: 500 * time.Millisecond, Workers: 8}, map[string]string{"PATH": "ROOT/a"})
	for _, name := range []string{"python2", "python3.1", "python3.2", "python3.3"} {
		script(t, root+"/a/"+name, "sleep 60")
	}
	fake(t, root+"/a/python3", "3.9.1", root)
	start := time.Now()
	list := f.find(t.Context())
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("took %s", took)
	}
	expect(t, shown(list, root)[:2], []string{"PATH /a/python3", "PATH /a/python2: no answer within 500ms"})
}

// The end of the context is no interpreter's fault.
func TestFindIsCancelled(t *testing.T) {
	onUnix(t)
	f, root := machine(t, Options{Listed: []string{"ROOT/python3", "ROOT/gone"}, Memory: &memory{}}, nil)
	fake(t, root+"/python3", "3.9.1", root)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	list := f.find(ctx)
	if len(list) != 2 || !errors.Is(list[0].Err, context.Canceled) || KindOf(list[0].Err) != "" {
		t.Fatalf("got %v", shown(list, root))
	}
	expectKind(t, list[1].Err, NotFound, "no such file")
	if code := fault.ExitCode(list[1].Err); code != fault.NoInterpreter {
		t.Errorf("exit code %d", code)
	}
}

func TestInterpreterJSON(t *testing.T) {
	list := []Interpreter{
		{Path: "/a/python", Source: FromPath, Also: []string{"/b"}, Report: &Report{Schema: 1, Version: "3.9.1"}},
		{Path: "/c", Source: FromList, Err: &Error{Path: "/c", Kind: NotFound, Detail: "no such file", Hint: "look"}},
	}
	data, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"path":"/a/python","source":"PATH","also":["/b"],"report":{"version":1,`, `"python":"3.9.1"`,
		`{"path":"/c","source":"list","problem":{"kind":"not-found","message":"/c: no such file","hints":["look"]}}`,
	} {
		if !strings.Contains(string(data), want) {
			t.Errorf("got %s, want %s in it", data, want)
		}
	}
}

func TestIsInterpreterName(t *testing.T) {
	suffix := ""
	if runtime.GOOS == "windows" {
		suffix = ".exe"
	}
	for _, name := range []string{"python", "python2", "python3", "python2.7", "python3.13", "python3.13t", "python3.6m", "python3.14td",
		"python_d", "pypy", "pypy3", "pypy3.10", "graalpy", "platform-python", "platform-python3.6"} {
		if !isInterpreterName(name + suffix) {
			t.Errorf("%s is no name", name)
		}
	}
	for _, name := range []string{"", "py", "python4", "pythonw", "python3-config", "python3.9-config", "python3.111", "python-argcomplete",
		"pythonx", "ipython3", "bpython", "python3.9.1", "pypy3-c", "python3.", "grep", "pgrep", "python3 "} {
		if isInterpreterName(name + suffix) {
			t.Errorf("%s is a name", name)
		}
	}
}

func TestNatural(t *testing.T) {
	names := []string{"3.9", "3.10", "3.9.1", "3.13.0", "cpython-3.9", "cpython-3.12", "Python39", "Python310", "a01b", "a1b", ""}
	sortNatural(names)
	want := []string{"cpython-3.12", "cpython-3.9", "a1b", "a01b", "Python310", "Python39", "3.13.0", "3.10", "3.9.1", "3.9", ""}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

func FuzzNatural(f *testing.F) {
	f.Add("3.9", "3.10", "3.9.1")
	f.Add("a01", "a1", "a001")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		if natural(a, a) != 0 || (natural(a, b) == 0) != (a == b) {
			t.Errorf("equality of %q and %q", a, b)
		}
		if (natural(a, b) < 0) != (natural(b, a) > 0) {
			t.Errorf("%q and %q go both ways", a, b)
		}
		if natural(a, b) <= 0 && natural(b, c) <= 0 && natural(a, c) > 0 {
			t.Errorf("%q, %q, %q go round", a, b, c)
		}
	})
}
