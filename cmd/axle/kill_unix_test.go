//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/peer"
	"github.com/axlepack/axle/selector"
)

// TestKilled kills the program, as it is released, at random moments of what it
// does to a root: 500 times, or 10,000 times with AXLE_LONG=1. After each, every
// deployment is whole and what is current can be run; the next command works and
// cleans up.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes its time")
	}
	if machinePython() == "" {
		t.Skip("there is no Python on this machine")
	}
	t.Parallel()
	kills, limit := 500, time.Hour
	if long, ok := peer.LongFor(t, limit); ok {
		kills, limit = 10_000, long
	}
	end := time.Now().Add(limit)
	workers := runtime.GOMAXPROCS(0)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	axle := program(t, runtime.GOOS, runtime.GOARCH)
	var wait sync.WaitGroup
	for i := range workers {
		v := newVictim(t, axle, rand.New(rand.NewPCG(seed, uint64(i))))
		wait.Go(func() {
			for n := 0; v.killed < kills/workers && !t.Failed() && time.Now().Before(end); n++ {
				v.round(n)
			}
			t.Logf("%d commands were killed, %d came to their end first", v.killed, v.ended)
		})
	}
	wait.Wait()
}

// victim is a root that the program is killed over.
type victim struct {
	t      testing.TB
	rand   *rand.Rand
	axle   string
	root   string
	env    []string
	ops    []operation
	killed int
	ended  int
}

// operation is a command, and how long it takes when nobody kills it.
type operation struct {
	args []string
	took time.Duration
}

func newVictim(t testing.TB, axle string, r *rand.Rand) *victim {
	dir := t.TempDir()
	variables, err := newUser(dir)
	if err != nil {
		t.Fatal(err)
	}
	v := &victim{t: t, rand: r, axle: axle, root: variables["AXLE_ROOT"]}
	for name, value := range variables {
		v.env = append(v.env, name+"="+value)
	}
	deploy := func(name, version string, more ...string) []string {
		return append([]string{"deploy", smallZip(t, dir, name, version)}, more...)
	}
	first := deploy("ext", "1.0.0", "--no-compile")
	for _, args := range [][]string{
		first, deploy("ext", "2.0.0", "--no-compile"), deploy("ext", "3.0.0", "--no-compile"),
		deploy("other", "1.0.0", "--no-compile"), deploy("other", "2.0.0"),
		{"rollback", "ext"}, {"rollback", "ext", "1.0.0"}, {"rollback", "other"},
		{"prune", "--keep", "1"}, {"prune", "--max-size", "20KiB"}, {"remove", "other"}, {"doctor", "--fix"},
	} {
		v.ops = append(v.ops, operation{args: args})
	}
	for i := range v.ops { // as they come, one after the other, undisturbed
		start := time.Now()
		if out, err := v.command(v.ops[i].args).CombinedOutput(); err != nil && !refused(err) {
			t.Fatalf("%v: %v\n%s", v.ops[i].args, err, out)
		}
		v.ops[i].took = time.Since(start)
	}
	v.must(first)
	return v
}

func (v *victim) command(args []string) *exec.Cmd {
	cmd := exec.CommandContext(v.t.Context(), v.axle, args...)
	cmd.Env, cmd.Dir = v.env, filepath.Dir(v.root)
	// What axle starts (an interpreter) is killed with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// refused: there is nothing to go back to, or to remove.
func refused(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.ExitCode() == 11
}

func (v *victim) must(args []string) {
	if out, err := v.command(args).CombinedOutput(); err != nil && !refused(err) {
		v.t.Errorf("%v: %v\n%s", args, err, out)
	}
}

// round kills one command and looks at what it left.
func (v *victim) round(n int) {
	op := &v.ops[v.rand.IntN(len(v.ops))]
	before := v.state()
	cmd := v.command(op.args)
	if err := cmd.Start(); err != nil {
		v.t.Error(err)
		return
	}
	after := time.Duration(v.rand.Int64N(int64(op.took) + 1))
	time.Sleep(after)
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	err := cmd.Wait()
	what := fmt.Sprintf("%v, killed after %s", op.args, after)
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		v.killed++
	} else {
		v.ended++
		op.took -= op.took / 8
		if err != nil && !refused(err) {
			v.t.Errorf("%s: %v", what, err)
		}
	}
	mustBeWhole(v.t, v.root, "ext")
	if n%5 == 0 || v.t.Failed() { // the next command works and cleans up
		v.must(v.ops[v.rand.IntN(4)].args)
		v.must([]string{"prune"})
		mustBeClean(v.t, v.root)
		op.took += op.took / 10
	}
	if v.t.Failed() {
		v.t.Logf("%s; before it:\n%s", what, before)
	}
}

// state lists what is deployed.
func (v *victim) state() string {
	list, err := selector.ListAll(v.root)
	text := fmt.Sprintln(err)
	for _, d := range list {
		text += fmt.Sprintln(d.Record.Name, d.Record.ID, d.Current)
	}
	return text
}

// TestInstanceKilled: what runs keeps its deployment from being removed until
// it is killed.
func TestInstanceKilled(t *testing.T) {
	t.Parallel()
	if machinePython() == "" {
		t.Skip("there is no Python on this machine")
	}
	user := t.TempDir()
	zip := zipOf(t, user, "ext", "1.0.0", "import sys, time\nprint('up', flush=True)\nsys.stdin.read()\nimport own\nprint(own.VERSION)\n")
	mustRun(t, user, 0, "", "deploy", "--no-compile", zip)
	root := filepath.Join(user, ".root")
	start := func() (*exec.Cmd, func() string) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		t.Cleanup(cancel)
		cmd := axleCommand(t, user, []string{"run", "ext"})
		cmd = exec.CommandContext(ctx, cmd.Path, "run", "ext")
		cmd.Env = axleCommand(t, user, nil).Env
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		up := make([]byte, 3)
		if _, err := stdout.Read(up); err != nil {
			t.Fatal(err)
		}
		return cmd, func() string {
			stdin.Close()
			rest := make([]byte, 100)
			n, _ := stdout.Read(rest)
			_ = cmd.Wait()
			return string(rest[:n])
		}
	}
	first, _ := start()
	second, end := start()
	mustRun(t, user, 13, "is running", "remove", "ext")
	mustRun(t, user, 0, "", "deploy", "--no-compile", smallZip(t, user, "ext", "2.0.0"))
	mustRun(t, user, 0, "it is running", "prune", "--keep", "1")
	mustRun(t, user, 13, "is running", "remove", "ext==1.0.0")
	mustRun(t, user, 0, "running", "deployments", "--all")
	if runtime.GOOS == "linux" {
		mustRun(t, user, 0, fmt.Sprintf("process %d", first.Process.Pid), "doctor")
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	mustRun(t, user, 0, "it is running", "prune", "--keep", "1")
	if said := end(); said != "1.0.0\n" {
		t.Errorf("the instance, after all that: %q (%s)", said, second.ProcessState)
	}
	mustRun(t, user, 0, "removed ext 1.0.0", "prune", "--keep", "1")
	mustBeWhole(t, root, "ext")
	mustBeClean(t, root)
}
