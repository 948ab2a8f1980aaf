package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// unhurried is a heap of 96 MiB: what most runs never reach. The runtime's own
// beginning is 4 MiB for each 100 per cent.
const unhurried = 2400

// relaxCollector lets the first garbage collection wait until the heap is
// large; from then on they come as usual. Short runs end before it: a warm
// resolution takes a third less time, and 50 MiB more at the most.
func relaxCollector() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return // the user knows better
	}
	usual := debug.SetGCPercent(unhurried)
	first := new([16]byte)
	runtime.AddCleanup(first, func(percent int) { debug.SetGCPercent(percent) }, usual)
}
