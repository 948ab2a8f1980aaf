package target_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/conformance"
	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// corpusTarget reads "manylinux_2_28_x86_64|3.11", as the resolver corpora
// name a target.
func corpusTarget(t *testing.T, name string) target.Target {
	t.Helper()
	platform, python, _ := strings.Cut(name, "|")
	out, err := target.Parse(python + "@" + platform)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestConformanceTagsOfTargets(t *testing.T) {
	var lists map[string][]string
	if err := json.Unmarshal(conformance.ReadFile(t, "resolver/tags.json.gz"), &lists); err != nil {
		t.Fatal(err)
	}
	for name, want := range lists {
		t.Run(name, func(t *testing.T) {
			// The corpus accepts linux_ARCH, which axle does for the developer's own files only.
			target := corpusTarget(t, name)
			if got := texts(target.LocalTags()); !slices.Equal(got, want) {
				t.Errorf("%d tags, want %d\n got %v\nwant %v", len(got), len(want), got, want)
			}
			want = slices.DeleteFunc(want, func(tag string) bool { return strings.Contains(tag, "-linux_") })
			if got := texts(target.Tags()); !slices.Equal(got, want) {
				t.Errorf("for an index\n got %v\nwant %v", got, want)
			}
		})
	}
}

// answer is one file name, several that are equally good, or nothing.
type answer []string

func (a *answer) UnmarshalJSON(data []byte) error {
	if data[0] == '[' {
		return json.Unmarshal(data, (*[]string)(a))
	}
	var one *string
	err := json.Unmarshal(data, &one)
	if one != nil {
		*a = answer{*one}
	}
	return err
}

func TestConformanceWheelChoice(t *testing.T) {
	var corpus struct {
		Projects map[string][]string          `json:"projects"`
		Answers  map[string]map[string]answer `json:"answers"`
	}
	if err := json.Unmarshal(conformance.ReadFile(t, "resolver/wheel-choice.json"), &corpus); err != nil {
		t.Fatal(err)
	}
	for name, answers := range corpus.Answers {
		t.Run(name, func(t *testing.T) {
			order := corpusTarget(t, name).LocalTags()
			for project, want := range answers {
				files, ok := corpus.Projects[project]
				if !ok {
					t.Fatalf("%s is not in the corpus", project)
				}
				// Any of several is right; axle takes the first by name.
				slices.Sort(want)
				got := best(t, order, files)
				if len(want) == 0 && got != "" || len(want) > 0 && got != want[0] {
					t.Errorf("%s: chose %q, want %q", project, got, want)
				}
			}
		})
	}
}

// best chooses as the design says: best tag, greater build number, first name.
func best(t *testing.T, order tags.Order, files []string) string {
	t.Helper()
	files = slices.Sorted(slices.Values(files))
	chosen, chosenRank, found := wheel.Filename{}, 0, false
	for _, text := range files {
		file, err := wheel.ParseFilename(text)
		if err != nil {
			t.Fatal(err)
		}
		rank, _, ok := order.Best(file.Tags)
		better := !found || rank < chosenRank || rank == chosenRank && file.Build.Compare(chosen.Build) > 0
		if ok && better {
			chosen, chosenRank, found = file, rank, true
		}
	}
	return chosen.Text
}
