package interpreters

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// pipTimeout is how long a script of [AskPip] may take: importing pip takes a
// second on slow disks.
const pipTimeout = 15 * time.Second

// pipLimit is the most bytes that such a script may print.
const pipLimit = 64 << 10

// AskPip runs a short script under the interpreter at path, with its
// site-packages, in which pip is, and returns what it printed, without white
// space around it. It is bounded like [Probe], by 15 s or the context.
// Errors: an [*Error], or that of the context.
func AskPip(ctx context.Context, path, script string) (string, error) {
	if err := newFinder(Options{}).inspect(path); err != nil {
		return "", err
	}
	limited, cancel := context.WithTimeout(ctx, pipTimeout)
	defer cancel()
	var out limitedWriter
	c := child{path: path, args: []string{"-B", "-c", script}, stdout: &out}
	stderr, err := c.run(limited)
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case limited.Err() != nil:
		return "", &Error{Path: path, Kind: NoAnswer, Detail: fmt.Sprintf("pip gave no answer within %s", pipTimeout), Err: limited.Err()}
	case err != nil:
		return "", failure(path, err, stderr)
	case out.err != nil:
		return "", &Error{Path: path, Kind: Failed, Detail: out.err.Error(), Err: out.err}
	}
	return strings.TrimSpace(strings.ToValidUTF8(out.buf.String(), "\uFFFD")), nil
}

var errTooMuch = errors.New("pip printed more than 64 KiB")

// limitedWriter keeps what is written, up to pipLimit.
type limitedWriter struct {
	buf bytes.Buffer
	err error
}

func (w *limitedWriter) Write(p []byte) (int, error) {
	if w.buf.Len()+len(p) > pipLimit {
		w.err = errTooMuch
		return len(p), nil
	}
	return w.buf.Write(p)
}
