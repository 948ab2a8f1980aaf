package selector

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheeltest"
)

// withBinaries is an extension zip with packages of these files, by tags.
func withBinaries(t testing.TB, packages map[string]content) *Zip {
	t.Helper()
	files := content{"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": ""}
	for tags, members := range packages {
		file := plain + tags + ".whl"
		files["dep/"+file] = packageOf(t, file, members)
	}
	return open(t, writeZip(t, files))
}

// withOther is a package with a line more in one member, of which RECORD says
// nothing.
func withOther(t testing.TB, data, member string) string {
	t.Helper()
	r, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := content{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	files[member] = "Keywords: changed\n" + files[member]
	return string(zipBytes(t, files, func(string) bool { return false }))
}

// TestPackagesThatLie: a package whose binaries are not what its name promises
// is refused, with the members and why; with the other policy it is taken, and
// reported.
func TestPackagesThatLie(t *testing.T) {
	const so = "m/_m.cpython-311-x86_64-linux-gnu.so"
	for name, c := range map[string]struct {
		tags, member, data, in string
		lie                    string // "" for none
	}{
		"stable ABI forced": {"cp311-abi3-linux_x86_64", so, wheeltest.ELF("2.5"), "cp312@" + linux,
			so + ": is for cp311 by its name, the wheel is for cp311-abi3"},
		"renamed for Windows": {"cp311-cp311-win_amd64", so, wheeltest.ELF("2.5"), "cp311@win_amd64",
			so + ": is an ELF file for x86_64, the wheel is for win_amd64"},
		"a library renamed for Windows": {"cp311-none-win_amd64", "m.libs/libz.so.1", wheeltest.ELF("2.5"), "cp311@win_amd64",
			"m.libs/libz.so.1: is an ELF file for x86_64, the wheel is for win_amd64"},
		"renamed for Linux": {"cp311-cp311-manylinux_2_17_x86_64", "m/_m.pyd", wheeltest.PE(), "cp311@" + linux,
			"m/_m.pyd: is a PE file for amd64, the wheel is for manylinux_2_17_x86_64"},
		"renamed for another processor": {"cp311-cp311-manylinux_2_17_aarch64", so, wheeltest.ELF("2.5"), "cp311@manylinux_2_28_aarch64",
			so + ": is for x86_64, which no tag of the wheel names"},
		"bare linux that needs more": {"cp311-cp311-linux_x86_64", so, wheeltest.ELF("2.34"), "cp311@" + linux,
			so + ": needs glibc 2.34, and this system has 2.28"},
		"bare linux behind the first part of the file": {"cp311-cp311-linux_x86_64", so, wheeltest.ELF("2.34") + strings.Repeat("\x00", 100_000), "cp311@" + linux,
			so + ": needs glibc 2.34, and this system has 2.28"},
		"bare linux for musl": {"cp311-cp311-linux_x86_64", so, wheeltest.ELF("2.5"), "cp311@musllinux_1_2_x86_64",
			so + ": needs glibc 2.5, and this system has musl"},

		"bare linux that needs less": {"cp311-cp311-linux_x86_64", so, wheeltest.ELF("2.28"), "cp311@" + linux, ""},
		"true":                       {"cp311-cp311-manylinux_2_17_x86_64", so, wheeltest.ELF("2.5"), "cp311@" + linux, ""},
		"true abi3":                  {"cp39-abi3-manylinux_2_17_x86_64", "m.abi3.so", wheeltest.ELF("2.5"), "cp311@" + linux, ""},
		"true on Windows":            {"cp311-cp311-win_amd64", "m/_m.cp311-win_amd64.pyd", wheeltest.PE(), "cp311@win_amd64", ""},
		"a helper among the data":    {"cp311-cp311-win_amd64", "m/data/helper.so", wheeltest.ELF("2.5"), "cp311@win_amd64", ""},
		"no binary by its contents":  {"cp311-cp311-win_amd64", "m/linker.so", "INPUT(libm.so.1)", "cp311@win_amd64", ""},
		"an optional module":         {"py3-none-any", so, wheeltest.ELF("2.34"), "cp311@" + linux, ""},
	} {
		t.Run(name, func(t *testing.T) {
			members := content{c.member: c.data, "m/__init__.py": ""}
			if name == "a helper among the data" {
				members["m/own.cp311-win_amd64.pyd"] = wheeltest.PE()
			}
			z, list := withBinaries(t, map[string]content{c.tags: members}), listOf(t, c.in)
			choice, err := z.Select(t.Context(), list, SelectOptions{})
			if c.lie == "" {
				if err != nil || len(choice.Considered[0].Packages[0].Lies) > 0 {
					t.Fatalf("%v %+v", err, choice.Considered)
				}
				return
			}
			v := choice.Considered[0].Packages[0]
			if fault.ExitCode(err) != fault.NoPackage || v.Reason != WrongBinaries || !strings.Contains(v.Detail(), c.lie) || !strings.Contains(err.Error(), c.lie) {
				t.Errorf("refused as %s: %s\n%v", v.Reason, v.Detail(), err)
			}
			if hints := strings.Join(fault.Hints(err), "\n"); !strings.Contains(hints, "binaries: warn") {
				t.Errorf("the hints do not name the policy:\n%s", hints)
			}
			choice, err = z.Select(t.Context(), list, SelectOptions{Policy: Policy{WarnOfBinaries: true}})
			if err != nil || choice.Package == nil {
				t.Fatalf("with the policy warn: %v", err)
			}
			if w := choice.Warnings(); len(w) != 1 || !strings.Contains(w[0].String(), c.lie) {
				t.Errorf("warnings: %v", w)
			}
			text, err := json.Marshal(choice)
			if err != nil {
				t.Fatal(err)
			}
			member, why, _ := strings.Cut(c.lie, ": ")
			if !strings.Contains(string(text), `"binaries":[{"member":"`+member+`","code":"`) || !strings.Contains(string(text), `"text":"`+why+`"`) {
				t.Errorf("not reported: %s", text)
			}
		})
	}
}

// TestLiesGiveWay: the next best package is taken in place of one that lies.
func TestLiesGiveWay(t *testing.T) {
	z := withBinaries(t, map[string]content{
		"cp311-cp311-linux_x86_64": {"m.cpython-311-x86_64-linux-gnu.so": wheeltest.ELF("2.34")},
		"py3-none-any":             {"m.py": ""},
	})
	if got, want := pick(t, z, listOf(t, "cp311@"+linux), Policy{}), "cp311@"+linux+" "+plain+"py3-none-any.whl"; got != want {
		t.Errorf("chose %q, want %q", got, want)
	}
}

// TestManyLies: a sentence names the first few, the verdict has all of them.
func TestManyLies(t *testing.T) {
	members := content{}
	for _, n := range []string{"a", "b", "c", "d", "e"} {
		members[n+".cpython-311-x86_64-linux-gnu.so"] = wheeltest.ELF("2.5")
	}
	choice, _ := withBinaries(t, map[string]content{"cp311-abi3-linux_x86_64": members}).Select(t.Context(), listOf(t, "cp312@"+linux), SelectOptions{})
	v := choice.Considered[0].Packages[0]
	if len(v.Lies) != 5 || !strings.HasSuffix(v.Detail(), "; and 2 more") {
		t.Errorf("%d: %s", len(v.Lies), v.Detail())
	}
}

// TestBinariesBehindTheFirst: of many, the names count of all, and the contents
// of the first.
func TestBinariesBehindTheFirst(t *testing.T) {
	members := content{"z.cpython-310-x86_64-linux-gnu.so": wheeltest.ELF("2.5")}
	for n := range 2 * maxHeads {
		members[fmt.Sprintf("a%d.cpython-311-x86_64-linux-gnu.so", n)] = wheeltest.ELF("2.5")
	}
	for tags, want := range map[string]string{
		"cp311-cp311-manylinux_2_17_x86_64": "z.cpython-310-x86_64-linux-gnu.so: is for cp310 by its name, the wheel is for cp311-cp311",
		"cp311-cp311-linux_x86_64":          "z.cpython-310-x86_64-linux-gnu.so: is for cp310 by its name, the wheel is for cp311-cp311",
	} {
		choice, _ := withBinaries(t, map[string]content{tags: members}).Select(t.Context(), listOf(t, "cp311@"+linux), SelectOptions{})
		if v := choice.Considered[0].Packages[0]; len(v.Lies) != 1 || v.Lies[0].String() != want {
			t.Errorf("%s: %v", tags, v.Lies)
		}
	}
	choice, _ := withBinaries(t, map[string]content{"cp311-cp311-win_amd64": members}).Select(t.Context(), listOf(t, "cp311@win_amd64"), SelectOptions{})
	if v := choice.Considered[0].Packages[0]; len(v.Lies) < maxHeads {
		t.Errorf("renamed: %v", v.Lies)
	}
}

// TestChangedMetadata: what the choice depends on is held against RECORD.
func TestChangedMetadata(t *testing.T) {
	file := plain + "py3-none-any.whl"
	data := withOther(t, packageOf(t, file, content{"m.py": ""}), "demo-1.0.0.dist-info/METADATA")
	z := open(t, writeZip(t, content{"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": "", "dep/" + file: data}))
	choice, err := z.Select(t.Context(), listOf(t, "cp311@"+linux), SelectOptions{})
	if v := choice.Considered[0].Packages[0]; fault.ExitCode(err) != fault.Mismatch || v.Reason != WrongHash || !strings.Contains(v.Detail(), "METADATA is not the one that RECORD names") {
		t.Errorf("%v: %s %s", err, v.Reason, v.Detail())
	}
}

// TestAllReasons: every reason of the list is given, and stays what it is in
// documents that others read.
func TestAllReasons(t *testing.T) {
	meta := content{"dist-info/METADATA": "Requires-Python: <3\n"}
	file := plain + "py3-none-any.whl"
	changed := withOther(t, packageOf(t, file, content{"m.py": ""}), "demo-1.0.0.dist-info/METADATA")
	files := content{
		"extension.yml": manifest("demo", "1.0.0", unzipped, `requires_python: ">=3.9"`), "extension.py": "",
		"dep/" + file: changed,
		"dep/" + plain + "cp311-abi3-linux_x86_64.whl":           packageOf(t, plain+"cp311-abi3-linux_x86_64.whl", content{"m.cpython-311-x86_64-linux-gnu.so": wheeltest.ELF("2.5")}),
		"dep/" + plain + "cp311-cp311-manylinux_2_39_x86_64.whl": packageOf(t, plain+"cp311-cp311-manylinux_2_39_x86_64.whl", nil),
		"dep/" + plain + "cp311-cp311-manylinux_2_17_x86_64.whl": packageOf(t, plain+"cp311-cp311-manylinux_2_17_x86_64.whl", nil),
		"dep/" + plain + "cp311-none-manylinux_2_17_x86_64.whl":  packageOf(t, plain+"cp311-none-manylinux_2_17_x86_64.whl", nil),
		"dep/" + plain + "py311-none-any.whl":                    packageOf(t, plain+"py311-none-any.whl", meta),
		"dep/" + plain + "cp310-cp310-win32.whl":                 "no zip",
	}
	list := listOf(t, "cp39@win_arm64", "cp38@"+linux, "cp311@"+linux, "cp311@"+linux+" 3.11.9", "cp310@win32")
	list = append(list, list[0])
	list[5].Report = nil
	z := open(t, writeZip(t, files))
	seen := map[Reason]bool{}
	for _, policy := range []Policy{{}, {Accept: []string{}}} {
		choice, _ := z.Select(t.Context(), list, SelectOptions{Policy: policy, Explain: true})
		for _, v := range choice.Considered {
			seen[v.Reason] = true
			if v.Detail == "" {
				t.Errorf("%s %s: no detail", v.Interpreter.Path, v.Reason)
			}
			for _, p := range v.Packages {
				seen[p.Reason] = true
				if p.Detail() == "" {
					t.Errorf("%s %s: no detail", p.Package.File(), p.Reason)
				}
			}
		}
	}
	for _, r := range Reasons() {
		if !seen[r] {
			t.Errorf("%s: nothing has this reason", r)
		}
	}
	for r := range seen {
		if !slices.Contains(Reasons(), r) {
			t.Errorf("%q is no reason of the list", r)
		}
	}
	want := "chosen not-reached no-answer requires-python no-package accept-list outranked tags libc-floor package-requires-python binaries hash unusable"
	var texts []string
	for _, r := range Reasons() {
		texts = append(texts, string(r))
	}
	if got := strings.Join(texts, " "); got != want {
		t.Errorf("the reasons are %s, want %s", got, want)
	}
}

// TestSelectIsPure: the same values give the same choice, and are as they were.
func TestSelectIsPure(t *testing.T) {
	z := withBinaries(t, map[string]content{"py3-none-any": {"m.py": ""}, "cp311-cp311-linux_x86_64": {"m.cpython-311-x86_64-linux-gnu.so": wheeltest.ELF("2.34")}})
	list := listOf(t, "cp39@"+linux, "cp311@"+linux)
	if _, err := z.Select(t.Context(), list, SelectOptions{Explain: true}); err != nil {
		t.Fatal(err)
	}
	text := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	before := text(z.Extension) + text(list)
	one, err1 := Select(z.Extension, list, Policy{})
	_ = z.Close() // nothing is read any more
	two, err2 := Select(z.Extension, list, Policy{})
	if err1 != nil || err2 != nil || text(one) != text(two) {
		t.Errorf("%s %v\n%s %v", text(one), err1, text(two), err2)
	}
	if after := text(z.Extension) + text(list); before != after {
		t.Errorf("the values were changed:\n%s\n%s", before, after)
	}
}
