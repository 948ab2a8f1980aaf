package wheelbuild

import (
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/procgroup"
)

// child is a program to run to its end or to that of the context, with all
// that it starts.
type child struct {
	path string
	args []string
	dir  string
	env  []string
	out  *tail
}

// closing is how long the pipes of a program that was ended may stay open in
// the hands of processes that got away.
const closing = 500 * time.Millisecond

func (c child) run(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, c.path, c.args...)
	cmd.Dir, cmd.Env = c.dir, append(slices.Clip(c.env), "PWD="+c.dir)
	cmd.Stdout, cmd.Stderr = c.out, c.out
	cmd.WaitDelay = closing
	group, err := procgroup.Start(cmd)
	if err != nil {
		return err
	}
	defer group.Close()
	err = cmd.Wait()
	if errors.Is(err, exec.ErrWaitDelay) {
		group.Kill()
		err = nil // the program itself ended well, and left others behind
	}
	return err
}

// tail keeps the last bytes of what is written.
type tail struct{ kept []byte }

const tailBytes = 64 << 10

// Write keeps the end of what was written so far.
func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - tailBytes; over > tailBytes {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}

const (
	shownLines = 25
	shownChars = 300
)

// lines are the last lines that say something.
func (t *tail) lines() []string {
	text := strings.ReplaceAll(strings.ToValidUTF8(string(t.kept), "\uFFFD"), "\r\n", "\n")
	var all []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line[strings.LastIndexByte(line, '\r')+1:], " \t") // a progress bar goes back with \r
		if line == "" {
			continue
		}
		if short := []rune(line); len(short) > shownChars {
			line = string(short[:shownChars]) + "…"
		}
		all = append(all, line)
	}
	return all[max(0, len(all)-shownLines):]
}
