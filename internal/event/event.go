// Package event is what a stage tells of while it works: values that say what
// began, how far it came and how it ended, and notes between. Who listens
// decides what becomes of them; nobody does by default, and then nothing is
// made. Events are never part of a result, and no stage reads them.
//
// The package has no clock: whoever takes events knows when they came.
package event

import (
	"fmt"
	"sync/atomic"
)

// Level is how closely one has to listen to be told.
type Level int8

const (
	// Stage is what everybody who watches sees: the stages of a command, and
	// the files on their way.
	Stage Level = iota
	// Item is each request, file, package and interpreter.
	Item
	// Detail is each answer from a cache, and each choice with its reason.
	Detail
)

// Kind says what became of a task.
type Kind uint8

const (
	Start   Kind = iota // it began
	Advance             // it came so far
	Finish              // it ended, well unless Err is set
	Note                // no task: something to say
)

// Field is something to know of an event.
type Field struct {
	Key   string
	Value any // text, a number, a truth value, or a list of texts
}

// Event is what happened.
type Event struct {
	Kind  Kind
	Level Level
	// Task tells the events of one task from those of others; 0 for a note.
	Task uint64
	// What is the activity, "downloading"; Name what it is about, perhaps "".
	What, Name string
	// Done and Total count the task's bytes where Bytes is set, else its items.
	// A Total of 0 is unknown.
	Done, Total int64
	Bytes       bool
	Fields      []Field
	Err         error
}

// Stream hands events on. A nil Stream takes none, at no cost. It is safe for
// concurrent use if what takes the events is.
type Stream struct {
	level Level
	take  func(Event)
	tasks atomic.Uint64
}

// New makes a stream that hands events up to a level to take.
func New(level Level, take func(Event)) *Stream { return &Stream{level: level, take: take} }

// Wants says whether events of a level are taken: what is costly to say is said
// only then.
func (s *Stream) Wants(level Level) bool { return s != nil && level <= s.level }

// Note says something at once. Name is what it is about.
func (s *Stream) Note(level Level, what, name string, fields ...Field) {
	if s.Wants(level) {
		s.take(Event{Kind: Note, Level: level, What: what, Name: name, Fields: fields})
	}
}

// Begin begins a task, as e has it, and returns it; nil when e is of a level
// that is not taken.
func (s *Stream) Begin(e Event) *Task {
	if !s.Wants(e.Level) {
		return nil
	}
	e.Kind, e.Task = Start, s.tasks.Add(1)
	t := &Task{stream: s, event: e}
	t.done.Store(e.Done)
	s.take(e)
	return t
}

// Task is something that takes a while. The methods of a nil Task do nothing;
// the others are safe for concurrent use.
type Task struct {
	stream *Stream
	event  Event
	done   atomic.Int64
	ended  atomic.Bool
}

// Add says that n more items or bytes are done; name is the latest, perhaps "".
func (t *Task) Add(n int64, name string) {
	if t != nil {
		t.advance(t.done.Add(n), t.event.Total, name)
	}
}

// At says how much is done, of how much.
func (t *Task) At(done, total int64) {
	if t != nil {
		t.done.Store(done)
		t.advance(done, total, "")
	}
}

func (t *Task) advance(done, total int64, name string) {
	e := t.event
	e.Kind, e.Done, e.Total, e.Fields = Advance, done, total, nil
	if name != "" {
		e.Name = name
	}
	t.stream.take(e)
}

// End ends the task, once: what follows the first call does nothing.
func (t *Task) End(err error, fields ...Field) {
	if t == nil || t.ended.Swap(true) {
		return
	}
	e := t.event
	e.Kind, e.Done, e.Err, e.Fields = Finish, t.done.Load(), err, append(e.Fields[:len(e.Fields):len(e.Fields)], fields...)
	t.stream.take(e)
}

// F is a field.
func F(key string, value any) Field {
	if s, ok := value.(fmt.Stringer); ok {
		value = s.String()
	}
	return Field{key, value}
}
