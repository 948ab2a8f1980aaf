package bytesize

import (
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "75000000": 75e6, "10 B": 10, "75 MB": 75e6, "75MB": 75e6, " 75  MB ": 75e6, "1.5 GB": 15e8, "9 kB": 9000, "9 KB": 9000,
		"1 KiB": 1024, "71.5 MiB": 74973184, "2GiB": 2 << 30, "1 TB": 1e12, "1.5TiB": 3 << 39, "0.1 MiB": 104857,
	} {
		s, err := Parse(text)
		if err != nil || s.Bytes != want {
			t.Errorf("%q is %d, want %d (%v)", text, s.Bytes, want, err)
		}
		if again, err := Parse(s.String()); err != nil || again != s {
			t.Errorf("%q is written %q and read back as %v (%v)", text, s, again, err)
		}
	}
	for text, hint := range map[string]string{
		"": "75 MB", "MB": "75 MB", "75 mb": "75 MB?", "75 M": "75 MB?", "75 Gi": "75 GiB?", "75 PB": "write one of", "-1": "75 MB", "1.": "75 MB", "1e6": "75 MB",
		"0": "", "0.1 B": "0.1 MB", "99999999999 GB": "", "1.5G": "1.5 GB?", "1,5 MB": "75 MB", "75 MB MB": "75 MB", "1.5": "1.5 MB", "10.0 B": "10.0 MB",
	} {
		_, err := Parse(text)
		if fault.ExitCode(err) != fault.BadInput || !strings.Contains(strings.Join(fault.Hints(err), " "), hint) {
			t.Errorf("%q: %v, hints %q, want one with %q", text, err, fault.Hints(err), hint)
		}
	}
}

// TestSizesAreTold: what is above a size never reads as if it were not.
func TestSizesAreTold(t *testing.T) {
	for _, c := range []struct {
		limit string
		bytes int64
		want  string
	}{
		{"75 MB", 85_412_345, "85.4 MB"}, {"75 MB", 75_000_001, "75000001 bytes"}, {"75 MB", 75_060_000, "75.1 MB"},
		{"1 KiB", 1536, "1.5 KiB"}, {"1000", 1001, "1001 bytes"}, {"7 B", 9, "9 bytes"}, {"71.5 MiB", 78643200, "75.0 MiB"},
	} {
		s, err := Parse(c.limit)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Excess(c.bytes); got != c.want {
			t.Errorf("%d above %s is told as %q, want %q", c.bytes, c.limit, got, c.want)
		}
	}
	s, _ := Parse("75 MB")
	for n, want := range map[int64]string{60_000_000: "60.0 MB", 49_999: "under 0.1 MB", 50_000: "0.1 MB"} {
		if got := s.In(n); got != want {
			t.Errorf("%d in MB is %q, want %q", n, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"75 MB", "1.5GiB", "0", "007 kB", "1 1", "9223372036854775807", ".5 MB"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(s.String())
		if err != nil || again != s || s.Bytes < 1 {
			t.Errorf("%q is %d, written %q and read back as %d (%v)", text, s.Bytes, s, again.Bytes, err)
		}
	})
}
