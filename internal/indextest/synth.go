package indextest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/pep508"
)

// Scenario is the index of a resolver scenario ("format 1"): what each
// project offers. Other parts of the document are left to the test.
type Scenario struct {
	Name  string                                `json:"name"`
	Index map[string]map[string]ScenarioRelease `json:"index"`
}

// ScenarioRelease is one version in a scenario.
type ScenarioRelease struct {
	RequiresPython string              `json:"requires_python"`
	Requires       []string            `json:"requires"`
	Extras         map[string][]string `json:"extras"`
	Wheels         []string            `json:"wheels"` // tags, perhaps after a build number
	Sdist          bool                `json:"sdist"`
	Yanked         bool                `json:"yanked"`
}

// ParseScenario reads a scenario's JSON document.
func ParseScenario(data []byte) (Scenario, error) {
	var s Scenario
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("scenario: %w", err)
	}
	return s, nil
}

// Synth serves the index of a scenario, a JSON document, as a full index of
// today: JSON pages with sizes, upload times and metadata files.
func Synth(t testing.TB, scenario []byte) *Server {
	t.Helper()
	s, err := ParseScenario(scenario)
	if err != nil {
		t.Fatal(err)
	}
	return New(t, Options{JSON: true, Metadata: Advertised, Ranges: FullRanges, CacheControl: "max-age=600"}, s.Files()...)
}

// Files makes the tiny wheels and source archives of the scenario.
func (s Scenario) Files() []File {
	var files []File
	for _, project := range slices.Sorted(maps.Keys(s.Index)) {
		releases := s.Index[project]
		for _, version := range slices.Sorted(maps.Keys(releases)) {
			files = append(files, releases[version].files(project, version)...)
		}
	}
	return files
}

func (r ScenarioRelease) files(project, version string) []File {
	metadata := r.metadata(project, version)
	common := File{Project: project, RequiresPython: r.RequiresPython, UploadTime: "2024-03-24T00:00:00Z"}
	if r.Yanked {
		common.Yanked = new(string)
	}
	var files []File
	for _, tag := range r.Wheels {
		f := common
		f.Name = fmt.Sprintf("%s-%s-%s.whl", pep508.Normalize(project).Escaped(), version, tag)
		f.Metadata = []byte(metadata)
		f.Content = Wheel(f.Name, metadata)
		files = append(files, f)
	}
	if r.Sdist {
		f := common
		f.Name = fmt.Sprintf("%s-%s.tar.gz", pep508.Normalize(project).Escaped(), version)
		f.Content = Sdist(f.Name, metadata)
		files = append(files, f)
	}
	return files
}

func (r ScenarioRelease) metadata(project, version string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Metadata-Version: 2.3\nName: %s\nVersion: %s\n", project, version)
	if r.RequiresPython != "" {
		fmt.Fprintf(&b, "Requires-Python: %s\n", r.RequiresPython)
	}
	extras := slices.Sorted(maps.Keys(r.Extras))
	for _, extra := range extras {
		fmt.Fprintf(&b, "Provides-Extra: %s\n", extra)
	}
	for _, requirement := range r.Requires {
		fmt.Fprintf(&b, "Requires-Dist: %s\n", requirement)
	}
	for _, extra := range extras {
		for _, requirement := range r.Extras[extra] {
			fmt.Fprintf(&b, "Requires-Dist: %s\n", withExtra(requirement, extra))
		}
	}
	return b.String()
}

func withExtra(requirement, extra string) string {
	if name, marker, ok := strings.Cut(requirement, ";"); ok {
		return fmt.Sprintf("%s ; (%s) and extra == '%s'", strings.TrimSpace(name), strings.TrimSpace(marker), extra)
	}
	return fmt.Sprintf("%s ; extra == '%s'", requirement, extra)
}
