package interpreters

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"unicode"
)

//go:embed probe_tags.py
var probeTags string

//go:embed probe.py
var probeMain string

// probeScript is the whole script.
var probeScript = probeTags + "\n\n" + probeMain

// probeDigest changes with every change of the script, so that answers of
// another one are not believed.
var probeDigest = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(probeScript))
	return hex.EncodeToString(sum[:8])
})

// probe runs the script under an executable: bare first, and when that ends
// with an error, once more as a user would. Both share one time limit.
func (f *finder) probe(ctx context.Context, path string) (Report, error) {
	limited, cancel := context.WithTimeout(ctx, f.opt.Timeout)
	defer cancel()
	// -s and -S leave out the site-packages, -B writes no byte code.
	report, err := f.probeOnce(limited, path, []string{"-s", "-S", "-B", "-"}, bareEnvironment())
	if KindOf(err) == Failed && limited.Err() == nil {
		if plain, e := f.probeOnce(limited, path, []string{"-B", "-"}, nil); e == nil {
			report, err = plain, nil
			report.NeedsSite = true
		}
	}
	if err != nil && ctx.Err() != nil {
		return Report{}, context.Cause(ctx)
	}
	return report, err
}

func (f *finder) probeOnce(ctx context.Context, path string, args, env []string) (Report, error) {
	nonce := rand.Text()
	found, stop := context.WithCancel(ctx)
	defer stop()
	out := &answerWriter{begin: []byte("<<<axle " + nonce), end: []byte(nonce + " axle>>>"), found: stop}
	c := child{path: path, args: args, env: env, stdout: out,
		stdin: "NONCE = '" + nonce + "'\n" + probeScript}
	stderr, err := c.run(found)
	answer, whole := out.answer()
	switch {
	case whole: // how it ended does not matter any more
		return parseAnswer(path, answer)
	case ctx.Err() != nil:
		return Report{}, f.noAnswer(path, ctx.Err())
	case err != nil:
		return Report{}, failure(path, err, stderr)
	}
	return Report{}, &Error{Path: path, Kind: NotPython, Detail: "gave no answer" + instead(out.seen),
		Hint: "write the path of a Python interpreter"}
}

func instead(seen []byte) string {
	if line := tellingLine(seen); line != "" {
		return ", but printed " + fmt.Sprintf("%q", line)
	}
	return ""
}

func parseAnswer(path string, answer []byte) (Report, error) {
	var said struct {
		Report
		TooOld string `json:"too_old"`
	}
	if err := json.Unmarshal(answer, &said); err != nil {
		return Report{}, &Error{Path: path, Kind: NotPython, Detail: "gave a broken answer: " + err.Error(), Err: err}
	}
	if said.TooOld != "" {
		return Report{}, &Error{Path: path, Kind: TooOld,
			Detail: "is Python " + said.TooOld, Hint: "axle needs Python 2.7, or 3.4 or later"}
	}
	if said.Schema != ReportVersion || said.Version == "" || len(said.Tags) == 0 {
		return Report{}, &Error{Path: path, Kind: NotPython, Detail: "gave an answer with parts missing"}
	}
	return said.Report, nil
}

func (f *finder) noAnswer(path string, cause error) error {
	return &Error{Path: path, Kind: NoAnswer, Err: cause,
		Detail: fmt.Sprintf("no answer within %s", f.opt.Timeout),
		Hint:   "see what it waits for with: " + path + " -c pass"}
}

// failure describes a program that could not be started, or ended badly.
func failure(path string, err error, stderr []byte) error {
	e := &Error{Path: path, Kind: Failed, Detail: reason(err), Err: err}
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrWaitDelay):
		e.Detail = "ended without an answer, and left its output open"
	case errors.As(err, &exit):
		e.Detail = exit.ProcessState.String()
		e.Hint = "see what is wrong with: " + path + " -c pass"
		if line := tellingLine(stderr); line != "" {
			e.Detail += ": " + line
		}
	default:
		e.Detail = "cannot be started: " + startReason(err)
		e.Hint = "is it a program for this machine?"
	}
	return e
}

// tellingLine is the line that says most of what a program printed: the last
// of a traceback, otherwise the first. It is fit to be shown.
func tellingLine(out []byte) string {
	lines := strings.FieldsFunc(strings.ToValidUTF8(string(out), "?"), func(r rune) bool { return r == '\n' || r == '\r' })
	lines = slices.DeleteFunc(lines, func(line string) bool { return strings.TrimSpace(line) == "" })
	if len(lines) == 0 {
		return ""
	}
	line := lines[0]
	if slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, "Traceback ") }) {
		line = lines[len(lines)-1]
	}
	line = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, strings.TrimSpace(line))
	if runes := []rune(line); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return line
}

// bareEnvironment is the environment without what changes how a Python
// starts. Leaving it out does more good than the options -E and -I: a script
// that sets up the interpreter it starts keeps what it sets.
func bareEnvironment() []string {
	env := []string{}
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(strings.ToUpper(pair), "=")
		if !strings.HasPrefix(name, "PYTHON") && name != "__PYVENV_LAUNCHER__" {
			env = append(env, pair)
		}
	}
	return env
}

// answerLimit is the most bytes that an answer may have; real ones have 8,000.
const answerLimit = 1 << 20

// answerWriter looks for the answer in whatever a program prints, and tells
// when it has it.
type answerWriter struct {
	begin, end []byte
	found      func()
	seen       []byte // before the answer, the last bytes only; then the answer
	inside     bool
	whole      bool
}

func (w *answerWriter) Write(p []byte) (int, error) {
	if w.whole {
		return len(p), nil
	}
	w.seen = append(w.seen, p...)
	if !w.inside {
		if i := bytes.Index(w.seen, w.begin); i >= 0 {
			w.seen, w.inside = w.seen[i+len(w.begin):], true
		} else if keep := 4096; len(w.seen) > keep {
			w.seen = append(w.seen[:0], w.seen[len(w.seen)-keep:]...)
		}
	}
	if w.inside {
		i := bytes.Index(w.seen, w.end)
		if w.whole = i >= 0; w.whole {
			w.seen = w.seen[:i]
			w.found()
		} else if len(w.seen) > answerLimit {
			w.seen, w.inside = nil, false
		}
	}
	return len(p), nil
}

func (w *answerWriter) answer() ([]byte, bool) { return w.seen, w.whole }
