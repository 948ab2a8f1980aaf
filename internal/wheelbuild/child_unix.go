//go:build !windows

package wheelbuild

import (
	"os/exec"
	"syscall"
)

// processes are a program and what it started: a process group.
type processes struct{ cmd *exec.Cmd }

// alone puts the program into a process group of its own, which ends as a
// whole with the context.
func alone(cmd *exec.Cmd) *processes {
	g := &processes{cmd}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		g.kill()
		return nil
	}
	return g
}

func (g *processes) started() {}

func (g *processes) kill() { _ = syscall.Kill(-g.cmd.Process.Pid, syscall.SIGKILL) }

func (g *processes) close() {}
