package index

import (
	"context"
	"errors"
	"sync"
)

// flights makes callers that want the same thing at the same time share one
// piece of work, and keeps its result. The work goes on while anybody waits
// for it and is cancelled when nobody does; an error is told to those who
// waited and not kept.
type flights[K comparable, V any] struct {
	mu      sync.Mutex
	m       map[K]*flight[V]
	closed  bool
	running sync.WaitGroup
}

type flight[V any] struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int
	value   V
	err     error
}

// do returns the kept result for key, or that of work.
func (g *flights[K, V]) do(ctx context.Context, key K, work func(context.Context) (V, error)) (V, error) {
	f := g.join(ctx, key, work)
	select {
	case <-f.done:
		return f.value, f.err
	default:
	}
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
		g.leave(key, f)
		var none V
		return none, context.Cause(ctx)
	}
}

func (g *flights[K, V]) join(ctx context.Context, key K, work func(context.Context) (V, error)) *flight[V] {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f, ok := g.m[key]; ok {
		f.waiting++
		return f
	}
	// The work outlives the caller that began it as long as others wait.
	shared, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight[V]{done: make(chan struct{}), cancel: cancel, waiting: 1}
	if g.closed {
		f.err = errClosed
		cancel()
		close(f.done)
		return f
	}
	if g.m == nil {
		g.m = map[K]*flight[V]{}
	}
	g.m[key] = f
	g.running.Go(func() { g.run(shared, key, f, work) })
	return f
}

var errClosed = errors.New("the index client is closed")

// close ends all work and waits for that: what it was writing is gone then.
func (g *flights[K, V]) close() {
	g.mu.Lock()
	g.closed = true
	for _, f := range g.m {
		f.cancel()
	}
	g.mu.Unlock()
	g.running.Wait()
}

func (g *flights[K, V]) run(ctx context.Context, key K, f *flight[V], work func(context.Context) (V, error)) {
	defer f.cancel()
	f.value, f.err = work(ctx)
	if f.err != nil {
		g.mu.Lock()
		if g.m[key] == f {
			delete(g.m, key)
		}
		g.mu.Unlock()
	}
	close(f.done)
}

func (g *flights[K, V]) leave(key K, f *flight[V]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f.waiting--
	select {
	case <-f.done:
		return // finished meanwhile: the result is kept
	default:
	}
	if f.waiting == 0 {
		f.cancel()
		if g.m[key] == f {
			delete(g.m, key) // who comes now begins anew
		}
	}
}
