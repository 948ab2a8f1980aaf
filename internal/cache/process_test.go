package cache

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain lets the test binary act as another process on the same cache.
func TestMain(m *testing.M) {
	dir := os.Getenv("AXLE_TEST_CACHE")
	if dir == "" {
		os.Exit(m.Run())
	}
	s, err := Open(dir)
	if err == nil {
		err = map[string]func(*Store, string) error{"count": count, "hang": hang}[os.Getenv("AXLE_TEST_TASK")](s, dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func process(ctx context.Context, t *testing.T, dir, task string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), "AXLE_TEST_CACHE="+dir, "AXLE_TEST_TASK="+task)
	cmd.Stderr = os.Stderr
	return cmd
}

const rounds = 20

// count adds to a number in a file as only the holder of a lock can, and
// writes blobs and values that the others write too.
func count(s *Store, dir string) error {
	ctx := context.Background()
	path := filepath.Join(dir, "number")
	for i := range rounds {
		text := strings.Repeat(strconv.Itoa(i), 10_000)
		if _, _, _, err := s.Put(ctx, sumOf(text), write(text)); err != nil {
			return err
		}
		if err := s.Set("page-1", "k", []byte(text)); err != nil {
			return err
		}
		unlock, err := s.Lock(ctx, "number")
		if err != nil {
			return err
		}
		data, _ := os.ReadFile(path)
		n, _ := strconv.Atoi(string(data))
		err = os.WriteFile(path, []byte(strconv.Itoa(n+1)), 0o600)
		unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

func TestProcesses(t *testing.T) {
	dir := t.TempDir()
	const processes = 3
	var wg sync.WaitGroup
	for range processes {
		wg.Go(func() {
			if err := process(t.Context(), t, dir, "count").Run(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	data, err := os.ReadFile(filepath.Join(dir, "number"))
	if want := strconv.Itoa(processes * rounds); err != nil || string(data) != want {
		t.Errorf("counted %s, want %s (%v)", data, want, err)
	}
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rounds {
		if !s.Verify(sumOf(strings.Repeat(strconv.Itoa(i), 10_000))) {
			t.Errorf("blob %d is not there", i)
		}
	}
	noRests(t, s)
}

// hang takes a lock, writes half a blob, says so, and waits to be killed.
func hang(s *Store, _ string) error {
	if _, err := s.Lock(context.Background(), "number"); err != nil {
		return err
	}
	_, _, _, err := s.Put(context.Background(), "", func(w io.Writer) error {
		if _, err := io.WriteString(w, "hello"); err != nil {
			return err
		}
		fmt.Println("ready")
		time.Sleep(time.Minute)
		return errors.New("was not killed")
	})
	return err
}

// A process that is killed leaves no blob and no lock.
func TestKilledProcess(t *testing.T) {
	dir := t.TempDir()
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	cmd := process(ctx, t, dir, "hang")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("%q, %v", line, err)
	}
	kill()
	if err := cmd.Wait(); err == nil {
		t.Fatal("the process ended by itself")
	}
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Blob(sumOf("hello")); ok {
		t.Error("half a blob is there")
	}
	wait, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	unlock, err := s.Lock(wait, "number")
	if err != nil {
		t.Fatalf("the lock is still held: %v", err)
	}
	unlock()
}
