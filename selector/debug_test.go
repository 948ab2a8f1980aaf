package selector

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/peer"
	"github.com/axlepack/axle/interpreters"
)

// debugger is a package debugpy that says what it is asked for.
var debugger = content{
	"debugpy/__init__.py": "def listen(address):\n    if address[1] == 4000:\n        raise RuntimeError('in use')\n    print('listen %s %d' % address)\n\ndef wait_for_client():\n    print('wait')\n",
}

// TestDebugpy: the debugger listens before the extension's first line, and
// waits when it is asked to; nothing of it is seen without the flag.
func TestDebugpy(t *testing.T) {
	files := content{
		"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": "import sys\nprint('first line ' + sys.argv[1])\n",
		"dep/" + universal: packageOf(t, universal, debugger),
	}
	zip := writeZip(t, files)
	somePythons(t, func(t *testing.T, in interpreters.Interpreter) {
		root := t.TempDir()
		place(t, zip, root, in)
		opt := RunOptions{Root: root, Name: "demo", Args: []string{"a"}}
		run(t, opt).want(t, 0, "first line a\n")
		opt.DebugPort = 5678
		if in.Report.PythonVersion().Release(0) == 2 {
			opt.Stdout, opt.Stderr = io.Discard, io.Discard
			if _, err := Run(t.Context(), opt); fault.ExitCode(err) != fault.Unloadable || !strings.Contains(err.Error(), "needs Python 3") {
				t.Errorf("under Python 2: %v", err)
			}
			return
		}
		r := run(t, opt)
		r.want(t, 0, "listen 127.0.0.1 5678\nfirst line a\n")
		if !strings.Contains(r.stderr, "debugpy: listening on 127.0.0.1:5678\n") {
			t.Errorf("standard error: %q", r.stderr)
		}
		opt.DebugWait = true
		run(t, opt).want(t, 0, "listen 127.0.0.1 5678\nwait\nfirst line a\n")
	})
}

// TestDebugpyRefused: what cannot be debugged says why, and what to do.
func TestDebugpyRefused(t *testing.T) {
	in := newest(t)
	for name, c := range map[string]struct {
		packaged content
		port     int
		code     int
		want     []string
	}{
		"broken":  {content{"debugpy/__init__.py": "import no_such_part\n"}, 5678, 8, []string{"error: demo: debugpy cannot be imported for --debugpy: ", "no_such_part", "hint: add debugpy to requirements.txt"}},
		"in use":  {debugger, 4000, 2, []string{"error: demo: debugpy cannot listen on 127.0.0.1:4000: in use", "hint: is the port in use?"}},
		"working": {debugger, 4001, 0, nil},
	} {
		r := runOnce(t, in, content{
			"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": "print('first line')\n", "dep/" + universal: packageOf(t, universal, c.packaged),
		}, RunOptions{DebugPort: c.port})
		if r.code != c.code || strings.Contains(r.stdout, "first line") != (c.code == 0) {
			t.Errorf("%s: exit code %d, %q", name, r.code, r.stdout)
		}
		for _, part := range c.want {
			if !strings.Contains(r.stderr, part) {
				t.Errorf("%s: %q is missing in %s", name, part, r.stderr)
			}
		}
	}
	root := t.TempDir()
	place(t, writeZip(t, content{"extension.yml": manifest("demo", "1.0.0"), "extension.py": ""}), root, in)
	for _, port := range []int{-1, 65536} {
		if _, err := Run(t.Context(), RunOptions{Root: root, Name: "demo", DebugPort: port, Stdout: io.Discard}); fault.ExitCode(err) != fault.Usage {
			t.Errorf("port %d: %v", port, err)
		}
	}
}

// TestRealDebugpy: a debugger attaches to an extension by the real debugpy.
func TestRealDebugpy(t *testing.T) {
	peer.Real(t)
	in := newest(t)
	dir := t.TempDir()
	program(t, exec.Command(in.Path, "-m", "pip", "install", "-q", "--target", dir, "debugpy"))
	files := content{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.Contains(path, ".dist-info") || filepath.Ext(path) == ".pyc" {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	place(t, writeZip(t, content{
		"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": "print('first line')\n", "dep/" + universal: packageOf(t, universal, files),
	}), root, in)
	ctx, end := context.WithTimeout(t.Context(), time.Minute)
	defer end()
	port := freePort(t)
	answers := make(chan string, 8) // the mark is found once more with each line behind it
	out := &signalWriter{mark: "waiting for a debugger", found: func() { go func() { answers <- initialize(port) }() }}
	var stdout strings.Builder
	done := make(chan error, 1)
	go func() {
		_, err := Run(ctx, RunOptions{Root: root, Name: "demo", DebugPort: port, DebugWait: true, Stdout: &stdout, Stderr: out, Stdin: strings.NewReader("")})
		done <- err
	}()
	select {
	case answer := <-answers:
		if !strings.Contains(answer, `"success": true`) && !strings.Contains(answer, `"success":true`) {
			t.Errorf("it answered %q", answer)
		}
	case err := <-done:
		t.Fatalf("it ended: %v\n%s", err, out.said)
	case <-ctx.Done():
		t.Errorf("nothing answered: %s", out.said)
	}
	end()
	<-done
	if strings.Contains(stdout.String(), "first line") {
		t.Error("the extension did not wait")
	}
}

// freePort is one that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// initialize sends the first request of the Debug Adapter Protocol, and gives
// the answer to it.
func initialize(port int) string {
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	request, _ := json.Marshal(map[string]any{"seq": 1, "type": "request", "command": "initialize", "arguments": map[string]any{"adapterID": "test"}})
	fmt.Fprintf(conn, "Content-Length: %d\r\n\r\n%s", len(request), request)
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return err.Error()
		}
		size, found := strings.CutPrefix(line, "Content-Length: ")
		if !found {
			continue
		}
		n, _ := strconv.Atoi(strings.TrimSpace(size))
		body := make([]byte, n+2) // and the empty line before it
		if _, err := io.ReadFull(in, body); err != nil {
			return err.Error()
		}
		if strings.Contains(string(body), `"response"`) {
			return string(body)
		}
	}
}
