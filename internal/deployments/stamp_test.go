//go:build linux || darwin || windows

package deployments

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Whatever is done to a file gives it another stamp, and a file that was changed
// a moment ago has none.
func TestStamp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.zip")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	later := func() time.Time { return time.Now().Add(time.Minute) } // as if it had been at rest
	write("one")
	if got := Stamp(path, time.Now().Add(-time.Minute)); got != "" {
		t.Errorf("of a file that was just written: %q", got)
	}
	first := Stamp(path, later())
	if first == "" {
		t.Skip("this file system has no time of a file's last change")
	}
	if again := Stamp(path, later()); again != first {
		t.Errorf("of a file that nobody changed: %q, and then %q", first, again)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{first: "at first"}
	other := func(what string, change func()) {
		t.Helper()
		before := Stamp(path, later())
		for range 200 { // until the clock ticks
			if change(); Stamp(path, later()) != before {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		now := Stamp(path, later())
		if was, ok := seen[now]; ok || now == "" {
			t.Errorf("%s: %q, as %s", what, now, was)
		}
		seen[now] = what
	}
	other("written in place, with its old time", func() {
		write("two")
		if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
	})
	other("replaced", func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		write("two")
	})
	other("longer", func() { write("three") })
	if got := Stamp(filepath.Join(filepath.Dir(path), "none"), later()); got != "" {
		t.Errorf("of no file: %q", got)
	}
}

func TestAtRest(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	for _, c := range []struct {
		ago  time.Duration
		want bool
	}{
		{-time.Hour, false}, {0, false}, {99*time.Millisecond + 1, false}, {101*time.Millisecond + 1, true},
		{2 * time.Second, false}, {3 * time.Second, true}, // without fractions
	} {
		if got := atRest(now.Add(-c.ago).UnixNano(), now); got != c.want {
			t.Errorf("%v ago: %v", c.ago, got)
		}
	}
}
