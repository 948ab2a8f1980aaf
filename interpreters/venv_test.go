package interpreters

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// makeVenv makes a virtual environment of this machine's Python.
func makeVenv(t *testing.T, how string) string {
	t.Helper()
	path, report := needPython(t)
	if report.PythonVersion().Release(0) < 3 {
		t.Skip("this machine's Python has no venv module")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(dir, "venv")
	if out, err := exec.Command(path, "-m", "venv", "--without-pip", how, dir).CombinedOutput(); err != nil {
		t.Skipf("this machine's Python makes no virtual environments: %v %s", err, out)
	}
	return dir
}

func TestVirtualEnvironments(t *testing.T) {
	onUnix(t)
	_, base := needPython(t)
	for _, how := range []string{"--symlinks", "--copies"} {
		t.Run(how, func(t *testing.T) {
			venv := makeVenv(t, how)
			python := filepath.Join(venv, "bin", "python")
			f, root := machine(t, Options{Discover: true, Listed: []string{base.Path}}, map[string]string{"PATH": filepath.Dir(python) + ":ROOT/links"})
			symlink(t, python, filepath.Join(root, "links", "python"))
			list := f.find(t.Context())
			if len(list) != 2 || list[0].Path != base.Path || list[1].Path != python {
				t.Fatalf("got %v", shown(list, root))
			}
			r := list[1].Report
			if r.Prefix != venv || r.BasePrefix != base.Prefix || r.ExecPrefix != venv || !r.Virtual() {
				t.Errorf("prefixes %q %q %q, want %q and %q", r.Prefix, r.BasePrefix, r.ExecPrefix, venv, base.Prefix)
			}
			if list[0].Report.Virtual() {
				t.Error("the base is virtual")
			}
		})
	}
}

// An override in the environment's own packages counts, as packaging has it.
func TestManylinuxOverride(t *testing.T) {
	onUnix(t)
	venv := makeVenv(t, "--symlinks")
	python := filepath.Join(venv, "bin", "python")
	plain, err := ask(t, python, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if plain.Libc.Family != "glibc" {
		t.Skip("not on glibc")
	}
	lib, _ := filepath.Glob(filepath.Join(venv, "lib", "*", "site-packages"))
	write(t, filepath.Join(lib[0], "_manylinux.py"), "def manylinux_compatible(major, minor, arch):\n    return minor < 18\n")
	m := &memory{}
	got, err := ask(t, python, Options{Memory: m})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Platforms) >= len(plain.Platforms) || len(got.Platforms) < 3 {
		t.Errorf("got %v, without the override %v", got.Platforms, plain.Platforms)
	}
	write(t, filepath.Join(lib[0], "_manylinux.py"), "manylinux2014_compatible = False\n")
	again, err := ask(t, python, Options{Memory: m})
	if err != nil {
		t.Fatal(err)
	}
	if len(again.Platforms) != len(plain.Platforms)-2 {
		t.Errorf("got %v after the override changed", again.Platforms)
	}
}
