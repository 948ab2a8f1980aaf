package selector

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/peer"
	"github.com/axlepack/axle/interpreters"
)

// childJob, when it is set, makes the test's binary do one thing as a process
// of its own: what the job says, in JSON.
const childJob = "AXLE_TEST_JOB"

// job is what a child does: deploy the zip under the interpreter, or run the
// deployment.
type job struct {
	Do, Zip, Root, Name string
	Args                []string
	Interpreter         interpreters.Interpreter
	Report              *interpreters.Report
}

func TestMain(m *testing.M) {
	if text := os.Getenv(childJob); text != "" {
		if err := child(text); err != nil {
			fault.Print(os.Stderr, err)
			os.Exit(fault.ExitCode(err))
		}
		os.Exit(0)
	}
	code := m.Run()
	peer.Clean()
	os.Exit(code)
}

func child(text string) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	os.Unsetenv(childJob)
	if j.Do == "run" {
		_, err := Run(context.Background(), RunOptions{Root: j.Root, Name: j.Name, Args: j.Args})
		return err
	}
	j.Interpreter.Report = j.Report
	_, err := tryDeploy(context.Background(), j.Zip, DeployOptions{Root: j.Root}, j.Interpreter)
	return err
}

func (j job) command(t testing.TB) *exec.Cmd {
	t.Helper()
	j.Report = j.Interpreter.Report
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childJob+"="+string(text))
	return cmd
}

// TestCore14Killed: a deployment that is killed at any moment leaves the one
// before it current and whole; the next one succeeds, and nothing of the killed
// one stays.
func TestCore14Killed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGKILL")
	}
	in, root := newest(t), t.TempDir()
	rounds, killed, current := 30, 0, 0
	start := time.Now()
	program(t, job{Do: "deploy", Zip: numbered(t, 0), Root: root, Interpreter: in}.command(t))
	longest := time.Since(start)
	for round := 1; round <= rounds; round++ {
		zip := numbered(t, round)
		cmd := job{Do: "deploy", Zip: zip, Root: root, Interpreter: in}.command(t)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		start = time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(rand.Int64N(int64(longest))), func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		if err == nil {
			longest = time.Since(start)
		} else if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() {
			t.Fatalf("round %d: %v\n%s", round, err, stderr.String())
		} else {
			killed++
		}
		got := run(t, RunOptions{Root: root, Name: "demo"})
		switch got.stdout {
		case fmt.Sprintf("%d 60\n", round):
			current = round
		case fmt.Sprintf("%d 60\n", current):
			if err == nil {
				t.Fatalf("round %d ended well, and %d is current", round, current)
			}
		default:
			t.Fatalf("round %d: current is broken: %+v", round, got)
		}
	}
	if killed == 0 {
		t.Errorf("none of %d deployments was killed in time", rounds)
	}
	t.Logf("%d of %d were killed", killed, rounds)
	deploy(t, numbered(t, rounds+1), root, in)
	run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, fmt.Sprintf("%d 60\n", rounds+1))
	nothingStaged(t, root)
	// Every folder that is there is whole.
	ids, err := filepath.Glob(filepath.Join(root, "e", "demo", "*", "record.json"))
	all, err2 := os.ReadDir(filepath.Join(root, "e", "demo"))
	if err != nil || err2 != nil || len(ids) != len(all)-1 {
		t.Errorf("%d folders and current, %d records (%v, %v)", len(all)-1, len(ids), err, err2)
	}
	packages, err := os.ReadDir(filepath.Join(root, "p"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages {
		names := tree(t, filepath.Join(root, "p", p.Name()))
		sources := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.HasSuffix(n, ".py") })
		compiled := slices.DeleteFunc(names, func(n string) bool { return !strings.HasSuffix(n, ".pyc") })
		if want := map[bool]int{true: starterSize(), false: 61}[strings.HasPrefix(p.Name(), "axle-")]; len(sources) != want || len(compiled) != want {
			t.Errorf("%s has %d sources and %d files of byte code, want %d", p.Name(), len(sources), len(compiled), want)
		}
	}
}

// numbered is an extension of which every number has other modules and another
// package. It prints its number, and the sum of 60 modules.
func numbered(t testing.TB, number int) string {
	t.Helper()
	files := content{"many/__init__.py": fmt.Sprintf("NUMBER = %d\n", number)}
	code := "import many\ntotal = 0\n"
	for i := range 60 {
		files[fmt.Sprintf("many/m%d.py", i)] = fmt.Sprintf("# %d\n", number) + strings.Repeat("def f(x):\n    return [x for x in range(x)]\n", 30) + "VALUE = 1\n"
		code += fmt.Sprintf("import many.m%d; total += many.m%d.VALUE\n", i, i)
	}
	return writeZip(t, content{
		"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": code + "print(many.NUMBER, total)\n",
		"dep/" + universal: packageOf(t, universal, files),
	})
}

// TestRunReplacesTheProcess: the extension is the process that was started: its
// exit code, its signals, its standard streams.
func TestRunReplacesTheProcess(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be replaced there")
	}
	in, root := newest(t), t.TempDir()
	place(t, writeZip(t, content{
		"extension.yml": manifest("demo", "1.0.0", unzipped),
		"extension.py": "import os, signal, sys, time\nprint(os.getpid(), sys.stdin.readline().strip(), sys.argv[1:])\nsys.stdout.flush()\n" +
			"if sys.argv[1] == 'exit':\n    os._exit(200)\nif sys.argv[1] == 'handle':\n    signal.signal(signal.SIGTERM, lambda *a: sys.exit(31))\n" +
			"print('ready')\nsys.stdout.flush()\ntime.sleep(60)\n",
	}), root, in)
	for _, c := range []struct {
		arg    string
		signal syscall.Signal
		code   int // negative for the signal that ended it
	}{
		{"exit", 0, 200}, {"handle", syscall.SIGTERM, 31}, {"sleep", syscall.SIGTERM, -15}, {"sleep", syscall.SIGKILL, -9}, {"sleep", syscall.SIGINT, -2}, {"sleep", syscall.SIGHUP, -1},
	} {
		cmd := job{Do: "run", Root: root, Name: "demo", Args: []string{c.arg, "ünï", ""}}.command(t)
		cmd.Stdin = strings.NewReader("typed\n")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out := &signalWriter{mark: "ready\n", found: func() { _ = cmd.Process.Signal(c.signal) }}
		cmd.Stdout = out
		_ = cmd.Run()
		status := cmd.ProcessState.Sys().(syscall.WaitStatus)
		code := status.ExitStatus()
		if status.Signaled() {
			code = -int(status.Signal())
		}
		// An interrupt that nobody handles ends old Pythons with code 1.
		if code != c.code && !(c.signal == syscall.SIGINT && code == 130) {
			t.Errorf("%s with %v: %d, want %d\n%s", c.arg, c.signal, code, c.code, stderr.String())
		}
		if want := fmt.Sprintf("%d typed ['%s', 'ünï', '']\n", cmd.Process.Pid, c.arg); !strings.HasPrefix(string(out.said), want) {
			t.Errorf("it said %q, want %q\n%s", out.said, want, stderr.String())
		}
	}
}
