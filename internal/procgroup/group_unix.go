//go:build !windows

package procgroup

import (
	"os/exec"
	"syscall"
)

// Group is a program and what it started: a process group.
type Group struct {
	cmd *exec.Cmd
	own bool
}

func (g *Group) setAside() {
	g.own = true
	g.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	g.cmd.Cancel = func() error {
		g.Kill()
		return nil
	}
}

func (g *Group) started() {}

// Kill ends the program, and what it started where the group is its own.
func (g *Group) Kill() {
	pid := g.cmd.Process.Pid
	if g.own {
		pid = -pid
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
}

// Close frees what the group holds.
func (g *Group) Close() {}
