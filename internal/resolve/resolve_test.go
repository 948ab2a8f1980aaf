package resolve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// tinyIndex serves an index written as in the golden files: see TestExplain.
func tinyIndex(t *testing.T, text string) *indextest.Server {
	t.Helper()
	data, err := json.Marshal(indextest.Scenario{Name: "tiny", Index: readIndex(t, text)})
	if err != nil {
		t.Fatal(err)
	}
	return indextest.Synth(t, data)
}

// files are the file names of a solution, or the error of a failure.
func resolveFiles(t *testing.T, source Source, r Request, o Options) map[string]string {
	t.Helper()
	result, err := Resolve(context.Background(), source, r, o)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range result.Failures {
		out[f.Target.String()] = f.Err.Error()
	}
	for _, s := range result.Solutions {
		var names []string
		for _, p := range s.Pins {
			names = append(names, p.File.Filename.Text)
		}
		out[s.Target.String()] = strings.Join(names, " ")
	}
	return out
}

const policyIndex = `
a 1.0 | wheels: py3-none-any
a 1.1 | wheels: py3-none-any | requires: b>=1
a 2.0a1 | wheels: py3-none-any
b 1.0 | wheels: py3-none-any
b 1.5 | wheels: py3-none-any
b 2.0 | wheels: py3-none-any | yanked
loop 1.0 | wheels: py3-none-any | requires: ring
ring 1.0 | wheels: py3-none-any | requires: loop>=1
self 1.0 | wheels: py3-none-any | extra all: self[x], self[y] | extra x: a==1.0 | extra y: b | extra z: missing
self 2.0 | wheels: py3-none-any | extra all: self[x]>=3 | extra x: a
`

func TestPolicy(t *testing.T) {
	at := parseTargets(t, "cp311@linux/amd64")
	client := newClient(t, tinyIndex(t, strings.TrimSpace(policyIndex)))
	tests := []struct {
		name        string
		requires    []string
		constraints []string
		overrides   []string
		locked      map[string]string
		options     Options
		want        string
	}{
		{name: "newest", requires: []string{"a"}, want: "a 1.1, b 1.5"},
		{name: "lowest", requires: []string{"a"}, options: Options{Strategy: Lowest}, want: "a 1.0"},
		{name: "lowest all the way", requires: []string{"a>=1.1"}, options: Options{Strategy: Lowest}, want: "a 1.1, b 1.0"},
		{name: "lowest direct", requires: []string{"a>=1.1"}, options: Options{Strategy: LowestDirect}, want: "a 1.1, b 1.5"},
		{name: "pre-releases welcome", requires: []string{"a"}, options: Options{Pre: true}, want: "a 2.0a1"},
		{name: "pre-releases of one", requires: []string{"a"}, options: Options{PreFor: []pep508.Name{"a"}}, want: "a 2.0a1"},
		{name: "pre-releases of another", requires: []string{"a"}, options: Options{PreFor: []pep508.Name{"b"}}, want: "a 1.1, b 1.5"},
		{name: "nothing but a pre-release fits", requires: []string{"a>1.1"}, want: "a 2.0a1"},
		{name: "constraint", requires: []string{"a"}, constraints: []string{"a<1.1", "zzz==1"}, want: "a 1.0"},
		{name: "constraint of another system", requires: []string{"a"}, constraints: []string{"a<1.1; sys_platform == 'win32'"}, want: "a 1.1, b 1.5"},
		{name: "override", requires: []string{"a"}, overrides: []string{"b==1.0"}, want: "a 1.1, b 1.0"},
		{name: "override takes away", requires: []string{"a"}, overrides: []string{"b; sys_platform == 'win32'"}, want: "a 1.1"},
		{name: "override of the user's own", requires: []string{"a"}, overrides: []string{"a==1.0"}, want: "a 1.0"},
		{name: "yanked only by a pin", requires: []string{"b==2.0"}, want: "b 2.0"},
		{name: "yanked by a pin among constraints", requires: []string{"a"}, constraints: []string{"b==2.0"}, want: "a 1.1, b 2.0"},
		{name: "no wildcard is a pin", requires: []string{"b>=1.5,==2.*"}, want: "error"},
		{name: "locked", requires: []string{"a"}, locked: map[string]string{"a": "1.1", "b": "1.0"}, want: "a 1.1, b 1.0"},
		{name: "locked but out of range", requires: []string{"a<1.1"}, locked: map[string]string{"a": "1.1", "b": "1.0"}, want: "a 1.0"},
		{name: "locked and yanked since", requires: []string{"a"}, locked: map[string]string{"b": "2.0"}, want: "a 1.1, b 2.0"},
		{name: "a locked pre-release", requires: []string{"a"}, locked: map[string]string{"a": "2.0a1"}, want: "a 2.0a1"},
		{name: "a locked version that is gone", requires: []string{"b"}, locked: map[string]string{"b": "1.2"}, want: "b 1.5"},
		{name: "cycle", requires: []string{"loop"}, want: "loop 1.0, ring 1.0"},
		{name: "extras of itself", requires: []string{"self[all]==1.0"}, want: "a 1.0, b 1.5, self 1.0"},
		{name: "extras of another version of itself", requires: []string{"self[all]"}, want: "a 1.0, b 1.5, self 1.0"},
		{name: "an extra asked for later", requires: []string{"self<2", "a", "self[y]"}, want: "a 1.1, b 1.5, self 1.0"},
		{name: "an extra nobody asks for", requires: []string{"self==1.0"}, want: "self 1.0"},
		{name: "marker", requires: []string{"a; python_version < '3'", "b"}, want: "b 1.5"},
		{name: "nothing", requires: []string{"a; python_version < '3'"}, want: ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			request := Request{
				Targets: at, Requirements: parseRequirements(t, test.requires),
				Constraints: parseRequirements(t, test.constraints), Overrides: parseRequirements(t, test.overrides),
			}
			if test.locked != nil {
				request.Preferences = []lock.Solution{locked(t, at[0], test.locked)}
			}
			result, err := Resolve(context.Background(), client, request, test.options)
			if err != nil {
				t.Fatal(err)
			}
			got := "error"
			for _, s := range result.Solutions {
				got = versionsOf(s)
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func versionsOf(s lock.Solution) string {
	var out []string
	for _, p := range s.Pins {
		out = append(out, fmt.Sprintf("%s %s", p.Project, p.Version))
	}
	return strings.Join(out, ", ")
}

func locked(t *testing.T, at target.Target, versions map[string]string) lock.Solution {
	t.Helper()
	s := lock.Solution{Target: at}
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		s.Pins = append(s.Pins, lock.Pin{Project: pep508.Name(name), Version: pep440.MustParse(versions[name])})
	}
	return s
}

// TestAddedPlatformKeepsPins: what was locked for one target is what a new one takes.
func TestAddedPlatformKeepsPins(t *testing.T) {
	client := newClient(t, tinyIndex(t, strings.TrimSpace(policyIndex)))
	targets := parseTargets(t, "cp311@linux/amd64", "cp311@windows/amd64", "cp312@linux/amd64")
	request := Request{
		Targets: targets, Requirements: parseRequirements(t, []string{"a"}),
		Preferences: []lock.Solution{locked(t, targets[0], map[string]string{"a": "1.1", "b": "1.0"})},
	}
	for at, got := range resolveFiles(t, client, request, Options{}) {
		if want := "a-1.1-py3-none-any.whl b-1.0-py3-none-any.whl"; got != want {
			t.Errorf("%s: %s", at, got)
		}
	}
}

func TestPinsTellWhereTheyComeFrom(t *testing.T) {
	server := tinyIndex(t, strings.TrimSpace(policyIndex))
	result, err := Resolve(context.Background(), newClient(t, server), Request{
		Targets: parseTargets(t, "cp311@linux/amd64"), Requirements: parseRequirements(t, []string{"self[all]==1.0", "a"}),
	}, Options{})
	if err != nil || len(result.Solutions) != 1 {
		t.Fatal(err, result.Failures)
	}
	for _, p := range result.Solutions[0].Pins {
		if p.Index != server.Simple() || !strings.HasPrefix(p.File.URL, server.URL) || len(p.File.SHA256) != 64 || p.File.Size == 0 {
			t.Errorf("%s: %+v", p.Project, p)
		}
		got := fmt.Sprintln(p.Project, p.Direct, p.Via, p.Extras, len(p.Requires))
		want := map[pep508.Name]string{"a": "a true [self] [] 0", "b": "b false [self] [] 0", "self": "self true [] [all x y] 4"}[p.Project] + "\n"
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestHashesChooseTheFile(t *testing.T) {
	client := newClient(t, tinyIndex(t, "a 1.0 | wheels: py3-none-any cp311-cp311-win_amd64\na 1.1 | wheels: py3-none-any"))
	listing, err := client.Project(context.Background(), "a")
	if err != nil {
		t.Fatal(err)
	}
	request := Request{Targets: parseTargets(t, "cp311@windows/amd64"), Requirements: parseRequirements(t, []string{"a"})}
	for _, release := range listing.Releases {
		for _, f := range release.Files() {
			request.Requirements[0].Hashes = []string{"md5:0123", "sha256:" + f.SHA256()}
			for _, got := range resolveFiles(t, client, request, Options{RequireHashes: true}) {
				if got != f.Name {
					t.Errorf("got %s, want %s", got, f.Name)
				}
			}
		}
	}
}

// TestDirectFile: a file that the user names serves its project, without a
// listing, and for other projects' requirements too.
func TestDirectFile(t *testing.T) {
	server := tinyIndex(t, "app 1.0 | wheels: py3-none-any | requires: lib>=2\nlib 1.0 | wheels: py3-none-any\nlib 3.0 | wheels: py3-none-any")
	dir := t.TempDir()
	direct := func(version string) *index.File {
		path := filepath.Join(dir, "lib-"+version+"-py3-none-any.whl")
		content := indextest.Wheel(filepath.Base(path), "Metadata-Version: 2.1\nName: lib\nVersion: "+version+"\n")
		if err := os.WriteFile(path, content, 0o666); err != nil {
			t.Fatal(err)
		}
		f, err := index.Direct(path)
		if err != nil {
			t.Fatal(err)
		}
		return &f
	}
	request := Request{Targets: parseTargets(t, "cp311@linux/amd64", "cp311@windows/amd64"), Requirements: parseRequirements(t, []string{"app", "lib; sys_platform == 'win32'"})}
	request.Requirements[1].File = direct("2.0")
	got := resolveFiles(t, newClient(t, server), request, Options{})
	want := map[string]string{
		"cp311@manylinux_2_28_x86_64": "app-1.0-py3-none-any.whl lib-3.0-py3-none-any.whl",
		"cp311@win_amd64":             "app-1.0-py3-none-any.whl lib-2.0-py3-none-any.whl",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	request.Targets = request.Targets[1:]
	server.Forget()
	request.Requirements[1].File = direct("1.5")
	got = resolveFiles(t, newClient(t, server), request, Options{})
	if text := got["cp311@win_amd64"]; !strings.HasPrefix(text, "lib: no version ") || !strings.Contains(text, "app 1.0 requires lib>=2") {
		t.Errorf("got %s", text)
	}
	if n := server.Count(indextest.Page, "/lib/"); n != 0 {
		t.Errorf("lib was listed %d times", n)
	}
}

// TestLocalLinuxFiles: a linux_ARCH file of the user's own serves the targets
// on the host's platform and no other.
func TestLocalLinuxFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lib-1.0-cp311-cp311-linux_x86_64.whl")
	content := indextest.Wheel(filepath.Base(path), "Metadata-Version: 2.1\nName: lib\nVersion: 1.0\n")
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := index.Direct(path)
	if err != nil {
		t.Fatal(err)
	}
	request := Request{
		Targets:      parseTargets(t, "cp311@linux/amd64", "cp311@musllinux_1_2_x86_64", "cp312@linux/amd64", "cp311@win_amd64"),
		Requirements: parseRequirements(t, []string{"lib"}),
	}
	request.Requirements[0].File = &f
	for name, test := range map[string]struct {
		host   func(target.Platform) bool
		served int
		says   string
	}{
		"the host":  {func(p target.Platform) bool { return p == request.Targets[0].Platform }, 1, "lib 1.0: its wheels are for Python 3.11"},
		"elsewhere": {func(target.Platform) bool { return false }, 0, "lib 1.0: its wheels are tagged linux_x86_64, which are taken on the machine that made them only"},
		"unknown":   {nil, 0, "linux_x86_64"},
	} {
		client := newClient(t, tinyIndex(t, "other 1.0"))
		result, err := Resolve(context.Background(), client, request, Options{Host: test.host})
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Solutions) != test.served || len(result.Failures)+test.served != len(request.Targets) {
			t.Errorf("%s: %+v", name, result)
		}
		for _, s := range result.Solutions {
			if s.Target != request.Targets[0] || s.Pins[0].File.Path != path {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if !slices.ContainsFunc(result.Failures, func(f lock.Failure) bool { return strings.Contains(f.Err.Error(), test.says) }) {
			t.Errorf("%s: nothing says %q: %v", name, test.says, result.Failures)
		}
	}
}

// TestHostIsAskedForBareLinux: looking for what this machine is takes time, so
// that is not done without need.
func TestHostIsAskedForBareLinux(t *testing.T) {
	server := tinyIndex(t, "lib 1.0 | wheels: py3-none-any")
	request := Request{Targets: parseTargets(t, "cp311@linux/amd64"), Requirements: parseRequirements(t, []string{"lib"})}
	host := func(target.Platform) bool { t.Error("the host was asked for"); return false }
	if result, err := Resolve(context.Background(), newClient(t, server), request, Options{Host: host}); err != nil || len(result.Failures) > 0 {
		t.Fatal(err, result)
	}
}

// TestTrouble: trouble with asking is told for every target, with who wanted it.
func TestTrouble(t *testing.T) {
	server := tinyIndex(t, "app 1.0 | wheels: py3-none-any | requires: lib\nlib 1.0 | wheels: py3-none-any")
	server.Fail(indextest.Fault{Path: "/simple/lib/", Status: 403})
	targets := parseTargets(t, "cp311@linux/amd64", "cp312@linux/amd64")
	result, err := Resolve(context.Background(), newClient(t, server), Request{Targets: targets, Requirements: parseRequirements(t, []string{"app"})}, Options{})
	if err != nil || len(result.Failures) != 2 {
		t.Fatal(err, result)
	}
	for _, f := range result.Failures {
		if !strings.HasPrefix(f.Err.Error(), "lib: ") || !strings.HasSuffix(f.Err.Error(), "\n  app 1.0 requires lib") || fault.ExitCode(f.Err) != fault.Resolution || len(fault.Hints(f.Err)) == 0 {
			t.Errorf("%v %v", f.Err, fault.Hints(f.Err))
		}
	}
}

// TestBrokenMetadata: a version whose metadata cannot be read is passed over.
func TestBrokenMetadata(t *testing.T) {
	good := "Metadata-Version: 2.1\nName: lib\nVersion: 1.0\n"
	file := func(name, metadata string) indextest.File {
		return indextest.File{Project: "lib", Name: name, Metadata: []byte(metadata), Content: indextest.Wheel(name, metadata)}
	}
	server := indextest.New(t, indextest.Options{JSON: true, Metadata: indextest.Advertised},
		file("lib-1.0-py3-none-any.whl", good),
		file("lib-1.1-py3-none-any.whl", "Metadata-Version: 2.1\nName: lib\nVersion: 1.1\nRequires-Dist: a b c\n"),
		file("lib-1.2-py3-none-any.whl", "Metadata-Version: 2.1\nName: lib\nVersion: 1.2\n"),
		file("lib-1.3-py3-none-any.whl", "Metadata-Version: 2.1\nName: lib\nVersion: 1.3\n"),
		file("lib-1.4-py3-none-any.whl", "Metadata-Version: 2.1\nName: lib\nVersion: what\n"),
		file("lib-1.5-py3-none-any.whl", "Metadata-Version: 2.1\nName: lib\nVersion: 1.5\nRequires-Python: >=3.14\n"),
	)
	client := mislabelled{newClient(t, server)}
	request := Request{Targets: parseTargets(t, "cp311@linux/amd64"), Requirements: parseRequirements(t, []string{"lib"})}
	for _, got := range resolveFiles(t, client, request, Options{}) {
		if got != "lib-1.0-py3-none-any.whl" {
			t.Errorf("got %s", got)
		}
	}
	result, err := Resolve(context.Background(), client, request, Options{})
	if err != nil || len(result.Solutions) != 1 || len(result.Solutions[0].Notes) != 4 {
		t.Errorf("%v %+v", err, result)
	}
	request.Requirements = parseRequirements(t, []string{"lib>1"})
	for _, got := range resolveFiles(t, client, request, Options{}) {
		for _, want := range []string{"lib 1.5: requires Python >=3.14", "lib 1.4: ", "lib 1.3: its metadata is that of version 1.0", "and so on for 2 older versions", "lib>1"} {
			if !strings.Contains(got, want) {
				t.Errorf("%q is not in %s", want, got)
			}
		}
	}
}

// TestListedButNotThere: an index that lists a file and does not have it.
func TestListedButNotThere(t *testing.T) {
	server := tinyIndex(t, "lib 1.0 | wheels: py3-none-any\nlib 1.1 | wheels: py3-none-any")
	server.Fail(indextest.Fault{Path: "lib-1.1", Status: 404})
	request := Request{Targets: parseTargets(t, "cp311@linux/amd64"), Requirements: parseRequirements(t, []string{"lib"})}
	result, err := Resolve(context.Background(), newClient(t, server), request, Options{})
	if err != nil || len(result.Solutions) != 1 || versionsOf(result.Solutions[0]) != "lib 1.0" {
		t.Fatal(err, result)
	}
	if notes := result.Solutions[0].Notes; len(notes) != 1 || !strings.HasPrefix(notes[0], "lib 1.1 was passed over: ") {
		t.Errorf("%q", notes)
	}
}

// mislabelled is a source that gives some files the metadata of others.
type mislabelled struct{ Source }

func (m mislabelled) Metadata(ctx context.Context, f index.File) (wheel.Metadata, error) {
	out, err := m.Source.Metadata(ctx, f)
	switch f.Wheel.Version.String() {
	case "1.2":
		out.Name = "other"
	case "1.3":
		out.Version = pep440.MustParse("1.0")
	}
	return out, err
}

func TestCancelled(t *testing.T) {
	server := tinyIndex(t, "app 1.0 | wheels: py3-none-any")
	server.Fail(indextest.Fault{Path: "/simple/app/", Delay: time.Minute})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := Resolve(ctx, newClient(t, server), Request{Targets: parseTargets(t, "cp311@linux/amd64"), Requirements: parseRequirements(t, []string{"app"})}, Options{})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// lockstep is an index of two projects with n versions each, every one of the
// first pinned to its namesake of the second, whose newer ones want a newer lib.
func lockstep(n, newerFrom int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		want := "lib<2"
		if i >= newerFrom {
			want = "lib>=2"
		}
		fmt.Fprintf(&b, "front 1.%d | wheels: py3-none-any | requires: core>=1.%d, core<1.%d\n", i, i, i+1)
		fmt.Fprintf(&b, "core 1.%d | wheels: py3-none-any | requires: %s\n", i, want)
	}
	return b.String() + "lib 1.0 | wheels: py3-none-any\nlib 2.0 | wheels: py3-none-any"
}

// TestLeap: a long run of versions rejected for one cause is not read one by
// one, and what comes behind it is found exactly.
func TestLeap(t *testing.T) {
	const n = 600
	request := Request{Targets: parseTargets(t, "cp311@linux/amd64"), Requirements: parseRequirements(t, []string{"front", "lib<2"})}
	for _, newerFrom := range []int{n - 5, n - 40, 321, 2} {
		server := tinyIndex(t, lockstep(n, newerFrom))
		for _, got := range resolveFiles(t, newClient(t, server), request, Options{}) {
			want := fmt.Sprintf("core-1.%d-py3-none-any.whl front-1.%d-py3-none-any.whl lib-1.0-py3-none-any.whl", newerFrom-1, newerFrom-1)
			if got != want {
				t.Errorf("newer from %d: got %s", newerFrom, got)
			}
		}
		if read := server.Count(indextest.Metadata, ""); read > 240 {
			t.Errorf("newer from %d: %d metadata files read", newerFrom, read)
		}
	}
	server := tinyIndex(t, lockstep(n, 300))
	result, err := Resolve(context.Background(), newClient(t, server), request, Options{})
	if err != nil || len(result.Solutions) != 1 {
		t.Fatal(err, result.Failures)
	}
	if notes := result.Solutions[0].Notes; len(notes) != 2 || !strings.Contains(notes[1], "front: ") || !strings.Contains(notes[1], " versions newer than 1.299 were not read") {
		t.Errorf("%q", notes)
	}
	server = tinyIndex(t, lockstep(n, 1))
	result, err = Resolve(context.Background(), newClient(t, server), request, Options{})
	if err != nil || len(result.Failures) != 1 {
		t.Fatal(err, result.Solutions)
	}
	if read := server.Count(indextest.Metadata, ""); read < n {
		t.Errorf("said to be impossible after reading %d of %d versions", read, n)
	}
}

// TestDeterminism: the answers do not depend on the order in which they arrive.
func TestDeterminism(t *testing.T) {
	server := tinyIndex(t, lockstep(40, 25)+"\n"+strings.TrimSpace(policyIndex))
	request := Request{
		Targets:      parseTargets(t, "cp310@linux/amd64", "cp311@linux/amd64", "cp311@windows/amd64", "cp312@macos/arm64"),
		Requirements: parseRequirements(t, []string{"front", "lib<2", "self[all]", "a"}),
	}
	var first Result
	for i := range 20 {
		result, err := Resolve(context.Background(), newClient(t, server), request, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = result
		} else if !reflect.DeepEqual(first.Solutions, result.Solutions) {
			t.Fatalf("run %d: %v, before %v", i, result, first)
		}
	}
}

// TestAskedOnce: listings and metadata are shared by all targets, and no wheel
// is fetched.
func TestAskedOnce(t *testing.T) {
	server := tinyIndex(t, strings.TrimSpace(policyIndex))
	request := Request{
		Targets:      parseTargets(t, "cp310@linux/amd64", "cp311@linux/amd64", "cp311@windows/amd64", "cp312@macos/arm64"),
		Requirements: parseRequirements(t, []string{"self[all]==1.0"}),
	}
	if _, err := Resolve(context.Background(), newClient(t, server), request, Options{}); err != nil {
		t.Fatal(err)
	}
	var asked []string
	for _, r := range server.Log() {
		asked = append(asked, r.Path)
	}
	slices.Sort(asked)
	want := []string{
		"/files/a-1.0-py3-none-any.whl.metadata", "/files/b-1.5-py3-none-any.whl.metadata", "/files/self-1.0-py3-none-any.whl.metadata",
		"/simple/a/", "/simple/b/", "/simple/self/",
	}
	if !slices.Equal(asked, want) {
		t.Errorf("asked for %v", asked)
	}
}
