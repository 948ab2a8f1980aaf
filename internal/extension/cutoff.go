package extension

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
)

// Cutoff is a time from which on uploaded files do not count: a time, or an age
// before now. The zero value is none.
type Cutoff struct {
	time time.Time
	age  time.Duration
	set  bool
}

// maxAge is the greatest age that is taken for meant: a hundred years.
const maxAge = 100 * 366 * 24 * time.Hour

// ParseCutoff reads a time (RFC 3339), a day (2026-11-21), which counts to its
// end in UTC so that it means the same everywhere, or an age as uv reads it:
// "7 days", "1 week 12 hours", "36h", "P7D", "PT24H". A day of an age has 24
// hours; months and years, whose lengths differ, are refused.
func ParseCutoff(text string) (Cutoff, error) {
	text = strings.TrimSpace(text)
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return Cutoff{time: t.UTC(), set: true}, nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return Cutoff{time: t.AddDate(0, 0, 1), set: true}, nil
	}
	age, reason := parseAge(text)
	if reason != "" {
		return Cutoff{}, fault.New(fault.BadInput, fmt.Sprintf("%q %s", text, reason), `write 2026-11-21, 2026-11-21T12:00:00Z, or an age such as "7 days"`)
	}
	return Cutoff{age: age, set: true}, nil
}

// IsZero says that there is no cut-off.
func (c Cutoff) IsZero() bool { return !c.set }

// At is the time that the cut-off stands for now; zero where there is none.
func (c Cutoff) At(now time.Time) time.Time {
	switch {
	case !c.set:
		return time.Time{}
	case c.time.IsZero():
		return now.Add(-c.age).UTC().Truncate(time.Second)
	}
	return c.time
}

// String is a text that ParseCutoff reads, the same for the same cut-off.
func (c Cutoff) String() string {
	switch day := 24 * time.Hour; {
	case !c.set:
		return ""
	case !c.time.IsZero():
		return c.time.Format(time.RFC3339Nano)
	case c.age%day == 0:
		return strconv.Itoa(int(c.age/day)) + " days"
	}
	return strconv.Itoa(int(c.age/time.Second)) + " seconds"
}

var (
	isoAge      = lazyregexp.New(`^(?i)P((?:\d+[WD])*)(?:T((?:\d+[HMS])+))?$`)
	friendlyAge = lazyregexp.New(`^(?:\d+\s*[A-Za-zµ]+[\s,]*)+$`)
	agePart     = lazyregexp.New(`(\d+)\s*([A-Za-zµ]+)`)
)

// ageUnits are uv's names of units, without the plural's s.
var ageUnits = map[string]time.Duration{
	"w": 7 * 24 * time.Hour, "wk": 7 * 24 * time.Hour, "week": 7 * 24 * time.Hour,
	"d": 24 * time.Hour, "day": 24 * time.Hour,
	"h": time.Hour, "hr": time.Hour, "hour": time.Hour,
	"m": time.Minute, "min": time.Minute, "minute": time.Minute,
	"s": time.Second, "sec": time.Second, "second": time.Second,
}

// parseAge gives the reason why a text is no age, or "".
func parseAge(text string) (age time.Duration, reason string) {
	if m := isoAge.FindStringSubmatch(text); m != nil && m[1]+m[2] != "" {
		text = m[1] + m[2]
	} else if !friendlyAge.MatchString(text) {
		return 0, "is neither a time nor an age"
	}
	for _, m := range agePart.FindAllStringSubmatch(text, -1) {
		unit := strings.ToLower(m[2])
		length, ok := ageUnits[unit]
		if !ok {
			length, ok = ageUnits[strings.TrimSuffix(unit, "s")]
		}
		n, err := strconv.Atoi(m[1])
		switch {
		case strings.HasPrefix(unit, "mo"), strings.HasPrefix(unit, "y"):
			return 0, "counts in months or years, whose lengths differ: count in days"
		case !ok:
			return 0, "has a unit that is not known: " + m[2]
		case err != nil || time.Duration(n) > (maxAge-age)/length:
			return 0, "is more than a hundred years"
		}
		age += time.Duration(n) * length
	}
	return age, ""
}
