package console

import (
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/report"
)

const (
	// patience is how long nothing is drawn: what is done by then needs no bar.
	patience = 150 * time.Millisecond
	// beat is the time between two pictures.
	beat = 100 * time.Millisecond
)

// Terminal is where bars are drawn.
type Terminal struct {
	Out io.Writer
	// Size is the width and height in characters; it is asked for each picture.
	Size func() (width, height int)
	// Color lets the bars have colours; Plain keeps to the characters of ASCII.
	Color, Plain bool
	// Now is the clock.
	Now func() time.Time
}

// Bars draws what is under way at the end of a terminal: a line for the stage
// and one for each running file, at most as many as fit. A picture is one
// write, so that nothing flickers; the cursor is left as it is, so that nothing
// need be restored. [Bars.Close] takes the lines away.
type Bars struct {
	terminal Terminal

	mu      sync.Mutex
	stages  []*running
	files   []*running
	begun   time.Time
	widths  []int // of the lines that are there
	closed  bool
	stop    chan struct{}
	stopped chan struct{}
}

// running is a task that was begun and did not end.
type running struct {
	event.Event
	begun time.Time
}

// NewBars makes a drawing. Nothing is started before the first event.
func NewBars(t Terminal) *Bars { return &Bars{terminal: t} }

// Take implements [Drawing].
func (b *Bars) Take(e event.Event) {
	if e.Level != event.Stage || e.Kind == event.Note {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	list := &b.stages
	if e.Bytes {
		list = &b.files
	}
	switch e.Kind {
	case event.Start:
		*list = append(*list, &running{e, b.terminal.Now()})
		b.start()
	case event.Advance:
		if i := at(*list, e.Task); i >= 0 {
			e.Fields = (*list)[i].Fields
			(*list)[i].Event = e
		}
	case event.Finish:
		if i := at(*list, e.Task); i >= 0 {
			*list = append((*list)[:i:i], (*list)[i+1:]...)
		}
	}
}

func at(list []*running, task uint64) int {
	for i, r := range list {
		if r.Task == task {
			return i
		}
	}
	return -1
}

// start begins to draw, now and then. The lock is held.
func (b *Bars) start() {
	if b.stop != nil {
		return
	}
	b.begun = b.terminal.Now()
	b.stop, b.stopped = make(chan struct{}), make(chan struct{})
	go func() {
		defer close(b.stopped)
		wait := time.NewTimer(patience)
		defer wait.Stop()
		for {
			select {
			case <-b.stop:
				return
			case <-wait.C:
				b.mu.Lock()
				b.draw()
				b.mu.Unlock()
				wait.Reset(beat)
			}
		}
	}()
}

// draw puts a new picture in place of the last one. The lock is held.
func (b *Bars) draw() {
	width, height := b.terminal.Size()
	lines := b.picture(width, height, b.terminal.Now())
	if len(lines) == 0 && len(b.widths) == 0 {
		return
	}
	var out strings.Builder
	out.WriteString(b.back(width))
	b.widths = b.widths[:0]
	for i, line := range lines {
		if i > 0 {
			out.WriteString("\r\n")
		}
		out.WriteString(line + "\x1b[K")
		b.widths = append(b.widths, columns(line))
	}
	out.WriteString("\x1b[J")
	_, _ = io.WriteString(b.terminal.Out, out.String())
}

// back goes to where the last picture begins. Where the terminal became
// narrower since, its lines take several rows.
func (b *Bars) back(width int) string {
	rows := -1
	for _, w := range b.widths {
		rows += 1 + max(0, w-1)/max(1, width)
	}
	if rows > 0 {
		return "\r\x1b[" + strconv.Itoa(rows) + "A"
	}
	return "\r"
}

// Write writes text above the bars, whole lines of it.
func (b *Bars) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clear()
	return b.terminal.Out.Write(p)
}

// clear takes the picture away. The lock is held.
func (b *Bars) clear() {
	if len(b.widths) == 0 {
		return
	}
	width, _ := b.terminal.Size()
	_, _ = io.WriteString(b.terminal.Out, b.back(width)+"\x1b[J")
	b.widths = nil
}

// Close implements [Drawing]. It may be called more than once.
func (b *Bars) Close() {
	b.mu.Lock()
	was := b.closed
	b.closed = true
	b.clear()
	b.mu.Unlock()
	if b.stop != nil && !was {
		close(b.stop)
		<-b.stopped
	}
}

// picture are the lines to show on a terminal of that size.
func (b *Bars) picture(width, height int, now time.Time) []string {
	if width < 8 || height < 2 || len(b.stages)+len(b.files) == 0 {
		return nil
	}
	room := min(height-1, 12) // a line stays for what stands above
	var lines []string
	for i := len(b.stages) - 1; i >= 0 && len(lines) < room; i-- {
		lines = append([]string{b.stageLine(b.stages[i], width-1)}, lines...)
	}
	room -= len(lines)
	shown := b.files
	if len(shown) > room {
		shown = shown[:max(0, room-1)]
	}
	for _, f := range shown {
		lines = append(lines, b.fileLine(f, width-1, now))
	}
	if more := len(b.files) - len(shown); more > 0 && room > 0 {
		lines = append(lines, cut("  and "+report.Count(more, "more file"), width-1))
	}
	return lines
}

// stageLine is "merging  ━━━━━───  5/12  name", or where the end is not known
// "resolving  12 targets, 34 read  name".
func (b *Bars) stageLine(r *running, width int) string {
	if r.Total > 0 {
		count := strconv.Itoa(int(r.Done)) + "/" + strconv.Itoa(int(r.Total))
		return b.line(r.What, 12, float64(r.Done)/float64(r.Total), count, short(r.Name), width)
	}
	var known []string
	for _, f := range r.Fields {
		known = append(known, said(f))
	}
	if r.Done > 0 {
		known = append(known, strconv.Itoa(int(r.Done))+" read")
	}
	return b.line(r.What, 12, -1, strings.Join(known, ", "), short(r.Name), width)
}

// fileLine is "  numpy 2.1.0 cp311  ━━━━━───  5.1/12.0 MiB  1.2 MiB/s".
func (b *Bars) fileLine(r *running, width int, now time.Time) string {
	count, share := report.Size(r.Done), -1.0
	switch {
	case r.Done == 0:
		count = "waiting"
	case r.Total > 0:
		count, share = sizes(r.Done, r.Total), float64(r.Done)/float64(r.Total)
	}
	return b.line("  "+short(r.Name), 26, share, count, rate(r.Done, now.Sub(r.begun)), width)
}

// sizes is "5.1/12.0 MiB": the unit once, where it is the same.
func sizes(done, total int64) string {
	d, t := report.Size(done), report.Size(total)
	if n, unit, ok := strings.Cut(d, " "); ok && strings.HasSuffix(t, " "+unit) {
		return n + "/" + t
	}
	return d + "/" + t
}

// line puts the parts of a line beside each other, as many as there is room
// for: first the label, then the count, then the bar, then what comes last.
func (b *Bars) line(label string, wide int, share float64, count, last string, width int) string {
	label = clean(label)
	if width < wide+2+len(count) {
		return cut(strings.TrimRight(label+"  "+count, " "), width)
	}
	line := pad(cut(label, wide), wide)
	if share >= 0 && width >= wide+len(count)+14 {
		line += "  " + b.bar(share, min(30, width-wide-len(count)-4))
	}
	if count != "" {
		line += "  " + count
	}
	if rest := width - columns(line) - 2; last != "" && rest >= 8 {
		line += "  " + cut(clean(last), rest)
	}
	return strings.TrimRight(line, " ")
}

// bar is n characters of which a share is full.
func (b *Bars) bar(share float64, n int) string {
	full := max(0, min(n, int(share*float64(n)+0.5)))
	on, off := "━", "─"
	if b.terminal.Plain {
		on, off = "#", "."
	}
	left, right := strings.Repeat(on, full), strings.Repeat(off, n-full)
	if b.terminal.Color {
		return fault.Paint(fault.Green, left) + fault.Paint(fault.Faint, right)
	}
	return left + right
}

// short is the project, version and Python of a file: its whole name would
// leave no room for the bar.
func short(file string) string {
	base, isWheel := strings.CutSuffix(file, ".whl")
	if !isWheel {
		return file
	}
	parts := strings.SplitN(base, "-", 4)
	return strings.Join(parts[:min(3, len(parts))], " ")
}
