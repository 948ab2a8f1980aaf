package main

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/peer"
)

// realProject makes a project in a new folder for the machine's own index.
func realProject(t *testing.T, manifest, code string, requirements ...string) string {
	t.Helper()
	peer.Real(t)
	dir := t.TempDir()
	mustWrite(t, filepath.Join(dir, "extension.yml"), []byte(manifest+"\n"))
	mustWrite(t, filepath.Join(dir, "extension.py"), []byte(code))
	mustWrite(t, filepath.Join(dir, "requirements.txt"), []byte(strings.Join(requirements, "\n")+"\n"))
	return dir
}

// realAxle runs axle with the machine's environment, and returns what it
// prints and its exit code.
func realAxle(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "axle", args...)
	cmd.Env = append(os.Environ(), "AXLE_CACHE="+realCache())
	var out, said strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	t.Logf("axle %s: %v\n%s", strings.Join(args, " "), err, &said)
	return out.String(), said.String(), exitCode(err)
}

// members are the names in a zip, sorted.
func members(t *testing.T, path string) []string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return names
}

// TestCore01Real runs requests, which has pure files for every Python, from
// the zip of an extension.
func TestCore01Real(t *testing.T) {
	dir := realProject(t, `extension: {name: real_ext, version: "1.0.0", api_level: "1.4.0", requires_python: ">=3.9,<3.15", zip_safe: true}`,
		"import requests, idna, urllib3, charset_normalizer, certifi\nprint(requests.Request('GET', 'http://example.test/a b').prepare().url, idna.encode('bücher.test'))\nprint(requests.__file__)\n",
		"requests")
	if _, _, code := realAxle(t, "build", dir); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	for _, version := range []string{"3.9", "3.10", "3.11", "3.12", "3.13"} {
		t.Run(version, func(t *testing.T) {
			cmd := exec.Command(peer.Python(t, version), "-I", "-S", "-c", "import sys; sys.path.insert(0, sys.argv[1]); import extension",
				filepath.Join(dir, "dist", "extension_build", "real_ext-1.0.0.zip"))
			cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8")
			out := peer.Run(t, cmd)
			if !strings.HasPrefix(out, "http://example.test/a%20b b'xn--bcher-kva.test'\n") || !strings.Contains(out, "1.0.0.zip") {
				t.Errorf("it printed %q", out)
			}
		})
	}
}

// TestCore02Real refuses PyYAML and cryptography in a zip, which UIP-CLI puts
// there.
func TestCore02Real(t *testing.T) {
	for project, file := range map[string]string{"PyYAML": "yaml/_yaml.", "cryptography": "cryptography/hazmat/bindings/_rust."} {
		t.Run(project, func(t *testing.T) {
			dir := realProject(t, `extension: {name: real_ext, version: "1.0.0", api_level: "1.4.0", requires_python: "==3.11.*", zip_safe: true}`, "", project)
			_, stderr, code := realAxle(t, "-q", "build", "--platform", "linux/amd64", dir)
			if code != 3 || !strings.Contains(stderr, "error: "+strings.ToLower(project)+" ") || !strings.Contains(stderr, file) {
				t.Errorf("exit code %d, want 3 and the names %s and %s:\n%s", code, project, file, stderr)
			}
		})
	}
}

// TestCore03Real builds one project with UIP-CLI and with axle: but for what
// the library leaves behind that UIP-CLI builds with, both archives have the
// same layout.
func TestCore03Real(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "project")
	venv := peer.Venv(t, "uip-cli==2.1.1", "setuptools<70", "wheel")
	uip := func(args ...string) {
		cmd := exec.Command(filepath.Join(venv, "uip"), args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+venv+string(os.PathListSeparator)+os.Getenv("PATH"))
		peer.Run(t, cmd)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	uip("init", "-t", "ue-task", "-e", "extension_name=real_ext", "-e", "zip_safe=False")
	mustWrite(t, filepath.Join(dir, "requirements.txt"), []byte("PyYAML\n"))
	uip("build")
	theirs := layout(t, dir)
	runsHere(t, dir)
	if err := os.RemoveAll(filepath.Join(dir, "dist")); err != nil {
		t.Fatal(err)
	}
	if _, _, code := realAxle(t, "build", "--python", "3.11", "--platform", "linux/amd64", dir); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if ours := layout(t, dir); !slices.Equal(ours, theirs) {
		t.Errorf("axle packs %q, and UIP-CLI %q", ours, theirs)
	}
}

// runsHere deploys the archive that UIP-CLI made and runs it (row 11).
func runsHere(t *testing.T, dir string) {
	t.Helper()
	root := t.TempDir()
	zips, _ := filepath.Glob(filepath.Join(dir, "dist", "extension_build", "*.zip"))
	out, _, code := realAxle(t, "deploy", "--root", root, "--interpreter", peer.Python(t, ""), zips[0])
	if code != 0 || !strings.Contains(out, "-linux_x86_64.whl") {
		t.Errorf("deploy: exit code %d\n%s", code, out)
	}
	out, _, code = realAxle(t, "run", "--root", root, "--fields", `{"action": ["print"]}`, "real_ext")
	if code != 0 || !strings.Contains(out, "Hello STDOUT!\n") || !strings.Contains(out, "Hello Extension!") {
		t.Errorf("run: exit code %d\n%s", code, out)
	}
}

// layout lists the extension zip of a project, each package by the name and
// version that its own name begins with.
func layout(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "dist", "extension_build", "*.zip"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%d zips: %v", len(found), err)
	}
	var names []string
	for _, name := range members(t, found[0]) {
		if strings.HasSuffix(name, ".whl") {
			name = strings.Join(strings.SplitN(name, "-", 3)[:2], "-")
		}
		if !strings.HasPrefix(name, "EGG-INFO/") {
			names = append(names, name)
		}
	}
	return names
}

// TestCore07Real reads the names of all packages of the real set with
// packaging itself.
func TestCore07Real(t *testing.T) {
	_, built := buildReal(t)
	script := "import sys\nfrom packaging.utils import parse_wheel_filename\n" +
		"for name in sys.argv[1:]:\n    n, v, b, t = parse_wheel_filename(name)\n    print(n, v, len(b), len(t) > 0)\n"
	args := []string{"-c", script}
	for _, p := range built.Build.Packages {
		args = append(args, filepath.Base(p.Path))
	}
	python := filepath.Join(peer.Venv(t, "packaging"), "python")
	for line := range strings.Lines(peer.Run(t, exec.Command(python, args...))) {
		if line != "demo-real 1.0.0 0 True\n" {
			t.Errorf("packaging reads %q", line)
		}
	}
}

// TestCore19Real: requests alone, in one version for all, needs one package for
// each platform, since what of it is no pure Python has the stable ABI.
func TestCore19Real(t *testing.T) {
	dir := realProject(t, `extension: {name: real_ext, version: "1.0.0", api_level: "1.4.0", requires_python: ">=3.9,<3.15", zip_safe: false}
bundle: {policy: {align: all}}`, "", "requests")
	out, _, code := realAxle(t, "build", dir)
	if code != 0 || !strings.Contains(out, "1 package for 24 targets") || !strings.Contains(out, "-none-any.whl") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

// TestCore20Real: numpy forces a package for each Python and platform, and the
// matrix says so, with its breaking points (row 24).
func TestCore20Real(t *testing.T) {
	dir := realProject(t, `extension: {name: real_ext, version: "1.0.0", api_level: "1.4.0", requires_python: ">=3.9,<3.13", zip_safe: false}`, "", "numpy")
	out, _, code := realAxle(t, "matrix", dir)
	if code != 0 || !strings.Contains(out, "numpy has a file of its own for each Python and platform") || !strings.Contains(out, "numpy at 3.10: ") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}
