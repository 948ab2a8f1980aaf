package resolve

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestExplain resolves what each file of testdata/explain describes, and
// compares what is said about the failures and the solutions' notes.
//
// A file has the sections index (a version per line: "name version | wheels:
// tags | requires: a, b | extra x: c | python: >=3.9 | sdist | yanked"),
// requirements.txt, constraints.txt, overrides.txt, options, targets, faults (of
// the index: "unreachable", or a part of a path and the status it is answered
// with) and want.
func TestExplain(t *testing.T) {
	files, err := filepath.Glob("testdata/explain/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := explained(t, a)
			if *update {
				setSection(a, "want", got)
				if err := os.WriteFile(file, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := section(a, "want"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func setSection(a *txtar.Archive, name, text string) {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = []byte(text)
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
}

// explained is what there is to read after resolving.
func explained(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	data, err := json.Marshal(indextest.Scenario{Name: "explain", Index: readIndex(t, section(a, "index"))})
	if err != nil {
		t.Fatal(err)
	}
	server := indextest.Synth(t, data)
	request := Request{
		Targets:      parseTargets(t, strings.Fields(section(a, "targets"))...),
		Requirements: readRequirements(t, a, "requirements.txt"),
		Constraints:  readRequirements(t, a, "constraints.txt"),
		Overrides:    readRequirements(t, a, "overrides.txt"),
	}
	client, options := clientOver(t, server, transportOf(t, server, section(a, "faults"))), readOptions(t, section(a, "options"))
	options.Builder = sdistBuilder{client}
	result, err := Resolve(context.Background(), client, request, options)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, f := range result.Failures {
		fmt.Fprintf(&out, "# %s\n", f.Target)
		fault.Print(&out, f.Err)
		oneStep(t, f.Err)
		for _, c := range lock.Causes(f.Err) {
			fmt.Fprintf(&out, "# %s %s, exit %d; %d requirements; newest: %s; source: %s\n", c.Kind, c.Projects, fault.ExitCode(f.Err),
				len(c.Requirements), cmp.Or(c.Newest, "none"), strings.TrimSpace(cmp.Or(c.Source, "none")+" "+c.Build))
		}
	}
	for _, s := range result.Solutions {
		fmt.Fprintf(&out, "# %s\n", s.Target)
		for _, p := range s.Pins {
			fmt.Fprintf(&out, "%s %s\n", p.Project, p.File.Filename.Text)
		}
		for _, n := range s.Notes {
			fmt.Fprintf(&out, "note: %s\n", n)
		}
	}
	return strings.ReplaceAll(out.String(), server.URL, "http://index.test")
}

// oneStep holds every failure to one thing to try next.
func oneStep(t *testing.T, err error) {
	t.Helper()
	if many, ok := err.(fault.List); ok {
		for _, e := range many {
			oneStep(t, e)
		}
	} else if hints := fault.Hints(err); len(hints) != 1 || hints[0] == "" {
		t.Errorf("%v: the hints are %q, and there is to be one", err, hints)
	}
}

// transportOf reaches the server, or does not, as the faults say.
func transportOf(t *testing.T, s *indextest.Server, faults string) http.RoundTripper {
	t.Helper()
	transport := s.Transport()
	for line := range strings.Lines(faults) {
		switch f := strings.Fields(line); {
		case f[0] == "unreachable":
			transport = noNetwork{}
		case len(f) == 2:
			status, err := strconv.Atoi(f[1])
			if err != nil {
				t.Fatal(err)
			}
			s.Fail(indextest.Fault{Path: f[0], Status: status})
		default:
			t.Fatalf("faults: %q", line)
		}
	}
	return transport
}

// noNetwork is a machine that knows no other.
type noNetwork struct{}

func (noNetwork) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, &net.DNSError{Err: "no such host", Name: "index.test", IsNotFound: true}
}

func readIndex(t *testing.T, text string) map[string]map[string]indextest.ScenarioRelease {
	t.Helper()
	index := map[string]map[string]indextest.ScenarioRelease{}
	for line := range strings.Lines(text) {
		fields := strings.Split(strings.TrimSpace(line), " | ")
		name, version, _ := strings.Cut(fields[0], " ")
		r := indextest.ScenarioRelease{Wheels: []string{}, Extras: map[string][]string{}}
		for _, f := range fields[1:] {
			key, value, _ := strings.Cut(f, ": ")
			switch {
			case key == "wheels":
				r.Wheels = strings.Fields(value)
			case key == "requires":
				r.Requires = strings.Split(value, ", ")
			case key == "python":
				r.RequiresPython = value
			case key == "sdist":
				r.Sdist = true
			case key == "yanked":
				r.Yanked = true
			case strings.HasPrefix(key, "extra "):
				r.Extras[key[6:]] = strings.Split(value, ", ")
			default:
				t.Fatalf("index: %q", line)
			}
		}
		if index[name] == nil {
			index[name] = map[string]indextest.ScenarioRelease{}
		}
		if version != "" {
			index[name][version] = r
		}
	}
	return index
}

func readRequirements(t *testing.T, a *txtar.Archive, name string) []Requirement {
	t.Helper()
	var out []Requirement
	n := 0
	for line := range strings.Lines(section(a, name)) {
		n++
		text, hash, _ := strings.Cut(strings.TrimSpace(line), " --hash=")
		r, err := pep508.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		q := Requirement{Requirement: r, Origin: fmt.Sprintf("%s:%d", name, n)}
		if hash != "" {
			q.Hashes = []string{hash}
		}
		out = append(out, q)
	}
	return out
}

func readOptions(t *testing.T, text string) Options {
	t.Helper()
	o := Options{Prefer: PreferSpecific}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "exclude-newer":
			var err error
			if o.ExcludeNewer, err = time.Parse("2006-01-02", value); err != nil {
				t.Fatal(err)
			}
		case "no-binary":
			o.Formats.NoBinary = []pep508.Name{pep508.Name(value)}
		case "only-binary":
			o.Formats.OnlyBinary = []pep508.Name{pep508.Name(value)}
		case "build-sdists":
			for name := range strings.FieldsSeq(value) {
				o.SdistsFor = append(o.SdistsFor, pep508.Name(name))
			}
		case "unfit": // a platform that what is built here does not serve
			o.Unfit = func(_ *index.File, on target.Target) *Unfit {
				if on.Platform.String() != value {
					return nil
				}
				return &Unfit{"the source of it was built here into a wheel for elsewhere", "build there"}
			}
		case "align":
			o.Align = Align(value)
		case "prefer":
			o.Prefer = Prefer(value)
		case "strategy":
			o.Strategy = Strategy(value)
		case "require-hashes":
			o.RequireHashes = true
		case "pre":
			o.Pre = true
		case "no-index":
			o.NoIndex = true
		default:
			t.Fatalf("options: %q", line)
		}
	}
	if !slices.Contains([]Prefer{"", PreferShared, PreferSpecific}, o.Prefer) {
		t.Fatal(o.Prefer)
	}
	return o
}
