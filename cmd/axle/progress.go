package main

import (
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/axlepack/axle/bundle"
	"github.com/axlepack/axle/internal/console"
	"github.com/axlepack/axle/internal/event"
)

// talk is what the program says while it works, by the flags of all commands.
type talk struct {
	// quiet keeps warnings and progress back.
	quiet bool
	// verbose is how often -v was given.
	verbose int
	// color is when colours are used: auto, always or never.
	color string
	// logJSON makes one JSON object of each message.
	logJSON bool

	mu      sync.Mutex
	drawing console.Drawing // what draws, or drew last; nil draws nothing
	stream  *bundle.Events  // to it, until it is done
	log     *console.JSON   // with logJSON
	lines   *console.Lines  // with verbose
}

// events is where a command tells what it is doing: bars on a terminal, lines
// with -v, JSON with --log-json, and otherwise nothing. done takes the bars
// away, so that the result stands alone.
func (e *env) events() (stream *bundle.Events, done func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stream != nil {
		return e.stream, func() {} // of the command that this is a part of
	}
	e.opens()
	switch f, isFile := e.stderr.(*os.File); {
	case e.log != nil:
		e.drawing = e.log
	case e.lines != nil:
		e.drawing = e.lines
	case !e.quiet && isFile && e.wantsBars() && hasRoom(f) && understands(f):
		e.drawing = console.NewBars(console.Terminal{
			Out: f, Size: func() (int, int) { return sizeOf(f) }, Color: bool(e.palette(f)), Plain: !e.writesUnicode(), Now: time.Now,
		})
	default:
		return nil, func() {}
	}
	e.stream = event.New(event.Level(min(e.verbose, int(event.Detail))), e.drawing.Take)
	return e.stream, func() {
		e.stopDrawing()
		e.mu.Lock()
		defer e.mu.Unlock()
		e.stream = nil
	}
}

// stopDrawing takes away what is drawn; it may be called from anywhere.
func (e *env) stopDrawing() {
	e.mu.Lock()
	drawing := e.drawing
	e.mu.Unlock()
	if drawing != nil {
		drawing.Close()
	}
}

// opens prepares what messages go to, once the flags are known.
func (e *env) opens() {
	switch {
	case e.logJSON && e.log == nil:
		e.log = console.NewJSON(e.stderr, time.Now)
	case !e.logJSON && e.verbose > 0 && e.lines == nil:
		e.lines = console.NewLines(e.stderr, time.Now)
	}
}

// clearly is standard error for lines that stay: above the bars, where there
// are some.
func (e *env) clearly() io.Writer {
	e.mu.Lock()
	defer e.mu.Unlock()
	if bars, ok := e.drawing.(*console.Bars); ok {
		return bars
	}
	return e.stderr
}

// wantsBars says whether a person watches, as far as the environment tells: on
// a build server what looks like a terminal is the page of a log.
func (e *env) wantsBars() bool {
	ci := strings.ToLower(e.first("CI"))
	return (ci == "" || ci == "false" || ci == "0") && e.first("TERM") != "dumb"
}

// writesUnicode says whether the terminal shows more than ASCII.
func (e *env) writesUnicode() bool {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return true
	}
	locale := strings.ToLower(e.first("LC_ALL", "LC_CTYPE", "LANG"))
	return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
}

// hasRoom says whether f is a terminal with room for bars. One that does not
// know its size, as in many containers, would show none of them.
func hasRoom(f *os.File) bool {
	width, height := sizeOf(f)
	return width > 0 && height > 0
}

func sizeOf(f *os.File) (width, height int) {
	width, height, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0, 0
	}
	return width, height
}
