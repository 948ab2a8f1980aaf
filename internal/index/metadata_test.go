package index_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
)

// wide is a wheel whose METADATA and directory do not fit the tail that is
// asked for first.
func wide() indextest.File {
	name := "demo-3.0-py3-none-any.whl"
	metadata := "Metadata-Version: 2.1\nName: demo\nVersion: 3.0\nRequires-Dist: other>1\n"
	extra := []string{"demo/data.bin", noise(400_000)}
	for i := range 700 {
		extra = append(extra, "demo/a-long-folder-name-of-many-words/another-one/module_number_"+itoa(i)+".py", "")
	}
	return indextest.File{Name: name, Metadata: []byte(metadata), Content: indextest.Wheel(name, metadata, extra...)}
}

func itoa(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

// early is a wheel that has METADATA at its beginning, far from its end.
func early() indextest.File {
	name := "demo-3.0-py3-none-any.whl"
	metadata := "Metadata-Version: 2.1\nName: demo\nVersion: 3.0\nRequires-Dist: other>1\n"
	return indextest.File{Name: name, Metadata: []byte(metadata), Content: indextest.Zip(
		"demo-3.0.dist-info/METADATA", metadata, "demo/data.bin", noise(500_000), "demo-3.0.dist-info/WHEEL", "Wheel-Version: 1.0\n")}
}

func small() indextest.File {
	return demo("3.0", "py3-none-any", "Requires-Dist: other>1")
}

// Every way to metadata ends at the same, with as few bytes as the server
// makes possible.
func TestMetadataByEveryWay(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options indextest.Options
		file    indextest.File
		// requests by kind, and bytes of ranges at most
		metadata, ranges, whole int
		bytes                   int64
	}{
		{"advertised", indextest.Options{Metadata: indextest.Advertised}, small(), 1, 0, 0, 0},
		{"advertised and missing", indextest.Options{Metadata: indextest.Missing, Ranges: indextest.FullRanges}, small(), 1, 1, 0, 2000},
		{"unannounced", indextest.Options{Metadata: indextest.Unannounced, Ranges: indextest.FullRanges}, small(), 1, 0, 0, 0},
		{"ranges", indextest.Options{Ranges: indextest.FullRanges}, big(), 1, 1, 0, 40_000},
		{"ranges of a small file", indextest.Options{Ranges: indextest.FullRanges}, small(), 1, 1, 0, 2000},
		{"ranges, long directory", indextest.Options{Ranges: indextest.FullRanges}, wide(), 1, 2, 0, 200_000},
		{"ranges, METADATA far away", indextest.Options{Ranges: indextest.FullRanges}, early(), 1, 2, 0, 40_000},
		{"suffix refused", indextest.Options{Ranges: indextest.NoSuffix}, big(), 1, 3, 0, 40_000},
		{"suffix refused, size known", indextest.Options{JSON: true, Ranges: indextest.NoSuffix}, big(), 1, 2, 0, 40_000},
		{"suffix ignored", indextest.Options{JSON: true, Ranges: indextest.SuffixIgnored}, small(), 1, 2, 0, 4000},
		{"ranges ignored", indextest.Options{Ranges: indextest.NoRanges}, small(), 1, 2, 1, 4000},
		{"ranges refused", indextest.Options{Ranges: indextest.RangesRefused}, small(), 1, 2, 1, 0},
		{"ranges lie", indextest.Options{Ranges: indextest.RangesLie}, small(), 1, 2, 1, 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := indextest.New(t, tt.options, tt.file)
			dir := t.TempDir()
			c := newClient(t, s, withCache(t, dir))
			f := file(t, c, tt.file.Name)
			var wg sync.WaitGroup
			for range 5 {
				wg.Go(func() {
					m, err := c.Metadata(t.Context(), f)
					if err != nil || m.NameText != "demo" || m.Version.String() != "3.0" {
						t.Errorf("%+v, %v", m, err)
					}
				})
			}
			wg.Wait()
			check := func(kind indextest.Kind, want int) {
				if n := s.Count(kind, ""); n != want {
					t.Errorf("%d requests for %s, want %d", n, kind, want)
				}
			}
			check(indextest.Metadata, tt.metadata)
			check(indextest.Range, tt.ranges)
			check(indextest.Whole, tt.whole)
			if n := s.Bytes(indextest.Range); n > tt.bytes {
				t.Errorf("%d bytes of ranges, want at most %d", n, tt.bytes)
			}
			s.Forget()
			if m, err := newClient(t, nil, withCache(t, dir), offline).Metadata(t.Context(), f); err != nil || m.NameText != "demo" || len(s.Log()) != 0 {
				t.Errorf("second time: %+v, %v, %d requests", m, err, len(s.Log()))
			}
		})
	}
}

// What a server cannot do is found out once, also by later runs.
func TestAbilitiesAreRemembered(t *testing.T) {
	var files []indextest.File
	for _, version := range []string{"1.0", "1.1", "1.2", "1.3", "1.4", "1.5"} {
		files = append(files, demo(version, "py3-none-any"))
	}
	s := indextest.New(t, indextest.Options{Ranges: indextest.NoSuffix}, files...)
	dir := t.TempDir()
	c := newClient(t, s, withCache(t, dir))
	for _, f := range files[:5] {
		if _, err := c.Metadata(t.Context(), file(t, c, f.Name)); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.Count(indextest.Metadata, ""); n != 3 {
		t.Errorf("asked %d times for metadata files that are not there", n)
	}
	if n := s.Count(indextest.Range, ""); n != 11 { // one suffix, then a size and a part each
		t.Errorf("%d ranges", n)
	}
	s.Forget()
	c = newClient(t, s, withCache(t, dir))
	if _, err := c.Metadata(t.Context(), file(t, c, files[5].Name)); err != nil {
		t.Fatal(err)
	}
	if m, r := s.Count(indextest.Metadata, ""), s.Count(indextest.Range, ""); m != 0 || r != 2 {
		t.Errorf("later run: %d metadata files, %d ranges", m, r)
	}
}

func TestMetadataThatIsWrong(t *testing.T) {
	other := "Metadata-Version: 2.1\nName: other\nVersion: 3.0\n"
	wrong := small()
	wrong.Metadata = []byte(other)
	t.Run("advertised with another digest", func(t *testing.T) {
		s := indextest.New(t, indextest.Options{Metadata: indextest.WrongDigest}, small())
		c := newClient(t, s)
		_, err := c.Metadata(t.Context(), file(t, c, wrong.Name))
		var mismatch *index.MismatchError
		if !errors.As(err, &mismatch) || fault.ExitCode(err) != fault.Mismatch || !strings.Contains(err.Error(), s.Simple()) {
			t.Errorf("%v", err)
		}
	})
	t.Run("advertised with a digest of another kind", func(t *testing.T) {
		c := newClient(t, indextest.New(t, indextest.Options{Metadata: indextest.Advertised}, small()))
		f := file(t, c, wrong.Name)
		f.MetadataHash, f.OtherMetadataHashes = "", map[string]string{"sha512": strings.Repeat("0", 128)}
		_, err := c.Metadata(t.Context(), f)
		var mismatch *index.MismatchError
		if !errors.As(err, &mismatch) || mismatch.Algorithm != "sha512" {
			t.Errorf("%v", err)
		}
	})
	t.Run("advertised of another project", func(t *testing.T) {
		c := newClient(t, indextest.New(t, indextest.Options{Metadata: indextest.Advertised}, wrong))
		if _, err := c.Metadata(t.Context(), file(t, c, wrong.Name)); fault.ExitCode(err) != fault.BadInput || !strings.Contains(err.Error(), "other 3.0") {
			t.Errorf("%v", err)
		}
	})
	t.Run("unannounced of another project", func(t *testing.T) {
		c := newClient(t, indextest.New(t, indextest.Options{Metadata: indextest.Unannounced, Ranges: indextest.FullRanges}, wrong))
		if m, err := c.Metadata(t.Context(), file(t, c, wrong.Name)); err != nil || m.NameText != "demo" {
			t.Errorf("%+v, %v: the wheel itself should count", m, err)
		}
	})
	t.Run("unannounced and a page of HTML", func(t *testing.T) {
		page := small()
		page.Metadata = []byte("<!DOCTYPE html><title>Not here</title>")
		c := newClient(t, indextest.New(t, indextest.Options{Metadata: indextest.Unannounced}, page))
		if m, err := c.Metadata(t.Context(), file(t, c, page.Name)); err != nil || m.NameText != "demo" {
			t.Errorf("%+v, %v", m, err)
		}
	})
	for name, content := range map[string][]byte{
		"truncated": small().Content[:300], "no zip": []byte(noise(70_000)), "empty": nil,
		"no METADATA":    indextest.Zip("demo-3.0.dist-info/WHEEL", "x"),
		"METADATA twice": indextest.Zip("demo-3.0.dist-info/METADATA", "x", "demo-3.0.dist-info/METADATA", "y"),
		"other version":  indextest.Zip("demo-2.0.dist-info/METADATA", "x"),
	} {
		t.Run(name, func(t *testing.T) {
			for _, ranges := range []indextest.RangeHabit{indextest.FullRanges, indextest.NoRanges} {
				c := newClient(t, indextest.New(t, indextest.Options{Ranges: ranges}, indextest.File{Name: "demo-3.0-py3-none-any.whl", Content: content}))
				_, err := c.Metadata(t.Context(), file(t, c, "demo-3.0-py3-none-any.whl"))
				if err == nil || fault.ExitCode(err) == fault.Internal || !strings.HasPrefix(err.Error(), "demo-3.0-py3-none-any.whl: ") {
					t.Errorf("ranges %d: exit code %d, %v", ranges, fault.ExitCode(err), err)
				}
			}
		})
	}
}

// The wheels of one version share their metadata where the index says so.
func TestEqualMetadataIsFetchedOnce(t *testing.T) {
	metadata := []byte("Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
	var files []indextest.File
	for _, tag := range []string{"cp39-cp39-win_amd64", "cp310-cp310-win_amd64", "cp311-cp311-win_amd64"} {
		files = append(files, indextest.File{Name: "demo-1.0-" + tag + ".whl", Metadata: metadata, Content: []byte(tag)})
	}
	s := indextest.New(t, indextest.Options{JSON: true, Metadata: indextest.Advertised}, files...)
	c := newClient(t, s)
	for _, f := range files {
		if _, err := c.Metadata(t.Context(), file(t, c, f.Name)); err != nil {
			t.Error(err)
		}
	}
	if n := s.Count(indextest.Metadata, ""); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// A wheel that is in the cache is read there.
func TestMetadataOfCachedFile(t *testing.T) {
	s := indextest.New(t, indextest.Options{}, big())
	c := newClient(t, s, withCache(t, t.TempDir()))
	f := file(t, c, big().Name)
	if _, err := c.Fetch(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	s.Forget()
	if _, err := c.Metadata(t.Context(), f); err != nil || len(s.Log()) != 0 {
		t.Errorf("%v, %d requests", err, len(s.Log()))
	}
}

func TestMetadataOfSdist(t *testing.T) {
	metadata := "Metadata-Version: 2.3\nName: demo\nVersion: 1.0\n"
	sdist := indextest.File{Name: "demo-1.0.tar.gz", Content: indextest.Sdist("demo-1.0.tar.gz", metadata), Metadata: []byte(metadata)}
	c := newClient(t, indextest.New(t, indextest.Options{}, sdist))
	_, err := c.Metadata(t.Context(), file(t, c, sdist.Name))
	var none *index.NoMetadataError
	if !errors.As(err, &none) || none.File != sdist.Name {
		t.Errorf("%v", err)
	}
	c = newClient(t, indextest.New(t, indextest.Options{Metadata: indextest.Advertised}, sdist))
	if m, err := c.Metadata(t.Context(), file(t, c, sdist.Name)); err != nil || m.NameText != "demo" {
		t.Errorf("%+v, %v", m, err)
	}
}

// A local wheel is read anew each run: it may be built again.
func TestMetadataOfLocalFile(t *testing.T) {
	dir, cacheDir := t.TempDir(), t.TempDir()
	for _, line := range []string{"Summary: one", "Summary: two"} {
		writeFiles(t, dir, demo("1.0", "py3-none-any", line))
		c := newClient(t, nil, withCache(t, cacheDir), func(s *settings) { s.config.FindLinks = []string{dir} })
		m, err := c.Metadata(t.Context(), file(t, c, "demo-1.0-py3-none-any.whl"))
		if err != nil || "Summary: "+m.Summary != line {
			t.Errorf("%q, %v; want %q", m.Summary, err, line)
		}
	}
	if err := os.Remove(filepath.Join(dir, "demo-1.0-py3-none-any.whl")); err != nil {
		t.Fatal(err)
	}
}

func TestDamagedMetadataIsFetchedAgain(t *testing.T) {
	s := indextest.New(t, indextest.Options{Metadata: indextest.Unannounced}, small())
	dir := t.TempDir()
	c := newClient(t, s, withCache(t, dir))
	f := file(t, c, small().Name)
	if _, err := c.Metadata(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	store, err := cache.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Set("meta-1", "sha256:"+f.SHA256(), []byte("Name: other\nVersion: 1\n")); err != nil {
		t.Fatal(err)
	}
	if m, err := newClient(t, s, withCache(t, dir)).Metadata(t.Context(), f); err != nil || m.NameText != "demo" {
		t.Errorf("%+v, %v", m, err)
	}
}
