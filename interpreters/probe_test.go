package interpreters

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func ask(t testing.TB, path string, opt Options) (Report, error) {
	t.Helper()
	if opt.Timeout == 0 {
		opt.Timeout = 30 * time.Second
	}
	return Probe(t.Context(), path, opt)
}

func TestProbeOfThisMachine(t *testing.T) {
	_, r := needPython(t)
	if r.Schema != ReportVersion || r.PythonVersion().IsZero() || r.Prefix == "" || r.Path == "" {
		t.Errorf("parts missing: %+v", r)
	}
	if r.Bits != 64 && r.Bits != 32 {
		t.Errorf("%d bits", r.Bits)
	}
	if len(r.Markers) != 11 {
		t.Errorf("%d markers, want 11: %v", len(r.Markers), r.Markers)
	}
	env := r.Environment()
	if !strings.HasPrefix(r.Version, env.PythonVersion) || env.PythonFullVersion != r.Version || env.AnyPatch {
		t.Errorf("environment %+v of %s", env, r.Version)
	}
	order := r.TagOrder()
	if order.Len() < 20 {
		t.Errorf("%d tags", order.Len())
	}
	if last := order.List()[order.Len()-1]; last.Platform != "any" || last.ABI != "none" {
		t.Errorf("last tag %s", last)
	}
	if runtime.GOOS == "linux" && r.Libc.Family == "" {
		t.Error("no C library")
	}
	isLibc := func(file string) bool {
		name := filepath.Base(file)
		return strings.HasPrefix(name, "libc") || strings.HasPrefix(name, "ld-")
	}
	if runtime.GOOS == "linux" && !slices.ContainsFunc(r.Files, isLibc) {
		t.Errorf("the answer does not depend on the C library: %q", r.Files)
	}
	for _, file := range r.Files {
		if stampOf(file).Size == 0 {
			t.Errorf("depends on %s, which is not there", file)
		}
	}
}

// The caller's folder and PYTHON* variables have no influence.
func TestProbeIsIsolated(t *testing.T) {
	path, want := needPython(t)
	dir := t.TempDir()
	for _, name := range []string{"json", "re", "os", "platform", "subprocess", "sysconfig"} {
		write(t, filepath.Join(dir, name+".py"), "raise SystemExit('the wrong "+name+"')\n")
	}
	t.Chdir(dir)
	for _, name := range []string{"PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONPLATLIBDIR"} {
		t.Setenv(name, dir)
	}
	t.Setenv("PYTHONWARNINGS", "error")
	got, err := ask(t, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got.identity() != want.identity() || got.NeedsSite {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestProbeThroughNoise(t *testing.T) {
	onUnix(t)
	path, want := needPython(t)
	for name, lines := range map[string][]string{
		"before":  {"echo noise", `head -c 300000 /dev/zero | tr '\0' '<'`, `exec "` + path + `" "$@"`},
		"after":   {`"` + path + `" "$@"`, `head -c 300000 /dev/zero | tr '\0' '>'`, "exit 3"},
		"errors":  {"head -c 300000 /dev/zero >&2", `exec "` + path + `" "$@"`},
		"hanging": {`"` + path + `" "$@"`, "sleep 60"},
		"closed":  {`exec "` + path + `" "$@" 2>&-`},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			got, err := ask(t, script(t, filepath.Join(t.TempDir(), "python"), lines...), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got.identity() != want.identity() {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

// Site-packages that print, and hang, at start are not loaded.
func TestProbeWithoutSitePackages(t *testing.T) {
	onUnix(t)
	venv := makeVenv(t, "--symlinks")
	lib, err := filepath.Glob(filepath.Join(venv, "lib", "*", "site-packages"))
	if err != nil || len(lib) != 1 {
		t.Fatalf("site-packages: %v %v", lib, err)
	}
	write(t, filepath.Join(lib[0], "noise.pth"), "import sys; sys.stdout.write('noise <<<axle')\n")
	write(t, filepath.Join(lib[0], "sitecustomize.py"), "print('more noise')\nimport time\ntime.sleep(60)\n")
	r, err := ask(t, filepath.Join(venv, "bin", "python"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Virtual() || r.Prefix != venv {
		t.Errorf("prefix %q, base %q, want %q", r.Prefix, r.BasePrefix, venv)
	}
}

// An interpreter that cannot start bare is started as a user would.
func TestProbeThatNeedsSite(t *testing.T) {
	onUnix(t)
	path, want := needPython(t)
	t.Setenv("PYTHON_OF_TEST", "yes")
	wrapper := script(t, filepath.Join(t.TempDir(), "python"),
		`case " $* " in *" -S "*) echo no module named os >&2; exit 1;; esac`,
		`test "$PYTHON_OF_TEST" = yes || exit 2`, `exec "`+path+`" "$@"`)
	got, err := ask(t, wrapper, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !got.NeedsSite || got.identity() != want.identity() {
		t.Errorf("needs site: %v", got.NeedsSite)
	}
}

func TestProbeFailures(t *testing.T) {
	onUnix(t)
	for name, c := range map[string]struct {
		lines []string
		kind  Kind
		texts []string
	}{
		"exit":      {[]string{"echo '/usr/lib/libpython3.9.so: cannot open' >&2", "echo more >&2", "exit 127"}, Failed, []string{"exit status 127: /usr/lib/libpython3.9.so: cannot open", "-c pass"}},
		"traceback": {[]string{"printf 'Traceback (most recent call last):\\n  File\\nImportError: no os\\n' >&2", "exit 1"}, Failed, []string{"exit status 1: ImportError: no os"}},
		"crash":     {[]string{"kill -SEGV $$"}, Failed, []string{"segmentation fault"}},
		"silent":    {[]string{"exit 0"}, NotPython, []string{"gave no answer", "a Python interpreter"}},
		"garbage":   {[]string{`printf '\001hello\n\nthere'`}, NotPython, []string{`but printed "hello"`}},
		"echo":      {[]string{"cat"}, NotPython, []string{"gave no answer, but printed"}},
		"broken":    {answering(`{"version": 1`), NotPython, []string{"broken answer"}},
		"partial":   {answering(`{"version": 1, "python": "3.9.1"}`), NotPython, []string{"parts missing"}},
		"future":    {answering(`{"version": 2, "python": "3.9.1", "tags": ["py3-none-any"]}`), NotPython, []string{"parts missing"}},
		"too old":   {answering(`{"too_old": "3.3.7"}`), TooOld, []string{"is Python 3.3.7", "3.4 or later"}},
		"endless":   {append([]string{readNonce, `printf '<<<axle %s' "$nonce"`}, "head -c 3000000 /dev/zero"), NotPython, []string{"gave no answer"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := script(t, filepath.Join(t.TempDir(), "python3"), c.lines...)
			_, err := ask(t, path, Options{})
			expectKind(t, err, c.kind, append(c.texts, path+": ")...)
		})
	}
}

func TestProbeOfWhatCannotBeStarted(t *testing.T) {
	onUnix(t)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write(t, at("text"), "no program")
	write(t, at("folder/bin/python3.9"), "")
	symlink(t, "nowhere", at("link"))
	symlink(t, "circle", at("circle"))
	script(t, at("garbage"))
	if err := os.WriteFile(at("garbage"), []byte("\x00\x01\x02"), 0o755); err != nil {
		t.Fatal(err)
	}
	script(t, at("loaderless"))
	if err := os.WriteFile(at("loaderless"), []byte("#!/no/such/shell\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	makeFIFO(t, at("fifo"))
	for name, c := range map[string]struct {
		kind  Kind
		texts []string
	}{
		"missing":         {NotFound, []string{"no such file"}},
		"folder/bin/p":    {NotFound, []string{"there is " + at("folder/bin/python3.9")}},
		"text":            {NotExecutable, []string{"is not executable", "chmod +x"}},
		"text/python":     {NotFound, []string{"not a directory"}},
		"folder":          {NotExecutable, []string{"is a folder", "there is " + at("folder/bin/python3.9")}},
		"link":            {BrokenLink, []string{"is a link to nowhere, which does not exist"}},
		"circle":          {NotFound, []string{"too many levels of symbolic links"}},
		"garbage":         {Failed, []string{"cannot be started: exec format error"}},
		"loaderless":      {Failed, []string{"cannot be started: no such file"}},
		"fifo":            {NotExecutable, []string{"is not a regular file"}},
		"folder/bin/../.": {NotExecutable, []string{"is a folder"}},
	} {
		_, err := ask(t, at(name), Options{})
		expectKind(t, err, c.kind, c.texts...)
	}
}

// Nothing is left of an interpreter that hangs, nor of what it started.
func TestProbeThatHangs(t *testing.T) {
	onUnix(t)
	dir := t.TempDir()
	for name, lines := range map[string][]string{
		"itself":        {"echo $$ > pids", "exec sleep 60"},
		"with children": {"echo $$ > pids", "sleep 60 & echo $! >> pids", "(sleep 60 & echo $! >> pids; wait) &", "sleep 60"},
		"deaf":          {"trap '' TERM INT HUP", "echo $$ > pids", "sleep 60", "sleep 60"},
		"talking":       {"echo $$ > pids", "while :; do echo noise; done"},
		"reading":       {"echo $$ > pids", "exec tail -f /dev/null"},
		"left alone":    {"sleep 60 & echo $! > pids", "exit 0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pids := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
			for i := range lines {
				lines[i] = strings.ReplaceAll(lines[i], "pids", pids)
			}
			path := script(t, filepath.Join(t.TempDir(), "python3.7"), lines...)
			start := time.Now()
			_, err := Probe(t.Context(), path, Options{Timeout: time.Second})
			if took := time.Since(start); took > 8*time.Second {
				t.Errorf("took %s", took)
			}
			if name == "left alone" {
				expectKind(t, err, Failed, "left its output open")
			} else {
				expectKind(t, err, NoAnswer, path+": no answer within 1s", "-c pass")
			}
			expectDead(t, pids)
		})
	}
}

func expectDead(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Skip("this machine is too busy to start a shell in time")
	}
	for _, word := range strings.Fields(string(data)) {
		pid, err := strconv.Atoi(word)
		if err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(5 * time.Second); alive(pid); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Errorf("process %d is still there", pid)
				break
			}
		}
	}
}

func TestProbeIsCancelled(t *testing.T) {
	onUnix(t)
	path := script(t, filepath.Join(t.TempDir(), "python"), "sleep 60")
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(200*time.Millisecond, func() { cancel(cause) })
	start := time.Now()
	_, err := Probe(ctx, path, Options{Timeout: time.Minute})
	if !errors.Is(err, cause) || KindOf(err) != "" {
		t.Errorf("got %v, want %v", err, cause)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %s", took)
	}
}

// A program that was being written a moment ago is waited for.
func TestProbeOfBusyFile(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux refuses to start a file that is open for writing")
	}
	path := fake(t, filepath.Join(t.TempDir(), "python"), "3.9.1", "/p")
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if exec.Command(path).Run() == nil {
		file.Close()
		t.Skip("this kernel starts a script that is open for writing")
	}
	time.AfterFunc(50*time.Millisecond, func() { file.Close() })
	if _, err := ask(t, path, Options{}); err != nil {
		t.Error(err)
	}
}

func TestAskPip(t *testing.T) {
	path, _ := needPython(t)
	got, err := AskPip(t.Context(), path, "import sys; sys.stderr.write('noise'); print('  https://index.test/simple\\n')")
	if err != nil || got != "https://index.test/simple" {
		t.Errorf("got %q, %v", got, err)
	}
	_, err = AskPip(t.Context(), path, "import no_such_module")
	expectKind(t, err, Failed, "no_such_module")
	_, err = AskPip(t.Context(), path, "print('x' * 100000)")
	expectKind(t, err, Failed, "more than 64 KiB")
	_, err = AskPip(t.Context(), filepath.Join(t.TempDir(), "python"), "1")
	expectKind(t, err, NotFound, "no such file")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err = AskPip(ctx, path, "import time; time.sleep(60)"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func FuzzParseAnswer(f *testing.F) {
	f.Add([]byte(`{"version": 1, "python": "3.9.1", "tags": ["py3-none-any"]}`))
	f.Add([]byte(`{"too_old": "3.3"}`))
	f.Add([]byte(`{"version": 1, "python": "3.9+", "tags": ["a-*", "-*", "*"], "platforms": ["x"], "markers": null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parseAnswer("python", data)
		if err != nil {
			if KindOf(err) == "" {
				t.Errorf("%v is no *Error", err)
			}
			return
		}
		r.TagOrder()
		r.PythonVersion()
		r.Environment()
	})
}

// How the output is cut into pieces does not matter, nor what is around.
func FuzzAnswerWriter(f *testing.F) {
	f.Add([]byte("noise"), []byte("answer"), []byte("<<<axle N"), uint8(1))
	f.Add([]byte("<<<axle "), []byte(""), []byte(""), uint8(7))
	f.Fuzz(func(t *testing.T, before, answer, after []byte, step uint8) {
		const begin, end = "<<<axle N", "N axle>>>"
		text := string(before) + begin + string(answer) + end + string(after)
		if strings.Index(text, begin) != len(before) || strings.Index(text[len(before)+len(begin):], end) != len(answer) {
			t.Skip() // noise that happens to hold the marks, which a nonce rules out
		}
		found := 0
		w := &answerWriter{begin: []byte(begin), end: []byte(end), found: func() { found++ }}
		for rest := text; rest != ""; {
			n := min(int(step)+1, len(rest))
			_, _ = w.Write([]byte(rest[:n]))
			rest = rest[n:]
		}
		got, whole := w.answer()
		if !whole || string(got) != string(answer) || found != 1 {
			t.Errorf("got %q %v %d, want %q", got, whole, found, answer)
		}
	})
}
