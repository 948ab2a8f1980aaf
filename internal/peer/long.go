package peer

import (
	"os"
	"testing"
	"time"
)

// Long is how long a test may go on that takes its time: whole where
// AXLE_LONG=1 asks for all of it, or the duration that AXLE_LONG names, such as
// "2m". It skips the test where AXLE_LONG is not set.
func Long(t testing.TB, whole time.Duration) time.Duration {
	t.Helper()
	limit, ok := LongFor(t, whole)
	if !ok {
		t.Skipf("it takes %s: AXLE_LONG=1 runs it, AXLE_LONG=2m for two minutes of it", whole)
	}
	return limit
}

// LongFor is Long for a test that has a short form; it says whether the long
// one is asked for.
func LongFor(t testing.TB, whole time.Duration) (limit time.Duration, ok bool) {
	t.Helper()
	switch text := os.Getenv("AXLE_LONG"); text {
	case "":
		return 0, false
	case "1":
		return whole, true
	default:
		limit, err := time.ParseDuration(text)
		if err != nil || limit <= 0 {
			t.Fatalf("AXLE_LONG=%s: it is 1, or a duration such as 2m", text)
		}
		return min(limit, whole), true
	}
}
