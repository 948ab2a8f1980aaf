//go:build unix

package main

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/indextest"
)

// TestInterruptedPhases presses Ctrl-C where axle waits for programs that hang:
// it ends within a second, says so, and none of the programs goes on.
func TestInterruptedPhases(t *testing.T) {
	t.Parallel()
	if machinePython() == "" {
		t.Skip("there is no Python on this machine")
	}
	for _, c := range []struct {
		name    string
		prepare func(t *testing.T, dir string) (args []string)
		until   string // a line of -v, or "" for the file "pids"
	}{
		{"an interpreter that hangs", hangingInterpreter, ""},
		{"a backend that hangs", hangingBackend, ""},
		{"compiling", muchToCompile, " compiling "},
		{"the import of a module that hangs", hangingModule, ""},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			args := c.prepare(t, dir)
			cmd := axleCommand(t, dir, append([]string{"-v"}, args...), "PATH=/usr/bin:/bin:"+os.Getenv("PATH"))
			said := start(t, cmd)
			if c.until != "" {
				said.wait(t, c.until)
			}
			var pids []int
			if c.until == "" {
				pids = waitForPids(t, filepath.Join(dir, "pids"), said)
			}
			interrupt(t, cmd, 130)
			if text := said.rest(); !strings.Contains(text, "interrupted: nothing was left behind") {
				t.Errorf("it said: %s", text)
			}
			for _, pid := range pids {
				for n := 0; syscall.Kill(pid, 0) == nil && !isZombie(pid); n++ {
					if time.Sleep(10 * time.Millisecond); n == 200 {
						_ = syscall.Kill(pid, syscall.SIGKILL)
						t.Errorf("process %d goes on", pid)
						break
					}
				}
			}
			if left := leftovers(dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// hangs is a shell script that waits for ever, as does what it starts.
const hangs = `sleep 600 & echo "$$ $! end" >> pids; wait`

func hangingInterpreter(t *testing.T, dir string) []string {
	mustWrite(t, filepath.Join(dir, "python3"), []byte("#!/bin/sh\ncd "+dir+"\n"+hangs+"\n"))
	if err := os.Chmod(filepath.Join(dir, "python3"), 0o755); err != nil {
		t.Fatal(err)
	}
	return []string{"select", "--interpreter", filepath.Join(dir, "python3"), smallZip(t, dir, "forge", "1.0.0")}
}

func hangingBackend(t *testing.T, dir string) []string {
	for name, text := range map[string]string{
		"extension.yml":        "extension: {name: ext, version: \"1.0.0\", api_level: \"1.4.0\", requires_python: \">=3.6\", zip_safe: false}\n",
		"extension.py":         "",
		"requirements.txt":     "./mylib\n",
		"mylib/pyproject.toml": "[build-system]\nrequires = []\nbuild-backend = \"hanging\"\nbackend-path = [\".\"]\n[project]\nname = \"mylib\"\nversion = \"1.0\"\n",
		"mylib/hanging.py": fmt.Sprintf(`import subprocess
def build_wheel(*args, **kw):
    subprocess.call(["/bin/sh", "-c", %q], cwd=%q)
prepare_metadata_for_build_wheel = build_wheel
`, hangs, dir),
	} {
		mustWrite(t, filepath.Join(dir, name), []byte(text))
	}
	return []string{"build", "--no-index", "--builder-python", machinePython()}
}

func muchToCompile(t *testing.T, dir string) []string {
	code := strings.Repeat("value = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, (lambda x: x + 1)(3)]\n", 200_000)
	return []string{"deploy", zipOf(t, dir, "forge", "1.0.0", code)}
}

func hangingModule(t *testing.T, dir string) []string {
	index := indextest.New(t, indextest.Options{}, describe(t, "", fmt.Sprintf(`kiln 1.0 py3-none-any
    file stuck.py: import subprocess; subprocess.call(["/bin/sh", "-c", %q], cwd=%q)
`, hangs, dir))...)
	project := filepath.Join(dir, "ext")
	mustWrite(t, filepath.Join(project, "extension.yml"), []byte("extension: {name: ext, version: \"1.0.0\", api_level: \"1.4.0\", requires_python: \">=3.6\", zip_safe: false}\n"))
	mustWrite(t, filepath.Join(project, "extension.py"), nil)
	mustWrite(t, filepath.Join(project, "requirements.txt"), []byte("kiln\n"))
	if out, err := axleCommand(t, dir, []string{"-q", "build", "ext"}, "AXLE_INDEX_URL="+index.Simple()).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return []string{"deploy", "--test", "ext/dist/extension_build/ext-1.0.0.zip"}
}

// waitForPids reads which processes hang, once the file is whole.
func waitForPids(t *testing.T, file string, said *said) (pids []int) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		data, _ := os.ReadFile(file)
		if fields := strings.Fields(string(data)); len(fields) > 2 && fields[2] == "end" {
			for _, f := range fields[:2] {
				pid, err := strconv.Atoi(f)
				if err != nil {
					t.Fatal(err)
				}
				pids = append(pids, pid)
			}
			return pids
		}
		select {
		case <-said.ended:
			t.Fatalf("nothing hangs:\n%s", said.rest())
		default:
		}
		if time.Now().After(end) {
			t.Fatal("nothing hangs")
		}
	}
}

// isZombie says that a process has ended, and nobody has asked how: its parent
// is gone, and what took its place here does not ask.
func isZombie(pid int) bool {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(data), ") ")
	return strings.HasPrefix(rest, "Z")
}

// said is what a command says on standard error.
type said struct {
	lines *bufio.Scanner
	text  strings.Builder
	ended chan struct{}
	found chan string
}

// start starts a command whose standard error is read.
func start(t *testing.T, cmd *exec.Cmd) *said {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = w
	err = cmd.Start()
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	s := &said{lines: bufio.NewScanner(r), ended: make(chan struct{}), found: make(chan string, 10_000)}
	go func() {
		defer close(s.ended)
		defer r.Close()
		for s.lines.Scan() {
			s.text.WriteString(s.lines.Text() + "\n")
			s.found <- s.lines.Text()
		}
	}()
	return s
}

// wait waits for a line that has a text.
func (s *said) wait(t *testing.T, text string) {
	t.Helper()
	for {
		select {
		case line := <-s.found:
			if strings.Contains(line, text) {
				return
			}
		case <-s.ended:
			t.Fatalf("%q was not said:\n%s", text, s.text.String())
		}
	}
}

// rest is all that was said, when the command has ended.
func (s *said) rest() string {
	<-s.ended
	return s.text.String()
}

// TestSignals: each signal that asks a program to end has its exit code; one
// that was ignored from the beginning stays ignored.
func TestSignals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		signals []os.Signal
		ignored string // by the shell that starts axle
		code    int
	}{
		{"Ctrl-C", []os.Signal{os.Interrupt}, "", 130},
		{"SIGTERM", []os.Signal{syscall.SIGTERM}, "", 143},
		{"SIGHUP", []os.Signal{syscall.SIGHUP}, "", 129},
		{"SIGTERM after Ctrl-C", []os.Signal{os.Interrupt, syscall.SIGTERM}, "", 130},
		{"SIGHUP under nohup", []os.Signal{syscall.SIGHUP}, "HUP", 0},
		{"Ctrl-C in the background", []os.Signal{os.Interrupt}, "INT", 0},
		{"SIGTERM under nohup", []os.Signal{syscall.SIGTERM}, "HUP", 143},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			index := indextest.New(t, indextest.Options{}, describe(t, "", interruptedIndex)...)
			asked, goOn := make(chan struct{}), make(chan struct{})
			first, last := sync.Once{}, sync.Once{}
			front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/simple/kiln") {
					first.Do(func() { close(asked) })
					select {
					case <-goOn:
					case <-r.Context().Done():
						return
					}
				}
				index.ServeHTTP(w, r)
			}))
			t.Cleanup(front.Close)
			t.Cleanup(func() { last.Do(func() { close(goOn) }) })
			dir := newInterrupted(t, front.URL+"/simple/")
			cmd := axleCommand(t, dir, []string{"build"}, "AXLE_INDEX_URL="+front.URL+"/simple/")
			if c.ignored != "" {
				cmd.Path, cmd.Args = "/bin/sh", append([]string{"sh", "-c", "trap '' " + c.ignored + `; exec "$0" "$@"`, cmd.Path}, cmd.Args[1:]...)
			}
			said := start(t, cmd)
			<-asked
			for _, s := range c.signals {
				if err := cmd.Process.Signal(s); err != nil {
					break // it has ended by the first
				}
			}
			if c.code == 0 {
				time.Sleep(50 * time.Millisecond) // for a signal that was not ignored
				last.Do(func() { close(goOn) })
			}
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != c.code {
				t.Errorf("exit code %d, want %d\n%s", code, c.code, said.rest())
			}
			if left := leftovers(dir); len(left) > 0 && len(c.signals) == 1 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}
