//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/axlepack/axle/selector"
)

// TestHundredAtOnce: a hundred processes deploy into one root at once: twenty the
// same zip, the others each its own, while others prune. One of the twenty does
// it, and nobody is in another's way.
func TestHundredAtOnce(t *testing.T) {
	t.Parallel()
	if machinePython() == "" {
		t.Skip("there is no Python on this machine")
	}
	user := t.TempDir()
	root := filepath.Join(user, ".root")
	axle := program(t, runtime.GOOS, runtime.GOARCH)
	var commands [][]string
	same := smallZip(t, user, "same", "1.0.0")
	names := []string{"same"}
	for i := range 20 {
		commands = append(commands, []string{"deploy", "--no-compile", same})
		for j := range 4 {
			name := fmt.Sprintf("ext%d", 4*i+j)
			names = append(names, name)
			commands = append(commands, []string{"deploy", "--no-compile", smallZip(t, user, name, "1.0.0")})
		}
		if i%4 == 0 {
			commands = append(commands, []string{"prune", "--keep", "2"})
		}
	}
	env := axleCommand(t, user, nil).Env
	mustRun(t, user, 0, "", "interpreters") // whose answers are remembered then
	changed := make([]bool, len(commands))
	var wait sync.WaitGroup
	for i, args := range commands {
		wait.Go(func() {
			cmd := exec.CommandContext(t.Context(), axle, args...)
			cmd.Dir, cmd.Env = user, env
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v: %v\n%s", args, err, out)
			}
			changed[i] = args[0] == "deploy" && args[2] == same && !strings.Contains(string(out), "nothing changed")
		})
	}
	wait.Wait()
	n := 0
	for _, c := range changed {
		if c {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d deployments of the same zip changed something, want 1", n)
	}
	mustRun(t, user, 0, "", "prune")
	list, err := selector.List(root)
	if err != nil || len(list) != len(names) {
		t.Errorf("%d deployments (%v), want %d", len(list), err, len(names))
	}
	mustBeWhole(t, root, names...)
	mustBeClean(t, root)
}

// TestSlowDisk deploys several extensions at once, and kills one deployment, where
// everything that reaches the disk takes 3 ms more.
func TestSlowDisk(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil || machinePython() == "" {
		t.Skip("this needs strace and a Python")
	}
	user := t.TempDir()
	root := filepath.Join(user, ".root")
	axle := program(t, runtime.GOOS, runtime.GOARCH)
	slow := func(ctx context.Context, args ...string) *exec.Cmd {
		plain := axleCommand(t, user, nil)
		calls := "fsync,syncfs,renameat,renameat2,linkat,mkdirat,unlinkat,write"
		cmd := exec.CommandContext(ctx, strace, append([]string{"-f", "-o", "/dev/null", "-e", "trace=" + calls, "-e", "inject=" + calls + ":delay_enter=3000", axle}, args...)...)
		cmd.Dir, cmd.Env = user, plain.Env
		return cmd
	}
	if out, err := slow(t.Context(), "--version").CombinedOutput(); err != nil {
		t.Skipf("this strace cannot slow down: %s", out)
	}
	var wait sync.WaitGroup
	for _, name := range []string{"one", "two", "three", "one"} {
		zip := filepath.Join(user, name+"-1.0.0.zip")
		if _, err := os.Stat(zip); err != nil {
			smallZip(t, user, name, "1.0.0")
		}
		wait.Go(func() {
			if out, err := slow(t.Context(), "deploy", "--no-compile", zip).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", name, err, out)
			}
		})
	}
	wait.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	_ = slow(ctx, "deploy", "--no-compile", smallZip(t, user, "one", "2.0.0")).Run() // killed somewhere
	if out, err := slow(t.Context(), "prune", "--keep", "1").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	mustBeWhole(t, root, "one", "two", "three")
}
