package extension_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
)

// pipCase is a project folder of testdata/pip/cases.json.
type pipCase struct {
	Name  string
	Files map[string]json.RawMessage
	Env   map[string]string
	// Differs says why axle reads it otherwise than pip: "refused here…" for
	// an error.
	Differs string
}

// pipAnswer is what pip understood, as ask_pip.py prints it.
type pipAnswer struct {
	Error           string    `json:"error,omitempty"`
	Items           []pipItem `json:"items"`
	IndexURLs       []string  `json:"index_urls"`
	FindLinks       []string  `json:"find_links"`
	NoIndex         bool      `json:"no_index"`
	OnlyBinary      []string  `json:"only_binary"`
	NoBinary        []string  `json:"no_binary"`
	AllReleases     []string  `json:"all_releases"`
	OnlyFinal       []string  `json:"only_final"`
	PreferBinary    bool      `json:"prefer_binary"`
	RequireHashes   bool      `json:"require_hashes"`
	NoRequireHashes bool      `json:"no_require_hashes"`
	TrustedHosts    []string  `json:"trusted_hosts"`
}

type pipItem struct {
	Name       string              `json:"name"`
	Specifier  string              `json:"specifier"`
	Extras     []string            `json:"extras"`
	Marker     string              `json:"marker"`
	Link       string              `json:"link"`
	Hashes     map[string][]string `json:"hashes"`
	Constraint bool                `json:"constraint"`
	File       string              `json:"file"`
	Line       int                 `json:"line"`
}

func loadPip(t *testing.T, answersFile string) (cases []pipCase, answers map[string]pipAnswer) {
	t.Helper()
	data, err := os.ReadFile("testdata/pip/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if data, err = os.ReadFile(answersFile); err != nil {
		t.Fatal(err)
	}
	var all struct{ Answers map[string]pipAnswer }
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return cases, all.Answers
}

func (c pipCase) write(t *testing.T, dir string) {
	t.Helper()
	for name, raw := range c.Files {
		var text string
		var coded struct{ Hex string }
		content := []byte(nil)
		if json.Unmarshal(raw, &text) == nil {
			content = []byte(text)
		} else if err := json.Unmarshal(raw, &coded); err != nil {
			t.Fatal(err)
		} else if content, err = hex.DecodeString(coded.Hex); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// read is what axle understands of a case, in pip's terms.
func (c pipCase) read(t *testing.T, dir string) pipAnswer {
	t.Helper()
	c.write(t, dir)
	req, _, err := extension.ParseRequirements(filepath.Join(dir, "requirements.txt"), extension.RequirementsOptions{
		Dir: dir,
		Env: func(name string) (string, bool) { v, ok := c.Env[name]; return v, ok },
	})
	if err != nil {
		return pipAnswer{Error: err.Error()}
	}
	a := pipAnswer{
		NoIndex: req.NoIndex, PreferBinary: req.PreferBinary, RequireHashes: req.RequireHashes, NoRequireHashes: req.NoRequireHashes,
		OnlyBinary: selected(req.Formats.OnlyBinary), NoBinary: selected(req.Formats.NoBinary),
		AllReleases: selected(req.Releases.AllReleases), OnlyFinal: selected(req.Releases.OnlyFinal),
	}
	for _, h := range req.TrustedHosts {
		a.TrustedHosts = append(a.TrustedHosts, strings.SplitN(h, ":", 2)[0])
	}
	if !req.NoIndex {
		a.IndexURLs = append([]string{req.IndexURL}, req.ExtraIndexURLs...)
		if req.IndexURL == "" {
			a.IndexURLs[0] = "$INDEX"
		}
	}
	for _, f := range req.FindLinks {
		if rel, err := filepath.Rel(dir, f); err == nil && filepath.IsAbs(f) {
			f = "$DIR/" + filepath.ToSlash(rel)
		}
		a.FindLinks = append(a.FindLinks, f)
	}
	for i, l := range append(slices.Clone(req.Items), req.Constraints...) {
		item := pipItem{
			Name: string(l.Requirement.Name), Specifier: l.Requirement.Specifier.String(), Marker: l.Requirement.Marker.String(),
			Link: l.Requirement.URL, Constraint: i >= len(req.Items), Line: l.Line, Hashes: map[string][]string{}, Extras: []string{},
		}
		for _, e := range l.Requirement.Extras {
			item.Extras = append(item.Extras, string(e))
		}
		slices.Sort(item.Extras)
		if rel, err := filepath.Rel(dir, l.Path); err == nil && l.Path != "" {
			item.Link = strings.TrimSuffix("file://$DIR/"+strings.ReplaceAll(filepath.ToSlash(rel), " ", "%20"), "/.")
		}
		for _, h := range l.Hashes {
			item.Hashes[h.Algorithm] = append(item.Hashes[h.Algorithm], h.Digest)
			slices.Sort(item.Hashes[h.Algorithm])
		}
		rel, _ := filepath.Rel(dir, l.File)
		item.File = filepath.ToSlash(rel)
		a.Items = append(a.Items, item)
	}
	return a.normal()
}

func selected(s extension.Selection) []string {
	var names []string
	if s.All {
		names = append(names, ":all:")
	}
	for _, n := range s.Names {
		names = append(names, string(n))
	}
	return names
}

// normal makes what only looks different equal.
func (a pipAnswer) normal() pipAnswer {
	for i, f := range a.FindLinks {
		if !strings.Contains(f, "://") {
			f = filepath.ToSlash(filepath.Clean(f))
			if !strings.HasPrefix(f, "$DIR") {
				f = "$DIR/" + f
			}
			a.FindLinks[i] = strings.TrimSuffix(f, "/.")
		}
	}
	for i := range a.Items {
		item := &a.Items[i]
		item.File = strings.TrimPrefix(item.File, "$DIR/")
		if s, err := pep440.ParseSpecifierSet(item.Specifier); err == nil {
			item.Specifier = s.String()
		}
		if m, err := pep508.ParseMarker(item.Marker); err == nil {
			item.Marker = m.String()
		}
	}
	slices.SortStableFunc(a.Items, func(x, y pipItem) int {
		if x.Constraint == y.Constraint {
			return 0
		} else if y.Constraint {
			return -1
		}
		return 1
	})
	if len(a.Items) == 0 {
		a.Items = nil
	}
	for _, list := range []*[]string{&a.IndexURLs, &a.FindLinks, &a.OnlyBinary, &a.NoBinary, &a.AllReleases, &a.OnlyFinal, &a.TrustedHosts} {
		if len(*list) == 0 {
			*list = nil
		}
	}
	return a
}

func comparePip(t *testing.T, cases []pipCase, answers map[string]pipAnswer) {
	t.Helper()
	for _, c := range cases {
		t.Run(strings.ReplaceAll(c.Name, "/", "_"), func(t *testing.T) {
			want, ok := answers[c.Name]
			if !ok {
				t.Fatal("pip was not asked: run with AXLE_REAL=1 -update")
			}
			got, want := c.read(t, t.TempDir()), want.normal()
			same := (got.Error != "") == (want.Error != "") && (got.Error != "" || cmp.Equal(got, want))
			switch {
			case strings.HasPrefix(c.Differs, "refused here"):
				if got.Error == "" {
					t.Errorf("taken, though to be %s", c.Differs)
				}
			case c.Differs != "" && same:
				t.Errorf("said to differ (%s), but does not", c.Differs)
			case c.Differs == "" && got.Error != "" && want.Error == "":
				t.Errorf("refused: %s", got.Error)
			case c.Differs == "" && !same:
				t.Errorf("pip -, axle +\n%s", cmp.Diff(want, got))
			}
		})
	}
}

// TestRequirementsAsPipReadsThem holds every case against the recorded answers
// of pip 26.3.
func TestRequirementsAsPipReadsThem(t *testing.T) {
	cases, answers := loadPip(t, "testdata/pip/answers.json")
	comparePip(t, cases, answers)
}

// TestRequirementsAgainstPip asks the newest pip of the index again.
func TestRequirementsAgainstPip(t *testing.T) {
	if os.Getenv("AXLE_REAL") == "" {
		t.Skip("needs an index: set AXLE_REAL=1")
	}
	venv := t.TempDir()
	python := filepath.Join(venv, "bin", "python")
	run := func(name string, args ...string) []byte {
		cmd := exec.Command(name, args...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", name, args, err, stderr.Bytes())
		}
		return out
	}
	run("python3", "-m", "venv", venv)
	run(python, "-m", "pip", "install", "-q", "--upgrade", "pip")
	out := run(python, "testdata/pip/ask_pip.py", "testdata/pip/cases.json")
	fresh := filepath.Join(t.TempDir(), "answers.json")
	if *update {
		fresh = "testdata/pip/answers.json"
	}
	if err := os.WriteFile(fresh, out, 0o644); err != nil {
		t.Fatal(err)
	}
	cases, answers := loadPip(t, fresh)
	comparePip(t, cases, answers)
}
