package resolve

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/conformance"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// scenario is what the tests read of a scenario or a random index; the tiny
// index itself is read by indextest.
type scenario struct {
	Name string `json:"name"`
	Root struct {
		Requires []string `json:"requires"`
	} `json:"root"`
	Options struct {
		Prereleases string        `json:"prereleases"`
		Resolution  string        `json:"resolution"`
		NoBuild     []pep508.Name `json:"no_build"`
		NoBinary    []pep508.Name `json:"no_binary"`
	} `json:"options"`
	Cases []scenarioCase `json:"cases"`
	// Of random indexes:
	KnownAnswers []map[string]string `json:"known_answers"`
}

type scenarioCase struct {
	Target       string              `json:"target"`
	Python       string              `json:"python"`
	WheelsOnly   bool                `json:"wheels_only"`
	Agree        *bool               `json:"agree"`
	Why          string              `json:"why"`
	KnownAnswers []map[string]string `json:"known_answers"`
	answer
	Other answer `json:"other"`
}

// answer is an outcome: what was chosen, or that nothing fits.
type answer struct {
	Satisfiable bool                `json:"satisfiable"`
	Packages    map[string]string   `json:"packages"`
	Files       map[string]string   `json:"files"`
	Kind        string              `json:"kind"`
	Projects    map[string][]string `json:"projects"` // said to be at fault, by reason
}

func (c *scenarioCase) cell(t testing.TB) target.Target {
	t.Helper()
	parts := strings.SplitN(c.Python, ".", 3)
	at, err := target.Parse(parts[0] + "." + parts[1] + "@" + c.Target)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func parseRequirements(t testing.TB, texts []string) []Requirement {
	t.Helper()
	var out []Requirement
	for i, text := range texts {
		r, err := pep508.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, Requirement{Requirement: r, Origin: fmt.Sprintf("requirements.txt:%d", i+1)})
	}
	return out
}

func newClient(t testing.TB, s *indextest.Server) *index.Client {
	t.Helper()
	return clientOver(t, s, s.Transport())
}

func clientOver(t testing.TB, s *indextest.Server, transport http.RoundTripper) *index.Client {
	t.Helper()
	config := index.Config{Indexes: []index.Index{{URL: s.URL + "/simple/"}}}
	client, err := index.New(config, index.ClientOptions{Transport: transport, Sleep: func(context.Context, time.Duration) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// sdistBuilder reads what a tiny source archive says of itself.
type sdistBuilder struct{ client *index.Client }

func (b sdistBuilder) Metadata(ctx context.Context, f index.File) (wheel.Metadata, error) {
	file, err := b.client.Fetch(ctx, f)
	if err != nil {
		return wheel.Metadata{}, err
	}
	r, err := os.Open(file)
	if err != nil {
		return wheel.Metadata{}, err
	}
	defer func() { _ = r.Close() }()
	unzipped, err := gzip.NewReader(r)
	if err != nil {
		return wheel.Metadata{}, err
	}
	for members := tar.NewReader(unzipped); ; {
		m, err := members.Next()
		if err != nil {
			return wheel.Metadata{}, err
		}
		if path.Base(m.Name) == "PKG-INFO" {
			text, err := io.ReadAll(members)
			if err != nil {
				return wheel.Metadata{}, err
			}
			return wheel.ParseMetadata(text)
		}
	}
}

// got is the outcome of one target as an answer.
func got(t testing.TB, r Result) (answer, error) {
	t.Helper()
	if len(r.Failures) > 0 {
		return answer{}, r.Failures[0].Err
	}
	a := answer{Satisfiable: true, Packages: map[string]string{}, Files: map[string]string{}}
	for _, p := range r.Solutions[0].Pins {
		a.Packages[string(p.Project)] = p.Version.String()
		a.Files[string(p.Project)] = p.File.Filename.Text
	}
	return a, nil
}

func (a answer) same(b answer) bool {
	if a.Satisfiable != b.Satisfiable {
		return false
	}
	return !a.Satisfiable || maps.Equal(a.Packages, b.Packages) && (b.Files == nil || maps.Equal(a.Files, b.Files))
}

func TestConformanceScenarios(t *testing.T) {
	files := conformance.Files(t, "resolver/scenarios", "*/*.json")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var sc scenario
		if err := json.Unmarshal(data, &sc); err != nil {
			t.Fatal(file, err)
		}
		t.Run(sc.Name, func(t *testing.T) {
			server := indextest.Synth(t, data)
			for _, c := range sc.Cases {
				checkCase(t, &sc, &c, newClient(t, server))
			}
		})
	}
}

func checkCase(t *testing.T, sc *scenario, c *scenarioCase, client *index.Client) {
	at := c.cell(t)
	o := Options{
		Align: AlignNone, Prefer: PreferSpecific, Strategy: Strategy(sc.Options.Resolution),
		Pre:    sc.Options.Prereleases == "allow",
		Sdists: !c.WheelsOnly, Builder: sdistBuilder{client},
		Formats: Formats{OnlyBinary: sc.Options.NoBuild, NoBinary: sc.Options.NoBinary},
	}
	request := Request{Targets: []target.Target{at}, Requirements: parseRequirements(t, sc.Root.Requires)}
	result, err := Resolve(context.Background(), client, request, o)
	if err != nil {
		t.Fatal(err)
	}
	mine, failure := got(t, result)
	if failure != nil && !errors.As(failure, new(*Error)) {
		t.Errorf("%s: %v", at, failure)
		return
	}
	namesAtFault(t, at, failure)
	switch {
	case mine.same(c.answer) || c.Agree != nil && !*c.Agree && mine.same(c.Other):
		return
	case aboutPatches(t, client, request.Requirements, c, c.answer, result):
		excepted(t, sc.Name)
		return
	}
	t.Errorf("%s (%s, wheels only %v): got %v %v %v, want %v, or (%s) %v", at, c.Python, c.WheelsOnly, mine.Packages, mine.Files, failure, c.answer, c.Why, c.Other)
}

func TestConformanceRandom(t *testing.T) {
	files := conformance.Files(t, "resolver/random", "*.json")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var sc scenario
		if err := json.Unmarshal(data, &sc); err != nil {
			t.Fatal(file, err)
		}
		t.Run(sc.Name, func(t *testing.T) {
			server := indextest.Synth(t, data)
			for _, c := range sc.Cases {
				checkRandom(t, &sc, &c, newClient(t, server))
			}
		})
	}
}

func checkRandom(t *testing.T, sc *scenario, c *scenarioCase, client *index.Client) {
	at := c.cell(t)
	request := Request{Targets: []target.Target{at}, Requirements: parseRequirements(t, sc.Root.Requires)}
	result, err := Resolve(context.Background(), client, request, Options{Align: AlignNone, Prefer: PreferSpecific})
	if err != nil {
		t.Fatal(err)
	}
	checkSolutions(t, client, request.Requirements, result)
	mine, failure := got(t, result)
	namesAtFault(t, at, failure)
	if mine.Satisfiable != c.Satisfiable {
		t.Errorf("%s: got %v %v, want satisfiable %v", at, mine.Packages, failure, c.Satisfiable)
		return
	}
	if mine.Satisfiable && c.Packages != nil && !maps.Equal(mine.Packages, c.Packages) {
		t.Logf("%s: %v where the peers chose %v", at, mine.Packages, c.Packages)
	}
}

// realSet is a recorded set of real requirements.
type realSet struct {
	Name         string         `json:"name"`
	Requirements []string       `json:"requirements"`
	Cutoff       time.Time      `json:"cutoff"`
	Targets      []scenarioCase `json:"targets"`
	Index        []string       `json:"index"`
	scenarioCase                // of heavy ones
}

// replay serves packs of the recorded index.
func replay(t testing.TB, names ...string) *indextest.Server {
	t.Helper()
	var zips []string
	for _, name := range names {
		zips = append(zips, conformance.Path(t, "resolver/"+name))
	}
	return indextest.Replay(t, zips...)
}

func readSet(t testing.TB, file string) realSet {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var set realSet
	if err := json.Unmarshal(data, &set); err != nil {
		t.Fatal(file, err)
	}
	return set
}

func TestConformanceTargets(t *testing.T) {
	files := conformance.Files(t, "resolver/targets", "*.json")
	server := replay(t, "index.zip")
	client := newClient(t, server)
	for _, file := range files {
		set := readSet(t, file)
		t.Run(set.Name, func(t *testing.T) {
			request := Request{Requirements: parseRequirements(t, set.Requirements)}
			for i := range set.Targets {
				request.Targets = append(request.Targets, set.Targets[i].cell(t))
			}
			result, err := Resolve(context.Background(), client, request, Options{
				Align: AlignNone, Prefer: PreferSpecific, ExcludeNewer: set.Cutoff,
			})
			if err != nil {
				t.Fatal(err)
			}
			checkSet(t, client, request.Requirements, &set, request.Targets, result)
			checkSolutions(t, client, request.Requirements, result)
		})
	}
	for _, missed := range server.Missed() {
		t.Logf("asked ahead for what was not recorded: %s", missed)
	}
}

func checkSet(t *testing.T, source Source, roots []Requirement, set *realSet, at []target.Target, result Result) {
	for i := range set.Targets {
		want := &set.Targets[i]
		one := Result{}
		for _, s := range result.Solutions {
			if s.Target == at[i] {
				one.Solutions = append(one.Solutions, s)
			}
		}
		for _, f := range result.Failures {
			if f.Target == at[i] {
				one.Failures = append(one.Failures, f)
			}
		}
		mine, failure := got(t, one)
		if failure != nil && !errors.As(failure, new(*Error)) {
			t.Errorf("%s: %v", at[i], failure)
			continue
		}
		atFault := slices.Concat(want.Projects["no_wheel"], want.Projects["requires_python"])
		if failure != nil && len(atFault) > 0 && !slices.ContainsFunc(atFault, func(name string) bool { return strings.Contains(failure.Error(), name) }) {
			t.Errorf("%s: the message names none of %v: %v", at[i], atFault, failure)
		}
		switch {
		case mine.same(want.answer) || want.Agree != nil && !*want.Agree && mine.same(want.answer.changed(want.Other)):
		case aboutPatches(t, source, roots, want, want.answer, one):
			excepted(t, set.Name)
		case eitherWay(t, source, roots, want, one):
		default:
			t.Errorf("%s (%s): %s %v", at[i], want.Python, difference(mine, want.answer), failure)
		}
	}
}

// changed is the answer of the other peer, of which only what differs is
// recorded; empty = not there.
func (a answer) changed(other answer) answer {
	out := answer{Satisfiable: a.Satisfiable, Packages: map[string]string{}, Files: map[string]string{}}
	maps.Copy(out.Packages, a.Packages)
	maps.Copy(out.Files, a.Files)
	maps.Copy(out.Packages, other.Packages)
	maps.Copy(out.Files, other.Files)
	for _, m := range []map[string]string{out.Packages, out.Files} {
		maps.DeleteFunc(m, func(_, v string) bool { return v == "" })
	}
	return out
}

// difference says what is not the same in two answers.
func difference(got, want answer) string {
	if got.Satisfiable != want.Satisfiable {
		return fmt.Sprintf("satisfiable %v, want %v", got.Satisfiable, want.Satisfiable)
	}
	var out []string
	for name, file := range want.Files {
		if got.Files[name] != file {
			out = append(out, fmt.Sprintf("%s: got %s, want %s", name, got.Files[name], file))
		}
	}
	for name, file := range got.Files {
		if want.Files[name] == "" {
			out = append(out, fmt.Sprintf("%s: got %s, want none", name, file))
		}
	}
	return strings.Join(out, "; ")
}

func TestConformanceHeavy(t *testing.T) {
	files := conformance.Files(t, "resolver/heavy", "*.json")
	for _, file := range files {
		set := readSet(t, file)
		t.Run(set.Name, func(t *testing.T) {
			var zips []string
			for _, name := range set.Index {
				zips = append(zips, path.Join("heavy", name))
			}
			server := replay(t, zips...)
			client := newClient(t, server)
			request := Request{
				Requirements: parseRequirements(t, set.Requirements),
				Targets:      []target.Target{set.cell(t)},
			}
			begin := time.Now()
			result, err := Resolve(context.Background(), client, request, Options{
				Align: AlignNone, Prefer: PreferSpecific, ExcludeNewer: set.Cutoff,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("cold %s, %d pages, %d metadata", time.Since(begin), server.Count(indextest.Page, ""), server.Count(indextest.Metadata, ""))
			mine, failure := got(t, result)
			if failure != nil && !errors.As(failure, new(*Error)) {
				t.Fatal(failure)
			}
			same := mine.same(set.answer) || set.Other.Packages != nil && mine.same(set.answer.changed(set.Other))
			if !same && !aboutPatches(t, client, request.Requirements, &set.scenarioCase, set.answer, result) &&
				!eitherWay(t, client, request.Requirements, &set.scenarioCase, result) {
				t.Errorf("%s %v", difference(mine, set.answer), failure)
			}
			for _, missed := range server.Missed() {
				t.Logf("asked ahead for what was not recorded: %s", missed)
			}
			checkRequests(t, &set, server)
		})
	}
}

// checkRequests: each listing and each metadata file is asked for once, and far
// fewer of them than the peers ask for where versions differ in words only.
func checkRequests(t *testing.T, set *realSet, server *indextest.Server) {
	asked := map[string]int{}
	for _, r := range server.Log() {
		if asked[r.Path]++; asked[r.Path] == 2 {
			t.Errorf("%s was asked for twice", r.Path)
		}
	}
	if n := server.Count(indextest.Metadata, ""); set.Name == "boto3-urllib3" && n > 259 {
		t.Errorf("%d metadata files read, want at most a tenth of the 2,598 that uv reads", n)
	}
}

// TestConformanceWheelChoice: which of many files of a version each target takes.
func TestConformanceWheelChoice(t *testing.T) {
	var corpus struct {
		Projects map[pep508.Name][]string                   `json:"projects"`
		Answers  map[string]map[pep508.Name]json.RawMessage `json:"answers"`
	}
	if err := json.Unmarshal(conformance.ReadFile(t, "resolver/wheel-choice.json"), &corpus); err != nil {
		t.Fatal(err)
	}
	var files []indextest.File
	for name, list := range corpus.Projects {
		for _, file := range list {
			files = append(files, indextest.File{Project: string(name), Name: file, Content: []byte("none")})
		}
	}
	lib := newLibrary(newClient(t, indextest.New(t, indextest.Options{JSON: true}, files...)), nil)
	for key, answers := range corpus.Answers {
		platform, python, _ := strings.Cut(key, "|")
		c := newCell((&scenarioCase{Target: platform, Python: python}).cell(t), lib, newRoots(&Request{}), &Options{})
		for name, raw := range answers {
			p, err := lib.project(context.Background(), name).wait(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if f := c.file(p, p.find(pep440.MustParse("1.0"))); f != nil {
				got = f.Name
			}
			want := firstChoice(raw)
			// "linux_ARCH files from an index: never": then the next best
			if got != want && !strings.Contains(want, "-linux_") || strings.Contains(got, "-linux_") {
				t.Errorf("%s on %s: got %q, want %q", name, key, got, want)
			}
		}
	}
}

// firstChoice is the recorded file, of several equally good ones the first by name.
func firstChoice(raw json.RawMessage) string {
	var one string
	var many []string
	if json.Unmarshal(raw, &one) != nil && json.Unmarshal(raw, &many) == nil {
		one = slices.Min(many)
	}
	return one
}
