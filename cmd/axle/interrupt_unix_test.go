//go:build unix

package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/indextest"
)

const interruptedIndex = `
palette 1.0 py3-none-any
kiln 2.0 cp39..cp311@win_amd64,manylinux_2_17_x86_64
    native: kiln/_kiln
`

// newInterrupted makes a folder with a project whose dist holds a finished
// build, and whose requirements then changed.
func newInterrupted(t *testing.T, index string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"extension.yml": `extension: {name: ext, version: "1.0.0", api_level: "1.4.0", requires_python: ">=3.9,<3.12", zip_safe: false}
bundle: {platforms: [linux/amd64, windows/amd64]}
`,
		"extension.py": "", "requirements.txt": "palette\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := axleCommand(t, dir, []string{"-q", "build"}, "AXLE_INDEX_URL="+index).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "requirements.txt"), []byte("palette\nkiln\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestInterruptedWhileWaiting presses Ctrl-C while an index keeps the build
// waiting: it ends at once with 130, dist is as it was, nothing is left over.
func TestInterruptedWhileWaiting(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"/simple/kiln", "/files/kiln"} {
		t.Run(strings.ReplaceAll(strings.Trim(what, "/"), "/", "-"), func(t *testing.T) {
			t.Parallel()
			files := describe(t, "", interruptedIndex)
			index := indextest.New(t, indextest.Options{}, files...)
			asked, once := make(chan struct{}), sync.Once{}
			front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !strings.HasPrefix(r.URL.Path, what) {
					index.ServeHTTP(w, r)
					return
				}
				once.Do(func() { close(asked) })
				<-r.Context().Done()
			}))
			t.Cleanup(front.Close)
			t.Cleanup(front.CloseClientConnections)
			dir := newInterrupted(t, front.URL+"/simple/")
			before := snapshot(filepath.Join(dir, "dist"))
			var stderr bytes.Buffer
			cmd := axleCommand(t, dir, []string{"build"}, "AXLE_INDEX_URL="+front.URL+"/simple/")
			cmd.Stderr = &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			<-asked
			interrupt(t, cmd, 130)
			if !strings.Contains(stderr.String(), "interrupted: nothing was left behind") {
				t.Errorf("it said: %s", stderr.String())
			}
			checkUntouched(t, dir, before)
		})
	}
}

// TestInterruptedWhileWriting presses Ctrl-C at each stage of a build that
// writes: it is as if it had not begun, or it is done.
func TestInterruptedWhileWriting(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 8<<20)
	rand.Read(noise)
	files := describe(t, "", interruptedIndex+"    file kiln/noise.bin: "+strings.ReplaceAll(string(noise), "\n", " "))
	index := indextest.New(t, indextest.Options{}, files...).Simple()
	for _, stage := range []string{"resolving", "downloading", "merging"} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			dir := newInterrupted(t, index)
			before := snapshot(filepath.Join(dir, "dist"))
			cmd := axleCommand(t, dir, []string{"build", "-v"}, "AXLE_INDEX_URL="+index)
			pipe, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(pipe)
			for lines.Scan() && !strings.Contains(lines.Text(), "  "+stage) {
			}
			go io.Copy(io.Discard, pipe)
			if interrupt(t, cmd, 130, 0) == 130 {
				checkUntouched(t, dir, before)
			} else if left := leftovers(dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// interrupt sends what Ctrl-C sends, and returns the exit code that follows
// within a second, which must be one of those given. A machine that is busy with
// other tests gets three.
func interrupt(t *testing.T, cmd *exec.Cmd, codes ...int) int {
	t.Helper()
	start := time.Now()
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	limit := 3 * time.Second
	if os.Getenv("AXLE_LONG") != "" {
		limit = time.Second
	}
	took := time.Since(start)
	if t.Logf("it ended after %s", took.Round(time.Millisecond)); took > limit {
		t.Errorf("it went on for %s", took)
	}
	got := cmd.ProcessState.ExitCode()
	for _, code := range codes {
		if got == code {
			return got
		}
	}
	t.Errorf("it ended with %s, want exit code %v", cmd.ProcessState, codes)
	return got
}

func checkUntouched(t *testing.T, dir, before string) {
	t.Helper()
	if after := snapshot(filepath.Join(dir, "dist")); after != before {
		t.Errorf("dist was:\n%s\nand is:\n%s", before, after)
	}
	if left := leftovers(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
