package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
)

func TestMain(m *testing.M) {
	if os.Getenv("FAULT_TEST_CHILD") != "" {
		os.Exit(9)
	}
	os.Exit(m.Run())
}

type typed struct{}

func (*typed) Error() string   { return "demo: no package" }
func (*typed) ExitCode() int   { return fault.NoPackage }
func (*typed) Hints() []string { return []string{"build one", "build one", ""} }

func TestExitCode(t *testing.T) {
	plain := errors.New("plain")
	for _, c := range []struct {
		name string
		err  error
		want int
	}{
		{"nil", nil, 0},
		{"plain", plain, fault.Internal},
		{"cancelled", context.Canceled, fault.Internal},
		{"new", fault.New(fault.Usage, "x"), fault.Usage},
		{"wrapped", fmt.Errorf("a: %w", fault.New(fault.Usage, "x", "h")), fault.Usage},
		{"outermost wins", fault.Errorf(fault.Resolution, "a: %w", fault.New(fault.Usage, "x")), fault.Resolution},
		{"hints keep the code", fault.WithHints(&typed{}, "h"), fault.NoPackage},
		{"with code", fault.WithCode(&typed{}, fault.Mismatch), fault.Mismatch},
		{"list", fault.List{fault.New(7, "a"), fault.New(3, "b")}, 7},
		{"list, first without a code", fault.List{plain, fault.New(3, "b")}, 3},
		{"list without codes", fault.List{plain}, fault.Internal},
		{"joined", errors.Join(plain, fault.New(6, "b")), 6},
		{"problem", &fault.Problem{Reason: "x"}, fault.BadInput},
		{"problem with code", &fault.Problem{Reason: "x", Code: 7}, 7},
	} {
		if got := fault.ExitCode(c.err); got != c.want {
			t.Errorf("%s: exit code %d, want %d", c.name, got, c.want)
		}
	}
}

// exec.ExitError has an ExitCode method; its value is the child's business.
func TestExitCodeOfChildIsNotOurs(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "FAULT_TEST_CHILD=1")
	err = cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 9 {
		t.Fatalf("child: %v", err)
	}
	if got := fault.ExitCode(fmt.Errorf("probe: %w", err)); got != fault.Internal {
		t.Errorf("exit code %d, want %d", got, fault.Internal)
	}
	if got := fault.ExitCode(fault.Errorf(fault.NoInterpreter, "probe: %w", err)); got != fault.NoInterpreter {
		t.Errorf("exit code %d, want %d", got, fault.NoInterpreter)
	}
}

func TestNilStaysNil(t *testing.T) {
	if err := fault.WithHints(nil, "h"); err != nil {
		t.Errorf("WithHints(nil) = %v", err)
	}
	if err := fault.WithCode(nil, 3); err != nil {
		t.Errorf("WithCode(nil) = %v", err)
	}
	var l fault.List
	if err := l.Err(); err != nil {
		t.Errorf("empty list: %v", err)
	}
}

func TestChainIsKept(t *testing.T) {
	err := fault.WithHints(fault.Errorf(3, "read: %w", io.ErrUnexpectedEOF), "again")
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("errors.Is does not see the cause")
	}
	var target *typed
	if !errors.As(fault.List{errors.New("x"), fault.WithCode(&typed{}, 1)}, &target) {
		t.Error("errors.As does not see into a list")
	}
}

func TestHints(t *testing.T) {
	err := fault.WithHints(fmt.Errorf("a: %w", fault.WithHints(&typed{}, "inner", "outer")), "outer")
	want := []string{"outer", "inner", "build one"}
	if got := fault.Hints(err); !slices.Equal(got, want) {
		t.Errorf("hints %q, want %q", got, want)
	}
	if got := fault.Hints(nil); got != nil {
		t.Errorf("hints of nil: %q", got)
	}
}

func TestPrint(t *testing.T) {
	problem := &fault.Problem{File: "extension.yml", Line: 3, Col: 12, Width: 3, Path: "extension.version",
		Reason: "1.0 is a number", Hint: `write it in quotes: "1.0"`, SourceLine: "  version:\t 1.0"}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"nil", nil, ""},
		{"plain", errors.New("a: b"), "error: a: b\n"},
		{"two lines", errors.New("a\nb"), "error: a\n       b\n"},
		{"hints", fault.New(3, "a", "h", "i"), "error: a\nhint: h\nhint: i\n"},
		{"list", fault.List{fault.New(3, "a", "h"), fault.New(3, "b", "h", "i")}, "error: a\nhint: h\nerror: b\nhint: i\n"},
		{"joined", errors.Join(errors.New("a"), errors.New("b")), "error: a\nerror: b\n"},
		{"nested lists", fault.List{fault.List{errors.New("a"), errors.New("b")}, errors.New("c")}, "error: a\nerror: b\nerror: c\n"},
		{"decorated list", fault.WithHints(fault.WithCode(fault.List{errors.New("a"), errors.New("b")}, 7), "h"), "error: a\nerror: b\nhint: h\n"},
		{"decorated list of one", fault.WithHints(fault.List{fault.New(3, "a", "i")}, "h"), "error: a\nhint: h\nhint: i\n"},
		{"list inside a sentence", fmt.Errorf("all: %w", fault.List{errors.New("a"), errors.New("b")}), "error: all: a\n       b\n"},
		{"empty list", fault.List{}, "error: \n"},
		{"control characters", errors.New("x\x1b[31m\u202e\ttab"), "error: x\\u001b[31m\\u202e\ttab\n"},
		{"credentials", fault.New(7, "https://me:p@ss@index.test/x@1: 401", "try https://tok@index.test"),
			"error: https://*******@index.test/x@1: 401\nhint: try https://***@index.test\n"},
		{"credentials in the source", &fault.Problem{File: "f", Line: 1, Col: 4, Width: 27, Reason: "x", SourceLine: "-i http://me:s3cret@index.test"},
			"error: f:1:4: x\n  1 | -i http://*********@index.test\n    |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"},
		{"problem", fmt.Errorf("load: %w", problem), `error: load: extension.yml:3:12: extension.version: 1.0 is a number
  3 |   version:  1.0
    |            ^^^
hint: write it in quotes: "1.0"
`},
	} {
		var b strings.Builder
		fault.Print(&b, c.err)
		if b.String() != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, b.String(), c.want)
		}
	}
}

func TestExcerptOfLongLines(t *testing.T) {
	p := &fault.Problem{Line: 1, Col: 5000, Width: 900, SourceLine: strings.Repeat("ä", 10000)}
	lines := strings.Split(p.Excerpt(), "\n")
	if len(lines) != 2 || len([]rune(lines[0])) > 110 || len([]rune(lines[1])) > 110 {
		t.Errorf("excerpt of a long line: %q", lines)
	}
	if !strings.Contains(lines[1], "^") {
		t.Errorf("nothing underlined: %q", lines[1])
	}
	for _, col := range []int{1, 3, 4, 99} {
		p := &fault.Problem{Line: 1, Col: col, SourceLine: "abc"}
		if strings.Count(p.Excerpt(), "^") != 1 {
			t.Errorf("column %d: %q", col, p.Excerpt())
		}
	}
}

// TestExcerptIsTrue: what is underlined stands above the underline, whatever
// the line is made of.
func TestExcerptIsTrue(t *testing.T) {
	long := strings.Repeat("x", 500)
	for _, c := range []struct {
		name, line string
		col, width int
		want       string
	}{
		{"tabs", "\tname:\tdemo", 8, 4, "1 |  name: demo\n  |        ^^^^"},
		{"wide characters", "名前: demo x", 5, 4, "1 | 名前: demo x\n  |       ^^^^"},
		{"a wide place", "a: 名前", 4, 2, "1 | a: 名前\n  |    ^^^^"},
		{"marks that combine", "e\u0301 b", 4, 1, "1 | e\u0301 b\n  |   ^"},
		{"the end of a line of Windows", "a: b\r", 4, 1, "1 | a: b\n  |    ^"},
		{"control characters", "a\x1b[31mb", 7, 1, "1 | a [31mb\n  |       ^"},
		{"behind the end", "a:", 3, 1, "1 | a:\n  |   ^"},
		{"far behind the end", "a:", 30, 5, "1 | a:\n  |   ^"},
		{"a long line", long + "!" + long, 501, 1, "1 | …" + strings.Repeat("x", 35) + "!" + strings.Repeat("x", 34) + "…\n  | " + strings.Repeat(" ", 36) + "^"},
		{"a long line of wide characters", strings.Repeat("名", 200) + "!" + strings.Repeat("名", 200), 201, 1,
			"1 | …" + strings.Repeat("名", 17) + "!" + strings.Repeat("名", 16) + "…\n  | " + strings.Repeat(" ", 35) + "^"},
	} {
		p := &fault.Problem{Line: 1, Col: c.col, Width: c.width, SourceLine: c.line}
		if got := p.Excerpt(); got != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, got, c.want)
		}
	}
}

// TestPalette: colours change nothing but themselves.
func TestPalette(t *testing.T) {
	err := fault.List{&fault.Problem{File: "f", Line: 1, Col: 1, Width: 1, Reason: "x", Hint: "h", SourceLine: "^ a"}, errors.New("y")}
	var plain, colored strings.Builder
	fault.Print(&plain, err)
	fault.Palette(true).Print(&colored, err)
	if got := colorful.ReplaceAllString(colored.String(), ""); got != plain.String() || got == colored.String() {
		t.Errorf("with colours:\n%s\nwithout:\n%s", colored.String(), plain.String())
	}
	if !strings.Contains(colored.String(), "\x1b[1;31merror:\x1b[0m") || !strings.Contains(colored.String(), "\x1b[1;31m^\x1b[0m\n") {
		t.Errorf("%q", colored.String())
	}
}

var colorful = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestWarningString(t *testing.T) {
	for _, c := range []struct {
		w    fault.Warning
		want string
	}{
		{fault.Warning{File: "f", Line: 2, Col: 3, Text: "x"}, "f:2:3: x"},
		{fault.Warning{File: "f", Line: 2, Text: "x"}, "f:2: x"},
		{fault.Warning{File: "f", Text: "x"}, "f: x"},
		{fault.Warning{Line: 2, Text: "x"}, "2: x"},
		{fault.Warning{Text: "x"}, "x"},
		{fault.Warning{Text: "http://a:b@h/"}, "http://***@h/"},
	} {
		if got := c.w.String(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.w, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	keys := []string{"version", "zip_safe", "organization", "platforms", "pythons", "name", "prefer", "pre", "os", "requires_python"}
	for word, want := range map[string]string{
		"versoin":         "version",
		"Version":         "version",
		"vesion":          "version",
		"zip-safe":        "zip_safe",
		"zipsafe":         "zip_safe",
		"platform":        "platforms",
		"python":          "pythons",
		"org":             "organization",
		"organisation":    "organization",
		"nmae":            "name",
		"python-requires": "requires_python",
		"so":              "os",
		"completely_else": "",
		"":                "",
		"xy":              "",
	} {
		got, ok := fault.Nearest(word, keys)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", word, got, ok, want)
		}
	}
}

func TestNearestDoesNotDependOnOrder(t *testing.T) {
	known := []string{"cat", "bat", "hat", "rat"}
	for range known {
		known = append(known[1:], known[0])
		if got, _ := fault.Nearest("xat", known); got != "bat" {
			t.Errorf("%v: %q", known, got)
		}
	}
}

func FuzzPrint(f *testing.F) {
	f.Add("a: b", "hint", "line", 3)
	f.Fuzz(func(t *testing.T, message, hint, line string, col int) {
		var b strings.Builder
		fault.Print(&b, &fault.Problem{Reason: message, Hint: hint, SourceLine: line, Line: 1, Col: col, Width: col})
		if strings.ContainsAny(b.String(), "\x00\x1b\r") {
			t.Errorf("control characters in %q", b.String())
		}
		fault.Nearest(message, []string{hint, line})
	})
}
