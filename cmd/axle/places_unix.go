//go:build !windows

package main

import "os"

// privileged says whether this is the system's administrator.
func privileged() bool { return os.Geteuid() == 0 }
