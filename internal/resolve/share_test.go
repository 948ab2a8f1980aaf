package resolve

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/conformance"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/target"
)

func TestShare(t *testing.T) {
	tests := []struct {
		name, index, requires string
		targets               string
		want                  []string // files, one set for each target
	}{{
		name:     "abi3 is taken where it makes a run",
		index:    "fast 1.0 | wheels: cp38-abi3-win_amd64 cp310-cp310-win_amd64 cp311-cp311-win_amd64",
		requires: "fast", targets: "cp39 cp310 cp311",
		want: []string{"fast-1.0-cp38-abi3-win_amd64.whl", "fast-1.0-cp38-abi3-win_amd64.whl", "fast-1.0-cp38-abi3-win_amd64.whl"},
	}, {
		name:     "the abi3 file that the lowest Python ranks first",
		index:    "fast 1.0 | wheels: cp38-abi3-win_amd64 cp39-abi3-win_amd64 cp310-abi3-win_amd64 py3-none-any",
		requires: "fast", targets: "cp39 cp310",
		want: []string{"fast-1.0-cp39-abi3-win_amd64.whl", "fast-1.0-cp39-abi3-win_amd64.whl"},
	}, {
		name:     "one project that has no file in common keeps all as they are",
		index:    "fast 1.0 | wheels: cp38-abi3-win_amd64 cp310-cp310-win_amd64\nslow 1.0 | wheels: cp39-cp39-win_amd64 cp310-cp310-win_amd64",
		requires: "fast,slow", targets: "cp39 cp310",
		want: []string{"fast-1.0-cp38-abi3-win_amd64.whl slow-1.0-cp39-cp39-win_amd64.whl", "fast-1.0-cp310-cp310-win_amd64.whl slow-1.0-cp310-cp310-win_amd64.whl"},
	}, {
		name:     "runs end where a version changes",
		index:    "fast 1.0 | wheels: py3-none-any cp39-cp39-win_amd64 cp310-cp310-win_amd64\nfast 2.0 | python: >=3.11 | wheels: py3-none-any cp311-cp311-win_amd64 cp312-cp312-win_amd64",
		requires: "fast", targets: "cp39 cp310 cp311 cp312",
		want: []string{"fast-1.0-py3-none-any.whl", "fast-1.0-py3-none-any.whl", "fast-2.0-py3-none-any.whl", "fast-2.0-py3-none-any.whl"},
	}, {
		name:     "a project that only some need ends a run",
		index:    "fast 1.0 | wheels: cp38-abi3-win_amd64 cp310-cp310-win_amd64 | requires: more; python_version < '3.10'\nmore 1.0 | wheels: py3-none-any",
		requires: "fast", targets: "cp39 cp310",
		want: []string{"fast-1.0-cp38-abi3-win_amd64.whl more-1.0-py3-none-any.whl", "fast-1.0-cp310-cp310-win_amd64.whl"},
	}, {
		name:     "a free-threaded build is no neighbour",
		index:    "fast 1.0 | wheels: py3-none-any cp314-cp314-win_amd64 cp314-cp314t-win_amd64",
		requires: "fast", targets: "cp314 cp314t",
		want: []string{"fast-1.0-cp314-cp314-win_amd64.whl", "fast-1.0-cp314-cp314t-win_amd64.whl"},
	}, {
		name:     "a single Python keeps its own",
		index:    "fast 1.0 | wheels: cp38-abi3-win_amd64 cp310-cp310-win_amd64",
		requires: "fast", targets: "cp310",
		want: []string{"fast-1.0-cp310-cp310-win_amd64.whl"},
	}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client := newClient(t, tinyIndex(t, test.index))
			request := Request{Requirements: parseRequirements(t, strings.Split(test.requires, ","))}
			for _, py := range strings.Fields(test.targets) {
				request.Targets = append(request.Targets, parseTargets(t, py+"@win_amd64")...)
			}
			got := resolveFiles(t, client, request, Options{})
			for i, at := range request.Targets {
				if got[at.String()] != test.want[i] {
					t.Errorf("%s: got %s, want %s", at, got[at.String()], test.want[i])
				}
			}
		})
	}
}

// TestShareLooksAtMetadata: a file that requires something else than the one it
// would replace is not taken.
func TestShareLooksAtMetadata(t *testing.T) {
	file := func(name, more string) indextest.File {
		metadata := "Metadata-Version: 2.1\nName: fast\nVersion: 1.0\n" + more
		return indextest.File{Project: "fast", Name: name, Metadata: []byte(metadata), Content: indextest.Wheel(name, metadata)}
	}
	server := indextest.New(t, indextest.Options{JSON: true, Metadata: indextest.Advertised},
		file("fast-1.0-cp39-cp39-win_amd64.whl", ""), file("fast-1.0-cp310-cp310-win_amd64.whl", ""),
		file("fast-1.0-py3-none-any.whl", "Requires-Dist: other\n"))
	request := Request{Targets: parseTargets(t, "cp39@win_amd64", "cp310@win_amd64"), Requirements: parseRequirements(t, []string{"fast"})}
	got := resolveFiles(t, newClient(t, server), request, Options{})
	want := map[string]string{"cp39@win_amd64": "fast-1.0-cp39-cp39-win_amd64.whl", "cp310@win_amd64": "fast-1.0-cp310-cp310-win_amd64.whl"}
	if !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func matrix(t testing.TB) []target.Target {
	t.Helper()
	var targets []target.Target
	for _, py := range []string{"3.9", "3.10", "3.11", "3.12", "3.13", "3.14"} {
		for _, platform := range []string{"linux/amd64", "linux/arm64", "windows/amd64", "macos/arm64"} {
			targets = append(targets, parseTargets(t, py+"@"+platform)...)
		}
	}
	return targets
}

// TestConformanceMatrix resolves well-known projects for 24 targets on the
// recorded index: what they choose there has to do with each other, whatever
// versions were recorded.
func TestConformanceMatrix(t *testing.T) {
	path := conformance.Index(t, "resolver/index.zip", "requests", "certifi", "charset-normalizer", "idna", "urllib3",
		"pyyaml", "cryptography", "cffi", "pycparser", "numpy")
	client := newClient(t, indextest.Replay(t, path))
	request := Request{Targets: matrix(t), Requirements: parseRequirements(t, []string{"requests"})}
	sets := func(o Options) []string {
		return slices.Compact(slices.Sorted(maps.Values(resolveFiles(t, client, request, o))))
	}
	if got := sets(Options{}); len(got) != 1 || !strings.Contains(got[0], "-py3-none-any.whl") {
		t.Errorf("requests: %d different sets, want 1: %v", len(got), got)
	}
	if got := sets(Options{Prefer: PreferSpecific}); len(got) != len(request.Targets) {
		t.Errorf("requests, specific files: %d different sets, want one for each target", len(got))
	}
	request.Requirements = parseRequirements(t, []string{"requests", "PyYAML", "cryptography", "numpy"})
	alone := resolveFiles(t, client, request, Options{Align: AlignNone, Prefer: PreferSpecific})
	if got := resolveFiles(t, client, request, Options{}); !maps.Equal(got, alone) {
		t.Errorf("aligned %v, alone %v", got, alone)
	}
	each, all := numpys(t, client, request, AlignNone), numpys(t, client, request, AlignAll)
	if len(each) > 2 && len(all) >= len(each) {
		t.Errorf("versions of numpy over the matrix: %v, and %v without aligning", all, each)
	}
}

// numpys counts the targets of each version of numpy.
func numpys(t *testing.T, client *index.Client, request Request, align Align) map[string]int {
	t.Helper()
	result, err := Resolve(context.Background(), client, request, Options{Align: align, Prefer: PreferSpecific})
	if err != nil {
		t.Fatal(err)
	}
	checkSolutions(t, client, request.Requirements, result)
	count := map[string]int{}
	for _, s := range result.Solutions {
		pin, _ := s.Pin("numpy")
		count[pin.Version.String()]++
	}
	return count
}

// With PreferPure every target takes the pure file where a version has one,
// although it ranks others higher.
func TestPreferPure(t *testing.T) {
	client := newClient(t, tinyIndex(t, `
both 1.0 | wheels: py2.py3-none-any cp39-abi3-win_amd64 cp310-cp310-win_amd64 cp310-cp310-manylinux_2_17_x86_64
both 2.0 | wheels: py3-none-any cp39-abi3-win_amd64 cp310-cp310-win_amd64 cp310-cp310-manylinux_2_17_x86_64
fast 1.0 | wheels: cp310-cp310-win_amd64 cp310-cp310-manylinux_2_17_x86_64`))
	request := Request{
		Requirements: parseRequirements(t, []string{"both", "fast"}),
		Targets:      parseTargets(t, "cp310@win_amd64", "cp310@linux/amd64"),
	}
	result, err := Resolve(context.Background(), client, request, Options{Prefer: PreferPure})
	if err != nil || len(result.Solutions) != 2 {
		t.Fatalf("%d solutions: %v", len(result.Solutions), err)
	}
	for _, s := range result.Solutions {
		if got, want := s.Pins[0].File.Filename.Text, "both-2.0-py3-none-any.whl"; got != want {
			t.Errorf("%s: %s, want %s", s.Target, got, want)
		}
	}
}
