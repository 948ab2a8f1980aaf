package native

import (
	"bytes"
	"debug/macho"
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	fatMagic64 = macho.MagicFat + 1
	// maxArchs bounds the architectures of a fat file. A Java class has its
	// version there, from 45 on.
	maxArchs = 10

	loadVersionMinMacOS = 0x24
	loadBuildVersion    = 0x32
	loadWeakDylib       = 0x80000018
	loadReexportDylib   = 0x8000001f
)

// readMachO reads a thin file or each architecture of a fat one. It is false
// for what only begins like one.
func readMachO(src source) ([]Image, bool, error) {
	head, err := src.upTo(0, 8)
	if err != nil {
		return nil, true, err
	}
	if len(head) < 8 {
		return nil, false, nil
	}
	magic, count := binary.BigEndian.Uint32(head), binary.BigEndian.Uint32(head[4:])
	if magic != macho.MagicFat && magic != fatMagic64 {
		image, err := readThin(src)
		return []Image{image}, true, err
	}
	if count == 0 || count > maxArchs {
		return nil, false, nil
	}
	images, err := readFat(src, magic == fatMagic64, int64(count))
	return images, true, err
}

func readFat(src source, wide bool, count int64) ([]Image, error) {
	size := int64(20)
	if wide {
		size = 32
	}
	table, err := src.bytes(8, count*size)
	if err != nil {
		return nil, fmt.Errorf("architectures: %w", err)
	}
	var images []Image
	for ; len(table) > 0; table = table[size:] {
		at, length := int64(binary.BigEndian.Uint32(table[8:])), int64(binary.BigEndian.Uint32(table[12:]))
		if wide {
			at, length = int64(binary.BigEndian.Uint64(table[8:])), int64(binary.BigEndian.Uint64(table[16:]))
		}
		part, err := src.part(at, length)
		if err != nil {
			return images, err
		}
		image, err := readThin(part)
		if err != nil {
			return images, err
		}
		images = append(images, image)
	}
	return images, nil
}

func readThin(src source) (Image, error) {
	head, err := src.bytes(0, 28)
	if err != nil {
		return Image{}, err
	}
	var order binary.ByteOrder = binary.LittleEndian
	size := int64(28)
	switch binary.BigEndian.Uint32(head) {
	case macho.Magic32, macho.Magic64:
		order = binary.BigEndian
	}
	switch order.Uint32(head) {
	case macho.Magic64:
		size = 32
	case macho.Magic32:
	default:
		return Image{}, errors.New("not an image")
	}
	image := Image{Arch: machArch(macho.Cpu(order.Uint32(head[4:])), order.Uint32(head[8:]))}
	commands, err := src.bytes(size, int64(order.Uint32(head[20:])))
	if err != nil {
		return image, fmt.Errorf("load commands: %w", err)
	}
	err = readCommands(commands, order, order.Uint32(head[16:]), &image)
	image.Pythons = pythonsAmong(image.Needed)
	return image, err
}

func machArch(cpu macho.Cpu, subtype uint32) string {
	const arm64e = 2
	switch {
	case cpu == macho.CpuAmd64:
		return "x86_64"
	case cpu == macho.CpuArm64 && subtype&0xffffff == arm64e:
		return "arm64e"
	case cpu == macho.CpuArm64:
		return "arm64"
	case cpu == macho.Cpu386:
		return "i386"
	case cpu == macho.CpuPpc:
		return "ppc"
	case cpu == macho.CpuPpc64:
		return "ppc64"
	}
	return cpu.String()
}

func readCommands(all []byte, order binary.ByteOrder, count uint32, image *Image) error {
	for range min(count, maxEntries) {
		if len(all) < 8 {
			return errors.New("load commands are cut off")
		}
		kind, size := order.Uint32(all), order.Uint32(all[4:])
		if size < 8 || uint64(size) > uint64(len(all)) {
			return fmt.Errorf("load command of %d bytes", size)
		}
		readCommand(kind, all[:size], order, image)
		all = all[size:]
	}
	return nil
}

// readCommand notes what one load command says. One that is too short to say
// it says nothing.
func readCommand(kind uint32, command []byte, order binary.ByteOrder, image *Image) {
	switch {
	case kind == loadVersionMinMacOS && len(command) >= 12:
		image.System, image.MacOS = "macos", machVersion(order.Uint32(command[8:]))
	case kind == loadBuildVersion && len(command) >= 16:
		image.System = machSystem(order.Uint32(command[8:]))
		if image.System == "macos" {
			image.MacOS = machVersion(order.Uint32(command[12:]))
		}
	case kind == uint32(macho.LoadCmdDylib) || kind == loadWeakDylib || kind == loadReexportDylib:
		if len(command) < 12 || len(image.Needed) >= maxEntries {
			return
		}
		if at := order.Uint32(command[8:]); uint64(at) < uint64(len(command)) {
			name, _, _ := bytes.Cut(command[at:], []byte{0})
			image.Needed = append(image.Needed, string(name[:min(len(name), maxName)]))
		}
	}
}

// machVersion reads xxxx.yy.zz. 10.16 is what 11.0 calls itself to programs
// built before it.
func machVersion(packed uint32) [2]int {
	version := [2]int{int(packed >> 16), int(packed >> 8 & 0xff)}
	if version == [2]int{10, 16} {
		return [2]int{11, 0}
	}
	return version
}

func machSystem(platform uint32) string {
	switch platform {
	case 1:
		return "macos"
	case 2:
		return "ios"
	case 6:
		return "mac catalyst"
	case 7:
		return "ios simulator"
	}
	return fmt.Sprintf("apple platform %d", platform)
}
