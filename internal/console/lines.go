package console

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/report"
)

// Lines writes a line for each stage that begins, each task that ended, and
// each note: the time since the beginning, what, and about what.
type Lines struct {
	out   io.Writer
	now   func() time.Time
	begun time.Time

	mu      sync.Mutex
	started map[uint64]time.Time
}

// NewLines makes a drawing that writes to out by the clock now.
func NewLines(out io.Writer, now func() time.Time) *Lines {
	return &Lines{out: out, now: now, begun: now(), started: map[uint64]time.Time{}}
}

// Take implements [Drawing].
func (l *Lines) Take(e event.Event) {
	if e.Kind == event.Advance {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	var details []string
	switch e.Kind {
	case event.Start:
		l.started[e.Task] = now
		if e.Level != event.Stage || e.Bytes {
			return // its end says it all
		}
	case event.Finish:
		details = finished(e, now.Sub(l.started[e.Task]))
		delete(l.started, e.Task)
	}
	for _, f := range e.Fields {
		if e.Kind != event.Finish || e.Level != event.Stage || e.Bytes {
			details = append(details, said(f))
		}
	}
	line := fmt.Sprintf("%7.3fs  %-12s %s", now.Sub(l.begun).Seconds(), e.What, e.Name)
	if e.Name != "" && len(details) > 0 {
		line += ": "
	}
	_, _ = io.WriteString(l.out, clean(strings.TrimRight(line+strings.Join(details, ", "), " "))+"\n")
}

// finished says how a task ended, how long it took and how much it was.
func finished(e event.Event, d time.Duration) []string {
	var all []string
	switch {
	case e.Err != nil:
		all = append(all, "failed: "+e.Err.Error())
	case e.Level == event.Stage && !e.Bytes:
		return []string{"took " + took(d)}
	}
	if e.Bytes {
		all = append(all, report.Size(e.Done))
		if r := rate(e.Done, d); r != "" {
			all = append(all, r)
		}
	}
	return append(all, took(d))
}

// Close implements [Drawing].
func (l *Lines) Close() {}
