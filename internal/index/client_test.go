package index_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
		if err := store.Set("page-1", s.Simple()+"demo/", []byte(data)); err != nil {
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

func writeFiles(t testing.TB, dir string, files ...indextest.File) {
	t.Helper()
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFindLinks(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, demo("1.0", "cp39-cp39-linux_x86_64"), demo("1.5", "py3-none-any"), indextest.File{Name: "notes.txt"}, indextest.File{Name: "demolition-1.0-py3-none-any.whl"}, indextest.File{Name: "demo-0.9.tar.gz", Content: []byte("x")})
	s := indextest.New(t, indextest.Options{}, demo("1.5", "py3-none-any"), demo("2.0", "py3-none-any"))
	want := []string{"demo-0.9.tar.gz", "demo-1.0-cp39-cp39-linux_x86_64.whl", "demo-1.5-py3-none-any.whl", "demo-2.0-py3-none-any.whl"}
	for _, place := range []string{dir, (fileURL(dir))} {
		p := project(t, newClient(t, s, func(s *settings) { s.config.FindLinks = []string{place} }), "demo")
		if diff := cmp.Diff(want, names(p)); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", place, diff)
		}
		f := p.Files()
		if !f[1].Local || f[1].Path != filepath.Join(dir, want[1]) || !strings.HasPrefix(f[1].URL, "file://") || f[1].Size == 0 {
			t.Errorf("local file: %+v", f[1])
		}
		if !f[2].Local || f[3].Local {
			t.Errorf("the developer's own file goes before that of the index: %v, %v", f[2].Local, f[3].Local)
		}
	}
	c := newClient(t, s, func(s *settings) { s.config.FindLinks, s.config.NoIndex = []string{dir}, true })
	if got := names(project(t, c, "demo")); len(got) != 3 {
		t.Errorf("no index: %q", got)
	}
	if _, err := c.Project(t.Context(), "other"); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("%v", err)
	}
}

func fileURL(path string) string { return "file://" + filepath.ToSlash(path) }

func TestFindLinksOfOtherKinds(t *testing.T) {
	dir := t.TempDir()
	wheel := demo("1.0", "py3-none-any")
	writeFiles(t, dir, wheel)
	page := filepath.Join(dir, "links.html")
	if err := os.WriteFile(page, []byte(`<a href="`+wheel.Name+`">x</a>`), 0o600); err != nil {
		t.Fatal(err)
	}
	s := indextest.New(t, indextest.Options{}, wheel)
	for kind, place := range map[string]string{
		"a wheel": filepath.Join(dir, wheel.Name), "a page on disk": page, "a page": s.Simple() + "demo/", "an address of a wheel": s.URL + "/files/" + wheel.Name,
	} {
		t.Run(kind, func(t *testing.T) {
			c := newClient(t, nil, func(s *settings) { s.config.FindLinks = []string{place} })
			f := project(t, c, "demo").Files()
			if len(f) != 1 || f[0].Name != wheel.Name {
				t.Fatalf("%+v", f)
			}
			m, err := c.Metadata(t.Context(), f[0])
			if err != nil || m.NameText != "demo" {
				t.Errorf("%+v, %v", m, err)
			}
		})
	}
}

func TestMissingFindLinksIsAWarning(t *testing.T) {
	s := indextest.New(t, indextest.Options{}, demo("1.0", "py3-none-any"))
	gone := filepath.Join(t.TempDir(), "gone")
	var warnings []string
	c := newClient(t, s, func(set *settings) {
		set.config.FindLinks = []string{gone, s.Simple() + "gone/"}
		set.options.Warn = func(w fault.Warning) { warnings = append(warnings, w.String()) }
	})
	project(t, c, "demo")
	if _, err := c.Project(t.Context(), "other"); err == nil {
		t.Error("other was found")
	}
	if len(warnings) != 2 || !strings.Contains(warnings[0], gone) {
		t.Errorf("warnings %q", warnings)
	}
}

func TestIndexInAFolder(t *testing.T) {
	dir := t.TempDir()
	wheel := demo("1.0", "py3-none-any")
	for _, sub := range []string{"simple/demo", "simple/plain", "files"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	writeFiles(t, filepath.Join(dir, "files"), wheel)
	plain := indextest.File{Name: "plain-1.0-py3-none-any.whl"}
	writeFiles(t, filepath.Join(dir, "simple", "plain"), plain)
	if err := os.WriteFile(filepath.Join(dir, "simple", "demo", "index.html"), []byte(`<a href="../../files/`+wheel.Name+`">x</a>`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{fileURL(dir) + "/simple", filepath.Join(dir, "simple")} {
		c := newClient(t, nil, func(s *settings) { s.config.Indexes = []index.Index{{URL: address}} })
		f := project(t, c, "demo").Files()[0]
		if !f.Local || f.Path != filepath.Join(dir, "files", wheel.Name) {
			t.Errorf("%+v", f)
		}
		if got, err := c.Fetch(t.Context(), f); err != nil || got != f.Path {
			t.Errorf("Fetch: %q, %v", got, err)
		}
		project(t, c, "plain")
		var missing *index.NotFoundError
		if _, err := c.Project(t.Context(), "other"); !errors.As(err, &missing) {
			t.Errorf("%v", err)
		}
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

func TestDirect(t *testing.T) {
	s := indextest.New(t, indextest.Options{Ranges: indextest.FullRanges}, demo("1.0", "py3-none-any"))
	dir := t.TempDir()
	writeFiles(t, dir, demo("1.0", "py3-none-any"))
	c := newClient(t, s)
	listed := file(t, c, "demo-1.0-py3-none-any.whl")
	sum := listed.SHA256()
	for _, place := range []string{
		s.URL + "/files/demo-1.0-py3-none-any.whl#sha256=" + sum,
		strings.Replace(s.URL, "http://", "http://user:hush@", 1) + "/files/demo-1.0-py3-none-any.whl#sha256=" + sum,
		fileURL(dir) + "/demo-1.0-py3-none-any.whl#sha256=" + sum,
		filepath.Join(dir, "demo-1.0-py3-none-any.whl"),
	} {
		f, err := index.Direct(place)
		if err != nil {
			t.Errorf("%s: %v", place, err)
			continue
		}
		if !f.IsWheel || f.Wheel.Name != "demo" || strings.Contains(fmt.Sprintf("%+v", f), "hush") || strings.Contains(place, "#") && f.SHA256() != sum {
			t.Errorf("%s: %+v", place, f)
		}
		if m, err := c.Metadata(t.Context(), f); err != nil || m.Name != "demo" {
			t.Errorf("%s: %v", place, err)
		}
		if got, err := c.Download(t.Context(), f); err != nil || got.SHA256 != sum {
			t.Errorf("%s: %+v, %v", place, got, err)
		}
	}
	for _, place := range []string{dir, filepath.Join(dir, "gone.whl"), "https://files.test/", "https://files.test/x.exe", "ftp://files.test/demo-1.0-py3-none-any.whl"} {
		if f, err := index.Direct(place); fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%s: %+v, %v", place, f, err)
		}
	}
}
