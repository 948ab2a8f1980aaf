package native_test

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/native"
)

// realWheels are projects whose files are of every kind, and the platforms to
// ask for, for CPython 3.11 unless said otherwise.
var realWheels = []struct {
	project   string
	platforms []string
	more      []string
}{
	{"PyYAML==6.0.3", []string{"manylinux2014_x86_64", "manylinux2014_aarch64", "musllinux_1_2_x86_64", "win_amd64", "win32", "macosx_11_0_arm64", "manylinux2014_s390x"}, nil},
	{"cryptography==43.0.3", []string{"manylinux_2_28_x86_64", "manylinux2014_aarch64", "musllinux_1_2_aarch64", "win_amd64", "macosx_10_9_universal2"}, nil},
	{"lxml==6.1.3", []string{"manylinux_2_28_x86_64", "manylinux_2_28_i686", "musllinux_1_2_x86_64", "win_amd64", "macosx_10_9_universal2"}, nil},
	{"numpy==2.2.6", []string{"manylinux2014_x86_64", "manylinux2014_aarch64", "win_amd64", "macosx_11_0_arm64"}, nil},
	{"markupsafe==3.0.4", []string{"manylinux_2_31_riscv64", "manylinux2014_armv7l", "win_arm64"}, nil},
	{"markupsafe==3.0.4", []string{"manylinux2014_x86_64", "win_amd64"}, []string{"--python-version", "3.14", "--abi", "cp314t"}},
	{"lxml==6.1.3", []string{"manylinux_2_28_x86_64", "win_amd64"}, []string{"--python-version", "3.10", "--implementation", "pp", "--abi", "pypy310_pp73"}},
	{"debugpy==1.8.0", []string{"manylinux2014_x86_64", "win_amd64"}, nil},
}

// lies are what is wrong with real wheels: their files need a newer macOS than
// their tags say.
var lies = map[string]string{
	"cryptography-43.0.3-cp39-abi3-macosx_10_9_universal2.whl": "cryptography/hazmat/bindings/_rust.abi3.so: needs macOS 10.12 on x86_64, the wheel is for macosx_10_9_universal2",
}

// TestRealWheels downloads wheels from the machine's index, and compares what
// is read of their files with debug/elf, debug/macho and debug/pe, and with
// the wheels' names.
func TestRealWheels(t *testing.T) {
	if os.Getenv("AXLE_REAL") == "" {
		t.Skip("AXLE_REAL is not set")
	}
	dir := t.TempDir()
	for _, w := range realWheels {
		for _, platform := range w.platforms {
			args := []string{"-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "-d", dir, "--platform", platform}
			if args = append(args, w.more...); w.more == nil {
				args = append(args, "--python-version", "3.11")
			}
			if out, err := exec.CommandContext(t.Context(), "python3", append(args, w.project)...).CombinedOutput(); err != nil {
				t.Errorf("%s for %s: %v\n%s", w.project, platform, err, out)
			}
		}
	}
	wheels, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range wheels {
		t.Run(filepath.Base(path), func(t *testing.T) { checkWheel(t, path) })
	}
}

func checkWheel(t *testing.T, path string) {
	parts := strings.Split(strings.TrimSuffix(filepath.Base(path), ".whl"), "-")
	set := mustSet(strings.Join(parts[len(parts)-3:], "-"))
	files := nativeFiles(t, path)
	var certain []string
	for _, finding := range native.CheckAll(files, set) {
		if finding.Certain {
			certain = append(certain, finding.String())
		} else {
			t.Log(finding)
		}
	}
	if got := strings.Join(certain, "\n"); got != lies[filepath.Base(path)] {
		t.Errorf("found %s", got)
	}
	renamed := "cp311-cp311-win_amd64"
	if files[0].Format == native.PE {
		renamed = "cp311-cp311-manylinux_2_28_x86_64"
	}
	if found := native.CheckAll(files, mustSet(renamed)); len(found) == 0 || !found[0].Certain {
		t.Errorf("renamed to %s: %v", renamed, found)
	}
}

// nativeFiles inspects every file of a wheel.
func nativeFiles(t *testing.T, path string) (files []native.Facts) {
	t.Helper()
	wheel, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = wheel.Close() }()
	for _, member := range wheel.File {
		in, err := member.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		facts, ok, err := native.Inspect(member.Name, bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Error(err)
		}
		if ok {
			files = append(files, facts)
			compare(t, facts, data)
		}
	}
	if len(files) == 0 {
		t.Fatal("no native file")
	}
	return files
}

// compare holds what was read against the standard library's readers.
func compare(t *testing.T, facts native.Facts, data []byte) {
	t.Helper()
	switch facts.Format {
	case native.ELF:
		compareELF(t, facts, data)
	case native.MachO:
		fat, err := macho.NewFatFile(bytes.NewReader(data))
		if err != nil {
			thin, err := macho.NewFile(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			fat = &macho.FatFile{Arches: []macho.FatArch{{File: thin}}}
		}
		for i, arch := range fat.Arches {
			want, err := arch.ImportedLibraries()
			if err != nil || !slices.Equal(want, facts.Images[i].Needed) {
				t.Errorf("%s: libraries %v, want %v, %v", facts.Name, facts.Images[i].Needed, want, err)
			}
		}
	case native.PE:
		file, err := pe.NewFile(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		symbols, err := file.ImportedSymbols()
		if err != nil {
			t.Fatal(err)
		}
		for _, symbol := range symbols {
			// It loses names that lie outside of their table's section.
			if library := symbol[strings.LastIndexByte(symbol, ':')+1:]; library != "" && !slices.Contains(facts.Needed(), library) {
				t.Errorf("%s: %s is missing among %v", facts.Name, library, facts.Needed())
			}
		}
	}
}

func compareELF(t *testing.T, facts native.Facts, data []byte) {
	t.Helper()
	file, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if want, err := file.ImportedLibraries(); err != nil || !slices.Equal(want, facts.Needed()) {
		t.Errorf("%s: libraries %v, want %v, %v", facts.Name, facts.Needed(), want, err)
	}
	needs, err := file.DynamicVersionNeeds()
	if err != nil { // which it calls a file that needs none
		needs = nil
	}
	highest := 0
	for _, need := range needs {
		for _, dep := range need.Needs {
			rest, ok := strings.CutPrefix(strings.Replace(dep.Dep, "GLIBC_ABI_DT_RELR", "GLIBC_2.36", 1), "GLIBC_2.")
			ours := strings.HasPrefix(need.Name, "ld-") || need.Name != "libgcc_s.so.1" && !strings.Contains(need.Name, "-")
			if ok && ours && dep.Flags&elf.VER_FLG_WEAK == 0 {
				minor, _, _ := strings.Cut(rest, ".")
				n, err := strconv.Atoi(minor)
				if err != nil {
					t.Fatal(dep.Dep)
				}
				highest = max(highest, n)
			}
		}
	}
	if floor := facts.GlibcFloor(); highest != floor[1] {
		t.Errorf("%s: glibc %v, want 2.%d", facts.Name, floor, highest)
	}
}

// TestRealHost compares every library of the machine's own systems folders.
func TestRealHost(t *testing.T) {
	if os.Getenv("AXLE_REAL") == "" {
		t.Skip("AXLE_REAL is not set")
	}
	found := 0
	for _, pattern := range []string{"/usr/lib/*-linux-gnu/*.so*", "/usr/bin/*", "/usr/lib/python3/dist-packages/*/*.so"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil || !bytes.HasPrefix(data, []byte(elf.ELFMAG)) {
				continue
			}
			facts, ok, err := native.Inspect(path, bytes.NewReader(data), int64(len(data)))
			if err != nil || !ok {
				t.Errorf("%s: %v, %v", path, ok, err)
				continue
			}
			found++
			compareELF(t, facts, data)
		}
	}
	t.Logf("%d files", found)
}
