package procgroup

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

const role = "AXLE_TEST_PROCGROUP"

// TestMain lets the test program be the parent and the child of the tests.
func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "parent":
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), role+"=child")
		child.Stdout = os.Stdout
		if err := child.Start(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if os.Getenv(role+"_LEAVES") == "" {
			_ = child.Wait()
		}
	case "child":
		fmt.Println("child")
		time.Sleep(time.Minute)
	default:
		os.Exit(m.Run())
	}
}

func parent(ctx context.Context, out io.Writer) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), role+"=parent")
	cmd.Stdout = out
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// The child holds the pipe, so the pipe ends when the child does.
func TestGroupEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := parent(ctx, w)
	group, err := Start(cmd)
	_ = w.Close()
	if err != nil {
		t.Fatal(err)
	}
	defer group.Close()
	out := bufio.NewReader(r)
	if line, err := out.ReadString('\n'); line != "child\n" {
		t.Fatalf("%q, %v", line, err)
	}
	cancel()
	if err := cmd.Wait(); err == nil {
		t.Error("the program ended well")
	}
	_ = r.SetReadDeadline(time.Now().Add(30 * time.Second))
	if _, err := out.ReadByte(); err != io.EOF {
		t.Errorf("the child lives: %v", err)
	}
}

func TestKillEndsWhatWasLeftBehind(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := parent(t.Context(), w)
	cmd.Env = append(cmd.Env, role+"_LEAVES=1")
	group, err := Start(cmd)
	_ = w.Close()
	if err != nil {
		t.Fatal(err)
	}
	defer group.Close()
	out := bufio.NewReader(r)
	if line, err := out.ReadString('\n'); line != "child\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	group.Kill()
	_ = r.SetReadDeadline(time.Now().Add(30 * time.Second))
	if _, err := out.ReadByte(); err != io.EOF {
		t.Errorf("the child lives: %v", err)
	}
}

func TestStartReportsNoProgram(t *testing.T) {
	for name, start := range map[string]func(*exec.Cmd) (*Group, error){"Start": Start, "StartForeground": StartForeground} {
		if _, err := start(exec.CommandContext(t.Context(), "./no-such-program")); err == nil {
			t.Errorf("%s: started", name)
		}
	}
}

func TestForegroundKill(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), role+"=child")
	group, err := StartForeground(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer group.Close()
	group.Kill()
	if err := cmd.Wait(); err == nil {
		t.Error("the program ended well")
	}
}
