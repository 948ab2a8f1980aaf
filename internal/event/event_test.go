package event_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/axlepack/axle/internal/event"
)

func TestStream(t *testing.T) {
	var got []string
	s := event.New(event.Item, func(e event.Event) {
		got = append(got, fmt.Sprint(e.Kind, e.Task, e.What, e.Name, e.Done, e.Total, e.Err, e.Fields))
	})
	stage := s.Begin(event.Event{What: "merging", Total: 2})
	stage.Add(1, "a")
	s.Note(event.Detail, "unheard", "")
	s.Note(event.Item, "heard", "b", event.F("n", 1))
	file := s.Begin(event.Event{What: "file", Bytes: true, Fields: []event.Field{{Key: "k", Value: "v"}}})
	file.At(5, 9)
	file.End(errors.New("broken"), event.F("m", 2))
	file.End(nil)
	stage.Add(1, "")
	stage.End(nil)
	want := []string{
		"0 1mergin" + "g0 2 <nil> []", "1 1merginga1 2 <nil> []", "3 0heardb0 0 <nil> [{n 1}]",
		"0 2file0 0 <nil> [{k v}]", "1 2file5 9 <nil> []", "2 2file5 0 broken [{k v} {m 2}]",
		"1 1merging2 2 <nil> []", "2 1merging2 2 <nil> []",
	}
	for i := range want {
		if i >= len(got) || squeeze(got[i]) != squeeze(want[i]) {
			t.Fatalf("event %d of\n%q\nwant\n%q", i, got, want)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d events, want %d: %q", len(got), len(want), got)
	}
}

func squeeze(s string) string {
	return string(slices.DeleteFunc([]byte(s), func(c byte) bool { return c == ' ' }))
}

// TestNobodyListens: without a listener nothing is made, and nothing costs.
func TestNobodyListens(t *testing.T) {
	var s *event.Stream
	cost := testing.AllocsPerRun(100, func() {
		task := s.Begin(event.Event{What: "x"})
		task.Add(1, "y")
		task.At(1, 2)
		task.End(nil)
		s.Note(event.Stage, "z", "")
	})
	if cost != 0 || s.Wants(event.Stage) {
		t.Errorf("%v allocations", cost)
	}
}

// TestManyTellAtOnce: sums are right however many tell.
func TestManyTellAtOnce(t *testing.T) {
	var mu sync.Mutex
	var last int64
	s := event.New(event.Stage, func(e event.Event) {
		mu.Lock()
		defer mu.Unlock()
		last = max(last, e.Done)
	})
	task := s.Begin(event.Event{What: "x"})
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() { task.Add(2, "") })
	}
	wait.Wait()
	if last != 100 {
		t.Errorf("%d, want 100", last)
	}
}
