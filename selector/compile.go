package selector

import (
	"bufio"
	"context"
	_ "embed"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/launch"
	"github.com/axlepack/axle/internal/procgroup"
)

//go:embed compile.py
var compileScript string

const (
	// compileLimit bounds the compiling of one folder.
	compileLimit = 10 * time.Minute
	// compileBatch is how many files a process takes at a time: so few that
	// all cores end together, and that a process whose axle was killed ends soon.
	compileBatch = 16
	// compileShare is how many files make another process worth its start.
	compileShare = 48
)

// compile makes the byte code of a folder, so that the first start is as fast
// as the next. It will lie at final, which is the path that tracebacks show. It
// never makes a deployment fail, unless ctx ends: without byte code the
// extension runs all the same.
func (d *deployer) compile(ctx context.Context, dir, final string) error {
	if d.opt.NoCompile {
		return nil
	}
	names, err := pythonFiles(dir)
	if err != nil || len(names) == 0 {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, compileLimit)
	defer cancel()
	task := d.opt.Events.Begin(event.Event{What: "compiling", Total: int64(len(names)), Fields: []event.Field{event.F("files", len(names))}})
	defer task.End(nil)
	batches := make(chan []string)
	var group errgroup.Group
	for range min(runtime.GOMAXPROCS(0), 1+len(names)/compileShare) {
		group.Go(func() error {
			d.compileBatches(limited, dir, final, batches)
			for range batches { // of a process that ended early
			}
			return nil
		})
	}
	for len(names) > 0 {
		n := min(compileBatch, len(names))
		batches <- names[:n]
		task.Add(int64(n), "")
		names = names[n:]
	}
	close(batches)
	_ = group.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// pythonFiles lists the files to compile, relative to dir.
func pythonFiles(dir string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".py" {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		names = append(names, rel)
		return err
	})
	return names, err
}

// compileBatches runs one process of the interpreter until there is nothing
// more to compile, or the process ends.
func (d *deployer) compileBatches(ctx context.Context, dir, final string, batches <-chan []string) {
	in := d.c.Interpreter
	args := append(launch.Options(in.Report.NeedsSite), "-W", "ignore", "-c", compileScript, final)
	cmd := exec.CommandContext(ctx, in.Path, args...)
	cmd.Dir, cmd.Env = dir, compileEnv(os.Environ(), in.Report.NeedsSite)
	cmd.WaitDelay = time.Second
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return
	}
	processes, err := procgroup.Start(cmd)
	if err != nil {
		return
	}
	defer processes.Close()
	feed(stdin, bufio.NewReader(stdout), batches)
	_ = stdin.Close()
	_ = cmd.Wait()
}

// feed hands out batches one by one, each when the one before is done.
func feed(to io.Writer, answers *bufio.Reader, batches <-chan []string) {
	for batch := range batches {
		if _, err := io.WriteString(to, strings.Join(batch, "\n")+"\n\n"); err != nil {
			return
		}
		if _, err := answers.ReadString('\n'); err != nil {
			return
		}
	}
}
