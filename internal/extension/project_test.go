package extension_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
)

// writeTree makes a project: "path", or "path: content"; "path -> target" is a link.
func writeTree(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		name, content, _ := strings.Cut(f, ": ")
		name, link, isLink := strings.Cut(name, " -> ")
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if isLink {
			if err := os.Symlink(filepath.FromSlash(link), path); err != nil {
				t.Skip(err)
			}
			continue
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// uipProject is a project as UIP-CLI lays it out, with what lies about in one.
var uipProject = []string{
	"src/extension.yml: " + minimal + "  zip_safe: False\n", "src/extension.py", "src/__init__.py", "src/helper.py", "src/top.txt",
	"src/pkg/__init__.py", "src/pkg/mod.py", "src/pkg/data.json", "src/pkg/sub/x.py", "src/ns/deep/y.py", "src/lib/z.py", "src/data/only.txt", "src/odd-dir/w.py", "src/test/t.py",
	"src/templates/template.json", "src/templates/template_icon.png", "src/__pycache__/extension.cpython-311.pyc", "src/pkg/mod.pyc", "src/sample_ext.egg-info/PKG-INFO",
	"src/.DS_Store", "src/.env", "src/pkg/.git/config", "src/extension.py~", "src/pkg/.mod.py.swp",
	"requirements.txt: requests\n", "setup.py", "setup.cfg", "3pp/requests/__init__.py", "dist/dep/x.whl", ".uip/config/uip.yml", "__init__.py",
}

// fromUIP is what UIP-CLI 2.1.1 packs of it.
var fromUIP = []string{"__init__.py", "extension.py", "helper.py", "lib/z.py", "ns/deep/y.py", "odd-dir/w.py", "pkg/__init__.py", "pkg/mod.py", "pkg/sub/x.py", "test/t.py"}

func TestLoadUIPLayout(t *testing.T) {
	dir := writeTree(t, uipProject...)
	p, warnings, err := extension.Load(dir, extension.LoadOptions{})
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	// Beside the modules, which are those UIP-CLI packs, data files are packed.
	want := append(slices.Clone(fromUIP), "data/only.txt", "pkg/data.json", "top.txt")
	slices.Sort(want)
	if !cmp.Equal(p.Modules, want) {
		t.Error(cmp.Diff(want, p.Modules))
	}
	if p.Source != filepath.Join(dir, "src") || p.ManifestPath != filepath.Join(dir, "src", "extension.yml") || !slices.Equal(p.RequirementsPaths, []string{filepath.Join(dir, "requirements.txt")}) {
		t.Errorf("%+v", p)
	}
	if p.Manifest.Name != "demo" || len(p.Requirements.Items) != 1 {
		t.Errorf("%+v", p)
	}
}

func TestLoadFlat(t *testing.T) {
	dir := writeTree(t, "extension.yml: "+minimal, "extension.py", "helper.py", "words.txt", "pkg/__init__.py", "pkg/data.json", "ns/deep/y.py",
		"requirements.txt: foo==${V}\n", "requirements-dev.txt", "setup.py", "README.md", "LICENSE", "pyproject.toml", "docs/index.md", "wheels/x.whl", "dist/dep/x.whl", "build/lib/x.py",
		"3pp/x.py", ".git/config", ".venv/lib/x.py", "env3/pyvenv.cfg", "env3/lib/x.py", "templates/template.json", ".uip/x.py", "agent.yml")
	p, warnings, err := extension.Load(dir, extension.LoadOptions{Env: func(name string) (string, bool) { return "1.5", name == "V" }})
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	want := []string{"extension.py", "helper.py", "ns/deep/y.py", "pkg/__init__.py", "pkg/data.json", "words.txt"}
	if !cmp.Equal(p.Modules, want) {
		t.Error(cmp.Diff(want, p.Modules))
	}
	if p.Source != dir || p.Requirements.Items[0].Requirement.Specifier.String() != "==1.5" {
		t.Errorf("%+v", p)
	}
}

func TestLoadWithoutRequirements(t *testing.T) {
	dir := writeTree(t, "src/extension.yml: "+minimal, "src/extension.py")
	p, _, err := extension.Load(dir, extension.LoadOptions{})
	if err != nil || p.RequirementsPaths != nil || len(p.Requirements.Items) != 0 {
		t.Errorf("%+v %v", p, err)
	}
}

func TestLoadRequirementsElsewhere(t *testing.T) {
	beside := writeTree(t, "src/extension.yml: "+minimal, "src/extension.py", "src/requirements.txt: foo\n")
	p, _, err := extension.Load(beside, extension.LoadOptions{})
	if err != nil || !slices.Equal(p.RequirementsPaths, []string{filepath.Join(beside, "src", "requirements.txt")}) || !cmp.Equal(p.Modules, []string{"extension.py"}) {
		t.Errorf("%+v %v", p, err)
	}
	// Paths begin at the project, where pip would run, and includes beside the file.
	named := writeTree(t, "src/extension.yml: "+minimal+"bundle:\n  requirements: reqs/run.txt\n", "src/extension.py", "requirements.txt: bar\n",
		"reqs/run.txt: ./wheels/demo-1.0-py3-none-any.whl\n-r more.txt\n-f ../wheels\n", "reqs/more.txt: foo\n", "wheels/demo-1.0-py3-none-any.whl")
	p, _, err = extension.Load(named, extension.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if items := p.Requirements.Items; len(items) != 2 || items[0].Path != filepath.Join(named, "wheels", "demo-1.0-py3-none-any.whl") || items[1].Requirement.Name != "foo" {
		t.Errorf("%+v", items)
	}
	if !cmp.Equal(p.Requirements.FindLinks, []string{filepath.Join(named, "wheels")}) {
		t.Errorf("%q", p.Requirements.FindLinks)
	}
}

// TestLoadLeavesRequirementsOut: whatever their names and places, the files of
// requirements and constraints are not the extension's own data.
func TestLoadLeavesRequirementsOut(t *testing.T) {
	dir := writeTree(t, "extension.yml: "+minimal+"bundle:\n  requirements: needs.txt\n", "extension.py", "words.txt", "pkg/__init__.py",
		"needs.txt: -r pkg/more.txt\n-c bounds.txt\n", "pkg/more.txt: foo\n", "bounds.txt: foo<2\n")
	p, _, err := extension.Load(dir, extension.LoadOptions{})
	if want := []string{"extension.py", "pkg/__init__.py", "words.txt"}; err != nil || !cmp.Equal(p.Modules, want) {
		t.Error(err, cmp.Diff(want, p.Modules))
	}
}

func TestLoadExcludes(t *testing.T) {
	dir := writeTree(t, "src/extension.yml: "+minimal+"bundle:\n  exclude: [test, '*.csv', pkg/big, 'lib/*.txt']\n",
		"src/extension.py", "src/test/t.py", "src/pkg/test/t.py", "src/pkg/a.csv", "src/pkg/big/x.bin", "src/pkg/big.py", "src/lib/a.txt", "src/lib/sub/b.txt", "src/big/x")
	p, _, err := extension.Load(dir, extension.LoadOptions{})
	want := []string{"big/x", "extension.py", "lib/sub/b.txt", "pkg/big.py"}
	if err != nil || !cmp.Equal(p.Modules, want) {
		t.Error(err, cmp.Diff(want, p.Modules))
	}
}

func TestLoadTemplatesThatAreCode(t *testing.T) {
	dir := writeTree(t, "src/extension.yml: "+minimal, "src/extension.py", "src/templates/template.json", "src/templates/__init__.py", "src/templates/page.html")
	p, _, err := extension.Load(dir, extension.LoadOptions{})
	want := []string{"extension.py", "templates/__init__.py", "templates/page.html"}
	if err != nil || !cmp.Equal(p.Modules, want) {
		t.Error(err, cmp.Diff(want, p.Modules))
	}
}

func TestLoadFollowsLinksInside(t *testing.T) {
	dir := writeTree(t, "src/extension.yml: "+minimal, "src/extension.py", "shared/util.py", "shared/deep/x.py", "src/linked.py -> ../shared/util.py", "src/pkg -> ../shared",
		"src/.hidden -> /nowhere")
	p, _, err := extension.Load(dir, extension.LoadOptions{})
	want := []string{"extension.py", "linked.py", "pkg/deep/x.py", "pkg/util.py"}
	if err != nil || !cmp.Equal(p.Modules, want) {
		t.Error(err, cmp.Diff(want, p.Modules))
	}
}

// Each project with mistakes, and what is said; DIR stands for its folder.
func TestLoadRefuses(t *testing.T) {
	outside := t.TempDir()
	good := "src/extension.yml: " + minimal
	for _, c := range []struct {
		name  string
		files []string
		code  int
		want  string
	}{
		{"nothing", []string{"x.txt"}, fault.BadInput, "error: DIR: is no extension: it has neither src/extension.yml nor extension.yml\nhint: give the folder that has the project: axle build DIR\nhint: or make a new one with: axle init DIR\n"},
		{"wrong ending", []string{"src/extension.yaml: " + minimal}, fault.BadInput, "error: DIR: is no extension: it has neither src/extension.yml nor extension.yml\nhint: rename src/extension.yaml to extension.yml\n"},
		{"no extension.py", []string{good, "src/main.py"}, fault.BadInput, "error: DIR/src/extension.py: no such file\nhint: an extension's own code is in extension.py, beside extension.yml\n"},
		{"all at once", []string{"src/extension.yml: extension:\n  name: demo\n  version: \"1\"\n  api_level: \"1.4.0\"\n", "requirements.txt: foo=1\n"}, fault.BadInput,
			"error: DIR/src/extension.yml:3:12: extension.version: 1 is not a SemVer version\n  3 |   version: \"1\"\n    |            ^^^\nhint: write it as 1.0.0\n" +
				"error: DIR/requirements.txt:1:4: = is not an operator\n  1 | foo=1\n    |    ^\nhint: did you mean == ?\n" +
				"error: DIR/src/extension.py: no such file\nhint: an extension's own code is in extension.py, beside extension.yml\n"},
		{"requirements missing", []string{good + "bundle:\n  requirements: other.txt\n", "src/extension.py"}, fault.BadInput,
			"error: DIR/src/extension.yml:6:17: bundle.requirements: DIR/other.txt: no such file\n  6 |   requirements: other.txt\n    |                 ^^^^^^^^^\n"},
		{"requirements that are a folder", []string{good, "src/extension.py", "requirements.txt/more.txt: foo"}, fault.BadInput,
			"error: DIR/requirements.txt: is a folder, not a file\nhint: make it a file, or take it away where nothing is required\n"},
		{"requirements that are gone", []string{good, "src/extension.py", "src/requirements.txt -> ../gone.txt"}, fault.BadInput,
			"error: DIR/src/requirements.txt: is a link that leads nowhere\nhint: make it a file, or take it away where nothing is required\n"},
		{"link out", []string{good, "src/extension.py", "src/x.py -> " + outside}, fault.BadInput,
			"error: DIR/src/x.py: is a link that leads out of the project, to " + outside + "\nhint: remove the link, or put what it names into the project\n"},
		{"link to nothing", []string{good, "src/extension.py", "src/x.py -> gone.py"}, fault.BadInput,
			"error: DIR/src/x.py: is a link that leads nowhere\nhint: remove the link, or put what it names into the project\n"},
		{"links in a circle", []string{good, "src/extension.py", "src/pkg/self -> .."}, fault.BadInput,
			"error: DIR/src/pkg/self: is a link to a folder around it\nhint: remove the link, or exclude it under bundle\n"},
		{"cases", []string{good, "src/extension.py", "src/Pkg/a.py", "src/pkg/b.py", "src/X.py", "src/x.py"}, fault.BadInput,
			"error: DIR/src/pkg/b.py: Pkg and pkg are one name where case does not count\nhint: rename one of them\nerror: DIR/src/x.py: X.py and x.py are one name where case does not count\n"},
		{"names of Windows", []string{good, "src/extension.py", "src/aux.py", "src/a?b.txt", "src/con/x.py"}, fault.BadInput,
			"error: DIR/src/a?b.txt: \"a?b.txt\" cannot be the name of a file on Windows\nhint: rename it, or exclude it under bundle\n" +
				"error: DIR/src/aux.py: \"aux.py\" cannot be the name of a file on Windows\nerror: DIR/src/con/x.py: \"con\" cannot be the name of a file on Windows\n"},
		{"dep", []string{good + "  zip_safe: false\n", "src/extension.py", "src/dep/x.py"}, fault.BadInput,
			"error: DIR/src/dep/x.py: lies in dep, where the dependency packages go\nhint: give the folder another name\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if runtime.GOOS == "windows" {
				t.Skip("names that Windows does not have")
			}
			dir := writeTree(t, c.files...)
			_, _, err := extension.Load(dir, extension.LoadOptions{})
			var b strings.Builder
			fault.Print(&b, err)
			if got := strings.ReplaceAll(b.String(), dir, "DIR"); got != c.want || fault.ExitCode(err) != c.code {
				t.Errorf("exit code %d\n%s", fault.ExitCode(err), cmp.Diff(c.want, got))
			}
		})
	}
}

func TestLoadNoFolder(t *testing.T) {
	dir := writeTree(t, "file")
	for path, want := range map[string]string{"gone": "gone: no such folder", "file": "file: is not a folder"} {
		_, _, err := extension.Load(filepath.Join(dir, path), extension.LoadOptions{})
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestLoadSaysWhatItDoesNotRead(t *testing.T) {
	dir := writeTree(t, "src/extension.yml: "+minimal, "extension.yml: x", "src/extension.py", "requirements.txt", "src/requirements.txt")
	_, warnings, err := extension.Load(dir, extension.LoadOptions{})
	got := strings.ReplaceAll(fmt.Sprint(warnings), dir, "DIR")
	if err != nil || got != "[DIR/extension.yml: is not read: the project has a src/extension.yml DIR/src/requirements.txt: is not read: the project has a requirements.txt at its top]" {
		t.Error(err, got)
	}
}

// The modules are those that the real UIP-CLI packs.
func TestModulesAsUIPPacksThem(t *testing.T) {
	if os.Getenv("AXLE_REAL") == "" {
		t.Skip("needs an index: set AXLE_REAL=1")
	}
	venv := t.TempDir()
	run := func(dir, name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	run("", "python3", "-m", "venv", venv)
	run("", filepath.Join(venv, "bin", "pip"), "install", "-q", "uip-cli==2.1.1", "setuptools<70", "wheel")
	dir := t.TempDir()
	run(dir, filepath.Join(venv, "bin", "uip"), "init", "-t", "ue-task", "-e", "extension_name=demo", "-e", "zip_safe=True")
	for _, f := range uipProject {
		name, _, _ := strings.Cut(f, ": ")
		path := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Stat(path); err == nil || !strings.HasPrefix(name, "src/") || strings.Contains(name, "egg-info") {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "requirements.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	run(dir, filepath.Join(venv, "bin", "uip"), "build")
	listing := run(dir, "python3", "-c", "import glob,zipfile\nfor n in zipfile.ZipFile(glob.glob('dist/extension_build/*.zip')[0]).namelist(): print(n)")
	var packed []string
	for _, name := range strings.Fields(listing) {
		if !strings.HasPrefix(name, "EGG-INFO/") && name != "extension.yml" {
			packed = append(packed, name)
		}
	}
	slices.Sort(packed)
	if !cmp.Equal(packed, fromUIP) {
		t.Error(cmp.Diff(fromUIP, packed))
	}
	p, _, err := extension.Load(dir, extension.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range packed {
		if !slices.Contains(p.Modules, name) {
			t.Errorf("UIP-CLI packs %s, axle does not", name)
		}
	}
}
