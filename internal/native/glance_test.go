package native_test

import (
	"debug/elf"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/native"
	"github.com/axlepack/axle/internal/wheeltest"
)

// TestGlance: what the beginning of a file tells is what the whole file tells.
func TestGlance(t *testing.T) {
	needs := wheeltest.ELF("2.34")
	far := needs + strings.Repeat("x", 3*native.HeadSize)
	for name, data := range map[string]string{
		"a.cpython-311-x86_64-linux-gnu.so": needs,
		"liba.so.1":                         far,
		"a.cp311-win_amd64.pyd":             wheeltest.PE(),
		"b.dll":                             string(craftPE{machine: 0x8664, needed: []string{"python311.dll"}}.bytes()),
		"c.so":                              string(craftELF{machine: elf.EM_AARCH64, needed: []string{"libc.so.6"}}.bytes()),
		"d.abi3.so":                         string(craftFat(craftMach{cpu: 0x100000c}, craftMach{cpu: 0x1000007})),
	} {
		whole, ok, err := native.Inspect(name, strings.NewReader(data), int64(len(data)))
		if !ok || err != nil {
			t.Fatal(name, ok, err)
		}
		part, ok := native.Glance(name, []byte(data[:min(len(data), native.HeadSize)]), int64(len(data)))
		if !ok || part.Format != whole.Format || part.ABI != whole.ABI || part.Module != whole.Module || !slices.Equal(part.Archs(), whole.Archs()) {
			t.Errorf("%s: %+v, the whole file is %+v", name, part, whole)
		}
	}
	if f, ok, err := native.Inspect("x.so", strings.NewReader(needs), int64(len(needs))); !ok || err != nil || f.GlibcFloor() != [2]int{2, 34} || f.Images[0].Libc != native.Glibc {
		t.Errorf("%+v %v", f, err)
	}
	if _, ok := native.Glance("a.so", []byte("no ELF at all"), 1000); ok {
		t.Error("text is native")
	}
}

func TestLoadable(t *testing.T) {
	for name, want := range map[string]bool{
		"a/b.so": true, "libz.so.1": true, "libz.so.1.2.3": true, "A.PYD": true, "x.dll": true, "x.dylib": true,
		"a.py": false, "so": false, "a.so/b.py": false, "a.sol": false,
	} {
		if native.Loadable(name) != want {
			t.Error(name)
		}
	}
}
