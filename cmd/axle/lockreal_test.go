package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/peer"
	"github.com/axlepack/axle/internal/target"
)

// lockTools are pip and uv of the index, as they read and write locks.
func lockTools(t *testing.T) (pip, uv string) {
	t.Helper()
	bin := peer.Venv(t, "pip>=26.3", "uv>=0.13")
	return filepath.Join(bin, "pip"), filepath.Join(bin, "uv")
}

// lockHost is the target that a Python of this machine is.
func lockHost(t *testing.T, python string) target.Target {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("the locks of this test are installed on Linux x86_64")
	}
	libc := peer.Run(t, exec.Command(python, "-c", "import platform; print(platform.libc_ver()[0], end='')"))
	if libc != "glibc" {
		t.Skipf("this machine has %s", libc)
	}
	version := peer.Run(t, exec.Command(python, "-c", "import sys; print('%d.%d' % sys.version_info[:2], end='')"))
	host, err := target.Parse(version + "@linux/amd64")
	if err != nil {
		t.Fatal(err)
	}
	return host
}

// emptyVenv is an environment with nothing in it.
func emptyVenv(t *testing.T, python string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "venv")
	peer.Run(t, exec.Command(python, "-m", "venv", "--without-pip", dir))
	return filepath.Join(dir, "bin", "python")
}

func uvCommand(t *testing.T, uv string, args ...string) *exec.Cmd {
	cmd := exec.Command(uv, args...)
	cmd.Env = append(os.Environ(), "UV_NO_CONFIG=1", "UV_PREVIEW_FEATURES=pylock", "UV_CACHE_DIR="+filepath.Join(shared(), "uv"))
	cmd.Dir = t.TempDir()
	return cmd
}

func lockCommand(args ...string) *exec.Cmd {
	cmd := exec.Command("axle", args...)
	cmd.Env = append(os.Environ(), "AXLE_CACHE="+realCache())
	return cmd
}

// pinsOf are the pins of a lock for a target, as "project==version" in lines.
func pinsOf(t *testing.T, path string, at target.Target) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := lock.Parse(path, data)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, p := range d.Preferences([]target.Target{at})[0].Pins {
		b.WriteString(string(p.Project) + "==" + p.Version.String() + "\n")
	}
	return b.String()
}

// TestRealLockInstalls: pip and uv install from a lock for 24 targets what it
// has for the Python they install for.
func TestRealLockInstalls(t *testing.T) {
	peer.Real(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("demo", "real"))); err != nil {
		t.Fatal(err)
	}
	peer.Run(t, lockCommand("lock", dir))
	path := filepath.Join(dir, lock.Filename)
	pip, uv := lockTools(t)
	for _, version := range []string{"3.9", "3.11", "3.13"} {
		t.Run(version, func(t *testing.T) {
			python := peer.Python(t, version)
			want := pinsOf(t, path, lockHost(t, python))
			for name, install := range map[string]func(into string) *exec.Cmd{
				"pip install -r": func(into string) *exec.Cmd {
					return exec.Command(pip, "--python", into, "install", "-q", "-r", path)
				},
				"uv pip install -r": func(into string) *exec.Cmd {
					return uvCommand(t, uv, "pip", "install", "-q", "--python", into, "-r", path)
				},
				"uv pip sync": func(into string) *exec.Cmd {
					return uvCommand(t, uv, "pip", "sync", "-q", "--python", into, path)
				},
			} {
				if version == "3.9" && strings.HasPrefix(name, "pip") {
					continue // a pip that reads locks runs on Python 3.10 and later
				}
				into := emptyVenv(t, python)
				peer.Run(t, install(into))
				if got := peer.Run(t, uvCommand(t, uv, "pip", "freeze", "--python", into)); got != want {
					t.Errorf("%s installed\n%s, and locked is\n%s", name, got, want)
				}
			}
		})
	}
	t.Run("refused", func(t *testing.T) {
		into := emptyVenv(t, peer.Python(t, "3.8"))
		out, err := uvCommand(t, uv, "pip", "install", "--python", into, "-r", path).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "Python requirement") {
			t.Errorf("a Python that is not locked for: %v\n%s", err, out)
		}
	})
}

// TestRealForeignLocks: what pip and uv lock for older requirements stays when
// axle locks for newer ones.
func TestRealForeignLocks(t *testing.T) {
	peer.Real(t)
	pip, uv := lockTools(t)
	python := peer.Python(t, "3.11")
	host := lockHost(t, python)
	old := filepath.Join(t.TempDir(), "old.txt")
	if err := os.WriteFile(old, []byte("requests<2.30\nPyYAML<6.0.2\nidna<3.5\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	project := filepath.Join(t.TempDir(), "pyproject.toml")
	if err := os.WriteFile(project, []byte("[project]\nname = 'sample'\nversion = '1'\nrequires-python = '>=3.9'\n"+
		"dependencies = ['requests<2.30', 'PyYAML<6.0.2', 'idna<3.5']\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	export := uvCommand(t, uv, "export", "-q", "--format", "pylock.toml", "--project", filepath.Dir(project), "-o")
	tools := map[string]func(out string) *exec.Cmd{
		"pip.toml":       func(out string) *exec.Cmd { return exec.Command(pip, "lock", "-q", "-r", old, "-o", out) },
		"universal.toml": func(out string) *exec.Cmd { return uvCompile(t, uv, old, out, "--universal") },
		"export.toml":    func(out string) *exec.Cmd { export.Args = append(export.Args, out); return export },
		"hashed.txt":     func(out string) *exec.Cmd { return uvCompile(t, uv, old, out, "--universal", "--generate-hashes") },
	}
	for name, tool := range tools {
		t.Run(name, func(t *testing.T) {
			from := filepath.Join(t.TempDir(), "pylock."+name)
			peer.Run(t, tool(from))
			dir := t.TempDir()
			for file, text := range map[string]string{
				"extension.yml":    "extension: {name: sample, version: '1.0.0', api_level: '1.4.0', requires_python: '>=3.9,<3.13', zip_safe: false}\n",
				"extension.py":     "",
				"requirements.txt": "requests\nPyYAML\nidna\n",
			} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			args := []string{"lock", "--pins", from, dir}
			if strings.HasSuffix(name, ".toml") {
				data, err := os.ReadFile(from)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, lock.Filename), data, 0o644); err != nil {
					t.Fatal(err)
				}
				args = []string{"lock", dir}
			}
			peer.Run(t, lockCommand(args...))
			got := pinsOf(t, filepath.Join(dir, lock.Filename), host)
			for _, pin := range []string{"requests==2.29.0\n", "pyyaml==6.0.1\n", "idna==3.4\n"} {
				if !strings.Contains(got, pin) {
					t.Errorf("%q is not kept:\n%s", pin, got)
				}
			}
			if strings.HasSuffix(name, ".toml") {
				if want := pinsOf(t, from, host); got != want {
					t.Errorf("locked is\n%s, and was\n%s", got, want)
				}
			}
			peer.Run(t, lockCommand("lock", "--check", dir))
		})
	}
}

func uvCompile(t *testing.T, uv, from, to string, args ...string) *exec.Cmd {
	return uvCommand(t, uv, append([]string{"pip", "compile", "-q", "--python-version", "3.9", from, "-o", to}, args...)...)
}
