// Package native reads what a native file says of itself: for which system
// and processor it is, which C library or macOS it needs at least, which
// libraries it wants, and for which Pythons it is an extension module. It
// reads ELF, Mach-O (thin and fat) and PE images through an io.ReaderAt, and
// compares what they say with the tags of the wheel that they came in.
//
// It reads what the loader of each system reads: program headers and the
// dynamic section of ELF, load commands of Mach-O, import tables of PE; files
// without section headers or symbols are no exception. Files are not trusted:
// no input makes it panic, and however large the file, it reads and keeps a
// few megabytes at most.
//
// A PEP 425 tag says less than a binary does: what is checked is that the
// binary does not contradict its tags, not that the code is right. Whether an abi3
// module keeps to the limited API, and C libraries other than the libc, are not looked at.
package native

import (
	"fmt"
	"io"
	"slices"
)

// Format is a format of native files.
type Format string

// The formats.
const (
	ELF   Format = "ELF"
	MachO Format = "Mach-O"
	PE    Format = "PE"
)

// Libc is a C library.
type Libc string

// The C libraries that can be told apart.
const (
	Glibc  Libc = "glibc"
	Musl   Libc = "musl"
	Bionic Libc = "bionic" // Android
)

// Facts are what a native file says of itself.
type Facts struct {
	Name   string // as it was given
	Format Format
	// Images has one member, or one for each architecture of a fat file.
	Images []Image
	// ABI is the ABI that the file's name claims for an extension module:
	// "cp311", "cp37m", "cp313t", "abi3", "abi3t", "pypy310_pp73". It is "" where
	// the name says nothing, as mod.so and mod.pyd do.
	ABI string
	// Module says that the name is one that only an extension module has.
	Module bool
}

// Image is the code for one architecture.
type Image struct {
	// Arch is the processor as tags of that system spell it ("x86_64",
	// "aarch64", "i686"; "arm64" on macOS; "amd64", "x86" on Windows), or another
	// word that no tag has.
	Arch string
	// System is "linux", "macos", "windows", or another system that the image
	// says it is for; "" where it does not say.
	System string
	// Libc is the C library that it is linked to; "" for none.
	Libc Libc
	// Glibc is the least version of glibc that has every symbol it needs, zero
	// if it needs none.
	Glibc [2]int
	// MacOS is the least version of macOS it was built for, zero if not noted.
	MacOS [2]int
	// Needed names the libraries it is linked to, in its order.
	Needed []string
	// Pythons are ABIs of the Python libraries among them: "cp311", "cp313t",
	// "abi3" (python3.dll), "pypy310". An m in cp37m is not known here.
	Pythons []string
}

// Archs gives the architectures, each once.
func (f Facts) Archs() []string {
	var out []string
	for _, image := range f.Images {
		if !slices.Contains(out, image.Arch) {
			out = append(out, image.Arch)
		}
	}
	return out
}

// GlibcFloor gives the least glibc that the file needs, zero if none.
func (f Facts) GlibcFloor() [2]int {
	var floor [2]int
	for _, image := range f.Images {
		floor = later(floor, image.Glibc)
	}
	return floor
}

// MacOSFloor gives the least macOS that the file's code for an architecture
// needs, zero if it does not say or has no such code.
func (f Facts) MacOSFloor(arch string) [2]int {
	var floor [2]int
	for _, image := range f.Images {
		if image.Arch == arch {
			floor = later(floor, image.MacOS)
		}
	}
	return floor
}

// MuslLinked says whether the file is linked to musl.
func (f Facts) MuslLinked() bool {
	return slices.ContainsFunc(f.Images, func(i Image) bool { return i.Libc == Musl })
}

// Needed names the libraries that the file is linked to, each once.
func (f Facts) Needed() []string {
	var out []string
	for _, image := range f.Images {
		for _, name := range image.Needed {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

func later(a, b [2]int) [2]int {
	if slices.Compare(a[:], b[:]) < 0 {
		return b
	}
	return a
}

// MagicSize is how many bytes of a file [Magic] wants to see.
const MagicSize = 4

// Magic says whether a file with these first bytes may be a native one.
func Magic(head []byte) bool { return sniff(head) != "" }

func sniff(head []byte) Format {
	if len(head) >= 2 && head[0] == 'M' && head[1] == 'Z' {
		return PE
	}
	if len(head) < MagicSize {
		return ""
	}
	switch [4]byte(head) {
	case [4]byte{0x7f, 'E', 'L', 'F'}:
		return ELF
	case [4]byte{0xcf, 0xfa, 0xed, 0xfe}, [4]byte{0xce, 0xfa, 0xed, 0xfe},
		[4]byte{0xfe, 0xed, 0xfa, 0xcf}, [4]byte{0xfe, 0xed, 0xfa, 0xce},
		[4]byte{0xca, 0xfe, 0xba, 0xbe}, [4]byte{0xca, 0xfe, 0xba, 0xbf}:
		return MachO
	}
	return ""
}

// Inspect reads a file of this name and size. It is false for a file that is
// not native: of another format, or one that only begins like one (a Java
// class begins like a fat Mach-O, a DOS program like a PE). An error, with true, says that
// the file is native but broken or cut off: the system's loader would refuse it.
func Inspect(name string, r io.ReaderAt, size int64) (Facts, bool, error) {
	src := source{r, 0, size}
	head, err := src.upTo(0, MagicSize)
	if err != nil {
		return Facts{}, false, fmt.Errorf("%s: %w", name, err)
	}
	facts := Facts{Name: name, Format: sniff(head)}
	ok := true
	switch facts.Format {
	case ELF:
		facts.Images, err = readELF(src)
	case MachO:
		facts.Images, ok, err = readMachO(src)
	case PE:
		facts.Images, ok, err = readPE(src)
	default:
		ok = false
	}
	if !ok {
		return Facts{}, false, nil
	}
	facts.ABI, facts.Module = moduleABI(name)
	if err != nil {
		return facts, true, fmt.Errorf("%s: broken %s file: %w", name, facts.Format, err)
	}
	return facts, true, nil
}
