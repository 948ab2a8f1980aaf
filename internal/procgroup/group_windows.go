package procgroup

import (
	"os/exec"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Group is a program and what it started: a job. The few instructions that a
// program runs before it is put into its job are a gap that stays.
type Group struct {
	cmd *exec.Cmd
	job atomic.Uintptr
}

// setAside gives the program no window.
func (g *Group) setAside() {
	g.cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true, CreationFlags: windows.CREATE_NO_WINDOW}
	g.cmd.Cancel = func() error {
		g.Kill()
		return g.cmd.Process.Kill()
	}
}

func (g *Group) started() {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{}
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, _ = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(g.cmd.Process.Pid))
	if err == nil {
		err = windows.AssignProcessToJobObject(job, process)
		_ = windows.CloseHandle(process)
	}
	if err != nil {
		_ = windows.CloseHandle(job)
		return
	}
	g.job.Store(uintptr(job))
}

// Kill ends the program and what it started.
func (g *Group) Kill() {
	if job := g.job.Load(); job != 0 {
		_ = windows.TerminateJobObject(windows.Handle(job), 1)
	}
}

// Close ends what is left of the job, and frees it.
func (g *Group) Close() {
	if job := g.job.Swap(0); job != 0 {
		_ = windows.CloseHandle(windows.Handle(job))
	}
}
