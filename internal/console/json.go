package console

import (
	"bytes"
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/fault"
)

// JSON writes one object in a line for each event: time (RFC 3339, UTC), level
// (trace, debug, info, warning, error), msg, and what else there is to know.
type JSON struct {
	out io.Writer
	now func() time.Time

	mu      sync.Mutex
	started map[uint64]time.Time
}

// NewJSON makes a drawing that writes to out by the clock now.
func NewJSON(out io.Writer, now func() time.Time) *JSON {
	return &JSON{out: out, now: now, started: map[uint64]time.Time{}}
}

// levels are the names that programs which read logs know.
var levels = [...]string{event.Stage: "info", event.Item: "debug", event.Detail: "trace"}

// Take implements [Drawing].
func (j *JSON) Take(e event.Event) {
	if e.Kind == event.Advance {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	now := j.now()
	var fields []event.Field
	if e.Name != "" {
		fields = append(fields, event.Field{Key: "name", Value: e.Name})
	}
	level := levels[e.Level]
	switch e.Kind {
	case event.Start:
		j.started[e.Task] = now
		if e.Level != event.Stage {
			return
		}
		fields = append(fields, event.Field{Key: "event", Value: "start"})
	case event.Finish:
		fields = append(fields, event.Field{Key: "event", Value: "finish"}, event.Field{Key: "seconds", Value: now.Sub(j.started[e.Task]).Seconds()})
		if e.Bytes {
			fields = append(fields, event.Field{Key: "bytes", Value: e.Done})
		}
		delete(j.started, e.Task)
		if e.Err != nil {
			fields = append(fields, event.Field{Key: "error", Value: e.Err.Error()})
		}
	}
	j.line(now, level, e.What, append(fields, e.Fields...))
}

// Warn writes a warning.
func (j *JSON) Warn(w fault.Warning) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.line(j.now(), "warning", w.Text, placed(w.File, w.Line, w.Col))
}

// Say writes a message; kind is what it is, such as "note".
func (j *JSON) Say(kind, text string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.line(j.now(), "info", text, []event.Field{{Key: "kind", Value: kind}})
}

// Error writes each problem of err, with its place, its hints and the exit
// code of the program.
func (j *JSON) Error(err error, code int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, p := range fault.Problems(err) {
		fields := placed(p.File, p.Line, p.Col)
		if len(p.Hints) > 0 {
			fields = append(fields, event.Field{Key: "hints", Value: p.Hints})
		}
		j.line(j.now(), "error", p.Message, append(fields, event.Field{Key: "code", Value: code}))
	}
}

func placed(file string, line, col int) (fields []event.Field) {
	if file != "" {
		fields = append(fields, event.Field{Key: "file", Value: file})
	}
	if line > 0 {
		fields = append(fields, event.Field{Key: "line", Value: line})
	}
	if col > 0 {
		fields = append(fields, event.Field{Key: "column", Value: col})
	}
	return fields
}

// line writes an object whose members have the order of fields. The lock is
// held.
func (j *JSON) line(now time.Time, level, msg string, fields []event.Field) {
	var b bytes.Buffer
	member := func(key string, value any) {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.Write(encoded(key))
		b.WriteByte(':')
		b.Write(encoded(value))
	}
	member("time", now.UTC().Format("2006-01-02T15:04:05.000Z07:00"))
	member("level", level)
	member("msg", msg)
	for _, f := range fields {
		member(f.Key, f.Value)
	}
	_, _ = j.out.Write(append(append([]byte{'{'}, b.Bytes()...), '}', '\n'))
}

// encoded is a value in JSON, without the credentials of addresses.
func encoded(value any) []byte {
	switch v := value.(type) {
	case string:
		value = fault.Redact(v)
	case []string:
		list := make([]string, len(v))
		for i, s := range v {
			list[i] = fault.Redact(s)
		}
		value = list
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return []byte(`""`)
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// Close implements [Drawing].
func (j *JSON) Close() {}
