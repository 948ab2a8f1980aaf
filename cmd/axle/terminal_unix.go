//go:build unix

package main

import (
	"os"
	"syscall"
)

// endings are the signals that ask a program to end.
func endings() []os.Signal {
	return []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
}

// understands says whether a terminal takes control sequences: all do.
func understands(*os.File) bool { return true }
