package native_test

import (
	"bytes"
	"debug/elf"
	"debug/macho"
	"encoding/binary"
	"slices"
)

// The smallest files that say what a test wants to be said. They have neither
// code nor sections that the loader would not look at.

// craftELF describes an ELF file.
type craftELF struct {
	machine     elf.Machine
	class       elf.Class // 64 bit unless set
	big         bool
	abi         elf.OSABI
	flags       uint32
	interpreter string
	needed      []string
	versions    map[string][]string // by library
	weak        []string            // versions among them that are weak
}

const loadAt = 0x10000 // where the file lies in memory

func (c craftELF) order() binary.ByteOrder {
	if c.big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// word is the size of an address.
func (c craftELF) word() int {
	if c.class == elf.ELFCLASS32 {
		return 4
	}
	return 8
}

func (c craftELF) put(out []byte, value int) []byte {
	if c.word() == 4 {
		return append32(out, c.order(), value)
	}
	return append32x2(out, c.order(), value)
}

func append32(out []byte, order binary.ByteOrder, value int) []byte {
	return append(out, bytesOf(order, 4, uint64(value))...)
}

func append32x2(out []byte, order binary.ByteOrder, value int) []byte {
	return append(out, bytesOf(order, 8, uint64(value))...)
}

func bytesOf(order binary.ByteOrder, size int, value uint64) []byte {
	buf := make([]byte, 8)
	switch size {
	case 2:
		order.PutUint16(buf, uint16(value))
	case 4:
		order.PutUint32(buf, uint32(value))
	case 8:
		order.PutUint64(buf, value)
	}
	return buf[:size]
}

// bytes lays the file out: header, three program headers, names, versions,
// dynamic section, interpreter.
func (c craftELF) bytes() []byte {
	header, entry := 64, 56
	if c.word() == 4 {
		header, entry = 52, 32
	}
	names, at := c.names()
	body := header + 3*entry
	versions := c.verneed(at)
	dynamic := c.dynamic(at, loadAt+body, loadAt+body+len(names))
	interpreter := append([]byte(c.interpreter), 0)
	dynamicAt := body + len(names) + len(versions)
	total := dynamicAt + len(dynamic) + len(interpreter)

	out := c.header(header, entry)
	out = c.program(out, elf.PT_LOAD, 0, total)
	out = c.program(out, elf.PT_DYNAMIC, dynamicAt, len(dynamic))
	if c.interpreter == "" {
		out = c.program(out, elf.PT_NULL, 0, 0)
	} else {
		out = c.program(out, elf.PT_INTERP, dynamicAt+len(dynamic), len(interpreter))
	}
	return slices.Concat(out, names, versions, dynamic, interpreter)
}

func (c craftELF) header(size, entry int) []byte {
	class, data := elf.ELFCLASS64, elf.ELFDATA2LSB
	if c.class != 0 {
		class = c.class
	}
	if c.big {
		data = elf.ELFDATA2MSB
	}
	out := append([]byte(elf.ELFMAG), byte(class), byte(data), 1, byte(c.abi))
	out = append(out, make([]byte, 8)...)
	o := c.order()
	out = append(out, bytesOf(o, 2, uint64(elf.ET_DYN))...)
	out = append(out, bytesOf(o, 2, uint64(c.machine))...)
	out = append32(out, o, 1)
	out = c.put(out, 0)    // entry point
	out = c.put(out, size) // program headers
	out = c.put(out, 0)    // no section headers
	out = append32(out, o, int(c.flags))
	for _, half := range []int{size, entry, 3, 0, 0, 0} {
		out = append(out, bytesOf(o, 2, uint64(half))...)
	}
	return out
}

func (c craftELF) program(out []byte, kind elf.ProgType, offset, size int) []byte {
	out = append32(out, c.order(), int(kind))
	if c.word() == 8 {
		out = append32(out, c.order(), 4) // flags come first
	}
	for _, value := range []int{offset, loadAt + offset, loadAt + offset, size, size} {
		out = c.put(out, value)
	}
	if c.word() == 4 {
		out = append32(out, c.order(), 4)
	}
	return c.put(out, 1)
}

// names makes the table of names and says where each is.
func (c craftELF) names() ([]byte, map[string]int) {
	table, at := []byte{0}, map[string]int{}
	add := func(name string) {
		if _, ok := at[name]; !ok {
			at[name] = len(table)
			table = append(append(table, name...), 0)
		}
	}
	for _, name := range c.needed {
		add(name)
	}
	for _, library := range sorted(c.versions) {
		add(library)
		for _, version := range c.versions[library] {
			add(version)
		}
	}
	return append(table, make([]byte, -len(table)&7)...), at
}

func sorted(m map[string][]string) []string {
	var out []string
	for key := range m {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

func (c craftELF) verneed(at map[string]int) []byte {
	var out []byte
	o := c.order()
	libraries := sorted(c.versions)
	for i, library := range libraries {
		versions := c.versions[library]
		next := 16 + 16*len(versions)
		if i == len(libraries)-1 {
			next = 0
		}
		out = append(out, bytesOf(o, 2, 1)...)
		out = append(out, bytesOf(o, 2, uint64(len(versions)))...)
		out = append32(append32(append32(out, o, at[library]), o, 16), o, next)
		for j, version := range versions {
			flags, next := 0, 16
			if slices.Contains(c.weak, version) {
				flags = 2
			}
			if j == len(versions)-1 {
				next = 0
			}
			out = append32(out, o, 0)
			out = append(out, bytesOf(o, 2, uint64(flags))...)
			out = append(out, bytesOf(o, 2, 2)...)
			out = append32(append32(out, o, at[version]), o, next)
		}
	}
	return out
}

func (c craftELF) dynamic(at map[string]int, names, versions int) []byte {
	var out []byte
	pair := func(tag elf.DynTag, value int) { out = c.put(c.put(out, int(tag)), value) }
	for _, library := range c.needed {
		pair(elf.DT_NEEDED, at[library])
	}
	pair(elf.DT_STRTAB, names)
	if len(c.versions) > 0 {
		pair(elf.DT_VERNEED, versions)
	}
	pair(elf.DT_NULL, 0)
	return out
}

// craftMach describes a thin Mach-O file of 64 bits.
type craftMach struct {
	cpu      macho.Cpu
	subtype  uint32
	platform uint32 // LC_BUILD_VERSION of this platform; 0 is LC_VERSION_MIN_MACOSX
	floor    [2]int // zero for no such command
	needed   []string
	big      bool
}

func (c craftMach) bytes() []byte {
	var order binary.ByteOrder = binary.LittleEndian
	if c.big {
		order = binary.BigEndian
	}
	words := func(out []byte, values ...uint32) []byte {
		for _, value := range values {
			out = append32(out, order, int(value))
		}
		return out
	}
	var commands []byte
	count := uint32(len(c.needed))
	if c.floor != [2]int{} {
		count++
		packed := uint32(c.floor[0])<<16 | uint32(c.floor[1])<<8
		if c.platform == 0 {
			commands = words(commands, 0x24, 16, packed, packed)
		} else {
			commands = words(commands, 0x32, 24, c.platform, packed, packed, 0)
		}
	}
	for _, library := range c.needed {
		name := append([]byte(library), make([]byte, 8-len(library)%8)...)
		commands = words(commands, 0xc, uint32(24+len(name)), 24, 0, 0, 0)
		commands = append(commands, name...)
	}
	head := words(nil, macho.Magic64, uint32(c.cpu), c.subtype, 6, count, uint32(len(commands)), 0, 0)
	return append(head, commands...)
}

// craftFat puts thin files into a fat one.
func craftFat(thin ...craftMach) []byte {
	out := append32(bytesOf(binary.BigEndian, 4, uint64(macho.MagicFat)), binary.BigEndian, len(thin))
	var body []byte
	start := 8 + 20*len(thin)
	for _, t := range thin {
		data := t.bytes()
		for _, value := range []int{int(t.cpu), 0, start + len(body), len(data), 3} {
			out = append32(out, binary.BigEndian, value)
		}
		body = append(body, data...)
	}
	return append(out, body...)
}

// craftPE describes a PE file.
type craftPE struct {
	machine uint16
	narrow  bool // PE32 instead of PE32+
	needed  []string
	delayed []string
}

func (c craftPE) bytes() []byte {
	const vaddr, raw = 0x1000, 0x400
	le := binary.LittleEndian
	size, magic, directories := 240, 0x20b, 112
	if c.narrow {
		size, magic, directories = 224, 0x10b, 96
	}
	// The only section: both tables of imports, then the names.
	var tables, names []byte
	namesAt := vaddr + 20*(len(c.needed)+1) + 32*(len(c.delayed)+1)
	name := func(library string) int {
		at := namesAt + len(names)
		names = append(append(names, library...), 0)
		return at
	}
	for _, library := range c.needed {
		for _, value := range []int{0, 0, 0, name(library), 0} {
			tables = append32(tables, le, value)
		}
	}
	tables = append(tables, make([]byte, 20)...)
	delayedAt := vaddr + len(tables)
	for _, library := range c.delayed {
		for _, value := range []int{1, name(library), 0, 0, 0, 0, 0, 0} {
			tables = append32(tables, le, value)
		}
	}
	section := slices.Concat(tables, make([]byte, 32), names)

	dos := append([]byte("MZ"), make([]byte, 58)...)
	out := append32(dos, le, 64)
	out = append(out, "PE\x00\x00"...)
	for _, half := range []int{int(c.machine), 1} {
		out = append(out, bytesOf(le, 2, uint64(half))...)
	}
	out = append(out, make([]byte, 12)...)
	for _, half := range []int{size, 0x2022} {
		out = append(out, bytesOf(le, 2, uint64(half))...)
	}
	options := make([]byte, size)
	le.PutUint16(options, uint16(magic))
	le.PutUint32(options[directories-4:], 16)
	if len(c.needed) > 0 {
		le.PutUint32(options[directories+8:], vaddr)
	}
	if len(c.delayed) > 0 {
		le.PutUint32(options[directories+13*8:], uint32(delayedAt))
	}
	out = append(out, options...)
	header := append([]byte(".idata\x00\x00"), make([]byte, 32)...)
	le.PutUint32(header[8:], uint32(len(section)))
	le.PutUint32(header[12:], vaddr)
	le.PutUint32(header[16:], uint32(len(section)))
	le.PutUint32(header[20:], raw)
	out = append(out, header...)
	out = append(out, bytes.Repeat([]byte{0}, raw-len(out))...)
	return append(out, section...)
}
