package extension_test

import (
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 500, time.UTC)

func TestParseCutoff(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-21":                "2026-11-22T00:00:00Z",
		"2024-02-29":                "2024-03-01T00:00:00Z",
		"2026-11-21T10:00:00Z":      "2026-11-21T10:00:00Z",
		"2026-11-21T10:00:00.5Z":    "2026-11-21T10:00:00.5Z",
		"2026-11-21T10:00:00+02:00": "2026-11-21T08:00:00Z",
		" 2026-11-21 ":              "2026-11-22T00:00:00Z",
		"0 days":                    "2026-11-21T12:00:00Z",
		"7 days":                    "2026-11-14T12:00:00Z",
		"7days":                     "2026-11-14T12:00:00Z",
		"7d":                        "2026-11-14T12:00:00Z",
		"1 week":                    "2026-11-14T12:00:00Z",
		"P1W":                       "2026-11-14T12:00:00Z",
		"P7D":                       "2026-11-14T12:00:00Z",
		"p6dt24h":                   "2026-11-14T12:00:00Z",
		"PT168H":                    "2026-11-14T12:00:00Z",
		"6 days, 24 hours":          "2026-11-14T12:00:00Z",
		"1 day 30 minutes":          "2026-11-20T11:30:00Z",
		"1d 1h 1m 1s":               "2026-11-20T10:58:59Z",
		"90 min":                    "2026-11-21T10:30:00Z",
		"PT1M30S":                   "2026-11-21T11:58:30Z",
		"36525 days":                "1926-11-21T12:00:00Z",
	} {
		c, err := extension.ParseCutoff(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := c.At(noon).Format(time.RFC3339Nano); got != want || c.IsZero() {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestParseCutoffRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "neither a time nor an age",
		"tomorrow":              "neither a time nor an age",
		"2026-02-30":            "neither a time nor an age",
		"2026-11-21T10:00:00":   "neither a time nor an age",
		"2026-11-21 10:00:00Z":  "neither a time nor an age",
		"20261121":              "neither a time nor an age",
		"P":                     "neither a time nor an age",
		"PT":                    "neither a time nor an age",
		"-7 days":               "neither a time nor an age",
		"1.5 days":              "neither a time nor an age",
		"7 days ago":            "neither a time nor an age",
		"2 months":              "months or years",
		"1y":                    "months or years",
		"2 fortnights":          "has a unit that is not known: fortnights",
		"36601 days":            "more than a hundred years",
		"99999999999999999999d": "more than a hundred years",
		"36500 days 36500 days": "more than a hundred years",
	} {
		_, err := extension.ParseCutoff(text)
		if err == nil || !strings.Contains(err.Error(), want) || fault.ExitCode(err) != fault.BadInput || len(fault.Hints(err)) == 0 {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	if at := (extension.Cutoff{}).At(noon); !at.IsZero() {
		t.Errorf("no cut-off is at %v", at)
	}
}

// FuzzParseCutoff: the text of a cut-off is read as the same cut-off.
func FuzzParseCutoff(f *testing.F) {
	for _, text := range []string{"2026-11-21", "2026-11-21T10:00:00+02:00", "1 week 2 days, 3h", "P1WT2H", "7 days"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := extension.ParseCutoff(text)
		if err != nil {
			return
		}
		again, err := extension.ParseCutoff(c.String())
		if err != nil || again != c && !again.At(noon).Equal(c.At(noon)) || again.String() != c.String() {
			t.Errorf("%q is %s, and that is %s (%v)", text, c, again, err)
		}
	})
}
