package native_test

import (
	"bytes"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/axlepack/axle/internal/native"
)

func inspect(t *testing.T, name string, data []byte) native.Facts {
	t.Helper()
	if !native.Magic(data[:native.MagicSize]) {
		t.Fatalf("%s: not native by its first bytes", name)
	}
	facts, ok, err := native.Inspect(name, bytes.NewReader(data), int64(len(data)))
	if err != nil || !ok {
		t.Fatalf("%s: %v, %v", name, ok, err)
	}
	return facts
}

var glibcModule = craftELF{
	machine: elf.EM_X86_64,
	needed:  []string{"libpthread.so.0", "libc.so.6"},
	versions: map[string][]string{
		"libpthread.so.0": {"GLIBC_2.2.5", "GLIBC_2.12"},
		"libc.so.6":       {"GLIBC_2.9", "GLIBC_2.17", "GLIBC_PRIVATE", "GLIBC_2.30"},
		"libgcc_s.so.1":   {"GCC_3.0", "GLIBC_2.99"},
		"libcrypt-b1.so":  {"GLIBC_2.98"},
	},
	weak: []string{"GLIBC_2.30"},
}

func TestInspectELF(t *testing.T) {
	wide := func(machine elf.Machine) craftELF { return craftELF{machine: machine} }
	for name, c := range map[string]struct {
		file craftELF
		want native.Image
	}{
		"glibc": {glibcModule, native.Image{
			Arch: "x86_64", System: "linux", Libc: native.Glibc, Glibc: [2]int{2, 17},
			Needed: []string{"libpthread.so.0", "libc.so.6"},
		}},
		"relative relocations": {
			craftELF{machine: elf.EM_X86_64, versions: map[string][]string{"libc.so.6": {"GLIBC_ABI_DT_RELR", "GLIBC_2.34"}}},
			native.Image{Arch: "x86_64", System: "linux", Libc: native.Glibc, Glibc: [2]int{2, 36}},
		},
		"musl": {
			craftELF{machine: elf.EM_AARCH64, needed: []string{"libc.musl-aarch64.so.1"}},
			native.Image{Arch: "aarch64", System: "linux", Libc: native.Musl, Needed: []string{"libc.musl-aarch64.so.1"}},
		},
		"musl elsewhere": {
			craftELF{machine: elf.EM_X86_64, needed: []string{"libc.so"}},
			native.Image{Arch: "x86_64", System: "linux", Libc: native.Musl, Needed: []string{"libc.so"}},
		},
		"android": {
			craftELF{machine: elf.EM_AARCH64, needed: []string{"libc.so"}, versions: map[string][]string{"libc.so": {"LIBC"}}},
			native.Image{Arch: "aarch64", System: "linux", Libc: native.Bionic, Needed: []string{"libc.so"}},
		},
		"program for musl": {
			craftELF{machine: elf.EM_X86_64, interpreter: "/lib/ld-musl-x86_64.so.1"},
			native.Image{Arch: "x86_64", System: "linux", Libc: native.Musl},
		},
		"program for glibc": {
			craftELF{machine: elf.EM_X86_64, interpreter: "/lib64/ld-linux-x86-64.so.2"},
			native.Image{Arch: "x86_64", System: "linux", Libc: native.Glibc},
		},
		"static":   {wide(elf.EM_X86_64), native.Image{Arch: "x86_64", System: "linux"}},
		"ppc64le":  {wide(elf.EM_PPC64), native.Image{Arch: "ppc64le", System: "linux"}},
		"riscv64":  {wide(elf.EM_RISCV), native.Image{Arch: "riscv64", System: "linux"}},
		"loong":    {wide(elf.EM_LOONGARCH), native.Image{Arch: "loongarch64", System: "linux"}},
		"s390x":    {craftELF{machine: elf.EM_S390, big: true}, native.Image{Arch: "s390x", System: "linux"}},
		"ppc64":    {craftELF{machine: elf.EM_PPC64, big: true}, native.Image{Arch: "ppc64", System: "linux"}},
		"x32":      {craftELF{machine: elf.EM_X86_64, class: elf.ELFCLASS32}, native.Image{Arch: "x86_64 (32 bit)", System: "linux"}},
		"unknown":  {wide(elf.EM_SPARCV9), native.Image{Arch: "sparcv9 (64 bit)", System: "linux"}},
		"freebsd":  {craftELF{machine: elf.EM_X86_64, abi: elf.ELFOSABI_FREEBSD}, native.Image{Arch: "x86_64", System: "freebsd"}},
		"softarm":  {craftELF{machine: elf.EM_ARM, class: elf.ELFCLASS32, flags: 0x5000200}, native.Image{Arch: "arm (soft float)", System: "linux"}},
		"aarch64e": {craftELF{machine: elf.EM_AARCH64, big: true}, native.Image{Arch: "aarch64 (64 bit)", System: "linux"}},
		"armv7l": {
			craftELF{machine: elf.EM_ARM, class: elf.ELFCLASS32, flags: 0x5000400, versions: map[string][]string{"libc.so.6": {"GLIBC_2.4"}}},
			native.Image{Arch: "armv7l", System: "linux", Libc: native.Glibc, Glibc: [2]int{2, 4}},
		},
		"i686 with its Python": {
			craftELF{machine: elf.EM_386, class: elf.ELFCLASS32, needed: []string{"libpython3.7m.so.1.0", "libc.so.6"}},
			native.Image{
				Arch: "i686", System: "linux", Libc: native.Glibc,
				Needed: []string{"libpython3.7m.so.1.0", "libc.so.6"}, Pythons: []string{"cp37m"},
			},
		},
	} {
		facts := inspect(t, "mod.so", c.file.bytes())
		if diff := cmp.Diff([]native.Image{c.want}, facts.Images); diff != "" || facts.Format != native.ELF {
			t.Errorf("%s: %s\n%s", name, facts.Format, diff)
		}
	}
}

var (
	intelMac = craftMach{cpu: macho.CpuAmd64, floor: [2]int{10, 9}, needed: []string{"/usr/lib/libSystem.B.dylib"}}
	armMac   = craftMach{cpu: macho.CpuArm64, platform: 1, floor: [2]int{11, 0}, needed: []string{"/usr/lib/libSystem.B.dylib"}}
)

func TestInspectMachO(t *testing.T) {
	system := []string{"/usr/lib/libSystem.B.dylib"}
	intel := native.Image{Arch: "x86_64", System: "macos", MacOS: [2]int{10, 9}, Needed: system}
	arm := native.Image{Arch: "arm64", System: "macos", MacOS: [2]int{11, 0}, Needed: system}
	for name, c := range map[string]struct {
		data []byte
		want []native.Image
	}{
		"intel":     {intelMac.bytes(), []native.Image{intel}},
		"arm":       {armMac.bytes(), []native.Image{arm}},
		"fat":       {craftFat(intelMac, armMac), []native.Image{intel, arm}},
		"ppc":       {craftMach{cpu: macho.CpuPpc64, big: true}.bytes(), []native.Image{{Arch: "ppc64"}}},
		"arm64e":    {craftMach{cpu: macho.CpuArm64, subtype: 0x80000002}.bytes(), []native.Image{{Arch: "arm64e"}}},
		"phone":     {craftMach{cpu: macho.CpuArm64, platform: 2, floor: [2]int{14, 0}}.bytes(), []native.Image{{Arch: "arm64", System: "ios"}}},
		"simulator": {craftMach{cpu: macho.CpuArm64, platform: 7, floor: [2]int{14, 0}}.bytes(), []native.Image{{Arch: "arm64", System: "ios simulator"}}},
		"10.16":     {craftMach{cpu: macho.CpuAmd64, floor: [2]int{10, 16}}.bytes(), []native.Image{{Arch: "x86_64", System: "macos", MacOS: [2]int{11, 0}}}},
		"framework": {
			craftMach{cpu: macho.CpuAmd64, needed: []string{"/Library/Frameworks/Python.framework/Versions/3.11/Python", "@rpath/libpython3.9.dylib"}}.bytes(),
			[]native.Image{{
				Arch: "x86_64", Needed: []string{"/Library/Frameworks/Python.framework/Versions/3.11/Python", "@rpath/libpython3.9.dylib"},
				Pythons: []string{"cp311", "cp39"},
			}},
		},
	} {
		facts := inspect(t, "mod.so", c.data)
		if diff := cmp.Diff(c.want, facts.Images); diff != "" || facts.Format != native.MachO {
			t.Errorf("%s: %s\n%s", name, facts.Format, diff)
		}
	}
}

func TestInspectPE(t *testing.T) {
	for name, c := range map[string]struct {
		file craftPE
		want native.Image
	}{
		"module": {
			craftPE{machine: pe.IMAGE_FILE_MACHINE_AMD64, needed: []string{"python311.dll", "KERNEL32.dll"}},
			native.Image{Arch: "amd64", Needed: []string{"python311.dll", "KERNEL32.dll"}, Pythons: []string{"cp311"}},
		},
		"stable": {
			craftPE{machine: pe.IMAGE_FILE_MACHINE_ARM64, needed: []string{"KERNEL32.dll"}, delayed: []string{"python3.dll"}},
			native.Image{Arch: "arm64", Needed: []string{"KERNEL32.dll", "python3.dll"}, Pythons: []string{"abi3"}},
		},
		"32 bit": {
			craftPE{machine: pe.IMAGE_FILE_MACHINE_I386, narrow: true, needed: []string{"python27.dll"}},
			native.Image{Arch: "x86", Needed: []string{"python27.dll"}, Pythons: []string{"cp27"}},
		},
		"free-threaded, debug, PyPy": {
			craftPE{machine: pe.IMAGE_FILE_MACHINE_AMD64, needed: []string{"Python314t.DLL", "python39_d.dll", "python3t.dll", "libpypy3.10-c.dll", "pythoncom311.dll"}},
			native.Image{
				Arch: "amd64", Needed: []string{"Python314t.DLL", "python39_d.dll", "python3t.dll", "libpypy3.10-c.dll", "pythoncom311.dll"},
				Pythons: []string{"cp314t", "cp39d", "abi3t", "pypy310"},
			},
		},
		"no imports": {craftPE{machine: pe.IMAGE_FILE_MACHINE_ARMNT}, native.Image{Arch: "arm32"}},
	} {
		c.want.System = "windows"
		facts := inspect(t, "mod.pyd", c.file.bytes())
		if diff := cmp.Diff([]native.Image{c.want}, facts.Images); diff != "" || facts.Format != native.PE {
			t.Errorf("%s: %s\n%s", name, facts.Format, diff)
		}
	}
}

func TestNamesOfModules(t *testing.T) {
	for name, want := range map[string]struct {
		abi    string
		module bool
	}{
		"yaml/_yaml.cpython-311-x86_64-linux-gnu.so":   {"cp311", true},
		"a.b/mod.cpython-37m-darwin.so":                {"cp37m", true},
		"mod.cpython-313t-aarch64-linux-musl.so":       {"cp313t", true},
		"mod.cpython-34m.so":                           {"cp34m", true},
		"mod.abi3.so":                                  {"abi3", true},
		"mod.abi3t.so":                                 {"abi3t", true},
		"mod.cp313t-win_amd64.pyd":                     {"cp313t", true},
		"MOD_D.CP311-WIN32.PYD":                        {"cp311d", true},
		`pkg\mod.cp39-win_amd64.pyd`:                   {"cp39", true},
		"mod.pypy310-pp73-x86_64-linux-gnu.so":         {"pypy310_pp73", true},
		"mod.graalpy-38-native-x86_64-linux.so":        {"graalpy_38_native", true},
		"mod.pyd":                                      {"", true},
		"mod_d.pyd":                                    {"", true},
		"my.pkg.pyd":                                   {"", true},
		"mod.so":                                       {"", false},
		"numpy.libs/libscipy_openblas64_-ff651d7f.so":  {"", false},
		"libz.so.1.2.3":                                {"", false},
		"libfoo.1.2.so":                                {"", false},
		"mod.cpython-311-darwin.dylib":                 {"", false},
		"bin/ruff":                                     {"", false},
		"mod.cpython-311-x86_64-linux-gnu.so/readme":   {"", false},
		"mod.cpython-x86_64-linux-gnu.so":              {"", false},
		"mod.cpython-311/other.so":                     {"", false},
		"pkg/mod.cpython-310-x86_64-linux-gnu.so.orig": {"", false},
	} {
		facts := inspect(t, name, glibcModule.bytes())
		if facts.ABI != want.abi || facts.Module != want.module {
			t.Errorf("%s: %q, %v; want %q, %v", name, facts.ABI, facts.Module, want.abi, want.module)
		}
	}
}

func TestSummaries(t *testing.T) {
	twice := intelMac
	twice.floor = [2]int{10, 13}
	facts := inspect(t, "mod.so", craftFat(intelMac, armMac, twice))
	if !slices.Equal(facts.Archs(), []string{"x86_64", "arm64"}) || !slices.Equal(facts.Needed(), intelMac.needed) {
		t.Errorf("%v, %v", facts.Archs(), facts.Needed())
	}
	if facts.MacOSFloor("x86_64") != [2]int{10, 13} || facts.MacOSFloor("arm64") != [2]int{11, 0} || facts.MacOSFloor("ppc") != [2]int{} {
		t.Errorf("floors of %+v", facts)
	}
	facts = inspect(t, "mod.so", glibcModule.bytes())
	if facts.GlibcFloor() != [2]int{2, 17} || facts.MuslLinked() {
		t.Errorf("%v, %v", facts.GlibcFloor(), facts.MuslLinked())
	}
}

func TestWhatOnlyLooksNative(t *testing.T) {
	for name, data := range map[string]string{
		"empty":      "",
		"text":       "hello, world",
		"short":      "\x7fEL",
		"java class": "\xca\xfe\xba\xbe\x00\x00\x00\x34 and more of it",
		"dos":        "MZ" + strings.Repeat("\x00", 100),
		"letters":    "MZ is where this text begins",
		"shortfat":   "\xca\xfe\xba\xbe\x00",
	} {
		facts, ok, err := native.Inspect(name, strings.NewReader(data), int64(len(data)))
		if ok || err != nil {
			t.Errorf("%s: %+v, %v, %v", name, facts, ok, err)
		}
	}
}

// TestCutOff cuts each kind of file at every length: none may be taken for
// whole, and what is said must be an error or nothing.
func TestCutOff(t *testing.T) {
	elf32 := glibcModule
	elf32.machine, elf32.class = elf.EM_386, elf.ELFCLASS32
	for name, data := range map[string][]byte{
		"ELF": glibcModule.bytes(), "ELF32": elf32.bytes(), "thin": armMac.bytes(), "fat": craftFat(intelMac, armMac),
		"PE": craftPE{machine: pe.IMAGE_FILE_MACHINE_AMD64, needed: []string{"python311.dll"}}.bytes(),
	} {
		if name != "thin" { // whose last library's padding can go
			data = bytes.TrimRight(data, "\x00")
		}
		for size := range len(data) {
			_, ok, err := native.Inspect(name, bytes.NewReader(data[:size]), int64(size))
			if ok && err == nil {
				t.Errorf("%s: cut to %d of %d bytes and taken for whole", name, size, len(data))
			}
			if err != nil && !strings.HasPrefix(err.Error(), name+": ") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestErrorsOfReadingPassThrough(t *testing.T) {
	broken := errors.New("broken disk")
	_, ok, err := native.Inspect("mod.so", failing{broken}, 100)
	if ok || !errors.Is(err, broken) {
		t.Errorf("%v, %v", ok, err)
	}
	// A size that promises more than there is.
	data := glibcModule.bytes()[:100]
	if _, _, err := native.Inspect("mod.so", bytes.NewReader(data), 1<<40); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a lying size: %v", err)
	}
}

type failing struct{ err error }

func (f failing) ReadAt([]byte, int64) (int, error) { return 0, f.err }

// TestOwnProgram reads the program that this test is: real, and without a C
// library.
func TestOwnProgram(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Skip(err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	facts, ok, err := native.Inspect(path, f, info.Size())
	if err != nil || !ok || len(facts.Images) != 1 {
		t.Fatalf("%+v, %v, %v", facts, ok, err)
	}
	want := map[string]string{"linux": "linux", "darwin": "macos", "windows": "windows"}[runtime.GOOS]
	if facts.Images[0].System != want {
		t.Errorf("%+v", facts)
	}
	if arch := facts.Images[0].Arch; runtime.GOOS == "linux" && runtime.GOARCH == "amd64" && arch != "x86_64" {
		t.Errorf("architecture %s", arch)
	}
}

// TestHostileTablesAreBounded asks for more than a file can hold, or for the
// same piece again and again.
func TestHostileTablesAreBounded(t *testing.T) {
	many := make([]string, 20000)
	for i := range many {
		many[i] = "lib" + strings.Repeat("x", 50) + ".so"
	}
	loop := glibcModule.bytes()
	fat := craftFat(slices.Repeat([]craftMach{armMac}, 10)...)
	for name, data := range map[string][]byte{
		"needed": craftELF{machine: elf.EM_X86_64, needed: many}.bytes(),
		"dylibs": craftMach{cpu: macho.CpuArm64, needed: many[:9000]}.bytes(),
		"pe":     craftPE{machine: pe.IMAGE_FILE_MACHINE_AMD64, needed: many}.bytes(),
		"elf":    loop,
		"fat":    fat,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		facts, _, _ := native.Inspect(name, bytes.NewReader(data), int64(len(data)))
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
			t.Errorf("%s: %d bytes were allocated", name, used)
		}
		if len(facts.Needed()) > 4096 {
			t.Errorf("%s: %d libraries", name, len(facts.Needed()))
		}
	}
}

func FuzzInspect(f *testing.F) {
	elf32 := craftELF{machine: elf.EM_386, class: elf.ELFCLASS32, needed: []string{"libc.so.6"}}
	for _, seed := range [][]byte{
		glibcModule.bytes(), elf32.bytes(), craftELF{machine: elf.EM_S390, big: true, interpreter: "/lib/ld64.so.1"}.bytes(),
		intelMac.bytes(), craftFat(intelMac, armMac), craftMach{cpu: macho.CpuPpc, big: true}.bytes(),
		craftPE{machine: pe.IMAGE_FILE_MACHINE_AMD64, needed: []string{"python3.dll"}, delayed: []string{"a.dll"}}.bytes(),
		craftPE{machine: pe.IMAGE_FILE_MACHINE_I386, narrow: true, needed: []string{"python27.dll"}}.bytes(),
	} {
		f.Add("mod.cpython-311-x86_64-linux-gnu.so", seed)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		facts, ok, err := native.Inspect(name, bytes.NewReader(data), int64(len(data)))
		if !ok {
			return
		}
		if err == nil && len(facts.Images) == 0 {
			t.Fatalf("%s: native, whole and nothing in it", name)
		}
		if len(facts.Needed()) > 2*len(data) {
			t.Fatalf("%d libraries out of %d bytes", len(facts.Needed()), len(data))
		}
		native.Check(facts, mustSet("py3-none-any"))
		native.Check(facts, mustSet("cp311-cp311.abi3-manylinux_2_17_x86_64.macosx_10_9_universal2.win32"))
	})
}
