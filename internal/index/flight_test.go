package index

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

// Whoever closes the flights finds nothing of them under way: neither what
// somebody waits for, nor what everybody left.
func TestFlightsClose(t *testing.T) {
	var g flights[int, int]
	var begun, cleaned atomic.Int32
	work := func(ctx context.Context) (int, error) {
		begun.Add(1)
		<-ctx.Done()
		time.Sleep(10 * time.Millisecond) // takes away what it wrote
		cleaned.Add(1)
		return 0, ctx.Err()
	}
	left, leave := context.WithCancel(t.Context())
	answers := make(chan error, 2)
	go func() { _, err := g.do(left, 1, work); answers <- err }()
	go func() { _, err := g.do(t.Context(), 2, work); answers <- err }()
	for begun.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	leave()
	g.close()
	if n := cleaned.Load(); n != 2 {
		t.Errorf("%d of 2 ended before close did", n)
	}
	for range 2 {
		if err := <-answers; !errors.Is(err, context.Canceled) {
			t.Errorf("answer: %v", err)
		}
	}
	if _, err := g.do(t.Context(), 3, work); !errors.Is(err, errClosed) {
		t.Errorf("after close: %v", err)
	}
}
