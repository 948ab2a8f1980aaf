package interpreters

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "record the answers of this machine's interpreters in testdata")

// oracle is a release of pypa/packaging, the newest for some Pythons, and how
// its tags differ from those of 26.3, which the probe tells on all of them.
type oracle struct {
	version     string
	pyparsing   bool                      // needs that too
	differences []func([]string) []string // of 26.3, in the order to make them
}

var (
	// Since 26.3, "linux_ARCH" comes before the manylinux and musllinux tags
	// of the same interpreter and ABI, not after them: a wheel built for this
	// very machine is better than one for all.
	nativeFirst = func(list []string) []string {
		at := map[string]int{} // "cp39-abi3" → where its tags begin
		var out []string
		for _, tag := range list {
			group := tag[:strings.LastIndex(tag, "-")]
			if _, seen := at[group]; !seen {
				at[group] = len(out)
			}
			if strings.HasPrefix(tag[len(group)+1:], "linux_") {
				out = slices.Insert(out, at[group], tag)
				continue
			}
			out = append(out, tag)
		}
		return out
	}
	// Since 22.0, sys_tags() has "cp36-none-any" too: a wheel without binaries
	// that only one Python takes.
	ownPureTag = func(list []string) []string {
		own, _, _ := strings.Cut(list[0], "-")
		at := slices.IndexFunc(list, func(tag string) bool { return strings.HasSuffix(tag, "-none-any") })
		return slices.Insert(slices.Clone(list), at, own+"-none-any")
	}
	oracles = map[string]oracle{
		"2.7": {"20.9", true, []func([]string) []string{nativeFirst, ownPureTag}},
		"3.6": {"21.3", true, []func([]string) []string{nativeFirst, ownPureTag}},
		"3.7": {"24.0", false, []func([]string) []string{nativeFirst}},
		"3.8": {"26.2", false, []func([]string) []string{nativeFirst}},
	}
	newest = oracle{version: "26.3"}
)

func oracleFor(r Report) oracle {
	if o, ok := oracles[r.Markers["python_version"]]; ok {
		return o
	}
	return newest
}

func needReal(t *testing.T) {
	t.Helper()
	if os.Getenv("AXLE_REAL") == "" {
		t.Skip("AXLE_REAL is not set: pypa/packaging comes from the machine's index")
	}
}

// everyInterpreter are those of this machine, without virtual environments.
var everyInterpreter = sync.OnceValue(func() []Interpreter {
	list := Find(context.Background(), Options{Discover: true, Timeout: time.Minute})
	return slices.DeleteFunc(list, func(in Interpreter) bool { return in.Report == nil || in.Report.Virtual() })
})

var packagingDir struct {
	sync.Mutex
	byVersion map[string]string
}

// install puts a release of packaging into a folder, with the pip of some
// interpreter of this machine.
func install(t *testing.T, o oracle) string {
	t.Helper()
	packagingDir.Lock()
	defer packagingDir.Unlock()
	if dir, ok := packagingDir.byVersion[o.version]; ok {
		return dir
	}
	dir := filepath.Join(scratch, "packaging-"+o.version)
	args := []string{"-m", "pip", "install", "-q", "--no-deps", "--target", dir, "packaging==" + o.version}
	if o.pyparsing {
		args = append(args, "pyparsing==2.4.7")
	}
	for _, in := range everyInterpreter() {
		v := in.Report.PythonVersion()
		if v.Release(0) < 3 || v.Release(1) < 9 || exec.Command(in.Path, "-c", "import pip").Run() != nil {
			continue
		}
		if out, err := exec.Command(in.Path, args...).CombinedOutput(); err != nil {
			t.Fatalf("pip of %s: %v\n%s", in.Path, err, out)
		}
		if packagingDir.byVersion == nil {
			packagingDir.byVersion = map[string]string{}
		}
		packagingDir.byVersion[o.version] = dir
		return dir
	}
	t.Skip("no Python of this machine is 3.9 or later and has pip")
	return ""
}

// scratch is a folder for the whole run of the tests.
var scratch string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "axle-interpreters-")
	if err != nil {
		panic(err)
	}
	scratch = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

const askPackaging = `
import json, sys
sys.path.insert(0, %q)
from packaging import markers, tags
said = json.dumps({'tags': [str(t) for t in tags.sys_tags()], 'markers': markers.default_environment()})
sys.stdout.write('<<<' + said + '>>>')
`

// verify compares a report with what packaging says under the interpreter.
// drive stands before absolute paths as the interpreter sees them.
func verify(t *testing.T, in Interpreter, drive, record string) {
	t.Helper()
	o := oracleFor(*in.Report)
	dir := install(t, o)
	cmd := exec.Command(in.Path, "-")
	cmd.Stdin = strings.NewReader(fmt.Sprintf(askPackaging, drive+filepath.ToSlash(dir)))
	cmd.Stderr = &tailWriter{}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: packaging %s: %v: %s", in.Path, o.version, err, cmd.Stderr.(*tailWriter).kept)
	}
	_, rest, _ := strings.Cut(string(out), "<<<")
	said, _, _ := strings.Cut(rest, ">>>")
	var truth struct {
		Tags    []string          `json:"tags"`
		Markers map[string]string `json:"markers"`
	}
	if err := json.Unmarshal([]byte(said), &truth); err != nil {
		t.Fatalf("%s: %v in %q", in.Path, err, out)
	}
	want := truth.Tags
	for _, change := range o.differences {
		want = change(want)
	}
	got := texts(in.Report.TagOrder())
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Errorf("%s: %d tags, packaging %s has %d; at %d: got %q, want %q", in.Path, len(got), o.version, len(want), i,
				got[min(i, len(got)):min(i+2, len(got))], want[min(i, len(want)):min(i+2, len(want))])
			break
		}
	}
	if !reflect.DeepEqual(in.Report.Markers, truth.Markers) {
		t.Errorf("%s: markers %v, want %v", in.Path, in.Report.Markers, truth.Markers)
	}
	t.Logf("%s %s: %d tags, %s, equal to packaging %s", in.Report.Implementation, in.Report.Version, len(got), cmp.Or(in.Report.Libc.String(), "no libc"), o.version)
	if *update && !t.Failed() && slices.Contains(worthRecording, record) {
		writeRecorded(t, record, recorded{o.version, len(want), want[0], digestOf(want), truth.Markers, *in.Report})
	}
}

var worthRecording = []string{
	"cp27-linux-x86_64", "cp36-linux-x86_64", "cp39-linux-x86_64", "cp311-linux-x86_64", "cp313-linux-x86_64",
	"pp39-linux-x86_64", "cp311-linux-aarch64", "cp311-windows-amd64",
}

// writeRecorded leaves out what is of this machine alone.
func writeRecorded(t *testing.T, name string, r recorded) {
	t.Helper()
	if r.Markers["platform_system"] == "Linux" {
		for _, m := range []map[string]string{r.Markers, r.Report.Markers} {
			m["platform_release"], m["platform_version"] = "6.1.0", "#1 SMP"
		}
	}
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	foreign := cmp.Or(os.Getenv("AXLE_FOREIGN"), "/foreign")
	home, _ := os.UserHomeDir()
	text := strings.NewReplacer(
		foreign, "/foreign", strings.ReplaceAll(foreign, "/", `\\`), `\\foreign`, home+"/", "/home/user/",
	).Replace(string(data))
	write(t, filepath.Join("testdata", "recorded", name+".json"), text+"\n")
}

// Every interpreter of this machine tells what packaging tells under it.
func TestRealInterpreters(t *testing.T) {
	needReal(t)
	list := everyInterpreter()
	if len(list) == 0 {
		t.Skip("there is no Python on this machine")
	}
	for _, in := range list {
		short, _, _ := strings.Cut(in.Report.Tags[0], "-")
		t.Run(short+" "+in.Path, func(t *testing.T) {
			system := strings.ToLower(in.Report.Markers["platform_system"])
			verify(t, in, "", fmt.Sprintf("%s-%s-%s", short, system, in.Report.Markers["platform_machine"]))
		})
	}
}

// So do those of other systems, where AXLE_FOREIGN names a folder with them.
func TestForeignInterpreters(t *testing.T) {
	needReal(t)
	foreign := os.Getenv("AXLE_FOREIGN")
	if foreign == "" {
		t.Skip("AXLE_FOREIGN names no folder with interpreters of other systems")
	}
	windows := script(t, filepath.Join(t.TempDir(), "python.exe"),
		`cat | exec "`+foreign+`/windows-amd64/exec" "`+foreign+`/windows-amd64/python/python.exe" "$@"`)
	for _, c := range []struct{ name, path, drive, platform string }{
		{"cp311-linux-aarch64", filepath.Join(foreign, "linux-aarch64", "python3.11"), "", "linux_aarch64"},
		{"cp311-windows-amd64", windows, "Z:", "win_amd64"},
		{"pp39-linux-x86_64", filepath.Join(foreign, "pypy3.9", "python"), "", "linux_x86_64"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := os.Stat(c.path); err != nil {
				t.Skip(err)
			}
			list := Find(t.Context(), Options{Listed: []string{c.path}, Timeout: 2 * time.Minute})
			if list[0].Err != nil {
				t.Fatal(list[0].Err)
			}
			if list[0].Path != c.path || list[0].Report.Platforms[0] != c.platform {
				t.Errorf("got %s, %s", list[0].Path, list[0].Report.Platforms[0])
			}
			verify(t, list[0], c.drive, c.name)
		})
	}
}

// The probe and packaging agree on systems and builds that nobody has here:
// both run on a pretended machine.
func TestPretendedMachines(t *testing.T) {
	needReal(t)
	dir := install(t, newest)
	var fit []Interpreter // the pretence reaches into the standard library
	for _, in := range everyInterpreter() {
		if v := in.Report.PythonVersion(); in.Report.Implementation == "cpython" && v.Release(0) == 3 && v.Release(1) >= 9 && v.Release(1) <= 13 {
			fit = append(fit, in)
		}
	}
	if len(fit) == 0 {
		t.Skip("there is no CPython 3.9 to 3.13 on this machine")
	}
	for _, in := range []Interpreter{fit[0], fit[len(fit)-1]} {
		out, err := exec.Command(in.Path, filepath.Join("testdata", "compare.py"), ".", dir).Output()
		if err != nil {
			t.Fatalf("%s: %v", in.Path, err)
		}
		var result struct {
			Ran       int      `json:"ran"`
			Different []string `json:"different"`
		}
		if err := json.Unmarshal(out, &result); err != nil {
			t.Fatal(err)
		}
		if result.Ran < 1500 {
			t.Errorf("%d machines only", result.Ran)
		}
		for _, difference := range result.Different[:min(10, len(result.Different))] {
			t.Error(difference)
		}
		t.Logf("%s: %d machines", in.Report.Version, result.Ran)
	}
}

// Virtual environments of every kind that virtualenv ever made.
func TestRealVirtualenvs(t *testing.T) {
	needReal(t)
	var host string
	for _, in := range everyInterpreter() {
		if v := in.Report.PythonVersion(); v.Release(0) == 3 && v.Release(1) >= 9 && v.Release(1) <= 11 && exec.Command(in.Path, "-c", "import pip").Run() == nil {
			host = in.Path
		}
	}
	if host == "" {
		t.Skip("no Python 3.9 to 3.11 with pip on this machine")
	}
	dir := filepath.Join(scratch, "virtualenv")
	// 20.21 is the last that makes environments of Python 2.7 and 3.6
	if out, err := exec.Command(host, "-m", "pip", "install", "-q", "--target", dir, "virtualenv==20.21.1").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, in := range everyInterpreter() {
		if v := in.Report.PythonVersion(); v.Release(0) == 3 && v.Release(1) > 11 {
			continue
		}
		for _, how := range []string{"--symlinks", "--copies"} {
			if how == "--copies" && !slices.Contains([]int{7, 9}, in.Report.PythonVersion().Release(1)) {
				continue // a copy takes long, and a few show the same
			}
			env := filepath.Join(t.TempDir(), "env")
			cmd := exec.Command(host, "-m", "virtualenv", "-q", "--no-seed", how, "-p", in.Path, env)
			cmd.Env = append(os.Environ(), "PYTHONPATH="+dir)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Logf("%s: virtualenv makes no environment: %v\n%s", in.Path, err, out)
				continue
			}
			python := filepath.Join(env, "bin", "python")
			r, err := Probe(t.Context(), python, Options{Timeout: time.Minute})
			if err != nil {
				t.Error(err)
				continue
			}
			if !r.Virtual() || realPath(r.Prefix) != realPath(env) || r.Version != in.Report.Version || !slices.Equal(r.Tags, in.Report.Tags) {
				t.Errorf("%s %s: prefix %q of %q, version %s, want %s below %s", in.Path, how, r.Prefix, r.BasePrefix, r.Version, in.Report.Version, env)
			}
			t.Logf("%s %s: needs site: %v", r.Version, how, r.NeedsSite)
		}
	}
}
