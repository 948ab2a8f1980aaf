package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/axlepack/axle/internal/console"
	"github.com/axlepack/axle/internal/indextest"
)

// TestWhereBarsAreDrawn: on a terminal that has rows and columns, and nowhere
// else.
func TestWhereBarsAreDrawn(t *testing.T) {
	_, terminal := openTerminal(t)
	for _, test := range []struct {
		name          string
		rows, columns uint16
		environment   map[string]string
		flags         func(*talk)
		want          bool
	}{
		{name: "no size"},
		{name: "a window", rows: 40, columns: 120, want: true},
		{name: "a dumb terminal", rows: 40, columns: 120, environment: map[string]string{"TERM": "dumb"}},
		{name: "a build server", rows: 40, columns: 120, environment: map[string]string{"CI": "true"}},
		{name: "no build server", rows: 40, columns: 120, environment: map[string]string{"CI": "false"}, want: true},
		{name: "quiet", rows: 40, columns: 120, flags: func(t *talk) { t.quiet = true }},
		{name: "verbose", rows: 40, columns: 120, flags: func(t *talk) { t.verbose = 1 }},
		{name: "a log", rows: 40, columns: 120, flags: func(t *talk) { t.logJSON = true }},
	} {
		if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: test.rows, Col: test.columns}); err != nil {
			t.Fatal(err)
		}
		e := &env{stderr: terminal, lookup: func(name string) (string, bool) { v, ok := test.environment[name]; return v, ok }}
		if test.flags != nil {
			test.flags(&e.talk)
		}
		_, done := e.events()
		if _, got := e.drawing.(*console.Bars); got != test.want {
			t.Errorf("%s: bars %v, want %v", test.name, got, test.want)
		}
		done()
	}
	var plain bytes.Buffer
	e := &env{stderr: &plain, lookup: func(string) (string, bool) { return "", false }}
	if stream, done := e.events(); stream != nil || e.drawing != nil {
		t.Error("elsewhere something is drawn")
	} else {
		done()
	}
}

// TestBarsOnATerminal watches a build whose download hesitates: there is a bar
// for the file, and in the end none, whether it is done or interrupted.
func TestBarsOnATerminal(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"done", "interrupted", "interrupted twice"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			person, program := openTerminal(t)
			if err := unix.IoctlSetWinsize(int(program.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}); err != nil {
				t.Fatal(err)
			}
			index := indextest.New(t, indextest.Options{}, describe(t, "", "kiln 2.0 py3-none-any\n    file kiln/big.bin: "+strings.Repeat("x", 1000)+"\n")...)
			goOn, once := make(chan struct{}), sync.Once{}
			front := httptest.NewServer(hesitate(index, goOn))
			t.Cleanup(front.Close)
			t.Cleanup(func() { once.Do(func() { close(goOn) }) })
			dir := t.TempDir()
			for name, text := range map[string]string{
				"extension.yml":    "extension: {name: ext, version: \"1.0.0\", api_level: \"1.4.0\", requires_python: \">=3.9,<3.11\", zip_safe: false}\n",
				"requirements.txt": "kiln\n", "extension.py": "",
			} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			cmd := axleCommand(t, dir, []string{"build"}, "AXLE_INDEX_URL="+front.URL+"/simple/", "LANG=C.UTF-8", "CI=", "TERM=xterm")
			cmd.Stderr = program
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			seen := watch(person)
			seen.until(t, "kiln 2.0 py3")
			seen.until(t, "\x1b[K\x1b[J")
			switch end {
			case "done":
				once.Do(func() { close(goOn) })
			case "interrupted twice":
				_ = cmd.Process.Signal(os.Interrupt)
				fallthrough
			default:
				_ = cmd.Process.Signal(os.Interrupt)
			}
			_ = cmd.Wait()
			program.Close()
			<-seen.ended
			text := seen.String()
			rest := text[strings.LastIndex(text, "\x1b[J")+len("\x1b[J"):]
			code := cmd.ProcessState.ExitCode()
			switch {
			case end == "done" && (code != 0 || rest != ""):
				t.Errorf("exit code %d, and after the bars %q", code, rest)
			case end == "interrupted" && (code != 130 || !strings.HasSuffix(rest, "interrupted:\x1b[0m nothing was left behind\r\n")):
				t.Errorf("exit code %d, and after the bars %q", code, rest)
			case end == "interrupted twice" && code != 130:
				t.Errorf("exit code %d", code)
			}
			if strings.Contains(text, "\x1b[?25l") {
				t.Error("the cursor was hidden")
			}
			if left := leftovers(dir); len(left) > 0 && end != "interrupted twice" {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// hesitate is an index that gives half of each file, and the rest later.
func hesitate(index http.Handler, goOn <-chan struct{}) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/files/") || r.Header.Get("Range") != "" || strings.HasSuffix(r.URL.Path, ".metadata") {
			index.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		index.ServeHTTP(answer, r)
		w.Header().Set("Content-Length", fmt.Sprint(answer.Body.Len()))
		_, _ = w.Write(answer.Body.Next(answer.Body.Len() / 2))
		w.(http.Flusher).Flush()
		select {
		case <-goOn:
		case <-r.Context().Done():
		}
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// watched is what a person sees.
type watched struct {
	mu    sync.Mutex
	text  bytes.Buffer
	ended chan struct{}
}

// watch reads what comes, until the program's end is closed.
func watch(person *os.File) *watched {
	w := &watched{ended: make(chan struct{})}
	go func() {
		defer close(w.ended)
		buf := make([]byte, 4096)
		for {
			n, err := person.Read(buf)
			w.mu.Lock()
			w.text.Write(buf[:n])
			w.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return w
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// until waits for a text.
func (w *watched) until(t *testing.T, text string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !strings.Contains(w.String(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%q does not come:\n%q", text, w.String())
		}
	}
}
