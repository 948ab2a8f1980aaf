package main

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestProgressWithoutRoom: bars want a terminal that has rows and columns;
// what is no terminal, or one without a size, gets a line for each stage.
func TestProgressWithoutRoom(t *testing.T) {
	host, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no terminals here: ", err)
	}
	defer host.Close()
	number, err := unix.IoctlGetInt(int(host.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(host.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminals here: ", err)
	}
	defer terminal.Close()
	for _, test := range []struct {
		name          string
		rows, columns uint16
		environment   map[string]string
		want          bool
	}{
		{"no size", 0, 0, nil, false},
		{"a window", 40, 120, nil, true},
		{"a dumb terminal", 40, 120, map[string]string{"TERM": "dumb"}, false},
		{"a build server", 40, 120, map[string]string{"CI": "true"}, false},
	} {
		if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: test.rows, Col: test.columns}); err != nil {
			t.Fatal(err)
		}
		e := &env{stderr: terminal, lookup: func(name string) (string, bool) { v, ok := test.environment[name]; return v, ok }}
		p := e.progress()
		if got := p.bars != nil; got != test.want {
			t.Errorf("%s: bars %v, want %v", test.name, got, test.want)
		}
		p.stop()
	}
	var plain bytes.Buffer
	p := (&env{stderr: &plain, lookup: func(string) (string, bool) { return "", false }}).progress()
	p.Step("resolving", 3)
	p.stop()
	if plain.String() != "resolving (3)\n" {
		t.Errorf("elsewhere: %q", plain.String())
	}
}
