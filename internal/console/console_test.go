package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/fault"
)

// clock goes on by a tenth of a second whenever it is looked at.
func clock() func() time.Time {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return func() time.Time { at = at.Add(100 * time.Millisecond); return at }
}

// work is what a build tells.
func work(s *event.Stream) {
	stage := s.Begin(event.Event{What: "resolving", Fields: []event.Field{event.F("targets", 12)}})
	request := s.Begin(event.Event{Level: event.Item, What: "request", Name: "http://me:secret@index.test/simple/demo/", Bytes: true})
	request.Add(2048, "")
	request.End(nil, event.F("status", 200))
	s.Note(event.Detail, "cache", "metadata of demo", event.F("fresh", true))
	stage.Add(3, "demo")
	stage.End(nil)
	file := s.Begin(event.Event{What: "download", Name: "demo-1.0-py3-none-any.whl", Bytes: true, Total: 4 << 20})
	file.At(1<<20, 4<<20)
	file.End(errors.New("http://me:secret@index.test/x: broken\x1b[31m"), event.F("from", "http://index.test"))
}

func TestLines(t *testing.T) {
	for level, want := range map[event.Level]string{
		event.Stage: `  0.100s  resolving    12 targets
  0.200s  resolving    took 100 ms
  0.400s  download     demo-1.0-py3-none-any.whl: failed: http://*********@index.test/x: broken\u001b[31m, 1.0 MiB, 10.0 MiB/s, 100 ms, from http://index.test
`,
		event.Item: `  0.100s  resolving    12 targets
  0.300s  request      http://*********@index.test/simple/demo/: 2.0 KiB, 20.0 KiB/s, 100 ms, status 200
  0.400s  resolving    took 300 ms
  0.600s  download     demo-1.0-py3-none-any.whl: failed: http://*********@index.test/x: broken\u001b[31m, 1.0 MiB, 10.0 MiB/s, 100 ms, from http://index.test
`,
		event.Detail: `  0.100s  resolving    12 targets
  0.300s  request      http://*********@index.test/simple/demo/: 2.0 KiB, 20.0 KiB/s, 100 ms, status 200
  0.400s  cache        metadata of demo: fresh
  0.500s  resolving    took 400 ms
  0.700s  download     demo-1.0-py3-none-any.whl: failed: http://*********@index.test/x: broken\u001b[31m, 1.0 MiB, 10.0 MiB/s, 100 ms, from http://index.test
`,
	} {
		var b bytes.Buffer
		l := NewLines(&b, clock())
		work(event.New(level, l.Take))
		l.Close()
		if b.String() != want {
			t.Errorf("level %d:\n%s\nwant:\n%s", level, b.String(), want)
		}
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	j := NewJSON(&b, clock())
	work(event.New(event.Detail, j.Take))
	j.Warn(fault.Warning{File: "extension.yml", Line: 3, Col: 4, Text: "odd: https://a:b@index.test"})
	j.Say("next", "axle build <x>")
	j.Error(fault.List{
		&fault.Problem{File: "f", Line: 1, Col: 2, Reason: "wrong", Hint: "mend it, at https://a:b@index.test"},
		fault.New(fault.Usage, "y", "h", "i"),
	}, 3)
	want := `{"time":"2026-01-02T03:04:05.100Z","level":"info","msg":"resolving","event":"start","targets":12}
{"time":"2026-01-02T03:04:05.300Z","level":"debug","msg":"request","name":"http://*********@index.test/simple/demo/","event":"finish","seconds":0.1,"bytes":2048,"status":200}
{"time":"2026-01-02T03:04:05.400Z","level":"trace","msg":"cache","name":"metadata of demo","fresh":true}
{"time":"2026-01-02T03:04:05.500Z","level":"info","msg":"resolving","event":"finish","seconds":0.4,"targets":12}
{"time":"2026-01-02T03:04:05.600Z","level":"info","msg":"download","name":"demo-1.0-py3-none-any.whl","event":"start"}
{"time":"2026-01-02T03:04:05.700Z","level":"info","msg":"download","name":"demo-1.0-py3-none-any.whl","event":"finish","seconds":0.1,"bytes":1048576,"error":"http://*********@index.test/x: broken\u001b[31m","from":"http://index.test"}
{"time":"2026-01-02T03:04:05.800Z","level":"warning","msg":"odd: https://***@index.test","file":"extension.yml","line":3,"column":4}
{"time":"2026-01-02T03:04:05.900Z","level":"info","msg":"axle build <x>","kind":"next"}
{"time":"2026-01-02T03:04:06.000Z","level":"error","msg":"f:1:2: wrong","file":"f","line":1,"column":2,"hints":["mend it, at https://***@index.test"],"code":3}
{"time":"2026-01-02T03:04:06.100Z","level":"error","msg":"y","hints":["h","i"],"code":3}
`
	if b.String() != want {
		t.Errorf("%s\nwant:\n%s", b.String(), want)
	}
	for line := range strings.Lines(b.String()) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// busy is a drawing with a stage and so many files under way.
func busy(files int) *Bars {
	b := NewBars(Terminal{Now: clock(), Size: func() (int, int) { return 80, 24 }})
	b.stop = make(chan struct{}) // nothing draws by itself
	b.stopped = make(chan struct{})
	close(b.stopped)
	b.Take(event.Event{Kind: event.Start, Task: 1, What: "downloading", Total: 22})
	b.Take(event.Event{Kind: event.Advance, Task: 1, What: "downloading", Done: 11, Total: 22, Name: "six-1.16.0-py2.py3-none-any.whl"})
	for i := range files {
		task := uint64(i + 2)
		name := fmt.Sprintf("numpy-2.1.%d-cp311-cp311-manylinux_2_17_x86_64.whl", i)
		b.Take(event.Event{Kind: event.Start, Task: task, Name: name, Bytes: true, Total: 16 << 20})
		b.Take(event.Event{Kind: event.Advance, Task: task, Name: name, Bytes: true, Done: int64(i+1) << 20, Total: 16 << 20})
	}
	return b
}

// TestPicture: what is shown on terminals of any size.
func TestPicture(t *testing.T) {
	b := busy(3)
	for _, c := range []struct {
		width, height int
		want          string
	}{
		{100, 30, `
downloading   ━━━━━━━━━━━━━━━───────────────  11/22  six 1.16.0 py2.py3
  numpy 2.1.0 cp311         ━━──────────────────────────────  1.0/16.0 MiB  NN MiB/s
  numpy 2.1.1 cp311         ━━━━────────────────────────────  2.0/16.0 MiB  NN MiB/s
  numpy 2.1.2 cp311         ━━━━━━──────────────────────────  3.0/16.0 MiB  NN MiB/s
`},
		{80, 3, `
downloading   ━━━━━━━━━━━━━━━───────────────  11/22  six 1.16.0 py2.py3
  and 3 more files
`},
		{80, 4, `
downloading   ━━━━━━━━━━━━━━━───────────────  11/22  six 1.16.0 py2.py3
  numpy 2.1.0 cp311         ━━━────────────────────────────────  1.0/16.0 MiB
  and 2 more files
`},
		{80, 2, `
downloading   ━━━━━━━━━━━━━━━───────────────  11/22  six 1.16.0 py2.py3
`},
		{40, 30, `
downloading   ━━━━━━━━━━━━━━━━━━  11/22
  numpy 2.1.0 cp311  1.0/16.0 MiB
  numpy 2.1.1 cp311  2.0/16.0 MiB
  numpy 2.1.2 cp311  3.0/16.0 MiB
`},
		{16, 30, `
downloading  11
  numpy 2.1.0 c
  numpy 2.1.1 c
  numpy 2.1.2 c
`},
		{7, 30, "\n\n"},
		{80, 1, "\n\n"},
	} {
		lines := b.picture(c.width, c.height, b.terminal.Now())
		got := "\n" + rates.ReplaceAllString(strings.Join(lines, "\n"), "  NN MiB/s") + "\n"
		if flat(got) != flat(c.want) {
			t.Errorf("%d × %d:\n%s\nwant:\n%s", c.width, c.height, got, c.want)
		}
		for _, line := range lines {
			if columns(line) >= c.width {
				t.Errorf("%d × %d: %d columns: %s", c.width, c.height, columns(line), line)
			}
		}
		if len(lines) >= c.height {
			t.Errorf("%d × %d: %d lines", c.width, c.height, len(lines))
		}
	}
}

var (
	rates = regexp.MustCompile(`  [0-9.]+ [KM]iB/s`)
	runs  = regexp.MustCompile(`[━─]+`)
)

// flat forgets how long bars are, which is how much room there is.
func flat(s string) string { return runs.ReplaceAllString(s, "━") }

// TestScreen plays what is drawn on a terminal: at every moment there is the
// last picture and what stood above it, and in the end only that.
func TestScreen(t *testing.T) {
	for _, widths := range [][]int{{80, 80, 80}, {80, 30, 80}, {100, 47, 33}, {30, 90, 30}} {
		out := &screen{width: widths[0], lines: []string{""}}
		out.play("$ axle build\r\n")
		b := busy(4)
		b.terminal.Out = out
		b.terminal.Size = func() (int, int) { return out.width, 24 }
		for i, width := range widths {
			out.resize(width)
			if i == 2 {
				b.Take(event.Event{Kind: event.Finish, Task: 3, Bytes: true})
			}
			b.draw()
			want := b.picture(width, 24, b.terminal.Now())
			if got := out.lines[1:]; rates.ReplaceAllString(strings.Join(got, "\n"), "") != rates.ReplaceAllString(strings.Join(want, "\n"), "") {
				t.Errorf("%v, picture %d:\n%s\nwant:\n%s", widths, i, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
		fmt.Fprintf(b, "warning: x\r\n")
		b.draw()
		b.Close()
		b.Close()
		if got := strings.Join(out.lines, "\n"); got != "$ axle build\nwarning: x\n" {
			t.Errorf("%v: in the end there is\n%q", widths, got)
		}
	}
}

// screen is a terminal that breaks lines anew when its width changes, with the
// few control sequences that bars use.
type screen struct {
	width    int
	lines    []string
	row, col int
}

func (s *screen) Write(p []byte) (int, error) { s.play(string(p)); return len(p), nil }

func (s *screen) play(text string) {
	for text != "" {
		r := []rune(text)[0]
		text = text[len(string(r)):]
		switch r {
		case '\r':
			s.col = 0
		case '\n':
			if s.row++; s.row == len(s.lines) {
				s.lines = append(s.lines, "")
			}
		case '\x1b':
			end := strings.IndexAny(text, "AKJm")
			s.control(text[1:end], text[end])
			text = text[end+1:]
		default:
			line := []rune(s.lines[s.row])
			for len(line) <= s.col {
				line = append(line, ' ')
			}
			line[s.col] = r
			s.lines[s.row] = string(line)
			s.col++
		}
	}
}

func (s *screen) control(number string, letter byte) {
	switch letter {
	case 'A':
		n := 0
		fmt.Sscan(number, &n)
		s.row -= n
	case 'K', 'J':
		s.lines[s.row] = string([]rune(s.lines[s.row])[:min(s.col, len([]rune(s.lines[s.row])))])
		if letter == 'J' {
			s.lines = s.lines[:s.row+1]
		}
	}
}

// resize breaks what is too wide into several rows.
func (s *screen) resize(width int) {
	if s.width = width; len(s.lines) < 2 {
		return
	}
	var lines []string
	for _, line := range s.lines {
		for len([]rune(line)) > width {
			lines, line = append(lines, string([]rune(line)[:width])), string([]rune(line)[width:])
		}
		lines = append(lines, line)
	}
	s.lines, s.row = lines, len(lines)-1
	s.col = len([]rune(lines[s.row]))
}

// TestBarsRun: many tell at once while pictures are drawn, and nothing stays.
func TestBarsRun(t *testing.T) {
	out := &locked{}
	b := NewBars(Terminal{Out: out, Now: time.Now, Plain: true, Size: func() (int, int) { return 80, 24 }})
	s := event.New(event.Stage, b.Take)
	stage := s.Begin(event.Event{What: "downloading", Total: 4})
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			file := s.Begin(event.Event{Name: fmt.Sprint("file", i), Bytes: true, Total: 10})
			for n := range 10 {
				file.At(int64(n), 10)
			}
			for !strings.Contains(out.text(), "downloading") { // the first picture is there
				time.Sleep(time.Millisecond)
			}
			file.End(nil)
			stage.Add(1, "")
		})
	}
	wait.Wait()
	b.Close()
	if text := out.text(); !strings.HasSuffix(text, "\x1b[J") || strings.Contains(text, "━") {
		t.Errorf("%q", text)
	}
	before := out.text()
	stage.End(nil)
	s.Begin(event.Event{What: "late"}).End(nil)
	if out.text() != before {
		t.Error("it drew after its end")
	}
}

type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestTook(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ms", 41 * time.Millisecond: "41 ms", 1240 * time.Millisecond: "1.24 s", 125 * time.Second: "2 min 5 s", 3600*time.Second - 1: "60 min 0 s",
	} {
		if got := took(d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}
