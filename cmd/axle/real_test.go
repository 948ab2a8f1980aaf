package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/axlepack/axle/internal/peer"
)

// The set that is built on the real index, for 4 platforms × Python 3.9–3.14.
var realPlatforms = map[string]string{ // ours → uv's name
	"manylinux_2_28_x86_64":  "x86_64-manylinux_2_28",
	"manylinux_2_28_aarch64": "aarch64-manylinux_2_28",
	"win_amd64":              "x86_64-pc-windows-msvc",
	"macosx_11_0_arm64":      "aarch64-apple-darwin",
}

// realPythons are asked of uv by a patch release, since uv takes "3.9" for
// 3.9.0 where axle takes it for every 3.9.x (DESIGN: Requires-Python):
// cryptography excludes 3.9.0 and 3.9.1, and the package then says >=3.9.2.
var realPythons = map[string]string{"cp39": "3.9.2", "cp310": "3.10", "cp311": "3.11", "cp312": "3.12", "cp313": "3.13", "cp314": "3.14"}

// builtReal is what axle build --json printed for the real set.
type builtReal struct {
	Build struct {
		Zips     []struct{ Path, SHA256 string }
		Packages []struct {
			Path    string
			Targets []string
		}
		Missing []string
	}
}

// buildReal builds the real set, once for all tests, and returns its folder.
func buildReal(t *testing.T) (string, builtReal) {
	t.Helper()
	peer.Real(t)
	built, err := realSet()
	if err != nil {
		t.Fatal(err)
	}
	if len(built.Build.Missing) > 0 || len(built.Build.Zips) != 1 {
		t.Fatalf("missing %v, zips %v", built.Build.Missing, built.Build.Zips)
	}
	return filepath.Join(shared(), "real"), built
}

var realSet = sync.OnceValues(func() (b builtReal, err error) {
	dir := filepath.Join(shared(), "real")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("demo", "real"))); err != nil {
		return b, err
	}
	cmd := exec.Command("axle", "build", "--json", dir)
	cmd.Env = append(os.Environ(), "AXLE_CACHE="+realCache())
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return b, fmt.Errorf("axle build: %w\n%s", err, &stderr)
	}
	return b, json.Unmarshal(out, &b)
})

// realCache is shared by all tests on the real index.
func realCache() string { return filepath.Join(shared(), "cache") }

// TestRealSetEqualsUV builds requests, PyYAML, cryptography and numpy for 24
// targets and holds the files of each package against what uv installs for
// that target with binaries only.
func TestRealSetEqualsUV(t *testing.T) {
	dir, b := buildReal(t)
	served := map[string]string{}
	for _, p := range b.Build.Packages {
		for _, target := range p.Targets {
			served[target] = p.Path
		}
	}
	if len(served) != len(realPlatforms)*len(realPythons) {
		t.Errorf("%d targets are served, want %d", len(served), len(realPlatforms)*len(realPythons))
	}
	uv := filepath.Join(peer.Venv(t, "uv"), "uv")
	for platform, uvPlatform := range realPlatforms {
		for python, uvPython := range realPythons {
			target := python + "@" + platform
			t.Run(target, func(t *testing.T) {
				out := t.TempDir()
				cmd := exec.Command(uv, "pip", "install", "-q", "--target", out, "--python-platform", uvPlatform,
					"--python-version", uvPython, "--only-binary", ":all:", "-r", filepath.Join(dir, "requirements.txt"))
				cmd.Env = append(os.Environ(), "MACOSX_DEPLOYMENT_TARGET=11.0", "UV_CACHE_DIR="+filepath.Join(shared(), "uv"), "UV_NO_CONFIG=1")
				peer.Run(t, cmd)
				compareTrees(t, installedFiles(t, out), packageFiles(t, served[target]))
			})
		}
	}
}

// passedOver are files that an installer writes itself, that a package makes
// anew, and byte code, which a package leaves out: numpy up to 2.2 carries a
// stray file that no agent could use, bound as it is to a time stamp.
func passedOver(name string) bool {
	base := name[strings.LastIndex(name, "/")+1:]
	inInfo := strings.Contains(name, ".dist-info/")
	return strings.Contains(name, "/__pycache__/") || inInfo && slices.Contains([]string{"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"}, base) ||
		strings.HasPrefix(name, "bin/") || strings.HasPrefix(name, "Scripts/") || name == ".lock" || name == "CACHEDIR.TAG" || name == ".gitignore" ||
		strings.HasPrefix(name, "demo_real-1.0.0.dist-info/")
}

func installedFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil || passedOver(filepath.ToSlash(rel)) {
			return err
		}
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		files[filepath.ToSlash(rel)] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func packageFiles(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	files := map[string]string{}
	for _, f := range z.File {
		if passedOver(f.Name) {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		files[f.Name] = hex.EncodeToString(sum[:])
	}
	return files
}

func compareTrees(t *testing.T, want, got map[string]string) {
	t.Helper()
	for name, sum := range want {
		if got[name] != sum {
			t.Errorf("%s: uv installs %.12s, the package has %.12s", name, sum, got[name])
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: in the package, and uv installs no such file", name)
		}
	}
}

// TestRealSetRuns deploys and runs the real set under every CPython 3.9–3.13
// of this machine; the extension imports all four projects and uses them.
func TestRealSetRuns(t *testing.T) {
	_, b := buildReal(t)
	for _, version := range []string{"3.9", "3.10", "3.11", "3.12", "3.13"} {
		t.Run(version, func(t *testing.T) {
			python, root := peer.Python(t, version), t.TempDir()
			peer.Run(t, exec.Command("axle", "deploy", "--root", root, "--interpreter", python, b.Build.Zips[0].Path))
			out := peer.Run(t, exec.Command("axle", "run", "--root", root, "demo_real", "--", "tester"))
			for _, want := range []string{"Hello tester, from Python " + version, "requests 2", "PyYAML 6", "a sealed letter", "the sum of 0 to 99 is 4950"} {
				if !strings.Contains(out, want) {
					t.Errorf("%q is not in what it printed:\n%s", want, out)
				}
			}
		})
	}
}
