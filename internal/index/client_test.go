package index_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/pep508"
)

// demo is a wheel of the project demo.
func demo(version, tag string, lines ...string) indextest.File {
	metadata := "Metadata-Version: 2.1\nName: demo\nVersion: " + version + "\n" + strings.Join(lines, "\n") + "\n\nA description.\n"
	name := "demo-" + version + "-" + tag + ".whl"
	return indextest.File{Name: name, Metadata: []byte(metadata), Content: indextest.Wheel(name, metadata)}
}

// big is a wheel of some 600 kB that does not shrink.
func big() indextest.File {
	name := "demo-3.0-py3-none-any.whl"
	metadata := "Metadata-Version: 2.1\nName: demo\nVersion: 3.0\n"
	return indextest.File{Name: name, Content: indextest.Wheel(name, metadata, "demo/data.bin", noise(600_000))}
}

func noise(n int) string {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return string(b)
}

// clock is a clock that sleeping moves.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	sleeps []time.Duration
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.sleeps = append(c.sleeps, d)
	return ctx.Err()
}

func (c *clock) slept() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.sleeps)
}

// settings of a client in a test.
type settings struct {
	config  index.Config
	options index.ClientOptions
	clock   *clock
}

func newClient(t testing.TB, s *indextest.Server, change ...func(*settings)) *index.Client {
	t.Helper()
	set := settings{clock: newClock()}
	if s != nil {
		set.config.Indexes = []index.Index{{URL: s.Simple()}}
	}
	for _, f := range change {
		f(&set)
	}
	set.options.Now, set.options.Sleep = set.clock.Now, set.clock.Sleep
	c, err := index.New(set.config, set.options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func withCache(t testing.TB, dir string) func(*settings) {
	t.Helper()
	store, err := cache.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return func(s *settings) { s.options.Cache = store }
}

func withClock(c *clock) func(*settings) { return func(s *settings) { s.clock = c } }

func offline(s *settings) { s.options.Offline = true }

func project(t testing.TB, c *index.Client, name pep508.Name) *index.Project {
	t.Helper()
	p, err := c.Project(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// file finds a file of the project demo.
func file(t testing.TB, c *index.Client, name string) index.File {
	t.Helper()
	for _, f := range project(t, c, "demo").Files() {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("%s is not listed", name)
	return index.File{}
}

func names(p *index.Project) []string {
	var all []string
	for _, f := range p.Files() {
		all = append(all, f.Name)
	}
	return all
}

var kinds = map[string]indextest.Options{
	"html":     {Ranges: indextest.FullRanges},
	"json":     {JSON: true, Ranges: indextest.FullRanges},
	"etag":     {ETag: true, Ranges: indextest.FullRanges},
	"pep658":   {JSON: true, Metadata: indextest.Advertised},
	"html 658": {Metadata: indextest.Advertised},
}

func TestProjectOnEachKindOfIndex(t *testing.T) {
	reason := "broken"
	yanked := demo("1.1", "py3-none-any")
	yanked.Yanked = &reason
	first := demo("1.0", "py3-none-any")
	first.RequiresPython, first.UploadTime = ">=3.9, <4", "2024-03-24T00:00:00Z"
	for kind, options := range kinds {
		t.Run(kind, func(t *testing.T) {
			s := indextest.New(t, options, first, yanked, demo("1.10", "cp39-cp39-win_amd64"))
			p := project(t, newClient(t, s), "demo")
			if got, want := names(p), []string{"demo-1.0-py3-none-any.whl", "demo-1.1-py3-none-any.whl", "demo-1.10-cp39-cp39-win_amd64.whl"}; !slices.Equal(got, want) {
				t.Fatalf("files %q", got)
			}
			f := p.Files()[0]
			if f.RequiresPython.String() == "" || f.URL != s.URL+"/files/demo-1.0-py3-none-any.whl" || f.UploadTime.IsZero() || f.SHA256() == "" {
				t.Errorf("%+v", f)
			}
			if y := p.Files()[1]; !y.Yanked || y.YankedReason != reason {
				t.Errorf("yanked: %+v", y)
			}
			if p.Index != s.Simple() || f.Source != s.Simple() {
				t.Errorf("index %q, source %q", p.Index, f.Source)
			}
		})
	}
}

func TestOneListingPerProject(t *testing.T) {
	s := indextest.New(t, indextest.Options{}, demo("1.0", "py3-none-any"))
	s.Fail(indextest.Fault{Kind: indextest.Page, Delay: 20 * time.Millisecond})
	c := newClient(t, s)
	c.Prefetch(t.Context(), "demo", "demo", "other")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := c.Project(t.Context(), "demo"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	project(t, c, "demo")
	if n := s.Count(indextest.Page, "/demo/"); n != 1 {
		t.Errorf("%d listings", n)
	}
}

func TestNotFound(t *testing.T) {
	s := indextest.New(t, indextest.Options{}, demo("1.0", "py3-none-any"))
	c := newClient(t, s)
	_, err := c.Project(t.Context(), "other")
	var missing *index.NotFoundError
	if !errors.As(err, &missing) || missing.Project != "other" || !slices.Equal(missing.Places, []string{s.Simple()}) {
		t.Fatalf("%v", err)
	}
	if fault.ExitCode(err) != fault.Resolution || len(fault.Hints(err)) == 0 {
		t.Errorf("exit code %d, hints %q", fault.ExitCode(err), fault.Hints(err))
	}
	if _, err := newClient(t, nil).Project(t.Context(), "demo"); !errors.As(err, &missing) || !strings.Contains(err.Error(), "no index or folder") {
		t.Errorf("no index at all: %v", err)
	}
}

// A page is used again while it is fresh, asked for again when it is not, and
// not transferred again where the index can tell that it is the same.
func TestFreshness(t *testing.T) {
	for _, tt := range []struct {
		name     string
		options  indextest.Options
		wait     time.Duration
		refresh  bool
		requests int
		status   int
	}{
		{"says nothing, soon", indextest.Options{}, 9 * time.Minute, false, 0, 0},
		{"says nothing, later", indextest.Options{}, 11 * time.Minute, false, 1, 200},
		{"says nothing, refresh", indextest.Options{}, 0, true, 1, 200},
		{"tag, soon", indextest.Options{ETag: true}, time.Minute, false, 0, 0},
		{"tag, later", indextest.Options{ETag: true}, time.Hour, false, 1, 304},
		{"tag, refresh", indextest.Options{ETag: true}, 0, true, 1, 304},
		{"an hour, soon", indextest.Options{CacheControl: "max-age=3600, public"}, 50 * time.Minute, false, 0, 0},
		{"an hour, later", indextest.Options{CacheControl: "max-age=3600"}, 70 * time.Minute, false, 1, 200},
		{"a year", indextest.Options{CacheControl: "max-age=31536000"}, 25 * time.Hour, false, 1, 200},
		{"no-cache", indextest.Options{CacheControl: "no-cache", ETag: true}, 0, false, 1, 304},
		{"no-store", indextest.Options{CacheControl: "no-store", ETag: true}, 0, false, 1, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := indextest.New(t, tt.options, demo("1.0", "py3-none-any"))
			dir, clock := t.TempDir(), newClock()
			before := names(project(t, newClient(t, s, withCache(t, dir), withClock(clock)), "demo"))
			s.Forget()
			clock.now = clock.now.Add(tt.wait)
			c := newClient(t, s, withCache(t, dir), withClock(clock), func(s *settings) { s.options.Refresh = tt.refresh })
			if after := names(project(t, c, "demo")); !slices.Equal(before, after) {
				t.Errorf("files %q, then %q", before, after)
			}
			log := s.Log()
			if len(log) != tt.requests || tt.requests > 0 && log[0].Status != tt.status {
				t.Errorf("%d requests, want %d with status %d: %+v", len(log), tt.requests, tt.status, log)
			}
			if tt.status != 304 {
				return
			}
			// What was found unchanged is fresh again.
			s.Forget()
			project(t, newClient(t, s, withCache(t, dir), withClock(clock)), "demo")
			if len(s.Log()) != 0 && tt.options.CacheControl != "no-cache" {
				t.Errorf("asked again: %+v", s.Log())
			}
		})
	}
}

// That an index lacks a project is remembered as long as a page is.
func TestMissingIsRemembered(t *testing.T) {
	private, public := indextest.New(t, indextest.Options{}), indextest.New(t, indextest.Options{}, demo("1.0", "py3-none-any"))
	dir, clock := t.TempDir(), newClock()
	both := func(s *settings) { s.config.Indexes = []index.Index{{URL: private.Simple()}, {URL: public.Simple()}} }
	for range 2 {
		project(t, newClient(t, nil, both, withCache(t, dir), withClock(clock)), "demo")
	}
	if n := len(private.Log()); n != 1 {
		t.Errorf("asked %d times", n)
	}
	clock.now = clock.now.Add(time.Hour)
	project(t, newClient(t, nil, both, withCache(t, dir), withClock(clock)), "demo")
	if n := len(private.Log()); n != 2 {
		t.Errorf("asked %d times after an hour", n)
	}
}

func TestDamagedPageIsFetchedAgain(t *testing.T) {
	s := indextest.New(t, indextest.Options{}, demo("1.0", "py3-none-any"))
	dir := t.TempDir()
	project(t, newClient(t, s, withCache(t, dir)), "demo")
	store, err := cache.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{"", "\x01", "\x01\x02\x02\x00\x00\xff\xff", strings.Repeat("x", 5000)} {
		if err := store.Set("page-2", s.Simple()+"demo/", []byte(data)); err != nil {
			t.Fatal(err)
		}
		if got := names(project(t, newClient(t, s, withCache(t, dir)), "demo")); len(got) != 1 {
			t.Errorf("damaged with %q: %q", data, got)
		}
	}
}

func TestFirstIndexThatHasTheProject(t *testing.T) {
	first := indextest.New(t, indextest.Options{}, demo("1.0", "py3-none-any"))
	second := indextest.New(t, indextest.Options{JSON: true}, demo("2.0", "py3-none-any"), indextest.File{Project: "only", Name: "only-1.0-py3-none-any.whl"})
	third := indextest.New(t, indextest.Options{}, demo("3.0", "py3-none-any"))
	indexes := func(s *settings) {
		s.config.Indexes = []index.Index{{URL: first.Simple()}, {URL: strings.TrimSuffix(second.Simple(), "/")}, {URL: third.Simple(), Name: "third", Explicit: true}}
	}
	c := newClient(t, nil, indexes)
	if got := names(project(t, c, "demo")); !slices.Equal(got, []string{"demo-1.0-py3-none-any.whl"}) {
		t.Errorf("files %q", got)
	}
	if len(second.Log()) != 0 {
		t.Error("the second index was told the name of a project that the first has")
	}
	if got := names(project(t, c, "only")); len(got) != 1 {
		t.Errorf("files %q", got)
	}
	_, err := c.Project(t.Context(), "none")
	var missing *index.NotFoundError
	if !errors.As(err, &missing) || len(missing.Places) != 2 || len(third.Log()) != 0 {
		t.Errorf("%v; an explicit index was asked %d times", err, len(third.Log()))
	}
	for pin, want := range map[string]string{"third": "demo-3.0-py3-none-any.whl", second.Simple(): "demo-2.0-py3-none-any.whl"} {
		c := newClient(t, nil, indexes, func(s *settings) { s.config.Pins = map[pep508.Name]string{"demo": pin} })
		if got := names(project(t, c, "demo")); !slices.Equal(got, []string{want}) {
			t.Errorf("pinned to %s: %q", pin, got)
		}
	}
	// A pin may name an index that serves nothing else.
	c = newClient(t, first, func(s *settings) { s.config.Pins = map[pep508.Name]string{"demo": second.Simple()} })
	if got := names(project(t, c, "demo")); !slices.Equal(got, []string{"demo-2.0-py3-none-any.whl"}) {
		t.Errorf("pinned to another index: %q", got)
	}
	c = newClient(t, first, func(s *settings) { s.config.Pins = map[pep508.Name]string{"demo": "fourth"} })
	if _, err := c.Project(t.Context(), "demo"); fault.ExitCode(err) != fault.Usage {
		t.Errorf("pinned to an index that is not there: %v", err)
	}
}

// An index that fails is not passed over: the next might serve a project of
// the same name that somebody else made.
func TestNoFallThroughOnErrors(t *testing.T) {
	first := indextest.New(t, indextest.Options{User: "u", Password: "p"}, demo("1.0", "py3-none-any"))
	second := indextest.New(t, indextest.Options{}, demo("2.0", "py3-none-any"))
	c := newClient(t, nil, func(s *settings) { s.config.Indexes = []index.Index{{URL: first.Simple()}, {URL: second.Simple()}} })
	if _, err := c.Project(t.Context(), "demo"); err == nil || len(second.Log()) != 0 {
		t.Errorf("%v, and the second index was asked %d times", err, len(second.Log()))
	}
}

func TestOffline(t *testing.T) {
	s := indextest.New(t, indextest.Options{Ranges: indextest.FullRanges}, demo("1.0", "py3-none-any"))
	dir, clock := t.TempDir(), newClock()
	online := newClient(t, s, withCache(t, dir), withClock(clock))
	f := file(t, online, "demo-1.0-py3-none-any.whl")
	if _, err := online.Metadata(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	if _, err := online.Fetch(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	s.Forget()
	clock.now = clock.now.Add(1000 * time.Hour)
	c := newClient(t, s, withCache(t, dir), withClock(clock), offline)
	f = file(t, c, "demo-1.0-py3-none-any.whl")
	_, err := c.Metadata(t.Context(), f)
	if _, err2 := c.Fetch(t.Context(), f); err != nil || err2 != nil {
		t.Errorf("from the cache: %v, %v", err, err2)
	}
	empty := newClient(t, s, withCache(t, t.TempDir()), offline)
	_, err = empty.Project(t.Context(), "demo")
	checkOffline(t, "the listing of "+s.Simple()+"demo/", err)
	_, err = empty.Metadata(t.Context(), f)
	checkOffline(t, "the metadata of "+f.Name, err)
	_, err = empty.Fetch(t.Context(), f)
	checkOffline(t, f.Name, err)
	if len(s.Log()) != 0 {
		t.Errorf("the network was used: %+v", s.Log())
	}
}

func checkOffline(t *testing.T, what string, err error) {
	t.Helper()
	var missing *index.OfflineError
	if !errors.As(err, &missing) || missing.What != what || fault.ExitCode(err) != fault.Resolution || len(fault.Hints(err)) == 0 {
		t.Errorf("%v, want an OfflineError for %q", err, what)
	}
}
