package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// progress shows what a build is doing: bars on a terminal, a plain line for
// each stage elsewhere, nothing with --quiet. It is never part of a result.
type progress struct {
	out   io.Writer
	bars  *mpb.Progress // nil when there is no terminal
	quiet bool

	mu    sync.Mutex
	stage *mpb.Bar
	files map[string]*mpb.Bar
}

func (e *env) progress() *progress {
	p := &progress{out: e.stderr, quiet: e.quiet, files: map[string]*mpb.Bar{}}
	f, isFile := e.stderr.(*os.File)
	if !e.quiet && isFile && hasRoom(f) && e.first("CI") == "" && e.first("TERM") != "dumb" {
		p.bars = mpb.New(mpb.WithOutput(f), mpb.WithWidth(40))
	}
	return p
}

// hasRoom says whether f is a terminal with room for bars. One that does not
// know its size, as in many containers, would show none of them.
func hasRoom(f *os.File) bool {
	width, height, err := term.GetSize(int(f.Fd()))
	return err == nil && width > 0 && height > 0
}

// Step begins a stage of so many items.
func (p *progress) Step(name string, items int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.quiet {
		return
	}
	if p.bars == nil {
		fmt.Fprintf(p.out, "%s (%d)\n", name, items)
		return
	}
	p.finish()
	p.stage = p.bars.AddBar(int64(items), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(name, decor.WCSyncSpaceR), decor.CountersNoUnit("%d/%d", decor.WCSyncSpace)))
}

// Item is one item of the stage done.
func (p *progress) Item(string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stage != nil {
		p.stage.Increment()
	}
}

// Bytes moves the bar of one download.
func (p *progress) Bytes(file string, done, total int64) {
	if p.bars == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	bar, ok := p.files[file]
	if !ok {
		bar = p.bars.AddBar(total, mpb.BarRemoveOnComplete(), mpb.PrependDecorators(decor.Name(short(file), decor.WCSyncSpaceR), decor.CountersKibiByte("% .1f / % .1f", decor.WCSyncSpace)),
			mpb.AppendDecorators(decor.AverageSpeed(decor.SizeB1024(0), "% .1f")))
		p.files[file] = bar
	}
	bar.SetCurrent(done)
	if total > 0 && done >= total {
		bar.SetTotal(total, true)
	}
}

// short is the project, version and Python of a file: its whole name would
// leave no room for the bar.
func short(file string) string {
	parts := strings.SplitN(strings.TrimSuffix(file, ".whl"), "-", 4)
	if len(parts) == 4 {
		parts = parts[:3]
	}
	return strings.Join(parts, " ")
}

// finish takes away the bars of the stage. The lock is held.
func (p *progress) finish() {
	if p.stage != nil {
		p.stage.Abort(true)
		p.stage = nil
	}
	for name, bar := range p.files {
		bar.Abort(true)
		delete(p.files, name)
	}
}

// stop takes away every bar, so that the result stands alone.
func (p *progress) stop() {
	p.mu.Lock()
	p.finish()
	p.mu.Unlock()
	if p.bars != nil {
		p.bars.Wait()
	}
}
