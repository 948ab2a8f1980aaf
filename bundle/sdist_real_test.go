package bundle

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/peer"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/interpreters"
)

func TestMain(m *testing.M) {
	code := m.Run()
	peer.Clean()
	os.Exit(code)
}

// realPins builds the requirements from source for targets, with the real
// index, and returns the pins of the first.
func realPins(t *testing.T, python string, targets []string, requirements ...string) []lock.Pin {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("extension.yml", "extension: {name: real, version: \"1.0.0\", api_level: \"1.4.0\", requires_python: \">=3.8\", zip_safe: false}\n")
	write("extension.py", "")
	write("requirements.txt", strings.Join(requirements, "\n")+"\n")
	report, err := interpreters.Probe(t.Context(), python, interpreters.Options{})
	if err != nil {
		t.Fatal(err)
	}
	home, _ := os.UserHomeDir()
	s, err := open(t.Context(), Options{
		Dir: dir, CacheDir: filepath.Join(dir, "cache"), Home: home, Env: os.LookupEnv, Targets: targets,
		Policy: Policy{BuildSdists: []string{":all:"}},
		AskPip: func(ctx context.Context, script string) (string, error) {
			return interpreters.AskPip(ctx, python, script)
		},
		Interpreters: func(context.Context) ([]interpreters.Interpreter, error) {
			return []interpreters.Interpreter{{Path: python, Report: &report}}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	l, err := s.solved(t.Context())
	if err == nil {
		l, err = s.sdists.built(t.Context(), l)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range l.Failures {
		t.Errorf("%s: %v", f.Target, f.Err)
	}
	if len(l.Solutions) == 0 {
		t.FailNow()
	}
	return l.Solutions[0].Pins
}

// members are the files of a wheel, without what says who made it when.
func members(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out := map[string]string{}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if name := filepath.Base(f.Name); name != "RECORD" && !strings.HasSuffix(f.Name, "/") {
			out[f.Name] = string(data)
		}
	}
	return out
}

// TestRealSdistsEqualPip builds real projects with each of the usual backends,
// and compares with what pip makes of them.
func TestRealSdistsEqualPip(t *testing.T) {
	bin := peer.Venv(t, "pip")
	python := filepath.Join(bin, "python")
	for _, c := range []struct{ project, backend string }{
		{"docopt==0.6.2", "setuptools, by setup.py alone"},
		{"toolz==1.0.0", "setuptools, by pyproject.toml"},
		{"iniconfig==2.0.0", "hatchling with hatch-vcs"},
		{"idna==3.10", "flit_core"},
		{"tomlkit==0.13.2", "poetry-core"},
	} {
		t.Run(c.project, func(t *testing.T) {
			name, _, _ := strings.Cut(c.project, "=")
			minor := strings.TrimSpace(peer.Run(t, exec.Command(python, "-c", "import sys; print('cp3%d' % sys.version_info[1])")))
			targets := []string{minor + "@win_amd64", minor + "@linux/amd64"}
			pins := realPins(t, python, targets, "--no-binary "+name, c.project)
			i := slices.IndexFunc(pins, func(p lock.Pin) bool { return p.Project == pep508.Normalize(name) })
			if i < 0 || pins[i].Source == nil {
				t.Fatalf("not built: %+v", pins)
			}
			dir := t.TempDir()
			peer.Run(t, exec.Command(python, "-m", "pip", "wheel", "-q", "--disable-pip-version-check", "--no-deps", "--no-cache-dir", "--no-binary", name, "-w", dir, c.project))
			made, _ := filepath.Glob(filepath.Join(dir, "*.whl"))
			if len(made) != 1 || filepath.Base(made[0]) != pins[i].File.Filename.Text {
				t.Fatalf("pip made %q, axle %s", made, pins[i].File.Filename.Text)
			}
			ours, theirs := members(t, pins[i].File.Path), members(t, made[0])
			if !maps.Equal(ours, theirs) {
				t.Errorf("%s differ:\n%q\n%q", c.backend, slices.Sorted(maps.Keys(ours)), slices.Sorted(maps.Keys(theirs)))
				for name, data := range ours {
					if theirs[name] != data {
						t.Errorf("%s:\n%.500q\n%.500q", name, data, theirs[name])
					}
				}
			}
		})
	}
}

// policies are the floors that auditwheel knows: minor versions of glibc 2.
var policies = []int{5, 12, 17, 24, 26, 27, 28, 31, 34, 35, 36, 37, 38, 39, 40, 41}

// TestRealNativeSdist builds projects in C and C++, holds their names against
// auditwheel's opinion, and imports them.
func TestRealNativeSdist(t *testing.T) {
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("a C compiler is needed: ", err)
	}
	bin := peer.Venv(t, "auditwheel", "pip")
	python := filepath.Join(bin, "python")
	on := strings.TrimSpace(peer.Run(t, exec.Command(python, "-c", "import platform, sys; print('cp3%d@manylinux_%s_%s' % (sys.version_info[1], platform.libc_ver()[1].replace('.', '_'), platform.machine()))")))
	for project, module := range map[string]string{"markupsafe==3.0.2": "markupsafe._speedups", "greenlet==3.1.1": "greenlet._greenlet"} {
		name, _, _ := strings.Cut(project, "=")
		pins := realPins(t, python, []string{on}, "--no-binary "+name, project)
		if len(pins) != 1 || pins[0].Source == nil {
			t.Fatalf("%+v", pins)
		}
		file := pins[0].File
		platform, err := target.ParsePlatform(file.Filename.Platforms[0])
		if err != nil {
			t.Fatal(err)
		}
		bare := filepath.Join(t.TempDir(), strings.Replace(file.Filename.Text, platform.String(), "linux_"+platform.Arch, 1))
		data, err := os.ReadFile(file.Path)
		if err == nil {
			err = os.WriteFile(bare, data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		next := policies[slices.IndexFunc(policies, func(p int) bool { return p >= platform.Minor })]
		said := strings.Join(strings.Fields(peer.Run(t, exec.Command(filepath.Join(bin, "auditwheel"), "show", bare))), " ")
		if want := fmt.Sprintf("consistent with the following platform tag: \"manylinux_2_%d_%s\"", next, platform.Arch); !strings.Contains(said, want) {
			t.Errorf("%s: %s", file.Filename.Text, said)
		}
		tree := t.TempDir()
		peer.Run(t, exec.Command(python, "-m", "zipfile", "-e", bare, tree))
		peer.Run(t, exec.Command(python, "-c", "import importlib, sys; sys.path.insert(0, sys.argv[1]); importlib.import_module(sys.argv[2])", tree, module))
	}
}
