package index_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/pep440"
)

const sized = "demo-1.0-py3-none-any.whl"

// oneWheel is an index with one wheel, a client that remembers in a store, and the
// wheel as it is listed.
func oneWheel(t *testing.T, ranges indextest.RangeHabit, content []byte) (*indextest.Server, *cache.Store, *index.Client, index.File) {
	t.Helper()
	s := indextest.New(t, indextest.Options{Ranges: ranges}, indextest.File{Project: "demo", Name: sized, Content: content})
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, s, func(set *settings) { set.options.Cache = store })
	p, err := c.Project(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	return s, store, c, p.Files()[0]
}

// Size asks for one byte at most, and remembers the answer.
func TestSize(t *testing.T) {
	for habit, ranges := range map[string]indextest.RangeHabit{"parts": indextest.FullRanges, "whole": indextest.NoRanges, "refused": indextest.RangesRefused} {
		t.Run(habit, func(t *testing.T) {
			content := indextest.Wheel(sized, "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
			s, _, c, f := oneWheel(t, ranges, content)
			size, err := c.Size(t.Context(), f)
			if habit == "refused" {
				if fault.ExitCode(err) != fault.Resolution {
					t.Errorf("got %d, %v", size, err)
				}
				return
			}
			if err != nil || size != int64(len(content)) {
				t.Errorf("got %d, %v, want %d", size, err, len(content))
			}
			s.Forget()
			if size, err = c.Size(t.Context(), f); err != nil || size != int64(len(content)) || len(s.Log()) != 0 {
				t.Errorf("asked again: %d, %v, %v", size, err, s.Log())
			}
			offline := newClient(t, s, func(set *settings) { set.options.Offline = true })
			if _, err := offline.Size(t.Context(), f); err == nil || len(s.Log()) != 0 {
				t.Errorf("offline: %v, %v", err, s.Log())
			}
		})
	}
}

func TestSizeOfWhatIsKnown(t *testing.T) {
	path := filepath.Join(t.TempDir(), sized)
	if err := os.WriteFile(path, make([]byte, 77), 0o644); err != nil {
		t.Fatal(err)
	}
	c := newClient(t, nil)
	for _, f := range []index.File{{Name: sized, Size: 77, URL: "https://index.test/x"}, {Name: sized, Path: path}} {
		if size, err := c.Size(t.Context(), f); err != nil || size != 77 {
			t.Errorf("%+v: %d, %v", f, size, err)
		}
	}
	if _, err := c.Size(t.Context(), index.File{Name: sized, Path: path + "x"}); fault.ExitCode(err) != fault.Resolution {
		t.Errorf("a file that is not there: %v", err)
	}
}

// Refuse leaves the versions in the listing, with files that say why they are
// not to be taken.
func TestRefuse(t *testing.T) {
	s := indextest.Synth(t, []byte(`{"format": 1, "name": "tiny", "index": {"demo": {"1.0": {"wheels": ["py3-none-any"]}, "2.0rc1": {"wheels": ["py3-none-any"], "sdist": true}}}}`))
	p, err := newClient(t, s).Project(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	refused := p.Refuse(func(v pep440.Version) string {
		if v.IsPrerelease() {
			return "not final"
		}
		return ""
	})
	got := map[string]string{}
	for _, f := range refused.Files() {
		got[f.Name] = f.Unusable
	}
	if len(refused.Releases) != 2 || got[sized] != "" || got["demo-2.0rc1-py3-none-any.whl"] != "not final" || got["demo-2.0rc1.tar.gz"] != "not final" {
		t.Errorf("%q", got)
	}
	for _, f := range p.Files() {
		if f.Unusable != "" {
			t.Errorf("the listing itself was changed: %s", f.Name)
		}
	}
}

// Named and explicit indexes stand in the order of the settings, each once.
func TestNamedIndexes(t *testing.T) {
	config, _, err := index.Discover(t.Context(), index.DiscoverOptions{ReadFile: noFile, Settings: []index.Settings{
		{Indexes: []index.Index{{URL: "https://a.test/simple"}, {Name: "b", URL: "https://b.test/"}}},
		{ExtraIndexURLs: []string{"https://c.test/"}, IndexURL: "https://main.test/"},
		{Indexes: []index.Index{
			{Name: "a", URL: "https://a.test/simple/", Explicit: true}, {Name: "d", URL: "https://d.test/", Explicit: true},
			{Name: "other", URL: "https://b.test/"}, {Name: "main", URL: "https://main.test/", Explicit: true},
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []index.Index{
		{Name: "a", URL: "https://a.test/simple"}, {Name: "b", URL: "https://b.test/"}, {URL: "https://c.test/"},
		{Name: "d", URL: "https://d.test/", Explicit: true}, {Name: "other", URL: "https://b.test/"}, {Name: "main", URL: "https://main.test/"},
	}
	if len(config.Indexes) != len(want) {
		t.Fatalf("got %d: %v", len(config.Indexes), config.Indexes)
	}
	for i, w := range want {
		if config.Indexes[i] != w {
			t.Errorf("%d: got %s %s %t, want %s %s %t", i, config.Indexes[i].Name, config.Indexes[i].URL, config.Indexes[i].Explicit, w.Name, w.URL, w.Explicit)
		}
	}
}

// TestLicence: the metadata of a wheel is read without the wheel, once; the size
// that a server tells on the way is kept.
func TestLicence(t *testing.T) {
	for habit, ranges := range map[string]indextest.RangeHabit{"parts": indextest.FullRanges, "whole": indextest.NoRanges} {
		t.Run(habit, func(t *testing.T) {
			content := indextest.Wheel(sized, "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nLicense-Expression: MIT\n")
			s, store, c, f := oneWheel(t, ranges, content)
			if habit == "whole" {
				if text, err := c.Licence(t.Context(), f); err == nil {
					t.Errorf("got %q though the server gives no parts", text)
				}
				if _, ok := store.Blob(f.SHA256()); ok {
					t.Error("the wheel was downloaded")
				}
				return
			}
			if text, err := c.Licence(t.Context(), f); err != nil || text != "MIT" {
				t.Errorf("got %q, %v", text, err)
			}
			s.Forget()
			if text, err := c.Licence(t.Context(), f); err != nil || text != "MIT" || len(s.Log()) != 0 {
				t.Errorf("asked again: %q, %v, %v", text, err, s.Log())
			}
			if size, err := c.Size(t.Context(), f); err != nil || size != int64(len(content)) || len(s.Log()) != 0 {
				t.Errorf("the size is %d, %v, after %v", size, err, s.Log())
			}
			offline := newClient(t, s, func(set *settings) { set.options.Offline = true })
			if _, err := offline.Licence(t.Context(), f); err == nil || len(s.Log()) != 0 {
				t.Errorf("offline: %v, %v", err, s.Log())
			}
		})
	}
}
