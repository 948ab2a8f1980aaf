package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/peer"
	"github.com/axlepack/axle/internal/wheel"
)

func none(string) (string, bool) { return "", false }

// newRelease is a release into a new folder, with little beside the program.
func newRelease(t *testing.T, args ...string) release {
	t.Helper()
	r, err := parse(append([]string{"-version", "1.2.3-rc.1", "-out", t.TempDir()}, args...), none)
	if err != nil {
		t.Fatal(err)
	}
	r.top = filepath.Join("..", "..")
	r.extras = []file{{"LICENSE", 0o644, []byte("a licence\n")}, {"man/man1/axle.1", 0o644, []byte(".TH axle\n")}, {"completions/_axle", 0o644, []byte("#compdef axle\n")}}
	return r
}

func TestParse(t *testing.T) {
	for _, args := range [][]string{{}, {"-version", "1.2"}, {"-version", "1.0.0-snapshot"}, {"-version", "1.2.3", "-platforms", "amiga/68k"}, {"-what"}} {
		if _, err := parse(args, none); fault.ExitCode(err) != fault.Usage {
			t.Errorf("%q: %v", args, err)
		}
	}
	r, err := parse([]string{"-version", "v1.2.3"}, func(string) (string, bool) { return "1000000000", true })
	if err != nil || r.version.String() != "1.2.3" || len(r.platforms) != 6 || r.when.Year() != 2001 {
		t.Errorf("%+v %v", r, err)
	}
}

// A wheel is one that axle itself reads, for every platform.
func TestWheel(t *testing.T) {
	r := newRelease(t)
	for _, p := range platforms {
		if err := r.wheel(p, []byte("a program")); err != nil {
			t.Fatal(err)
		}
	}
	paths, _ := filepath.Glob(filepath.Join(r.out, "*.whl"))
	if len(paths) != len(platforms) {
		t.Fatalf("wheels are %q", paths)
	}
	for _, path := range paths {
		name, err := wheel.ParseFilename(filepath.Base(path))
		if err != nil || !name.Sorted() || name.Version.String() != "1.2.3rc1" {
			t.Errorf("%s: %v", path, err)
		}
		z, err := archive.OpenReader(path, archive.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		read := func(member string) []byte {
			data, err := z.ReadFile(member)
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
		record, err := wheel.ParseRecord(read("axle-1.2.3rc1.dist-info/RECORD"))
		if err != nil {
			t.Fatal(err)
		}
		if err := archive.CheckRecord(z, record.Map()); err != nil {
			t.Error(err)
		}
		if m, err := wheel.ParseMetadata(read("axle-1.2.3rc1.dist-info/METADATA")); err != nil || m.Version.String() != "1.2.3rc1" {
			t.Errorf("%+v %v", m, err)
		}
		info, err := wheel.ParseInfo(read("axle-1.2.3rc1.dist-info/WHEEL"))
		floors := path[strings.LastIndexByte(path, '-')+1:]
		if err != nil || info.RootIsPurelib || len(info.Tags) != strings.Count(floors, ".") { // the last is that of .whl
			t.Errorf("%s: %+v %v", path, info, err)
		}
		read("axle-1.2.3rc1.dist-info/licenses/LICENSE")
		z.Close()
	}
}

// An archive holds the program, which can be run, and what goes beside it; the
// same release gives the same bytes.
func TestArchives(t *testing.T) {
	r, again := newRelease(t), newRelease(t)
	for _, r := range []release{r, again} {
		for _, p := range platforms {
			if err := r.archive(p, []byte("a program")); err != nil {
				t.Fatal(err)
			}
		}
		if err := writeSums(r.out); err != nil {
			t.Fatal(err)
		}
	}
	one, two := sums(t, r.out), sums(t, again.out)
	if one != two || strings.Count(one, "\n") != len(platforms) {
		t.Errorf("not the same, or not six:\n%s%s", one, two)
	}
	got := readTar(t, filepath.Join(r.out, "axle_1.2.3-rc.1_linux_amd64.tar.gz"))
	want := []string{"LICENSE", "axle", "completions/_axle", "man/man1/axle.1"}
	for i := range want {
		want[i] = "axle_1.2.3-rc.1_linux_amd64/" + want[i]
	}
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, want) {
		t.Errorf("members %q", names)
	}
	if got["axle_1.2.3-rc.1_linux_amd64/axle"] != 0o755 {
		t.Error("the program cannot be run")
	}
}

func sums(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, sumsName))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func readTar(t *testing.T, path string) map[string]int64 {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	members := map[string]int64{}
	for in := tar.NewReader(unpacked); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return members
		} else if err != nil {
			t.Fatal(err)
		}
		members[h.Name] = h.Mode
	}
}

// A folder that holds something else is not emptied.
func TestEmptied(t *testing.T) {
	dir := t.TempDir()
	kept := filepath.Join(dir, "kept")
	if err := os.WriteFile(kept, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := emptied(dir); fault.ExitCode(err) != fault.Usage {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Error("it is gone")
	}
	if err := os.WriteFile(filepath.Join(dir, sumsName), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := emptied(dir); err != nil {
		t.Error(err)
	}
}

// make release calls this program.
func TestMakefile(t *testing.T) {
	path, err := exec.LookPath("make")
	if err != nil {
		t.Skip("there is no make here")
	}
	cmd := exec.Command(path, "-n", "release", "VERSION=1.2.3")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "go run ./internal/release -version '1.2.3' -out 'dist/release'") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestReproducible builds the release of all platforms, and that of two of them
// again from another place: the digests are the same.
func TestReproducible(t *testing.T) {
	if os.Getenv("AXLE_LONG") != "1" {
		t.Skip("AXLE_LONG=1 builds the release twice")
	}
	build := func(place, platforms string) string {
		r, err := parse([]string{"-version", "1.2.3", "-out", filepath.Join(t.TempDir(), "out"), "-packages=false", "-platforms", platforms}, none)
		if err != nil {
			t.Fatal(err)
		}
		r.top = filepath.Join(t.TempDir(), place)
		copyCheckout(t, r.top)
		if err := r.make(t.Context()); err != nil {
			t.Fatal(err)
		}
		return sums(t, r.out)
	}
	again := build(filepath.Join("another", "place"), "linux/amd64,windows/arm64")
	all := build("one", "")
	if strings.Count(all, "\n") != 12 || strings.Count(again, "\n") != 4 {
		t.Errorf("not 6 archives and 6 wheels, or not 2 and 2:\n%s\n%s", all, again)
	}
	for line := range strings.Lines(again) {
		if !strings.Contains(all, line) {
			t.Errorf("not the same bytes: %s%s", line, all)
		}
	}
}

// copyCheckout copies what a release is built from.
func copyCheckout(t *testing.T, to string) {
	t.Helper()
	from := filepath.Join("..", "..")
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		source, target := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		switch {
		case e.Name() == ".git" || e.Name() == "testdata" || e.Name() == "dist" || strings.HasSuffix(e.Name(), ".test"):
		case e.IsDir():
			if err := os.CopyFS(target, os.DirFS(source)); err != nil {
				t.Fatal(err)
			}
		default:
			data, err := os.ReadFile(source)
			if err == nil {
				err = errors.Join(os.MkdirAll(to, 0o755), os.WriteFile(target, data, 0o644))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestRealPackages makes the packages for Linux and looks into the deb. The
// program that makes them is large: compiling it is for the long runs.
func TestRealPackages(t *testing.T) {
	peer.Real(t)
	if os.Getenv("AXLE_LONG") != "1" {
		t.Skip("AXLE_LONG=1 compiles nfpm, and makes the packages")
	}
	r, err := parse([]string{"-version", "1.2.3", "-out", filepath.Join(t.TempDir(), "out"), "-platforms", "linux/" + runtime.GOARCH}, none)
	if err != nil {
		t.Skip(err)
	}
	r.top = absolute(t, filepath.Join("..", ".."))
	if err := r.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	lookIntoPackages(t, r.out)
}

// TestRealInstall makes the release for this machine, installs its wheel with
// the real pip and runs what pip installed.
func TestRealInstall(t *testing.T) {
	peer.Real(t)
	python := peer.Python(t, "")
	here := runtime.GOOS + "/" + runtime.GOARCH
	r, err := parse([]string{"-version", "1.2.3", "-out", filepath.Join(t.TempDir(), "out"), "-packages=false", "-platforms", here}, none)
	if err != nil {
		t.Skip(err)
	}
	r.top = absolute(t, filepath.Join("..", ".."))
	if err := r.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	venv := filepath.Join(t.TempDir(), "venv")
	peer.Run(t, exec.Command(python, "-m", "venv", venv))
	bin := filepath.Join(venv, map[bool]string{false: "bin", true: "Scripts"}[runtime.GOOS == "windows"])
	wheels, _ := filepath.Glob(filepath.Join(r.out, "*.whl"))
	if len(wheels) != 1 {
		t.Fatalf("wheels are %q", wheels)
	}
	peer.Run(t, exec.Command(filepath.Join(bin, "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", wheels[0]))
	program := filepath.Join(bin, platform{os: runtime.GOOS}.program())
	if out := peer.Run(t, exec.Command(program, "--version")); strings.TrimSpace(out) != "axle version 1.2.3" {
		t.Errorf("axle --version: %q", out)
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func lookIntoPackages(t *testing.T, dir string) {
	t.Helper()
	rpms, _ := filepath.Glob(filepath.Join(dir, "*.rpm"))
	if len(rpms) != 1 {
		t.Fatalf("rpms are %q", rpms)
	}
	if data, err := os.ReadFile(rpms[0]); err != nil || !bytes.HasPrefix(data, []byte{0xed, 0xab, 0xee, 0xdb}) {
		t.Errorf("%s is no rpm: %v", rpms[0], err)
	}
	debs, _ := filepath.Glob(filepath.Join(dir, "*.deb"))
	if len(debs) != 1 {
		t.Fatalf("debs are %q", debs)
	}
	tool, err := exec.LookPath("dpkg-deb")
	if err != nil {
		t.Log("there is no dpkg-deb here: the deb is not looked into")
		return
	}
	list := peer.Run(t, exec.Command(tool, "--contents", debs[0]))
	for _, want := range []string{"-rwxr-xr-x root/root", " ./usr/bin/axle\n", " ./usr/share/man/man1/axle-build.1", " ./usr/share/man/man7/axle-tags.7", " ./usr/share/bash-completion/completions/axle\n", " ./usr/share/doc/axle/copyright\n"} {
		if !strings.Contains(list, want) {
			t.Errorf("%q is not in the deb:\n%s", want, list)
		}
	}
	to := t.TempDir()
	peer.Run(t, exec.Command(tool, "--extract", debs[0], to))
	if out := peer.Run(t, exec.Command(filepath.Join(to, "usr", "bin", "axle"), "--version")); strings.TrimSpace(out) != "axle version 1.2.3" {
		t.Errorf("axle of the deb: %q", out)
	}
}
