package native_test

import (
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"fmt"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/native"
	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
)

func mustSet(text string) []tags.Tag {
	set, err := tags.ParseSet(text)
	if err != nil {
		panic(err)
	}
	return set
}

var (
	muslModule = craftELF{machine: elf.EM_X86_64, needed: []string{"libc.musl-x86_64.so.1"}}
	staticELF  = craftELF{machine: elf.EM_X86_64}
	arm32      = craftELF{machine: elf.EM_ARM, class: elf.ELFCLASS32, flags: 0x5000400}
	android    = craftELF{machine: elf.EM_AARCH64, needed: []string{"libc.so"}, versions: map[string][]string{"libc.so": {"LIBC"}}}
	freebsd    = craftELF{machine: elf.EM_X86_64, abi: elf.ELFOSABI_FREEBSD}
	phone      = craftMach{cpu: macho.CpuArm64, platform: 2, floor: [2]int{14, 0}}
)

func windows(libraries ...string) craftPE {
	return craftPE{machine: pe.IMAGE_FILE_MACHINE_AMD64, needed: libraries}
}

func TestCheck(t *testing.T) {
	old := intelMac
	old.floor = [2]int{10, 13}
	newArm := armMac
	newArm.floor = [2]int{12, 0}
	const gnu311, module, library = "mod.cpython-311-x86_64-linux-gnu.so", "mod.pyd", "libfoo.so"
	for _, c := range []struct {
		name string
		data []byte
		tags string
		want string // "code certain" of each finding
	}{
		// True ones.
		{gnu311, glibcModule.bytes(), "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", ""},
		{gnu311, glibcModule.bytes(), "cp311-cp311-manylinux_2_28_x86_64", ""},
		{gnu311, glibcModule.bytes(), "cp311-cp311-linux_x86_64", ""},
		{gnu311, glibcModule.bytes(), "cp310.cp311-cp310.cp311-manylinux2014_x86_64", ""},
		{gnu311, glibcModule.bytes(), "cp311-none-manylinux2014_x86_64", ""},
		{"mod.abi3.so", glibcModule.bytes(), "cp38-abi3-manylinux2014_x86_64", ""},
		{"mod.abi3.so", glibcModule.bytes(), "cp311-cp311-manylinux2014_x86_64", ""},
		{"mod.abi3.so", glibcModule.bytes(), "py3-none-manylinux2014_x86_64", ""},
		{"mod.abi3t.so", glibcModule.bytes(), "cp315-abi3.abi3t-manylinux2014_x86_64", ""},
		{"mod.cpython-37m-x86_64-linux-gnu.so", glibcModule.bytes(), "cp37-cp37m-manylinux2014_x86_64", ""},
		{"mod.cp37-win_amd64.pyd", windows("python37.dll").bytes(), "cp37-cp37m-win_amd64", ""},
		{"mod.pypy310-pp73-x86_64-linux-gnu.so", glibcModule.bytes(), "pp310-pypy310_pp73-manylinux2014_x86_64", ""},
		{"mod.pypy310-pp73-win_amd64.pyd", windows("libpypy3.10-c.dll").bytes(), "pp310-pypy310_pp73-win_amd64", ""},
		{"mod.pypy310-pp73-win_amd64.pyd", windows("libpypy3.10-c.dll").bytes(), "pp310-none-win_amd64", ""},
		{library, muslModule.bytes(), "py3-none-musllinux_1_1_x86_64", ""},
		{library, staticELF.bytes(), "py3-none-manylinux_2_5_x86_64.musllinux_1_0_x86_64", ""},
		{library, arm32.bytes(), "py3-none-linux_armv6l.manylinux_2_31_armv7l", ""},
		{module, windows("python3.dll").bytes(), "cp39-abi3-win_amd64", ""},
		{module, windows("python311.dll", "python3.dll").bytes(), "cp311-cp311-win_amd64", ""},
		{module, windows("python27.dll").bytes(), "cp27-cp27m-win_amd64", ""},
		{"mod.so", craftFat(intelMac, armMac), "cp311-cp311-macosx_10_9_universal2", ""},
		{"mod.so", craftFat(intelMac, armMac), "cp311-cp311-macosx_10_9_x86_64.macosx_11_0_arm64", ""},
		{"mod.so", intelMac.bytes(), "cp36-cp36m-macosx_10_6_intel.macosx_10_9_x86_64", "macos true"},
		{"mod.so", intelMac.bytes(), "cp36-cp36m-macosx_10_9_intel", ""},
		{"tool.exe", windows("KERNEL32.dll").bytes(), "py3-none-any", ""},
		{library, glibcModule.bytes(), "py3-none-any", ""},
		{"mod.so", phone.bytes(), "cp313-cp313-ios_13_0_arm64_iphoneos", ""},

		// Other systems and processors.
		{gnu311, glibcModule.bytes(), "cp311-cp311-win_amd64", "format true"},
		{library, glibcModule.bytes(), "cp311-cp311-win_amd64", "format false"},
		{"mod.cp311-win_amd64.pyd", windows("python311.dll").bytes(), "cp311-cp311-manylinux2014_x86_64.macosx_10_9_universal2", "format true"},
		{"mod.so", armMac.bytes(), "cp311-cp311-manylinux2014_aarch64", "format false"},
		{"mod.so", phone.bytes(), "cp313-cp313-macosx_11_0_arm64", "format false"},
		{"mod.so", android.bytes(), "cp313-cp313-manylinux_2_17_aarch64", "format false"},
		{"mod.so", freebsd.bytes(), "cp313-cp313-manylinux_2_17_x86_64", "format false"},
		{gnu311, glibcModule.bytes(), "cp311-cp311-manylinux2014_aarch64", "machine true"},
		{gnu311, glibcModule.bytes(), "cp311-cp311-manylinux2014_i686", "machine true"},
		{"helper.dll", windows().bytes(), "cp311-cp311-win32", "machine false"},
		{"mod.so", armMac.bytes(), "cp311-cp311-macosx_11_0_x86_64", "machine false"},
		{"mod.cpython-311-darwin.so", armMac.bytes(), "cp311-cp311-macosx_10_9_universal2", "machine true"},
		{"mod.so", armMac.bytes(), "cp311-cp311-macosx_10_9_intel", "machine false"},
		{"mod.cpython-311-darwin.so", intelMac.bytes(), "cp311-cp311-macosx_10_9_x86_64.macosx_11_0_arm64.macosx_12_0_arm64", "machine true"},

		// Floors.
		{gnu311, glibcModule.bytes(), "cp311-cp311-manylinux2010_x86_64", "glibc true"},
		{library, glibcModule.bytes(), "py3-none-manylinux_2_5_x86_64.manylinux_2_28_x86_64", "glibc true"},
		{library, glibcModule.bytes(), "py3-none-musllinux_1_2_x86_64", "libc true"},
		{library, muslModule.bytes(), "py3-none-manylinux_2_28_x86_64", "libc true"},
		{library, glibcModule.bytes(), "py3-none-manylinux_2_28_x86_64.musllinux_1_2_x86_64", "libc true"},
		{"mod.so", craftFat(old, armMac), "cp311-abi3-macosx_10_9_universal2", "macos true"},
		{"mod.so", newArm.bytes(), "cp311-abi3-macosx_11_0_arm64", "macos true"},
		{"mod.so", craftFat(intelMac, newArm), "cp311-abi3-macosx_10_9_universal2", "macos true"},

		// Pythons.
		{gnu311, glibcModule.bytes(), "cp311-abi3-manylinux2014_x86_64", "abi true"},
		{gnu311, glibcModule.bytes(), "cp311-cp311.abi3-manylinux2014_x86_64", "abi true"},
		{gnu311, glibcModule.bytes(), "cp310-cp310-manylinux2014_x86_64", "abi true"},
		{gnu311, glibcModule.bytes(), "cp311-cp311t-manylinux2014_x86_64", "abi true"},
		{gnu311, glibcModule.bytes(), "py3-none-manylinux2014_x86_64", "abi false"},
		{gnu311, glibcModule.bytes(), "py311-none-manylinux2014_x86_64", "abi false"},
		{gnu311, glibcModule.bytes(), "pp311-pypy311_pp73-manylinux2014_x86_64", "abi true"},
		{"mod.cpython-313t-x86_64-linux-gnu.so", glibcModule.bytes(), "cp313-cp313-manylinux2014_x86_64", "abi true"},
		{"mod.cpython-313t-x86_64-linux-gnu.so", glibcModule.bytes(), "cp313-none-manylinux2014_x86_64", "abi false"},
		{"mod.cpython-311d-x86_64-linux-gnu.so", glibcModule.bytes(), "cp311-cp311-manylinux2014_x86_64", "abi true"},
		{"mod.abi3.so", glibcModule.bytes(), "cp314-cp314t-manylinux2014_x86_64", "abi true"},
		{"mod.abi3.so", glibcModule.bytes(), "cp315-abi3.abi3t-manylinux2014_x86_64", "abi true"},
		{"mod.abi3.so", glibcModule.bytes(), "cp27-cp27mu-manylinux2014_x86_64", "abi true"},
		{"mod.abi3.so", glibcModule.bytes(), "py2.py3-none-manylinux2014_x86_64", "abi false"},
		{"mod.abi3.so", glibcModule.bytes(), "pp310-pypy310_pp73-manylinux2014_x86_64", "abi true"},
		{"mod.abi3t.so", glibcModule.bytes(), "cp314-cp314t-manylinux2014_x86_64", "abi true"},
		{"mod.pypy39-pp73-x86_64-linux-gnu.so", glibcModule.bytes(), "pp310-pypy310_pp73-manylinux2014_x86_64", "abi true"},
		{module, windows("python311.dll").bytes(), "cp39-abi3-win_amd64", "abi true"},
		{module, windows("python3.dll", "python311.dll").bytes(), "cp39-abi3-win_amd64", "abi true"},
		{module, windows("python310.dll").bytes(), "cp311-cp311-win_amd64", "abi true"},
		{module, windows("python3.dll").bytes(), "cp314-cp314t-win_amd64", "abi true"},
		{module, windows("libpypy3.9-c.dll").bytes(), "pp310-pypy310_pp73-win_amd64", "abi true"},
		{"libfoo.dll", windows("python310.dll").bytes(), "cp311-cp311-win_amd64", "abi false"},
		{"mod.cp311-win_amd64.pyd", windows("python310.dll").bytes(), "cp311-cp311-win_amd64", "abi true"},

		// Several at once, and wheels for any platform.
		{gnu311, glibcModule.bytes(), "cp38-abi3-win_amd64", "format true, abi true"},
		{gnu311, glibcModule.bytes(), "py3-none-any", "pure false"},
		{module, windows("python311.dll").bytes(), "py2.py3-none-any", "pure false"},
		{gnu311, glibcModule.bytes(), "cp311-cp311-any", "pure false"},
	} {
		facts := inspect(t, c.name, c.data)
		var got []string
		for _, finding := range native.Check(facts, mustSet(c.tags)) {
			got = append(got, fmt.Sprintf("%s %v", finding.Code, finding.Certain))
			if finding.File != c.name || finding.Text == "" {
				t.Errorf("finding %+v", finding)
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s of %v for %v in %s: %v, want %q", c.name, facts.Format, facts.Archs(), c.tags, native.Check(facts, mustSet(c.tags)), c.want)
		}
	}
}

func TestFindingsAreReadable(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		tags string
		want string
	}{
		{
			"mod.cpython-311-x86_64-linux-gnu.so", glibcModule.bytes(), "cp311-abi3-manylinux1_x86_64",
			"mod.cpython-311-x86_64-linux-gnu.so: needs glibc 2.17, the wheel is for manylinux1_x86_64\n" +
				"mod.cpython-311-x86_64-linux-gnu.so: is for cp311 by its name, the wheel is for cp311-abi3",
		},
		{"libfoo.so", glibcModule.bytes(), "cp311-cp311-win_amd64", "libfoo.so: is an ELF file for x86_64, the wheel is for win_amd64"},
		{"mod.so", android.bytes(), "cp313-cp313-linux_aarch64", "mod.so: is an ELF file for aarch64 Android, the wheel is for linux_aarch64"},
		{"mod.so", freebsd.bytes(), "cp313-cp313-linux_x86_64", "mod.so: is an ELF file for x86_64 freebsd, the wheel is for linux_x86_64"},
		{"mod.pyd", windows("python310.dll").bytes(), "cp39-abi3-win_amd64", "mod.pyd: is linked to the library of cp310, the wheel is for cp39-abi3"},
		{"mod.so", intelMac.bytes(), "cp311-cp311-macosx_10_4_universal2", "mod.so: needs macOS 10.9 on x86_64, the wheel is for macosx_10_4_universal2\nmod.so: has no code for arm64, the wheel is for macosx_10_4_universal2"},
		{"libfoo.so", muslModule.bytes(), "py3-none-manylinux_2_17_x86_64", "libfoo.so: is linked to musl, the wheel is for manylinux_2_17_x86_64"},
	} {
		var got []string
		for _, finding := range native.Check(inspect(t, c.name, c.data), mustSet(c.tags)) {
			got = append(got, finding.String())
		}
		if text := strings.Join(got, "\n"); text != c.want {
			t.Errorf("got  %s\nwant %s", text, c.want)
		}
	}
}

// TestRenamedWheel: a wheel that was renamed to another platform is found out
// even when its files have names that say nothing.
func TestRenamedWheel(t *testing.T) {
	plain := []native.Facts{inspect(t, "a.so", glibcModule.bytes()), inspect(t, "b.so", glibcModule.bytes())}
	for _, finding := range native.CheckAll(plain, mustSet("cp311-cp311-win_amd64")) {
		if !finding.Certain || finding.Code != native.WrongFormat {
			t.Errorf("%+v", finding)
		}
	}
	mixed := append(plain, inspect(t, "c.dll", windows().bytes()))
	found := native.CheckAll(mixed, mustSet("cp311-cp311-win_amd64"))
	if len(found) != 2 || found[0].Certain || found[1].Certain {
		t.Errorf("helpers for another system: %+v", found)
	}
	if found := native.CheckAll(mixed[2:], mustSet("cp311-cp311-win_amd64")); len(found) != 0 {
		t.Errorf("%+v", found)
	}
}

func TestBrokenFilesAreNotJudgedByPlatform(t *testing.T) {
	facts := native.Facts{Name: "mod.cpython-311-x86_64-linux-gnu.so", Format: native.MachO, ABI: "cp311", Module: true}
	found := native.Check(facts, mustSet("cp311-abi3-win_amd64"))
	if len(found) != 1 || found[0].Code != native.WrongABI {
		t.Errorf("%+v", found)
	}
}

func TestDemand(t *testing.T) {
	old, halfway := intelMac, armMac
	old.floor, halfway.floor = [2]int{10, 13}, [2]int{12, 3}
	for _, c := range []struct {
		data           []byte
		platform, want string
	}{
		{glibcModule.bytes(), "linux/amd64", "manylinux_2_17_x86_64"},
		{glibcModule.bytes(), "manylinux1_x86_64", "manylinux_2_17_x86_64"},
		{staticELF.bytes(), "linux/amd64", "manylinux_2_5_x86_64"},
		{staticELF.bytes(), "alpine/amd64", "musllinux_1_0_x86_64"},
		{glibcModule.bytes(), "alpine/amd64", ""},
		{glibcModule.bytes(), "linux/arm64", ""},
		{glibcModule.bytes(), "windows/amd64", ""},
		{muslModule.bytes(), "alpine/amd64", "musllinux_1_0_x86_64"},
		{muslModule.bytes(), "linux/amd64", ""},
		{arm32.bytes(), "linux/armv7l", "manylinux_2_17_armv7l"},
		{windows().bytes(), "windows/amd64", "win_amd64"},
		{windows().bytes(), "windows/386", ""},
		{craftFat(old, halfway), "macos/amd64", "macosx_10_13_x86_64"},
		{craftFat(old, halfway), "macos/arm64", "macosx_13_0_arm64"},
		{craftFat(old, armMac), "macos/arm64", "macosx_11_0_arm64"},
		{old.bytes(), "macos/arm64", ""},
		{phone.bytes(), "macos/arm64", ""},
	} {
		p, err := target.ParsePlatform(c.platform)
		if err != nil {
			t.Fatal(err)
		}
		facts := inspect(t, "mod.so", c.data)
		got, ok := facts.Demand(p)
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("%v on %s needs %s, %v; want %q", facts.Images, p, got, ok, c.want)
		}
	}
}
