package wheelbuild

import (
	"context"
	"errors"
	"sync"
)

// memo does each piece of work once, and keeps what comes of it, also an error:
// what failed is not tried again for the next target. What is built for the
// sake of another build never waits for one: two that require each other would
// wait for ever.
type memo[T any] struct {
	mu sync.Mutex
	m  map[string]*doing[T]
}

type doing[T any] struct {
	done  chan struct{}
	value T
	err   error
}

func (m *memo[T]) do(ctx context.Context, key string, work func() (T, error)) (T, error) {
	for {
		d, mine := m.join(key)
		switch {
		case mine:
			return m.finish(key, d, work)
		case isNested(ctx) && !d.isDone():
			return work()
		}
		select {
		case <-d.done:
			if !gaveUp(d.err) {
				return d.value, d.err
			}
		case <-ctx.Done():
			var none T
			return none, context.Cause(ctx)
		}
	}
}

func (m *memo[T]) join(key string) (d *doing[T], mine bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if d, ok := m.m[key]; ok {
		return d, false
	}
	if m.m == nil {
		m.m = map[string]*doing[T]{}
	}
	d = &doing[T]{done: make(chan struct{})}
	m.m[key] = d
	return d, true
}

func (m *memo[T]) finish(key string, d *doing[T], work func() (T, error)) (T, error) {
	d.value, d.err = work()
	if gaveUp(d.err) {
		m.mu.Lock()
		delete(m.m, key)
		m.mu.Unlock()
	}
	close(d.done)
	return d.value, d.err
}

func (d *doing[T]) isDone() bool {
	select {
	case <-d.done:
		return true
	default:
		return false
	}
}

// gaveUp says whether the work ended because nobody wanted it any more.
func gaveUp(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
