package interpreters

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// memory is a Memory that counts.
type memory struct {
	mu     sync.Mutex
	values map[string][]byte
	sets   int
	err    error
}

func (m *memory) Get(namespace, key string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.values[namespace+" "+key]
	return data, ok
}

func (m *memory) Set(namespace, key string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return m.err
	}
	if m.values == nil {
		m.values = map[string][]byte{}
	}
	m.values[namespace+" "+key] = data
	m.sets++
	return nil
}

// onUnix skips tests whose fake interpreters are shell scripts.
func onUnix(t testing.TB) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the fake interpreters of this test are shell scripts")
	}
}

// realPython is a Python of this machine.
var realPython = sync.OnceValues(func() (string, Report) {
	for _, name := range []string{"/usr/bin/python3", "python3", "python"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		path, _ = filepath.Abs(path)
		if report, err := Probe(context.Background(), path, Options{Timeout: time.Minute}); err == nil {
			if sameFile(path, report.Path) {
				return path, report
			}
			return report.Path, report
		}
	}
	return "", Report{}
})

func needPython(t testing.TB) (string, Report) {
	t.Helper()
	path, report := realPython()
	if path == "" {
		t.Skip("there is no Python on this machine")
	}
	return path, report
}

func script(t testing.TB, path string, lines ...string) string {
	t.Helper()
	text := "#!/bin/sh\n" + strings.Join(lines, "\n") + "\n"
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// readNonce is what a fake does to be able to answer.
const readNonce = `read line; nonce=${line#*\'}; nonce=${nonce%\'*}`

// answering is the lines of a fake that answers with the given JSON.
func answering(answer string) []string {
	return []string{readNonce, `printf '<<<axle %s' "$nonce"`, "cat <<'EOF'", answer, "EOF", `printf '%s axle>>>' "$nonce"`}
}

// fake writes an executable that answers as a CPython of a version in a prefix.
func fake(t testing.TB, path, version, prefix string, change ...func(*Report)) string {
	t.Helper()
	nodot := strings.Join(strings.SplitN(version, ".", 3)[:2], "")
	r := Report{
		Schema: ReportVersion, Path: path, Version: version, Implementation: "cpython", ImplementationVersion: version,
		Platforms: []string{"linux_test"}, Tags: []string{"cp" + nodot + "-cp" + nodot + "-*", "py3-none-any"},
		Markers: map[string]string{"os_name": "posix"}, Bits: 64, Prefix: prefix, BasePrefix: prefix,
	}
	for _, c := range change {
		c(&r)
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	lines := append([]string{`echo run >> "` + path + `.log"`}, answering(string(data))...)
	return script(t, path, lines...)
}

func runs(path string) int {
	data, _ := os.ReadFile(path + ".log")
	return strings.Count(string(data), "run")
}

func symlink(t testing.TB, target, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// machine is a finder on a machine that is one folder: the places of the
// system and the user's home lie in it, and the environment is given.
func machine(t testing.TB, opt Options, env map[string]string) (*finder, string) {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	opt.Env = func(name string) (string, bool) {
		if name == "HOME" && env["HOME"] == "" {
			return filepath.Join(root, "home"), true
		}
		value, ok := env[name]
		return strings.ReplaceAll(value, "ROOT", root), ok
	}
	for i, entry := range opt.Listed {
		opt.Listed[i] = strings.ReplaceAll(entry, "ROOT", root)
	}
	f := newFinder(opt)
	f.root = root
	f.stub = func(string) (string, bool) { return "", false }
	return f, root
}

// shown is a list in short: "source path" or "source path: what is wrong",
// with the root of the machine left out.
func shown(list []Interpreter, root string) []string {
	var out []string
	for _, in := range list {
		line := in.Source + " " + in.Path
		if in.Err != nil {
			line = in.Source + " " + in.Err.Error()
		}
		out = append(out, strings.ReplaceAll(line, root, ""))
	}
	return out
}

func expect(t testing.TB, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func expectKind(t testing.TB, err error, kind Kind, texts ...string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error", err)
	}
	if e.Kind != kind {
		t.Errorf("got kind %q (%v), want %q", e.Kind, err, kind)
	}
	all := fmt.Sprint(err, e.Hints())
	for _, text := range texts {
		if !strings.Contains(all, text) {
			t.Errorf("got %q, want %q in it", all, text)
		}
	}
}
