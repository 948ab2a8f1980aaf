package extension

import (
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "75000000": 75e6, "10 B": 10, "75 MB": 75e6, "75MB": 75e6, " 75  MB ": 75e6, "1.5 GB": 15e8, "9 kB": 9000, "9 KB": 9000,
		"1 KiB": 1024, "71.5 MiB": 74973184, "2GiB": 2 << 30, "0.1 MiB": 104857,
	} {
		s, err := ParseSize(text)
		if err != nil || s.Bytes != want {
			t.Errorf("%q is %d, want %d (%v)", text, s.Bytes, want, err)
		}
		if again, err := ParseSize(s.String()); err != nil || again != s {
			t.Errorf("%q is written %q and read back as %v (%v)", text, s, again, err)
		}
	}
	for text, hint := range map[string]string{
		"": "75 MB", "MB": "75 MB", "75 mb": "75 MB?", "75 M": "75 MB?", "75 Gi": "75 GiB?", "75 TB": "write one of", "-1": "75 MB", "1.": "75 MB", "1e6": "75 MB",
		"0": "", "0.1 B": "", "99999999999 GB": "", "1,5 MB": "75 MB", "75 MB MB": "75 MB",
	} {
		_, err := ParseSize(text)
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
		s, err := ParseSize(c.limit)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Excess(c.bytes); got != c.want {
			t.Errorf("%d above %s is told as %q, want %q", c.bytes, c.limit, got, c.want)
		}
	}
	s, _ := ParseSize("75 MB")
	for n, want := range map[int64]string{60_000_000: "60.0 MB", 49_999: "under 0.1 MB", 50_000: "0.1 MB"} {
		if got := s.In(n); got != want {
			t.Errorf("%d in MB is %q, want %q", n, got, want)
		}
	}
}

func FuzzParseSize(f *testing.F) {
	for _, text := range []string{"75 MB", "1.5GiB", "0", "007 kB", "1 1", "9223372036854775807", ".5 MB"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSize(text)
		if err != nil {
			return
		}
		again, err := ParseSize(s.String())
		if err != nil || again != s || s.Bytes < 1 {
			t.Errorf("%q is %d, written %q and read back as %d (%v)", text, s.Bytes, s, again.Bytes, err)
		}
	})
}

func TestParseBudget(t *testing.T) {
	for text, want := range map[string][2]int64{
		"75 MB": {75e6, 75e6}, "package=1 MB": {1e6, 0}, "zip=2 KiB,package=3": {3, 2048}, "9 kB,package=1": {1, 9000}, "none": {},
	} {
		b, err := ParseBudget("--max-size", strings.Split(text, ","))
		if err != nil || [2]int64{b.Package.Bytes, b.Zip.Bytes} != want {
			t.Errorf("%s: %v, %v", text, b, err)
		}
	}
	for _, text := range []string{"wheel=1 MB", "75 mb", "", "none,1"} {
		if _, err := ParseBudget("--max-size", strings.Split(text, ",")); fault.ExitCode(err) != fault.Usage || !strings.HasPrefix(err.Error(), "--max-size") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestBundleSizesAndTrim(t *testing.T) {
	m, warnings, err := ParseManifest("x", []byte(minimal+"bundle: {max_size: 75 MB, trim: [headers, tests, tests], trim_except: [PyYAML]}\n"))
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	b := m.Bundle
	if b.Budget.Package.Bytes != 75e6 || b.Budget.Zip != b.Budget.Package || len(b.Trim) != 2 || b.Trim[0] != TrimTests || b.TrimExcept[0] != "pyyaml" {
		t.Errorf("%+v", b)
	}
	for text, want := range map[string]string{
		"max_size: {package: 5 mib}": "did you mean 5 MiB?", "trim: [test]": "did you mean tests?", "trim_except: ':all:'": "leave bundle.trim out",
	} {
		_, _, err := ParseManifest("x", []byte(minimal+"bundle: {"+text+"}\n"))
		if fault.ExitCode(err) != fault.BadInput || !strings.Contains(strings.Join(fault.Hints(err), " "), want) {
			t.Errorf("%s: %v, hints %q", text, err, fault.Hints(err))
		}
	}
}
