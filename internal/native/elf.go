package native

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// elfFile is an ELF image as the loader sees it: by its program headers.
// debug/elf wants section headers for the dynamic section, which the loader
// never looks at and which stripped files may lack.
type elfFile struct {
	source
	order    binary.ByteOrder
	wide     bool // 64 bit
	segments []segment
}

type segment struct {
	kind                 elf.ProgType
	offset, vaddr, bytes uint64
}

func readELF(src source) ([]Image, error) {
	head, err := src.upTo(0, 64)
	if err != nil {
		return nil, err
	}
	f, err := newELF(src, head)
	if err != nil {
		return nil, err
	}
	machine := elf.Machine(f.order.Uint16(head[18:]))
	image := Image{Arch: f.arch(machine, head), System: elfSystem(elf.OSABI(head[elf.EI_OSABI]))}
	if err := f.readSegments(head); err != nil {
		return []Image{image}, err
	}
	err = f.readDynamic(&image)
	return []Image{image}, err
}

func newELF(src source, head []byte) (*elfFile, error) {
	f := &elfFile{source: src}
	if len(head) < 52 {
		return nil, errors.New("header is cut off")
	}
	switch elf.Class(head[elf.EI_CLASS]) {
	case elf.ELFCLASS32:
	case elf.ELFCLASS64:
		f.wide = true
		if len(head) < 64 {
			return nil, errors.New("header is cut off")
		}
	default:
		return nil, fmt.Errorf("unknown class %d", head[elf.EI_CLASS])
	}
	switch elf.Data(head[elf.EI_DATA]) {
	case elf.ELFDATA2LSB:
		f.order = binary.LittleEndian
	case elf.ELFDATA2MSB:
		f.order = binary.BigEndian
	default:
		return nil, fmt.Errorf("unknown byte order %d", head[elf.EI_DATA])
	}
	return f, nil
}

// arch names the processor as tags of Linux do.
func (f *elfFile) arch(machine elf.Machine, head []byte) string {
	little := f.order == binary.LittleEndian
	switch {
	case machine == elf.EM_X86_64 && f.wide:
		return "x86_64"
	case machine == elf.EM_386:
		return "i686"
	case machine == elf.EM_AARCH64 && f.wide && little:
		return "aarch64"
	case machine == elf.EM_ARM && little:
		return f.armArch(head)
	case machine == elf.EM_PPC64 && f.wide && little:
		return "ppc64le"
	case machine == elf.EM_PPC64 && f.wide:
		return "ppc64"
	case machine == elf.EM_S390 && f.wide:
		return "s390x"
	case machine == elf.EM_RISCV && f.wide:
		return "riscv64"
	case machine == elf.EM_LOONGARCH && f.wide:
		return "loongarch64"
	}
	word := strings.ToLower(strings.TrimPrefix(machine.String(), "EM_"))
	return fmt.Sprintf("%s (%d bit)", word, map[bool]int{false: 32, true: 64}[f.wide])
}

// armArch tells hard float, which all tags for ARM mean, from soft. Objects
// that were never linked say neither.
func (f *elfFile) armArch(head []byte) string {
	const hardFloat, softFloat = 0x400, 0x200
	if flags := f.order.Uint32(head[36:]); flags&softFloat != 0 && flags&hardFloat == 0 {
		return "arm (soft float)"
	}
	return "armv7l"
}

func elfSystem(abi elf.OSABI) string {
	switch abi {
	case elf.ELFOSABI_NONE, elf.ELFOSABI_LINUX:
		return "linux"
	case elf.ELFOSABI_FREEBSD:
		return "freebsd"
	}
	return ""
}

// readSegments reads the program headers, of which an object file has none.
func (f *elfFile) readSegments(head []byte) error {
	var at uint64
	var size, count uint16
	if f.wide {
		at, size, count = f.order.Uint64(head[32:]), f.order.Uint16(head[54:]), f.order.Uint16(head[56:])
	} else {
		at, size, count = uint64(f.order.Uint32(head[28:])), f.order.Uint16(head[42:]), f.order.Uint16(head[44:])
	}
	if count == 0 {
		return nil
	}
	least := map[bool]uint16{false: 32, true: 56}[f.wide]
	if size < least {
		return fmt.Errorf("program headers of %d bytes", size)
	}
	table, err := f.bytes(int64(at), int64(size)*int64(count))
	if err != nil {
		return fmt.Errorf("program headers: %w", err)
	}
	for ; len(table) > 0; table = table[size:] {
		f.segments = append(f.segments, f.segment(table))
	}
	return nil
}

func (f *elfFile) segment(header []byte) segment {
	kind := elf.ProgType(f.order.Uint32(header))
	if f.wide {
		return segment{kind, f.order.Uint64(header[8:]), f.order.Uint64(header[16:]), f.order.Uint64(header[32:])}
	}
	short := func(at int) uint64 { return uint64(f.order.Uint32(header[at:])) }
	return segment{kind, short(4), short(8), short(16)}
}

// offset finds where in the file an address lies.
func (f *elfFile) offset(vaddr uint64) (int64, error) {
	for _, s := range f.segments {
		if s.kind == elf.PT_LOAD && vaddr >= s.vaddr && vaddr-s.vaddr < s.bytes {
			return int64(s.offset + (vaddr - s.vaddr)), nil
		}
	}
	return 0, fmt.Errorf("address %#x: not in the file", vaddr)
}
