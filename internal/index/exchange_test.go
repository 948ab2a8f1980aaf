package index_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/pep508"
)

func TestRetries(t *testing.T) {
	for _, tt := range []struct {
		name   string
		fault  indextest.Fault
		status int // of the error; 0 = success
		asked  int
		slept  func([]time.Duration) bool
	}{
		{"500 twice", indextest.Fault{Status: 500, Times: 2}, 0, 3, func(d []time.Duration) bool {
			return len(d) == 2 && d[0] >= 125*time.Millisecond && d[0] <= 250*time.Millisecond && d[1] >= 250*time.Millisecond && d[1] <= 500*time.Millisecond
		}},
		{"500 always", indextest.Fault{Status: 500}, 500, 6, func(d []time.Duration) bool { return len(d) == 5 }},
		{"503 and seconds", indextest.Fault{Status: 503, Times: 1, RetryAfter: "7"}, 0, 2, func(d []time.Duration) bool { return slices.Equal(d, []time.Duration{7 * time.Second}) }},
		{"429 and a date", indextest.Fault{Status: 429, Times: 1, RetryAfter: "Sun, 01 Nov 2026 00:00:20 GMT"}, 0, 2, func(d []time.Duration) bool { return slices.Equal(d, []time.Duration{20 * time.Second}) }},
		{"429 for an hour", indextest.Fault{Status: 429, RetryAfter: "3600"}, 429, 1, func(d []time.Duration) bool { return len(d) == 0 }},
		{"429 and nonsense", indextest.Fault{Status: 429, Times: 1, RetryAfter: "soon"}, 0, 2, func(d []time.Duration) bool { return len(d) == 1 && d[0] <= 250*time.Millisecond }},
		{"connection broken", indextest.Fault{CutAfter: -1, Times: 2}, 0, 3, func(d []time.Duration) bool { return len(d) == 2 }},
		{"half a page", indextest.Fault{CutAfter: 40, Times: 1}, 0, 2, func(d []time.Duration) bool { return len(d) == 1 }},
		{"silence", indextest.Fault{StallAfter: -1, Times: 1}, 0, 2, func(d []time.Duration) bool { return len(d) == 1 }},
		{"silence after some bytes", indextest.Fault{StallAfter: 40, Times: 1}, 0, 2, func(d []time.Duration) bool { return len(d) == 1 }},
		{"401", indextest.Fault{Status: 401}, 401, 1, func(d []time.Duration) bool { return len(d) == 0 }},
		{"403", indextest.Fault{Status: 403}, 403, 1, func(d []time.Duration) bool { return len(d) == 0 }},
		{"400", indextest.Fault{Status: 400}, 400, 1, func(d []time.Duration) bool { return len(d) == 0 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := indextest.New(t, indextest.Options{}, demo("1.0", "py3-none-any"))
			s.Fail(tt.fault)
			clock := newClock()
			c := newClient(t, s, withClock(clock), func(s *settings) { s.config.Timeout = 100 * time.Millisecond })
			_, err := c.Project(t.Context(), "demo")
			var status *index.StatusError
			switch {
			case tt.status == 0 && err != nil:
				t.Errorf("error %v", err)
			case tt.status != 0 && (!errors.As(err, &status) || status.Status != tt.status || fault.ExitCode(err) != fault.Resolution):
				t.Errorf("error %v, want status %d", err, tt.status)
			}
			if n := len(s.Log()); n != tt.asked {
				t.Errorf("asked %d times, want %d", n, tt.asked)
			}
			if !tt.slept(clock.slept()) {
				t.Errorf("slept %v", clock.slept())
			}
		})
	}
}

func TestRetriesAreSet(t *testing.T) {
	s := indextest.New(t, indextest.Options{}, demo("1.0", "py3-none-any"))
	s.Fail(indextest.Fault{Status: 502})
	none := 0
	c := newClient(t, s, func(s *settings) { s.config.Retries = &none })
	if _, err := c.Project(t.Context(), "demo"); err == nil || len(s.Log()) != 1 {
		t.Errorf("%v after %d requests", err, len(s.Log()))
	}
}

func TestUnreachable(t *testing.T) {
	s := indextest.New(t, indextest.Options{})
	address := strings.Replace(s.Simple(), "127.0.0.1", "user:hush@127.0.0.1", 1)
	address = strings.Replace(address, strings.TrimPrefix(s.URL, "http://127.0.0.1"), ":1", 1) // nobody listens there
	c := newClient(t, nil, func(s *settings) { s.config.Indexes = []index.Index{{URL: address}} })
	_, err := c.Project(t.Context(), "demo")
	if err == nil || !strings.Contains(err.Error(), "http://127.0.0.1:1/simple/demo/: ") || !strings.Contains(err.Error(), "refused") || strings.Contains(err.Error(), "hush") {
		t.Errorf("error %v", err)
	}
	if fault.ExitCode(err) != fault.Resolution || len(fault.Hints(err)) == 0 {
		t.Errorf("exit code %d, hints %q", fault.ExitCode(err), fault.Hints(err))
	}
}

func TestNotAnIndex(t *testing.T) {
	for body, contentType := range map[string]string{"{}": "application/json", `{"meta": {"api-version": "2.0"}, "files": []}`: "application/vnd.pypi.simple.v1+json"} {
		s := indextest.New(t, indextest.Options{})
		s.Fail(indextest.Fault{Body: body, Type: contentType})
		_, err := newClient(t, s).Project(t.Context(), "demo")
		if fault.ExitCode(err) != fault.Resolution || !errors.Is(err, index.ErrUnsupportedContentType) && !errors.Is(err, index.ErrUnsupportedVersion) || len(s.Log()) != 1 {
			t.Errorf("%v after %d requests", err, len(s.Log()))
		}
	}
}

func TestCancellation(t *testing.T) {
	s := indextest.New(t, indextest.Options{}, demo("1.0", "py3-none-any"))
	s.Fail(indextest.Fault{Kind: indextest.Page, StallAfter: -1, Times: 1})
	c := newClient(t, s)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := c.Project(ctx, "demo"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	project(t, c, "demo") // the failure of one caller is not that of the next
}

// What one caller gives up, another who waits still gets.
func TestCancellationOfOneOfTwo(t *testing.T) {
	s := indextest.New(t, indextest.Options{}, demo("1.0", "py3-none-any"))
	s.Fail(indextest.Fault{Kind: indextest.Page, Delay: 100 * time.Millisecond})
	c := newClient(t, s)
	first, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := c.Project(first, "demo"); !errors.Is(err, context.Canceled) {
			t.Errorf("first: %v", err)
		}
	})
	wg.Go(func() {
		time.Sleep(20 * time.Millisecond)
		time.AfterFunc(20*time.Millisecond, cancel)
		project(t, c, "demo")
	})
	wg.Wait()
	if len(s.Log()) != 1 {
		t.Errorf("asked %d times", len(s.Log()))
	}
}

// No more requests are under way than allowed.
func TestRequestsAreBounded(t *testing.T) {
	s := indextest.New(t, indextest.Options{}, demo("1.0", "py3-none-any"))
	var mu sync.Mutex
	now, most := 0, 0
	c := newClient(t, s, func(set *settings) {
		set.options.Requests = 3
		set.options.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(2 * time.Millisecond)
			mu.Lock()
			now--
			mu.Unlock()
			return s.Transport().RoundTrip(r)
		})
	})
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() { _, _ = c.Project(t.Context(), pep508.Name(fmt.Sprint("p", i))) })
	}
	wg.Wait()
	if most > 3 || most < 2 {
		t.Errorf("%d requests at once", most)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
