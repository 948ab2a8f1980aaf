package main

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/peer"
)

// optionIndex is what the options are tried on. It is JSON with upload times,
// which uv and pip read.
const optionIndex = `
kiln 1.0 py3-none-any
    uploaded: 2026-01-01T00:00:00Z
    requires: palette
kiln 1.5 py3-none-any
    uploaded: 2026-01-15T00:00:00Z
    requires: palette>=1
    extra hot: ember
kiln 2.0 py3-none-any
    uploaded: 2026-02-01T10:00:00Z
    requires: palette<3
    requires: shade; python_version < "3.9"
    extra hot: ember>=1
kiln 3.0rc1 py3-none-any
    uploaded: 2026-02-02T00:00:00Z
    requires: palette
palette 1.0 py3-none-any
    uploaded: 2026-01-01T00:00:00Z
palette 2.0 py3-none-any
    uploaded: 2026-01-20T00:00:00Z
palette 3.0 py3-none-any
    uploaded: 2026-02-01T23:59:59Z
palette 4.0b2 py3-none-any
    uploaded: 2026-02-02T00:00:00Z
shade 1.0 py3-none-any
    uploaded: 2026-01-01T00:00:00Z
ember 0.9 py3-none-any
    uploaded: 2026-01-01T00:00:00Z
ember 1.1 py3-none-any
    uploaded: 2026-01-01T00:00:00Z
`

// otherIndex has an older kiln and nothing else.
const otherIndex = `
kiln 0.5 py3-none-any
    uploaded: 2026-01-01T00:00:00Z
    requires: palette
`

const optionProject = `[project]
name = "exhibit"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["kiln<2; python_version > '3.6'", "palette; sys_platform == 'win32'"]

[project.optional-dependencies]
warm = ["kiln[hot]"]
dark = ["shade; sys_platform == 'linux'"]
both = ["exhibit[warm,dark]"]

[dependency-groups]
paint = ["palette<3", {include-group = "burn"}]
burn = ["ember<1"]
`

// optionPlace is a folder with everything the options name.
type optionPlace struct{ dir, uv, pip, index, other string }

func newOptionPlace(t *testing.T) optionPlace {
	t.Helper()
	peer.Real(t)
	p := optionPlace{dir: t.TempDir()}
	p.uv, p.pip = filepath.Join(peer.Venv(t, "uv"), "uv"), filepath.Join(peer.Venv(t, "pip>=26"), "pip")
	serve := func(text string) string {
		return indextest.New(t, indextest.Options{JSON: true, Metadata: indextest.Advertised, Ranges: indextest.FullRanges}, describe(t, p.dir, text)...).Simple()
	}
	p.index, p.other = serve(optionIndex), serve(otherIndex)
	for _, f := range describe(t, p.dir, otherIndex+"palette 0.1 py3-none-any\n") {
		p.write(t, "wheels/"+f.Name, string(f.Content))
	}
	manifest := "extension: {name: ext, version: \"1.0.0\", api_level: \"1.4.0\", zip_safe: false}\n"
	for name, text := range map[string]string{
		"plain/extension.yml": manifest, "plain/extension.py": "", "plain/requirements.txt": "kiln\n",
		"described/extension.yml": manifest, "described/extension.py": "", "described/pyproject.toml": optionProject,
		"bounds.txt": "kiln<2\nshade==7 # nobody requires it\n", "more.txt": "palette!=2.0\n", "over.txt": "palette==3.0\n", "hot.txt": "kiln[hot]<2\n",
		"marked.txt": "palette>2; sys_platform == 'win32'\n",
	} {
		p.write(t, name, text)
	}
	return p
}

func (p optionPlace) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(p.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (p optionPlace) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	for i, a := range args {
		args[i] = strings.NewReplacer("$INDEX", p.index, "$OTHER", p.other).Replace(a)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "TZ=UTC", "UV_NO_CONFIG=1", "UV_CACHE_DIR="+filepath.Join(p.dir, ".uv"), "AXLE_CACHE="+filepath.Join(p.dir, ".axle"),
		"PIP_CONFIG_FILE="+os.DevNull, "PIP_INDEX_URL=", "PIP_EXTRA_INDEX_URL=", "UV_INDEX_URL=", "UV_DEFAULT_INDEX=", "UV_EXTRA_INDEX_URL=", "UV_INDEX=")
	return peer.Run(t, cmd)
}

// axle is what axle chooses: project to version.
func (p optionPlace) axle(t *testing.T, project string, args ...string) map[string]string {
	t.Helper()
	var out struct {
		Matrix struct {
			Packages []struct{ Distributions []string }
			Cells    []struct{ Problem string }
		}
	}
	text := p.run(t, program(t, runtime.GOOS, runtime.GOARCH), append([]string{"matrix", "--json", "--target", "cp311@linux/amd64", project}, args...)...)
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	if problem := out.Matrix.Cells[0].Problem; problem != "" {
		t.Fatal(problem)
	}
	versions := map[string]string{}
	for _, d := range out.Matrix.Packages[0].Distributions {
		name, version, _ := strings.Cut(d, " ")
		versions[name] = version
	}
	return versions
}

// TestOptionsEqualUV holds what the options choose against uv.
func TestOptionsEqualUV(t *testing.T) {
	p := newOptionPlace(t)
	both := func(args ...string) [2][]string { return [2][]string{args, args} }
	for name, c := range map[string]struct {
		project string // plain unless set
		args    [2][]string
		want    string
	}{
		"nothing":               {args: both("-i", "$INDEX"), want: "kiln 2.0, palette 2.0"},
		"constraints":           {args: [2][]string{{"-i", "$INDEX", "-c", "bounds.txt", "--constraint", "more.txt"}, {"-i", "$INDEX", "-c", "bounds.txt", "--constraints", "more.txt"}}, want: "kiln 1.5, palette 3.0"},
		"override":              {args: both("-i", "$INDEX", "--override", "over.txt"), want: "kiln 2.0, palette 3.0"},
		"override with extra":   {args: both("-i", "$INDEX", "--override", "hot.txt"), want: "ember 1.1, kiln 1.5, palette 3.0"},
		"override elsewhere":    {args: both("-i", "$INDEX", "--override", "marked.txt"), want: "kiln 2.0"},
		"pre-releases":          {args: [2][]string{{"-i", "$INDEX", "--pre"}, {"-i", "$INDEX", "--prerelease", "allow"}}, want: "kiln 3.0rc1, palette 4.0b2"},
		"lowest":                {args: both("-i", "$INDEX", "--resolution", "lowest"), want: "kiln 1.0, palette 1.0"},
		"lowest of the direct":  {args: both("-i", "$INDEX", "--resolution", "lowest-direct"), want: "kiln 1.0, palette 3.0"},
		"up to a day":           {args: both("-i", "$INDEX", "--exclude-newer", "2026-02-01"), want: "kiln 2.0, palette 2.0"},
		"up to the day before":  {args: both("-i", "$INDEX", "--exclude-newer", "2026-01-31"), want: "kiln 1.5, palette 2.0"},
		"up to a time":          {args: both("-i", "$INDEX", "--exclude-newer", "2026-02-01T11:59:59+02:00"), want: "kiln 1.5, palette 2.0"},
		"from an age on":        {args: both("-i", "$INDEX", "--exclude-newer", "PT1H"), want: "kiln 2.0, palette 2.0"},
		"the first that has it": {args: both("-i", "$INDEX", "--index", "$OTHER"), want: "kiln 0.5, palette 3.0"},
		"by pip's name":         {args: both("-i", "$INDEX", "--extra-index-url", "$OTHER"), want: "kiln 0.5, palette 3.0"},
		"named":                 {args: both("-i", "$INDEX", "--index", "other=$OTHER"), want: "kiln 0.5, palette 3.0"},
		"folders alone":         {args: both("--no-index", "--find-links", "wheels"), want: "kiln 0.5, palette 0.1"},
		"a project":             {project: "described", args: both("-i", "$INDEX"), want: "kiln 1.5, palette 3.0"},
		"an extra":              {project: "described", args: both("-i", "$INDEX", "--extra", "WARM"), want: "ember 1.1, kiln 1.5, palette 3.0"},
		"an extra of extras":    {project: "described", args: both("-i", "$INDEX", "--extra", "both"), want: "ember 1.1, kiln 1.5, palette 3.0, shade 1.0"},
		"all extras":            {project: "described", args: both("-i", "$INDEX", "--all-extras"), want: "ember 1.1, kiln 1.5, palette 3.0, shade 1.0"},
		"a group":               {project: "described", args: [2][]string{{"-i", "$INDEX", "--group", "paint"}, {"-i", "$INDEX", "--group", "described/pyproject.toml:paint"}}, want: "ember 0.9, kiln 1.5, palette 2.0"},
		"a group of a file":     {args: both("-i", "$INDEX", "--group", "described/pyproject.toml:burn"), want: "ember 0.9, kiln 2.0, palette 2.0"},
	} {
		t.Run(name, func(t *testing.T) {
			project, source := "plain", "plain/requirements.txt"
			if c.project != "" {
				project, source = c.project, c.project+"/pyproject.toml"
			}
			got := p.axle(t, project, slices.Clone(c.args[0])...)
			uv := map[string]string{}
			args := append([]string{"pip", "compile", "-q", "--no-header", "--no-annotate", "--no-strip-extras", "--python-version", "3.11",
				"--python-platform", "x86_64-manylinux_2_28", "--only-binary", ":all:", source}, c.args[1]...)
			for line := range strings.Lines(p.run(t, p.uv, args...)) {
				if name, version, ok := strings.Cut(strings.TrimSpace(line), "=="); ok {
					name, _, _ = strings.Cut(name, "[")
					version, _, _ = strings.Cut(version, " ")
					uv[name] = version
				}
			}
			compareVersions(t, got, uv, c.want)
		})
	}
}

// TestOptionsEqualPip does so with pip, for the options that uv does not have.
func TestOptionsEqualPip(t *testing.T) {
	p := newOptionPlace(t)
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"pre-releases":            {[]string{"--pre"}, "kiln 3.0rc1, palette 4.0b2"},
		"of one project":          {[]string{"--all-releases", "kiln"}, "kiln 3.0rc1, palette 3.0"},
		"of all but one":          {[]string{"--all-releases", ":all:", "--only-final", "Kiln"}, "kiln 2.0, palette 2.0"},
		"of none but one":         {[]string{"--only-final", ":all:", "--all-releases", "kiln"}, "kiln 3.0rc1, palette 3.0"},
		"constraints":             {[]string{"-c", "bounds.txt"}, "kiln 1.5, palette 3.0"},
		"a group":                 {[]string{"--group", "described/pyproject.toml:burn"}, "ember 0.9, kiln 2.0, palette 2.0"},
		"pinned among find-links": {[]string{"-f", "wheels", "-c", "bounds.txt"}, "kiln 1.5, palette 3.0"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"-i", "$INDEX"}, c.args...)
			got := p.axle(t, "plain", slices.Clone(args)...)
			var report struct {
				Install []struct {
					Metadata struct{ Name, Version string }
				}
			}
			text := p.run(t, p.pip, append([]string{"install", "-q", "--disable-pip-version-check", "--dry-run", "--ignore-installed", "--report", "-", "--target", "out",
				"--python-version", "3.11", "--platform", "manylinux_2_28_x86_64", "--only-binary", ":all:", "-r", "plain/requirements.txt"}, args...)...)
			if err := json.Unmarshal([]byte(text), &report); err != nil {
				t.Fatal(err)
			}
			pip := map[string]string{}
			for _, i := range report.Install {
				pip[i.Metadata.Name] = i.Metadata.Version
			}
			compareVersions(t, got, pip, c.want)
		})
	}
}

func compareVersions(t *testing.T, got, peers map[string]string, want string) {
	t.Helper()
	text := func(m map[string]string) string {
		var all []string
		for _, name := range slices.Sorted(maps.Keys(m)) {
			all = append(all, name+" "+m[name])
		}
		return strings.Join(all, ", ")
	}
	if text(got) != want || text(peers) != want {
		t.Errorf("axle %s; peer %s; want %s", text(got), text(peers), want)
	}
}
