package main

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// interruption is what ends a run from outside.
type interruption struct {
	signals chan os.Signal
	cancel  context.CancelFunc
	first   atomic.Int32 // the number of the signal
}

// untilInterrupted is a context that ends with the first signal that asks the
// program to end: Ctrl-C, the end of a session, a closed terminal. What is
// under way then clears up. A second signal ends the program at once; what
// that leaves behind is cleared by later runs.
func (e *env) untilInterrupted(ctx context.Context) (context.Context, *interruption) {
	i := &interruption{signals: make(chan os.Signal, 2)}
	ctx, i.cancel = context.WithCancel(ctx)
	for _, s := range endings() {
		if !signal.Ignored(s) { // as nohup has it
			signal.Notify(i.signals, s)
		}
	}
	go func() {
		for s := range i.signals {
			if number, _ := s.(syscall.Signal); i.first.CompareAndSwap(0, int32(number)) {
				i.cancel()
				continue
			}
			e.stopDrawing()
			os.Exit(i.code())
		}
	}()
	return ctx, i
}

// code is the exit code of a program that a signal ends: 128 and its number.
func (i *interruption) code() int { return 128 + int(i.first.Load()) }

func (i *interruption) stop() {
	signal.Stop(i.signals)
	i.cancel()
}
