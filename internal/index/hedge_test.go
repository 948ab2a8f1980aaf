package index

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestHedge(t *testing.T) {
	failure, other := errors.New("first failed"), errors.New("second failed")
	type step struct {
		after time.Duration // 0 = at once
		value string
		err   error
	}
	const patience, late, later = 20 * time.Millisecond, 50 * time.Millisecond, 5 * time.Second
	for _, tt := range []struct {
		name          string
		first, second step
		want          string
		err           error
		asked         bool // whether second was begun
	}{
		{"first at once", step{0, "a", nil}, step{0, "b", nil}, "a", nil, false},
		{"first fails at once", step{0, "", failure}, step{0, "b", nil}, "b", nil, true},
		{"both fail at once", step{0, "", failure}, step{0, "", other}, "", other, true},
		{"first is slow", step{later, "a", nil}, step{0, "b", nil}, "b", nil, true},
		{"first is slow, second slower", step{late, "a", nil}, step{later, "b", nil}, "a", nil, true},
		{"first is slow, second fails", step{late, "a", nil}, step{0, "", other}, "a", nil, true},
		{"first is slow and fails", step{late, "", failure}, step{2 * late, "b", nil}, "b", nil, true},
		{"first is slow, both fail", step{2 * late, "", failure}, step{0, "", other}, "", other, true},
		{"both fail late", step{late, "", failure}, step{2 * late, "", other}, "", other, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				do := func(s step, begun *atomic.Bool) func(context.Context) (string, error) {
					return func(ctx context.Context) (string, error) {
						begun.Store(true)
						if err := sleep(ctx, s.after); err != nil {
							return "", err
						}
						return s.value, s.err
					}
				}
				var one, two atomic.Bool
				begin := time.Now()
				got, err := hedge(t.Context(), patience, do(tt.first, &one), do(tt.second, &two))
				if got != tt.want || !errors.Is(err, tt.err) || two.Load() != tt.asked {
					t.Errorf("%q, %v, second begun: %v", got, err, two.Load())
				}
				if took := time.Since(begin); took > later/2 {
					t.Errorf("waited %s for what was not needed", took)
				}
			})
		})
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "5": 5 * time.Second, "-5": 0, "x": 0, "99999999999": 0, "Sun, 01 Nov 2026 00:01:00 GMT": time.Minute, "Sat, 31 Oct 2026 00:01:00 GMT": 0,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestParseContentRange(t *testing.T) {
	for text, want := range map[string][3]int64{"bytes 0-9/10": {0, 10, 10}, "bytes 5-5/100": {5, 6, 100}} {
		if from, to, size, ok := parseContentRange(text); !ok || [3]int64{from, to, size} != want {
			t.Errorf("%q: %d, %d, %d, %v", text, from, to, size, ok)
		}
	}
	for _, text := range []string{"", "bytes", "bytes */10", "bytes 0-9/*", "bytes 9-0/10", "bytes 0-10/10", "bytes -1-2/10", "items 0-9/10", "bytes 0-9"} {
		if from, to, size, ok := parseContentRange(text); ok {
			t.Errorf("%q: %d, %d, %d", text, from, to, size)
		}
	}
}
