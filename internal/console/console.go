// Package console draws what package event tells, for the standard error of a
// program: as bars on a terminal ([Bars]), as lines ([Lines]), or as one JSON
// object for each event ([JSON]). Credentials in addresses are never shown,
// and control characters in names not as such.
//
// The package knows no terminal, clock or environment but those it is given.
package console

import (
	"fmt"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/report"
)

// Drawing is a way to show events.
type Drawing interface {
	// Take shows an event; it is called from several goroutines.
	Take(event.Event)
	// Close ends the drawing, and takes away what is not to stay.
	Close()
}

// took writes a time as a person reads it: "41 ms", "1.24 s", "2 min 5 s".
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	d = d.Round(time.Second)
	return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
}

// rate is how fast bytes came, "" where there is nothing to tell.
func rate(bytes int64, d time.Duration) string {
	if bytes == 0 || d < time.Millisecond {
		return ""
	}
	return report.Size(int64(float64(bytes)/d.Seconds())) + "/s"
}

// said is a field as a person reads it: numbers of things count, the rest has
// its name before it.
func said(f event.Field) string {
	name := strings.ReplaceAll(f.Key, "_", " ")
	switch v := f.Value.(type) {
	case int:
		if thing, plural := strings.CutSuffix(name, "s"); plural && !strings.HasSuffix(name, "ss") && name != "status" {
			return report.Count(v, thing)
		}
	case bool:
		if !v {
			return "not " + name
		}
		return name
	case []string:
		return name + " " + strings.Join(v, ", ")
	}
	return fmt.Sprintf("%s %v", name, f.Value)
}

// clean is text of one line without credentials and control characters.
func clean(s string) string {
	return strings.ReplaceAll(fault.Printable(s), "\n", "; ")
}
