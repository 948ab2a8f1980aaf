package extension_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
)

const flatManifest = `extension: {name: demo, version: "1.0.0", api_level: "1.4.0"}
`

// loadProject reads a flat project with this pyproject.toml.
func loadProject(t testing.TB, pyproject, more string, opt extension.LoadOptions) (extension.Project, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"extension.yml": flatManifest + more, "extension.py": "", "pyproject.toml": pyproject} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, _, err := extension.Load(dir, opt)
	return p, err
}

// requirementsOf are the requirements of a project, each with its line.
func requirementsOf(p extension.Project) []string {
	var all []string
	for _, item := range p.Requirements.Items {
		all = append(all, item.Requirement.String()+" :"+string(rune('0'+item.Line/10))+string(rune('0'+item.Line%10)))
	}
	return all
}

const pyproject = `[project]
name = "Demo.Project"
dependencies = [
  "requests[socks]>=2 ; python_version >= '3.9'",
  'numpy',
]
[project.optional-dependencies]
Fast = ["orjson"]
more = [
  "demo-project[fast]; sys_platform == 'linux' or os_name == 'x'",
  "attrs; python_version < '3.10'",
]
loop = ["demo_project[loop,fast]"]
none = []

[dependency-groups]
test = ["pytest>7", {include-group = "Cover_age"}]
cover-age = ["coverage"]
all = [{include-group = "test"}, {include-group = "cover-age"}, "demo-project[fast]"]
`

func TestPyproject(t *testing.T) {
	base := []string{`requests[socks]>=2; python_version >= "3.9" :04`, "numpy :05"}
	for name, c := range map[string]struct {
		more string
		opt  extension.LoadOptions
		want []string
	}{
		"dependencies":           {want: nil},
		"an extra":               {opt: extension.LoadOptions{Extras: []string{"FAST"}}, want: []string{"orjson :08"}},
		"an empty extra":         {opt: extension.LoadOptions{Extras: []string{"none"}}},
		"an extra of an extra":   {opt: extension.LoadOptions{Extras: []string{"more"}}, want: []string{`orjson; sys_platform == "linux" or os_name == "x" :08`, `attrs; python_version < "3.10" :11`}},
		"an extra of itself":     {opt: extension.LoadOptions{Extras: []string{"loop"}}, want: []string{"orjson :08"}},
		"each extra once":        {opt: extension.LoadOptions{Extras: []string{"fast", "loop"}}, want: []string{"orjson :08"}},
		"all extras":             {opt: extension.LoadOptions{AllExtras: true}, want: []string{"orjson :08", `orjson; sys_platform == "linux" or os_name == "x" :08`, `attrs; python_version < "3.10" :11`}},
		"a group":                {opt: extension.LoadOptions{Groups: []string{"cover_age"}}, want: []string{"coverage :18"}},
		"a group in a group":     {opt: extension.LoadOptions{Groups: []string{"test"}}, want: []string{"pytest>7 :17", "coverage :18"}},
		"included twice":         {opt: extension.LoadOptions{Groups: []string{"all", "test"}}, want: []string{"pytest>7 :17", "coverage :18", "orjson :08"}},
		"extension.yml and flag": {more: "bundle: {extras: [fast], groups: [test]}\n", opt: extension.LoadOptions{Extras: []string{"fast"}, Groups: []string{"cover-age"}}, want: []string{"orjson :08", "pytest>7 :17", "coverage :18"}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := loadProject(t, pyproject, c.more, c.opt)
			if err != nil {
				t.Fatal(err)
			}
			if got := requirementsOf(p); !slices.Equal(got, append(slices.Clone(base), c.want...)) {
				t.Errorf("got  %q\nwant %q", got, append(base, c.want...))
			}
		})
	}
}

// Markers of an extra and of what asks for it both have to hold.
func TestPyprojectMarkersAdd(t *testing.T) {
	p, err := loadProject(t, `[project]
name = "x"
dependencies = ["x[a]; os_name == 'nt' or os_name == 'posix'"]
optional-dependencies.a = ["y; python_version < '3' or python_version > '3.8'"]
`, "", extension.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := `y; (python_version < "3" or python_version > "3.8") and (os_name == "nt" or os_name == "posix") :04`
	if got := requirementsOf(p); !slices.Equal(got, []string{want}) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A wheel by address is one as in a requirements file: with its digest, held
// against the name.
func TestPyprojectAddresses(t *testing.T) {
	digest := strings.Repeat("0f", 32)
	p, err := loadProject(t, `project.name = "x"
project.dependencies = ["y @ https://index.test/y-1.0-py3-none-any.whl#sha256=`+digest+` ; os_name == 'nt'"]
`, "", extension.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	item := p.Requirements.Items[0]
	if item.Requirement.URL == "" || item.Requirement.Marker.IsZero() || len(item.Hashes) != 1 || item.Hashes[0].Digest != digest {
		t.Errorf("%+v", item)
	}
	_, err = loadProject(t, `project = {name = "x", dependencies = ["z @ https://index.test/y-1.0-py3-none-any.whl"]}`, "", extension.LoadOptions{})
	if err == nil || !strings.Contains(err.Error(), "pyproject.toml:1:45: the wheel is of y, not of z") {
		t.Error(err)
	}
}

func TestRequirementsOfManyFiles(t *testing.T) {
	dir := writeTree(t, "extension.yml: "+flatManifest+"bundle: {requirements: [a.txt, sub/pyproject.toml]}", "extension.py", "a.txt: a\n-c c.txt",
		"c.txt: a<2", "sub/pyproject.toml: project = {name = 'x', dependencies = ['b'], requires-python = '>=3.9'}", "requirements.txt: nobody")
	bounds := writeTree(t, "more.txt: b<3", "over.txt: a==1 --hash=sha256:"+strings.Repeat("0", 64))
	p, _, err := extension.Load(dir, extension.LoadOptions{
		Constraints: []string{filepath.Join(bounds, "more.txt")}, Overrides: []string{filepath.Join(bounds, "over.txt")},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := p.Requirements
	if len(r.Items) != 2 || len(r.Constraints) != 2 || len(r.Overrides) != 1 || len(r.Overrides[0].Hashes) != 1 || len(r.Files) != 5 || len(p.RequirementsPaths) != 2 {
		t.Errorf("%+v", r)
	}
	if len(r.Pythons) != 1 || r.Pythons[0].Text != ">=3.9" || r.Pythons[0].Line != 1 {
		t.Errorf("%+v", r.Pythons)
	}
	if r.HashesRequired() {
		t.Error("a hash of an override asks for hashes of all")
	}
}

func TestNoLockAsRequirements(t *testing.T) {
	dir := writeTree(t, "extension.yml: "+flatManifest+"bundle: {requirements: pylock.test.toml}", "extension.py", "pylock.test.toml: lock-version = '1.0'")
	_, _, err := extension.Load(dir, extension.LoadOptions{})
	if err == nil || !strings.Contains(err.Error(), "is a lock") || fault.ExitCode(err) != fault.BadInput {
		t.Error(err)
	}
}

// FuzzPyproject: whatever stands in the file, it is read or refused, and every
// problem has a line of the file.
func FuzzPyproject(f *testing.F) {
	f.Add(pyproject)
	f.Add("[project]\nname='x'\ndynamic=['dependencies']\n[dependency-groups]\na=[{include-group='a'}, 1]\n")
	f.Add("project.dependencies = [\"a @ file:///x.whl\", \"\\u0061 = 1\", \"\"]\n")
	dir := f.TempDir()
	for name, text := range map[string]string{"extension.yml": flatManifest + "bundle: {requirements: pyproject.toml, extras: ':all:', groups: [a, test]}\n", "extension.py": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(filepath.Join(dir, "pyproject.toml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		p, _, err := extension.Load(dir, extension.LoadOptions{})
		if err == nil {
			for _, item := range p.Requirements.Items {
				if item.Requirement.Name == "" || item.Line < 1 {
					t.Errorf("%+v", item)
				}
			}
			return
		}
		var b strings.Builder
		fault.Print(&b, err)
		if fault.ExitCode(err) != fault.BadInput {
			t.Errorf("exit code %d: %s", fault.ExitCode(err), b.String())
		}
	})
}
