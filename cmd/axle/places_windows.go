package main

import "golang.org/x/sys/windows"

// privileged says whether this is the system's administrator, or a service.
func privileged() bool { return windows.GetCurrentProcessToken().IsElevated() }
