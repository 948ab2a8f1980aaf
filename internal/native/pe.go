package native

import (
	"debug/pe"
	"encoding/binary"
	"fmt"
)

// delayedSize is that of a descriptor of a library loaded when first called.
const delayedSize = 32

// peFile is a PE image: where its sections lie in memory and in the file.
type peFile struct {
	source
	sections []peSection
}

type peSection struct{ vaddr, bytes, offset uint32 }

// readPE reads the headers and import tables. It is false for a DOS program,
// which begins like one.
func readPE(src source) ([]Image, bool, error) {
	dos, err := src.upTo(0, 64)
	if err != nil {
		return nil, true, err
	}
	if len(dos) < 64 {
		return nil, false, nil
	}
	at := int64(binary.LittleEndian.Uint32(dos[60:]))
	head, err := src.bytes(at, 24)
	if err != nil || string(head[:4]) != "PE\x00\x00" {
		return nil, false, nil
	}
	image := Image{Arch: peArch(binary.LittleEndian.Uint16(head[4:])), System: "windows"}
	optional := int64(binary.LittleEndian.Uint16(head[20:]))
	f := &peFile{source: src}
	if err := f.readSections(at+24+optional, binary.LittleEndian.Uint16(head[6:])); err != nil {
		return []Image{image}, true, fmt.Errorf("sections: %w", err)
	}
	options, err := src.bytes(at+24, optional)
	if err != nil {
		return []Image{image}, true, fmt.Errorf("header: %w", err)
	}
	err = f.readImports(options, &image)
	image.Pythons = pythonsAmong(image.Needed)
	return []Image{image}, true, err
}

func peArch(machine uint16) string {
	const arm64ec, arm64x = 0xa641, 0xa64e
	switch machine {
	case pe.IMAGE_FILE_MACHINE_AMD64:
		return "amd64"
	case pe.IMAGE_FILE_MACHINE_ARM64, arm64x:
		return "arm64"
	case arm64ec: // arm64 code for processes of amd64
		return "amd64"
	case pe.IMAGE_FILE_MACHINE_I386:
		return "x86"
	case pe.IMAGE_FILE_MACHINE_ARMNT:
		return "arm32"
	case pe.IMAGE_FILE_MACHINE_IA64:
		return "ia64"
	}
	return fmt.Sprintf("machine %#x", machine)
}

func (f *peFile) readSections(at int64, count uint16) error {
	const size = 40
	table, err := f.bytes(at, size*int64(min(count, maxEntries)))
	if err != nil {
		return err
	}
	for ; len(table) > 0; table = table[size:] {
		word := func(at int) uint32 { return binary.LittleEndian.Uint32(table[at:]) }
		f.sections = append(f.sections, peSection{vaddr: word(12), bytes: word(16), offset: word(20)})
	}
	return nil
}

// offset finds where in the file an address lies. The headers lie where they
// are in memory.
func (f *peFile) offset(vaddr uint32) (int64, error) {
	for _, s := range f.sections {
		if vaddr >= s.vaddr && vaddr-s.vaddr < s.bytes {
			return int64(s.offset) + int64(vaddr-s.vaddr), nil
		}
	}
	if len(f.sections) == 0 || vaddr < f.sections[0].vaddr {
		return int64(vaddr), nil
	}
	return 0, fmt.Errorf("address %#x: not in the file", vaddr)
}

// readImports reads the names of the libraries, also of those that are loaded
// when first called.
func (f *peFile) readImports(options []byte, image *Image) error {
	if len(options) < 2 {
		return nil // an object file
	}
	directories := 96
	if binary.LittleEndian.Uint16(options) == 0x20b { // PE32+
		directories = 112
	}
	if err := f.importTable(options, directories+8*pe.IMAGE_DIRECTORY_ENTRY_IMPORT, 20, 12, image); err != nil {
		return fmt.Errorf("imports: %w", err)
	}
	if err := f.importTable(options, directories+8*pe.IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT, delayedSize, 4, image); err != nil {
		return fmt.Errorf("delayed imports: %w", err)
	}
	return nil
}

// importTable reads a table of descriptors of size bytes, each with the
// address of a library's name at nameAt; one without a name ends it.
func (f *peFile) importTable(options []byte, directory int, size, nameAt int64, image *Image) error {
	if len(options) < directory+8 {
		return nil
	}
	table := binary.LittleEndian.Uint32(options[directory:])
	if table == 0 {
		return nil
	}
	at, err := f.offset(table)
	if err != nil {
		return err
	}
	for range maxEntries {
		entry, err := f.bytes(at, size)
		if err != nil {
			return err
		}
		vaddr := binary.LittleEndian.Uint32(entry[nameAt:])
		if vaddr == 0 || size == delayedSize && entry[0]&1 == 0 {
			return nil // the end, or addresses of a kind that only old 32-bit linkers wrote
		}
		nameOffset, err := f.offset(vaddr)
		if err != nil {
			return err
		}
		name, err := f.name(nameOffset)
		if err != nil {
			return err
		}
		image.Needed = append(image.Needed, name)
		at += size
	}
	return fmt.Errorf("more than %d libraries", maxEntries)
}
