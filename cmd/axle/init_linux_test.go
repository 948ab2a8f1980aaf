package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// openTerminal gives both ends of a terminal: the person's and the program's.
func openTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no terminals here: ", err)
	}
	t.Cleanup(func() { person.Close() })
	number, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminals here: ", err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

// TestInitAsks: on a terminal each thing that no flag says is asked for; nothing
// typed is the usual value, and a bad answer is asked for again.
func TestInitAsks(t *testing.T) {
	t.Parallel()
	person, program := openTerminal(t)
	dir := t.TempDir()
	cmd := axleCommand(t, dir, []string{"init", "forge", "--version", "2.0.0"})
	var asked bytes.Buffer
	cmd.Stdin, cmd.Stderr = program, &asked
	if _, err := io.WriteString(person, "my forge\nmy_forge\n>=3.10\nwindws/amd64\nlinux/amd64 windows/amd64\nperhaps\nno\n"); err != nil {
		t.Fatal(err)
	}
	if out, err := cmd.Output(); err != nil {
		t.Fatalf("%v\n%s%s", err, out, &asked)
	}
	for _, want := range []string{
		`Name of the extension [forge]: error: "my forge" cannot name an extension`, "hint: write it as my_forge\nName of the extension [forge]: ",
		"Pythons that it works with [>=3.9]: ", "This makes an extension in the folder forge.\nEnter alone takes what is in brackets", "Yes only if all that it requires is pure Python", `platform "windws/amd64": not known`, `"perhaps" is neither yes nor no`, "next: axle build forge",
	} {
		if !strings.Contains(asked.String(), want) {
			t.Errorf("%q was not said:\n%s", want, &asked)
		}
	}
	if strings.Contains(asked.String(), "Version [") {
		t.Errorf("what a flag says was asked for:\n%s", &asked)
	}
	text, err := os.ReadFile(filepath.Join(dir, "forge", "src", "extension.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"  name: my_forge\n", `  version: "2.0.0"`, `  requires_python: ">=3.10"`, "  platforms: [linux/amd64, windows/amd64]\n", "  zip_safe: false\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not there:\n%s", want, text)
		}
	}
}

// TestInitInterrupted: Ctrl-C ends the questions, and so does the end of the
// answers; nothing was written.
func TestInitInterrupted(t *testing.T) {
	t.Parallel()
	for what, end := range map[string]func(*exec.Cmd, *os.File) error{
		"a signal":           func(cmd *exec.Cmd, _ *os.File) error { return cmd.Process.Signal(os.Interrupt) },
		"the end of answers": func(_ *exec.Cmd, person *os.File) error { _, err := person.WriteString("\x04"); return err },
	} {
		person, program := openTerminal(t)
		dir := t.TempDir()
		cmd := axleCommand(t, dir, []string{"init", "forge"})
		cmd.Stdin = program
		stderr, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said := bufio.NewReader(stderr)
		if _, err := said.ReadString(':'); err != nil {
			t.Fatal(err)
		}
		if err := end(cmd, person); err != nil {
			t.Fatal(err)
		}
		rest, _ := io.ReadAll(said)
		want := map[string]int{"a signal": 130}[what]
		if want == 0 {
			want = 2
		}
		if code := exitCode(cmd.Wait()); code != want {
			t.Errorf("%s: exit code %d, want %d\n%s", what, code, want, rest)
		}
		if _, err := os.Stat(filepath.Join(dir, "forge")); err == nil {
			t.Errorf("%s: a folder was made", what)
		}
	}
}
