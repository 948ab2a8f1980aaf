package index_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
)

func TestDownload(t *testing.T) {
	whole := len(big().Content)
	for _, tt := range []struct {
		name    string
		options indextest.Options
		faults  []indextest.Fault
		// requests that asked for everything, and for a rest
		wholes, rests int
		bytes         int64 // sent at most
	}{
		{"at once", indextest.Options{}, nil, 1, 0, int64(whole)},
		{"500 twice", indextest.Options{}, []indextest.Fault{{Kind: indextest.Whole, Status: 500, Times: 2}}, 3, 0, int64(whole)},
		{"broken before the first byte", indextest.Options{}, []indextest.Fault{{Kind: indextest.Whole, CutAfter: -1, Times: 2}}, 3, 0, int64(whole)},
		{"broken once", indextest.Options{Ranges: indextest.FullRanges}, []indextest.Fault{{Kind: indextest.Whole, CutAfter: 200_000, Times: 1}}, 1, 1, int64(whole) + 1000},
		{"broken twice", indextest.Options{Ranges: indextest.FullRanges, ETag: true}, []indextest.Fault{{Kind: indextest.Whole, CutAfter: 200_000, Times: 1}, {Kind: indextest.Range, CutAfter: 100_000, Times: 1}}, 1, 2, int64(whole) + 1000},
		{"broken, then no connection", indextest.Options{Ranges: indextest.FullRanges}, []indextest.Fault{{Kind: indextest.Whole, CutAfter: 200_000, Times: 1}, {Kind: indextest.Range, CutAfter: -1, Times: 3}}, 1, 4, int64(whole) + 1000},
		{"broken, server without ranges", indextest.Options{}, []indextest.Fault{{Kind: indextest.Whole, CutAfter: 200_000, Times: 1}}, 1, 1, int64(whole) + 201_000},
		{"silence", indextest.Options{Ranges: indextest.FullRanges}, []indextest.Fault{{Kind: indextest.Whole, StallAfter: 200_000, Times: 1}}, 1, 1, int64(whole) + 1000},
		{"the rest is refused", indextest.Options{Ranges: indextest.RangesRefused}, []indextest.Fault{{Kind: indextest.Whole, CutAfter: 200_000, Times: 1}}, 2, 1, int64(whole) + 201_000},
		{"the rest is something else", indextest.Options{Ranges: indextest.RangesLie}, []indextest.Fault{{Kind: indextest.Whole, CutAfter: 200_000, Times: 1}}, 2, 1, int64(whole) + 201_000},
		{"half of it, and the server did not notice", indextest.Options{JSON: true}, []indextest.Fault{{Kind: indextest.Whole, Body: string(big().Content[:1000]), Times: 1}}, 2, 0, int64(whole) + 1000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := indextest.New(t, tt.options, big())
			for _, f := range tt.faults {
				s.Fail(f)
			}
			var progress []int64
			c := newClient(t, s, withCache(t, t.TempDir()), func(set *settings) {
				set.config.Timeout = 200 * time.Millisecond
				set.options.Events = event.New(event.Stage, func(e event.Event) {
					if e.Kind != event.Advance {
						return
					}
					if e.Name != big().Name || e.Total != 0 && e.Total < e.Done {
						t.Errorf("progress: %d of %d of %s", e.Done, e.Total, e.Name)
					}
					progress = append(progress, e.Done)
				})
			})
			f := file(t, c, big().Name)
			got, err := c.Download(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(got.Path)
			if err != nil || !bytes.Equal(data, big().Content) || got.Size != int64(whole) || got.SHA256 != f.SHA256() {
				t.Errorf("%d bytes, %+v, %v", len(data), got, err)
			}
			if w, r := s.Count(indextest.Whole, ""), s.Count(indextest.Range, ""); w != tt.wholes || r != tt.rests {
				t.Errorf("%d requests for everything and %d for a rest, want %d and %d", w, r, tt.wholes, tt.rests)
			}
			if n := s.Bytes(indextest.Whole) + s.Bytes(indextest.Range); n > tt.bytes {
				t.Errorf("%d bytes were sent, want at most %d", n, tt.bytes)
			}
			if len(progress) == 0 || progress[len(progress)-1] != int64(whole) {
				t.Errorf("progress %v", progress)
			}
		})
	}
}

func TestDownloadRefuses(t *testing.T) {
	other := big()
	other.SHA256 = strings.Repeat("ab", 32)
	noDigest := big()
	noDigest.SHA256, noDigest.Size = "-", 5
	for _, tt := range []struct {
		name    string
		options indextest.Options
		file    indextest.File
		fault   indextest.Fault
		code    int
		asked   int
		text    string
	}{
		{"another digest", indextest.Options{}, other, indextest.Fault{}, fault.Mismatch, 1, "sha256 is "},
		{"another size, no digest", indextest.Options{JSON: true}, noDigest, indextest.Fault{}, fault.Mismatch, 1, "size is "},
		{"gone", indextest.Options{}, big(), indextest.Fault{Kind: indextest.Whole, Status: 404}, fault.Resolution, 1, "404"},
		{"forbidden", indextest.Options{}, big(), indextest.Fault{Kind: indextest.Whole, Status: 403}, fault.Resolution, 1, "403"},
		{"always 503", indextest.Options{}, big(), indextest.Fault{Kind: indextest.Whole, Status: 503}, fault.Resolution, 6, "503"},
		{"always half, unnoticed", indextest.Options{JSON: true}, big(), indextest.Fault{Kind: indextest.Whole, Body: "half"}, fault.Mismatch, 2, "4 bytes, expected"},
		{"always broken", indextest.Options{}, big(), indextest.Fault{Kind: indextest.Whole, CutAfter: -1}, fault.Resolution, 6, "broke off"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := indextest.New(t, tt.options, tt.file)
			if tt.fault != (indextest.Fault{}) {
				s.Fail(tt.fault)
			}
			dir := t.TempDir()
			c := newClient(t, s, withCache(t, dir))
			f := file(t, c, big().Name)
			got, err := c.Download(t.Context(), f)
			if fault.ExitCode(err) != tt.code || got.Path != "" || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("exit code %d, %q, %v", fault.ExitCode(err), got.Path, err)
			}
			// Package http itself asks again when an idle connection turns out closed.
			if n := s.Count(indextest.Whole, ""); n != tt.asked && (tt.fault.CutAfter == 0 || n < tt.asked) {
				t.Errorf("asked %d times, want %d", n, tt.asked)
			}
			var mismatch *index.MismatchError
			if errors.As(err, &mismatch) && (mismatch.File != f.Name || mismatch.Index != s.Simple() || len(mismatch.Hints()) == 0) {
				t.Errorf("%+v", mismatch)
			}
			checkNoFiles(t, dir)
		})
	}
}

// checkNoFiles looks for blobs and for rests of broken downloads.
func checkNoFiles(t *testing.T, dir string) {
	t.Helper()
	for _, sub := range []string{"blobs", "tmp"} {
		entries, err := os.ReadDir(dir + "/v1/" + sub)
		if err != nil || len(entries) != 0 {
			t.Errorf("%s: %v, %v", sub, entries, err)
		}
	}
}

// A server that breaks every connection after some bytes is given up.
func TestDownloadThatBreaksForEver(t *testing.T) {
	s := indextest.New(t, indextest.Options{Ranges: indextest.FullRanges}, big())
	s.Fail(indextest.Fault{Path: ".whl", CutAfter: 10})
	c := newClient(t, s)
	if _, err := c.Fetch(t.Context(), file(t, c, big().Name)); fault.ExitCode(err) != fault.Resolution {
		t.Errorf("%v", err)
	}
	if n := len(s.Log()); n > 40 {
		t.Errorf("%d requests", n)
	}
}

func TestDownloadOnce(t *testing.T) {
	s := indextest.New(t, indextest.Options{}, big())
	s.Fail(indextest.Fault{Kind: indextest.Whole, Delay: 20 * time.Millisecond})
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 3 { // as processes
		c := newClient(t, s, withCache(t, dir))
		f := file(t, c, big().Name)
		for range 4 {
			wg.Go(func() {
				if _, err := c.Fetch(t.Context(), f); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if n := s.Count(indextest.Whole, ""); n != 1 {
		t.Errorf("downloaded %d times", n)
	}
}

func TestWithoutDigest(t *testing.T) {
	plain := big()
	plain.SHA256 = "-"
	s := indextest.New(t, indextest.Options{}, plain)
	dir := t.TempDir()
	for range 2 {
		c := newClient(t, s, withCache(t, dir))
		got, err := c.Download(t.Context(), file(t, c, plain.Name))
		if err != nil || len(got.SHA256) != 64 || got.Size != int64(len(plain.Content)) {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if n := s.Count(indextest.Whole, ""); n != 1 {
		t.Errorf("downloaded %d times", n)
	}
}

func TestOtherDigests(t *testing.T) {
	s := indextest.New(t, indextest.Options{}, big())
	c := newClient(t, s)
	sum := md5.Sum(big().Content)
	for want, code := range map[string]int{hex.EncodeToString(sum[:]): 0, strings.Repeat("0", 32): fault.Mismatch} {
		f, err := index.Direct(s.URL + "/files/" + big().Name + "?" + want + "#md5=" + want)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Fetch(t.Context(), f); fault.ExitCode(err) != code {
			t.Errorf("md5 %s: %v", want, err)
		}
	}
}

func TestLocalFileIsCompared(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, big())
	c := newClient(t, nil)
	path := fileURL(dir) + "/" + big().Name
	for fragment, code := range map[string]int{"": 0, "#sha256=" + strings.Repeat("ab", 32): fault.Mismatch, "#md5=" + strings.Repeat("ab", 16): fault.Mismatch} {
		f, err := index.Direct(path + fragment)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := newClient(t, nil).Fetch(t.Context(), f); fault.ExitCode(err) != code {
			t.Errorf("%s: %v", fragment, err)
		}
	}
	f, err := index.Direct(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(f.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Fetch(t.Context(), f); fault.ExitCode(err) != fault.Resolution {
		t.Errorf("vanished: %v", err)
	}
}

// A cache that cannot be written makes work slower; only files need it.
func TestCacheThatCannotBeWritten(t *testing.T) {
	s := indextest.New(t, indextest.Options{Metadata: indextest.Unannounced}, small())
	dir := t.TempDir()
	c := newClient(t, s, withCache(t, dir))
	temp := filepath.Join(dir, "v1", "tmp")
	if err := errors.Join(os.Remove(temp), os.WriteFile(temp, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	f := file(t, c, small().Name)
	if _, err := c.Metadata(t.Context(), f); err != nil {
		t.Errorf("metadata: %v", err)
	}
	_, err := c.Fetch(t.Context(), f)
	if fault.ExitCode(err) != fault.Resolution || !strings.HasPrefix(err.Error(), f.Name+": ") || !strings.Contains(strings.Join(fault.Hints(err), ""), "AXLE_CACHE") {
		t.Errorf("file: %v", err)
	}
}
