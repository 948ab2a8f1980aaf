package native

import (
	"debug/elf"
	"fmt"
	"strconv"
	"strings"

	"github.com/axlepack/axle/internal/lazyregexp"
)

// dynamic is what matters of an ELF file's dynamic section.
type dynamic struct {
	needed      []uint64 // offsets in the table of names
	names       uint64   // address of that table
	versions    uint64   // address of the versions needed
	hasNames    bool
	hasVersions bool
	interpreter string // the program that loads an executable
}

// readDynamic fills in what the dynamic section says: the libraries, which of
// them is the C library, and the newest glibc symbol.
func (f *elfFile) readDynamic(image *Image) error {
	dyn, err := f.findDynamic()
	if err != nil {
		return err
	}
	if dyn.hasNames {
		names, err := f.offset(dyn.names)
		if err != nil {
			return fmt.Errorf("names: %w", err)
		}
		for _, at := range dyn.needed {
			name, err := f.name(names + int64(at))
			if err != nil {
				return fmt.Errorf("needed library: %w", err)
			}
			image.Needed = append(image.Needed, name)
		}
		if dyn.hasVersions {
			if err := f.readVersions(dyn.versions, names, image); err != nil {
				return fmt.Errorf("versions: %w", err)
			}
		}
	}
	image.Libc = libcOf(image, dyn.interpreter)
	image.Pythons = pythonsAmong(image.Needed)
	return nil
}

func (f *elfFile) findDynamic() (dyn dynamic, err error) {
	for _, s := range f.segments {
		switch {
		case s.bytes == 0: // a file of debug information alone
		case s.kind == elf.PT_INTERP:
			if dyn.interpreter, err = f.name(int64(s.offset)); err != nil {
				return dyn, fmt.Errorf("interpreter: %w", err)
			}
		case s.kind == elf.PT_DYNAMIC:
			table, err := f.bytes(int64(s.offset), int64(s.bytes))
			if err != nil {
				return dyn, fmt.Errorf("dynamic section: %w", err)
			}
			f.entries(table, &dyn)
		}
	}
	return dyn, nil
}

// entries reads pairs of a tag and a value up to the null tag.
func (f *elfFile) entries(table []byte, dyn *dynamic) {
	size := map[bool]int{false: 8, true: 16}[f.wide]
	for ; len(table) >= size; table = table[size:] {
		tag, value := uint64(f.order.Uint32(table)), uint64(f.order.Uint32(table[4:]))
		if f.wide {
			tag, value = f.order.Uint64(table), f.order.Uint64(table[8:])
		}
		switch elf.DynTag(tag) {
		case elf.DT_NULL:
			return
		case elf.DT_NEEDED:
			if len(dyn.needed) < maxEntries {
				dyn.needed = append(dyn.needed, value)
			}
		case elf.DT_STRTAB:
			dyn.names, dyn.hasNames = value, true
		case elf.DT_VERNEED:
			dyn.versions, dyn.hasVersions = value, true
		}
	}
}

// readVersions walks the versions needed: for each library (16 bytes) a list
// of versions (16 bytes each), linked by distances in the file.
func (f *elfFile) readVersions(vaddr uint64, names int64, image *Image) error {
	library, err := f.offset(vaddr)
	if err != nil {
		return err
	}
	for left := maxEntries; left > 0; left-- {
		need, err := f.bytes(library, 16)
		if err != nil {
			return err
		}
		from, err := f.name(names + int64(f.order.Uint32(need[4:])))
		if err != nil {
			return err
		}
		aux := library + int64(f.order.Uint32(need[8:]))
		for count := f.order.Uint16(need[2:]); count > 0 && left > 0; count, left = count-1, left-1 {
			version, err := f.bytes(aux, 16)
			if err != nil {
				return err
			}
			if err := f.version(version, names, from, image); err != nil {
				return err
			}
			next := f.order.Uint32(version[12:])
			if next == 0 {
				break
			}
			aux += int64(next)
		}
		next := f.order.Uint32(need[12:])
		if next == 0 {
			return nil
		}
		library += int64(next)
	}
	return fmt.Errorf("more than %d of them", maxEntries)
}

// version notes one version needed of a library. The loader does without one
// that is weak.
func (f *elfFile) version(entry []byte, names int64, library string, image *Image) error {
	const weak = 2
	if f.order.Uint16(entry[4:])&weak != 0 {
		return nil
	}
	name, err := f.name(names + int64(f.order.Uint32(entry[8:])))
	if err != nil {
		return err
	}
	switch version, ok := glibcVersion(name); {
	case ok && ofGlibc.MatchString(library):
		image.Glibc = later(image.Glibc, version)
	case name == "LIBC":
		image.Libc = Bionic
	}
	return nil
}

// ofGlibc matches the libraries of glibc. Others have versions of that name
// too: libgcc_s has a GLIBC_2.0 even on musl, and so has libcrypt where a wheel
// brings its own, under a name with a digest.
var ofGlibc = lazyregexp.New(`^(?:ld-linux.*|ld64|ld|lib(?:c|m|mvec|pthread|dl|rt|util|resolv|anl|nsl|crypt|thread_db|BrokenLocale|nss_\w+))\.so`)

// glibcVersion reads "GLIBC_2.17" and "GLIBC_2.2.5", and knows the features
// that have a version of their own.
func glibcVersion(name string) (version [2]int, ok bool) {
	rest, ok := strings.CutPrefix(name, "GLIBC_")
	if !ok {
		return version, false
	}
	if rest == "ABI_DT_RELR" {
		return [2]int{2, 36}, true
	}
	parts := strings.Split(rest, ".")
	if len(parts) < 2 {
		return version, false
	}
	major, err1 := strconv.ParseUint(parts[0], 10, 16)
	minor, err2 := strconv.ParseUint(parts[1], 10, 16)
	return [2]int{int(major), int(minor)}, err1 == nil && err2 == nil
}

// libcOf tells the C library by the names of libraries and of the loader.
// "libc.so" without a number is musl's, unless versions of bionic were asked for.
func libcOf(image *Image, interpreter string) Libc {
	if image.Libc == Bionic {
		return Bionic
	}
	for _, name := range append([]string{baseName(interpreter)}, image.Needed...) {
		switch {
		case strings.HasPrefix(name, "libc.musl-"), strings.HasPrefix(name, "ld-musl-"), name == "libc.so":
			return Musl
		case name == "libc.so.6", strings.HasPrefix(name, "ld-linux"), strings.HasPrefix(name, "ld64.so."):
			return Glibc
		case name == "linker64", name == "linker":
			return Bionic
		}
	}
	if image.Glibc != [2]int{} {
		return Glibc
	}
	return ""
}

func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
