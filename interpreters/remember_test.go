package interpreters

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/cache"
)

func TestRemembered(t *testing.T) {
	onUnix(t)
	m := &memory{}
	f, root := machine(t, Options{Listed: []string{"ROOT/python3"}, Memory: m}, nil)
	library := filepath.Join(root, "libc.so.6")
	write(t, library, "one")
	path := fake(t, root+"/python3", "3.9.1", root, func(r *Report) { r.Files = []string{library, root + "/gone"} })
	asked := 0
	expectAsked := func(what string, want bool) {
		t.Helper()
		list := f.find(t.Context())
		if len(list) != 1 || list[0].Report == nil || list[0].Report.Version != "3.9.1" || list[0].Report.TagOrder().Len() != 2 {
			t.Fatalf("%s: got %v", what, shown(list, root))
		}
		n := runs(path)
		if (n > asked) != want {
			t.Errorf("%s: asked: %v, want %v", what, n > asked, want)
		}
		asked = n
	}
	// touch gives a file another time, which is enough to be another file.
	touch := func(path string) {
		t.Helper()
		at := time.Now().Add(-time.Duration(1+asked) * time.Hour)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	change := func(key string, value any) {
		t.Helper()
		data, ok := m.Get(namespace, path)
		var all map[string]any
		text, lists, _ := strings.Cut(string(data), "\n")
		if !ok || json.Unmarshal([]byte(text), &all) != nil {
			t.Fatal("nothing is remembered")
		}
		all[key] = value
		data, _ = json.Marshal(all)
		_ = m.Set(namespace, path, append(data, "\n"+lists...))
	}
	expectAsked("first", true)
	expectAsked("second", false)
	touch(path)
	expectAsked("another time", true)
	expectAsked("after that", false)
	touch(library)
	expectAsked("another library", true)
	write(t, root+"/gone", "")
	expectAsked("a file appeared", true)
	if err := os.Remove(root + "/gone"); err != nil {
		t.Fatal(err)
	}
	expectAsked("a file went", true)
	change("script", "another")
	expectAsked("another script", true)
	change("system", "another")
	expectAsked("another system", true)
	change("files", []stamp{})
	expectAsked("no files", true)
	change("files", []stamp{stampOf(library)})
	expectAsked("other files", true)
	change("report", nil)
	expectAsked("no report", true)
	_ = m.Set(namespace, path, []byte("{"))
	expectAsked("broken", true)
	expectAsked("mended", false)
	f.opt.Again = true
	expectAsked("wanted again", true)
	f.opt.Again = false
	expectAsked("not wanted again", false)
	m.values, m.err = nil, errors.New("disk full")
	expectAsked("nowhere to write", true)
	expectAsked("nowhere to write still", true)
	f.opt.Memory = nil
	expectAsked("no memory", true)
}

// An executable that is replaced while it is asked is not remembered.
func TestReplacedWhileAsked(t *testing.T) {
	onUnix(t)
	m := &memory{}
	f, root := machine(t, Options{Listed: []string{"ROOT/python3"}, Memory: m}, nil)
	path := fake(t, root+"/python3", "3.9.1", root)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), "#!/bin/sh\n", "#!/bin/sh\ntouch -d '2001-01-01' '"+path+"'\n", 1))
	if err := os.WriteFile(path, text, 0o755); err != nil {
		t.Fatal(err)
	}
	list := f.find(t.Context())
	if m.sets != 0 || list[0].Report == nil {
		t.Errorf("remembered %d times: %v", m.sets, shown(list, root))
	}
}

// That something does not answer is remembered for a while, unless it was
// named; and it is asked again when it or the clock changes.
func TestFailuresRemembered(t *testing.T) {
	onUnix(t)
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	opt := Options{Discover: true, Memory: &memory{}, Timeout: 300 * time.Millisecond, Now: func() time.Time { return now }}
	f, root := machine(t, opt, map[string]string{"PATH": "ROOT/a"})
	path := script(t, root+"/a/python3", `echo run >> "$0.log"`, "exec sleep 60")
	crash := script(t, root+"/a/python2", `echo run >> "$0.log"`, "exit 1")
	asked := 0
	expectAsked := func(what string, want bool) {
		t.Helper()
		list := f.find(t.Context())
		in := list[len(list)-1]
		expectKind(t, in.Err, NoAnswer, "/a/python3: no answer within 300ms", "-c pass")
		if n := runs(path); (n > asked) != want {
			t.Errorf("%s: asked: %v, want %v", what, n > asked, want)
		} else {
			asked = n
		}
	}
	expectAsked("first", true)
	expectAsked("second", false)
	now = now.Add(failureKept - time.Second)
	expectAsked("later", false)
	now = now.Add(2 * time.Second)
	expectAsked("much later", true)
	now = now.Add(-time.Hour)
	expectAsked("the clock was turned back", true)
	script(t, path, `echo run >> "$0.log"`, "exec sleep 61")
	expectAsked("changed", true)
	f.opt.Again = true
	expectAsked("wanted again", true)
	f.opt.Again = false
	expectAsked("and not", false)
	f.opt.Listed = []string{path}
	f.opt.Discover = false
	expectAsked("listed", true)
	if n := runs(crash); n < 9 {
		t.Errorf("one that crashes was asked %d times only", n)
	}
}

// Looking for ten known interpreters costs less than 3 ms, and no process.
func TestWarmFind(t *testing.T) {
	onUnix(t)
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f, root := warmMachine(t, store)
	if list := f.find(t.Context()); len(list) != 10 || list[0].Report == nil {
		t.Fatalf("got %v", shown(list, root))
	}
	best := time.Hour
	for range 50 {
		start := time.Now()
		list := f.find(t.Context())
		best = min(best, time.Since(start))
		if len(list) != 10 {
			t.Fatalf("got %v", shown(list, root))
		}
	}
	for i := range 10 {
		if n := runs(fmt.Sprintf("%s/%d/bin/python3", root, i)); n != 1 {
			t.Errorf("number %d was asked %d times", i, n)
		}
	}
	t.Logf("%s", best)
	if best > 3*time.Millisecond && !raceEnabled {
		t.Errorf("took %s at best", best)
	}
}

func warmMachine(t testing.TB, m Memory) (*finder, string) {
	report := recordedReport(t, "cp311-linux-x86_64")
	var path []string
	for i := range 10 {
		path = append(path, fmt.Sprintf("ROOT/%d/bin", i))
	}
	f, root := machine(t, Options{Discover: true, Memory: m}, map[string]string{"PATH": strings.Join(path, ":")})
	for i := range 10 {
		prefix := fmt.Sprintf("%s/%d", root, i)
		fake(t, prefix+"/bin/python3", "3.11.7", prefix, func(r *Report) {
			r.Platforms, r.Tags, r.Markers = report.Platforms, report.Tags, report.Markers
			for n := range 6 {
				file := fmt.Sprintf("%s/lib/%d", prefix, n)
				write(t, file, "")
				r.Files = append(r.Files, file)
			}
		})
	}
	return f, root
}

func BenchmarkWarmFind(b *testing.B) {
	onUnix(b)
	store, err := cache.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	f, _ := warmMachine(b, store)
	f.find(b.Context())
	for b.Loop() {
		f.find(b.Context())
	}
}

// The machine that the benchmark runs on, with everything on it.
func BenchmarkWarmFindHere(b *testing.B) {
	store, err := cache.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	opt := Options{Discover: true, Memory: store, Timeout: time.Minute}
	b.Logf("%d interpreters", len(Find(b.Context(), opt)))
	for b.Loop() {
		Find(b.Context(), opt)
	}
}
