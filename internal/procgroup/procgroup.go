// Package procgroup starts a program so that it ends together with all that it
// started: a process group on Unix, a job object on Windows.
//
// What the programs start may leave the group by itself (setsid on Unix); the
// pipes of such a process are bounded by the WaitDelay of the command.
package procgroup

import "os/exec"

// Start starts a program in the background, apart from the terminal: in a group
// of its own that ends as a whole when the context of cmd does. cmd is made by
// exec.CommandContext. The caller waits for cmd, then closes the group.
func Start(cmd *exec.Cmd) (*Group, error) {
	g := &Group{cmd: cmd}
	g.setAside()
	return g, g.start()
}

// StartForeground starts a program that keeps the terminal and its signals. On
// Windows what it starts ends with it, or with this process; on Unix the
// terminal's own group does that. The caller waits for cmd, then closes the
// group.
func StartForeground(cmd *exec.Cmd) (*Group, error) {
	g := &Group{cmd: cmd}
	return g, g.start()
}

func (g *Group) start() error {
	if err := g.cmd.Start(); err != nil {
		return err
	}
	g.started()
	return nil
}
