package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/axlepack/axle/internal/indextest"
)

// TestScript runs the program as its users do: testdata/script says what they
// type and what comes of it. -update writes what is compared anew.
func TestScript(t *testing.T) {
	runScripts(t, "testdata/script/*.txtar")
}

// runScripts runs the scripts that match a pattern, in parallel. Each has a
// folder, a home, a cache and a root of its own, and reaches nothing but the
// indexes that it serves itself. Beside the commands of testscript there are
// those of [scriptCommands], and the programs of [programs].
func runScripts(t *testing.T, pattern string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no scripts (%v)", pattern, err)
	}
	testscript.Run(t, testscript.Params{
		Files: files, UpdateScripts: *update, RequireUniqueNames: true,
		Setup: setUpScript, Cmds: scriptCommands(),
		Condition: func(name string) (bool, error) {
			if name == "python" {
				return machinePython() != "", nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
	})
}

// setUpScript gives a script its environment, with $PYTHON, a Python of the
// machine, and $SAMPLE, the sample project.
func setUpScript(e *testscript.Env) error {
	variables, err := newUser(e.WorkDir)
	if err != nil {
		return err
	}
	variables["PYTHON"], variables["SAMPLE"] = machinePython(), absolute(filepath.Join("..", "..", "testdata", "sample"))
	for name, value := range variables {
		e.Setenv(name, value)
	}
	e.Values[serversKey{}] = map[string]*indextest.Server{}
	e.Values[testKey{}] = e.T().(testing.TB)
	return nil
}

func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		panic(err)
	}
	return abs
}

type (
	serversKey struct{}
	testKey    struct{}
)

// scriptCommands are what scripts can say beside the commands of testscript.
//
//	index [HABITS] FILE [VARIABLE]    serve what FILE describes; VARIABLE, else
//	                                  AXLE_INDEX_URL, is set to its address
//	fault VARIABLE [KIND] key=value…  make it misbehave; heal VARIABLE ends that
//	asked VARIABLE COUNT KIND [PART]  so many such requests came; "forget" anew
//	wheels FILE DIR                   write what FILE describes into DIR
//	exits CODE PROGRAM ARGS…          run, and check the exit code
//	remember DIR, unchanged DIR       whether any file of DIR came, went, or changed
//	sum VARIABLE FILE                 set to the SHA-256 of FILE
//	password VARIABLE URL USER:WORD   set to the address with credentials
//	requires PROJECT NAME…            write its requirements.txt
//	expand FILE                       replace $VARIABLES in FILE by their values
//	backend DIR                       write the build backend of the tests, backend.py
//	damage PATTERN                    change the last byte of files in place
//	tidy                              no half-finished file lies anywhere
func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"index": cmdIndex, "fault": cmdFault, "heal": cmdHeal, "asked": cmdAsked, "forget": cmdForget,
		"wheels": cmdWheels, "exits": cmdExits, "remember": cmdRemember, "unchanged": cmdUnchanged, "tidy": cmdTidy,
		"sum": cmdSum, "expand": cmdExpand, "password": cmdPassword,
		"requires": cmdRequires, "backend": cmdBackend, "damage": cmdDamage,
	}
}

const indexVariable = "AXLE_INDEX_URL"

func cmdIndex(ts *testscript.TestScript, _ bool, args []string) {
	options := indextest.Options{Ranges: indextest.FullRanges}
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		name, value, _ := strings.Cut(args[0], "=")
		switch name {
		case "-json":
			options.JSON = true
		case "-metadata":
			options.Metadata = indextest.Advertised
		case "-noranges":
			options.Ranges = indextest.NoRanges
		case "-user":
			options.User, options.Password, _ = strings.Cut(value, ":")
		default:
			ts.Fatalf("index: unknown habit %s", args[0])
		}
		args = args[1:]
	}
	if len(args) == 0 {
		ts.Fatalf("usage: index [HABITS] FILE [VARIABLE]")
	}
	t := ts.Value(testKey{}).(testing.TB)
	server := indextest.New(t, options, describe(t, ts.MkAbs("."), ts.ReadFile(args[0]))...)
	name := slices.Concat(args[1:], []string{indexVariable})[0]
	ts.Value(serversKey{}).(map[string]*indextest.Server)[name] = server
	ts.Setenv(name, server.Simple())
}

// server is the one that a command names first; the other arguments follow.
func server(ts *testscript.TestScript, args []string) (*indextest.Server, []string) {
	servers := ts.Value(serversKey{}).(map[string]*indextest.Server)
	if len(args) > 0 && servers[args[0]] != nil {
		return servers[args[0]], args[1:]
	}
	if servers[indexVariable] == nil {
		ts.Fatalf("there is no index: %v", args)
	}
	return servers[indexVariable], args
}

func cmdFault(ts *testscript.TestScript, _ bool, args []string) {
	s, args := server(ts, args)
	var f indextest.Fault
	for _, arg := range args {
		key, value, isSetting := strings.Cut(arg, "=")
		number, err := strconv.Atoi(value)
		switch {
		case !isSetting:
			f.Kind = indextest.Kind(key)
		case key == "path":
			f.Path = value
		case key == "redirect":
			f.Redirect = value
		case err != nil:
			ts.Fatalf("fault: %s is no number", arg)
		case key == "status":
			f.Status = number
		case key == "cut":
			f.CutAfter = number
		case key == "stall":
			f.StallAfter = number
		case key == "times":
			f.Times = number
		case key == "skip":
			f.Skip = number
		default:
			ts.Fatalf("fault: unknown setting %s", arg)
		}
	}
	s.Fail(f)
}

func cmdHeal(ts *testscript.TestScript, _ bool, args []string) {
	s, _ := server(ts, args)
	s.Heal()
}

func cmdForget(ts *testscript.TestScript, _ bool, args []string) {
	s, _ := server(ts, args)
	s.Forget()
}

func cmdAsked(ts *testscript.TestScript, _ bool, args []string) {
	s, args := server(ts, args)
	if len(args) == 0 {
		ts.Fatalf("usage: asked [VARIABLE] COUNT [KIND [PART]]")
	}
	kind, part := "", ""
	if len(args) > 1 {
		kind = args[1]
	}
	if len(args) > 2 {
		part = args[2]
	}
	got := 0
	for _, r := range s.Log() {
		if (kind == "" || r.Kind == indextest.Kind(kind)) && strings.Contains(r.Path, part) {
			got++
		}
	}
	if want, err := strconv.Atoi(args[0]); err != nil || got != want {
		for _, r := range s.Log() {
			ts.Logf("%s %s %s: %d", r.Kind, r.Method, r.Path, r.Status)
		}
		ts.Fatalf("%d requests were made, want %s", got, args[0])
	}
}

func cmdWheels(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: wheels FILE DIR")
	}
	t := ts.Value(testKey{}).(testing.TB)
	ts.Check(os.MkdirAll(ts.MkAbs(args[1]), 0o755))
	for _, f := range describe(t, ts.MkAbs("."), ts.ReadFile(args[0])) {
		ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[1]), f.Name), f.Content, 0o644))
	}
}

func cmdExits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if err != nil || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS…")
	}
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func cmdRemember(ts *testscript.TestScript, _ bool, args []string) {
	for _, dir := range args {
		ts.Setenv("REMEMBERED_"+dir, snapshot(ts.MkAbs(dir)))
	}
}

func cmdUnchanged(ts *testscript.TestScript, neg bool, args []string) {
	for _, dir := range args {
		was, is := ts.Getenv("REMEMBERED_"+dir), snapshot(ts.MkAbs(dir))
		if (was == is) == neg {
			ts.Fatalf("%s was:\n%s\nand is:\n%s", dir, was, is)
		}
	}
}

// snapshot lists all that lies below a folder, with size, time and mode; it is
// empty for a folder that does not exist.
func snapshot(dir string) string {
	var b strings.Builder
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && e.IsDir() {
			fmt.Fprintf(&b, "%s %s\n", info.Mode(), path)
		} else if err == nil {
			fmt.Fprintf(&b, "%s %s %d %d\n", info.Mode(), path, info.Size(), info.ModTime().UnixNano())
		}
		return err
	})
	return b.String()
}

func cmdTidy(ts *testscript.TestScript, _ bool, _ []string) {
	if left := leftovers(ts.Getenv("WORK")); len(left) > 0 {
		ts.Fatalf("left behind: %s", strings.Join(left, ", "))
	}
}

// leftovers are the temporary files and folders below dir.
func leftovers(dir string) []string {
	var left []string
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		name := e.Name()
		stays := name == ".axle-build.json" || name == ".axle-files" // what a build made, and what a deployment has
		inTemp := filepath.Base(filepath.Dir(path)) == "tmp" || filepath.Base(filepath.Dir(path)) == ".tmp"
		if strings.HasPrefix(name, ".axle-") && !stays || strings.HasSuffix(name, ".part") || inTemp {
			left = append(left, path)
		}
		return nil
	})
	return left
}

func cmdBackend(ts *testscript.TestScript, _ bool, args []string) {
	for _, dir := range args {
		ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(dir), "backend.py"), []byte(indextest.Backend), 0o644))
	}
}

func cmdSum(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: sum VARIABLE FILE")
	}
	ts.Setenv(args[0], fmt.Sprintf("%x", sha256.Sum256([]byte(ts.ReadFile(args[1])))))
}

func cmdExpand(ts *testscript.TestScript, _ bool, args []string) {
	for _, file := range args {
		text := os.Expand(ts.ReadFile(file), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(text), 0o644))
	}
}

func cmdPassword(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: password VARIABLE URL USER:WORD")
	}
	ts.Setenv(args[0], strings.Replace(args[1], "://", "://"+args[2]+"@", 1))
}

func cmdRequires(ts *testscript.TestScript, _ bool, args []string) {
	file := filepath.Join(ts.MkAbs(args[0]), "requirements.txt")
	ts.Check(os.WriteFile(file, []byte(strings.Join(args[1:], "\n")+"\n"), 0o644))
}
