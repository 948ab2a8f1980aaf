package main

import (
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// understands says whether a console takes control sequences; those that can,
// since Windows 10, are asked to.
func understands(f *os.File) bool {
	var mode uint32
	console := windows.Handle(f.Fd())
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}

// endings are the signals that ask a program to end; Windows has Ctrl-C and
// Ctrl-Break as the first of them, and the end of a session as the second.
func endings() []os.Signal {
	return []os.Signal{os.Interrupt, syscall.SIGTERM}
}
