package merge

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/internal/wheeltest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// sample makes wheels with everything that a wheel can have.
func sample(t testing.TB, dir string) []Source {
	return []Source{
		makeWheel(t, dir, "alpha-1.2-py3-none-any.whl", files{
			"alpha/__init__.py":                          "name = 'alpha'\ndef main(): print('alpha runs')\n",
			"alpha/__pycache__/__init__.cpython-311.pyc": "stale",
			"alpha/sourceless.pyc":                       "kept",
			"alpha/data/list.txt":                        strings.Repeat("alpha ", 500),
			"shared/__init__.py":                         "",
			"alpha.pth":                                  "import alpha\n",
			"alpha-1.2.dist-info/entry_points.txt":       "[console_scripts]\nalpha = alpha:main\n[gui_scripts]\nalpha-gui = alpha.gui:App.run\n[other]\nx = y\n",
			"alpha-1.2.dist-info/licenses/LICENSE":       "free\n",
			"alpha-1.2.dist-info/INSTALLER":              "pip\n",
			"alpha-1.2.dist-info/RECORD.jws":             "{}",
			"alpha-1.2.data/scripts/alpha-tool":          "#!python -E\n# -*- coding: utf-8 -*-\n\"\"\"tool runs\"\"\"\nfrom __future__ import print_function\nimport sys, alpha\nprint(__doc__, sys.argv[1:])\n",
			"alpha-1.2.data/scripts/alpha-old":           "#!/opt/build/bin/python3.11\nprint('old runs')\n",
			"alpha-1.2.data/scripts/alpha.sh":            "#!/bin/sh\necho shell runs\n",
			"alpha-1.2.data/scripts/alpha":               "#!python\nan old wrapper\n",
			"alpha-1.2.data/data/share/alpha/a.conf":     "a = 1\n",
			"alpha-1.2.data/headers/alpha.h":             "#pragma once\n",
			"alpha-1.2.data/purelib/alpha_extra.py":      "extra = 1\n",
			"alpha-1.2.data/platlib/alpha_plat.py":       "plat = 1\n",
		}),
		makeWheel(t, dir, "beta-2.0-cp311-cp311-manylinux_2_17_x86_64.whl", files{
			"beta/__init__.py":   "import shared\n",
			"shared/__init__.py": "",
			"shared/beta.py":     "beta = 1\n",
			"beta.libs/libz.so":  "not really",
		}),
	}
}

func listing(members files) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(members)) {
		fmt.Fprintln(&b, name)
	}
	return b.String()
}

// TestPackage: rows 6 and 7, and everything that "nothing is lost in merging" means.
func TestPackage(t *testing.T) {
	w := open(t, OpenOptions{}, sample(t, t.TempDir())...)
	solutions := solved(t, "cp311@linux/amd64", w.All()[0].Source, w.All()[1].Source)
	written := build(t, w, solutions)
	if name := filepath.Base(written[0].Path); name != "sample_ext-1.0.0-cp311-cp311-manylinux_2_17_x86_64.whl" {
		t.Errorf("the package is called %s", name)
	}
	members := read(t, written[0].Path)
	golden(t, "package.txt", listing(members))
	for _, file := range []string{"METADATA", "WHEEL", "RECORD"} {
		golden(t, file+".txt", members["sample_ext-1.0.0.dist-info/"+file])
	}
	golden(t, "alpha.RECORD.txt", members["alpha-1.2.dist-info/RECORD"])
	golden(t, "alpha.script.txt", members["bin/alpha*"])
	golden(t, "alpha-gui.script.txt", members["bin/alpha-gui*"])
	golden(t, "alpha-tool.script.txt", members["bin/alpha-tool*"])
	if got, want := members["bin/alpha-old-script.py"], "#!python\nprint('old runs')\n"; got != want {
		t.Errorf("a script still names the machine that built it: %q", got)
	}
	if got, want := members["beta-2.0.dist-info/RECORD"], read(t, w.All()[1].Path)["beta-2.0.dist-info/RECORD"]; got != want {
		t.Errorf("a RECORD that is still true was changed:\n%s\nwas\n%s", got, want)
	}
	for _, dir := range []string{"sample_ext-1.0.0", "alpha-1.2", "beta-2.0"} {
		checkRecord(t, dir+".dist-info/RECORD", members)
	}
	if got := written[0]; got.Files != len(members) || got.Hex() != sumOf(t, got.Path) {
		t.Errorf("reported %d files, %s", got.Files, got.Hex())
	}
}

func sumOf(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(data))
}

// checkRecord holds a RECORD against the files of a package.
func checkRecord(t *testing.T, path string, members files) {
	t.Helper()
	record, err := wheel.ParseRecord([]byte(members[path]))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range record {
		data, ok := members[entry.Path]
		if !ok {
			data, ok = members[entry.Path+"*"]
		}
		switch {
		case !ok:
			t.Errorf("%s names %s, which is not there", path, entry.Path)
		case entry.Path == path:
		case entry.Hash != wheel.SHA256(sha256.Sum256([]byte(data))) || entry.Size != int64(len(data)):
			t.Errorf("%s is wrong about %s", path, entry.Path)
		}
	}
	if strings.HasPrefix(path, "sample_ext") && len(record) != len(members) {
		t.Errorf("%s names %d files of %d", path, len(record), len(members))
	}
}

// TestWindows: scripts get something that starts them there.
func TestWindows(t *testing.T) {
	dir := t.TempDir()
	alpha := sample(t, dir)[0]
	w := open(t, OpenOptions{}, alpha)
	members := read(t, build(t, w, solved(t, "cp311@linux/amd64 cp311@win_amd64", alpha))[0].Path)
	for _, name := range []string{"alpha", "alpha-gui", "alpha-tool", "alpha-old"} {
		if members["bin/"+name+"*"] == "" || members["bin/"+name+".cmd"] == "" {
			t.Errorf("%s: a package for Linux and Windows needs a script for each", name)
		}
	}
	golden(t, "alpha.cmd.txt", members["bin/alpha.cmd"])
	if members["bin/alpha.sh.cmd"] != "" {
		t.Error("a shell script is started as if it were Python")
	}
}

// TestMovedFiles: a RECORD that names places of .data is not true any more.
func TestMovedFiles(t *testing.T) {
	w := open(t, OpenOptions{}, makeWheel(t, t.TempDir(), "a-1-py3-none-any.whl", files{"a-1.data/purelib/a.py": "1"}))
	members := read(t, build(t, w, solvedOf(t, w))[0].Path)
	checkRecord(t, "a-1.dist-info/RECORD", members)
	if members["a.py"] != "1" || !strings.Contains(members["a-1.dist-info/RECORD"], "\na.py,sha256=") {
		t.Errorf("got %q", members["a-1.dist-info/RECORD"])
	}
}

// TestCopiedNotMadeAgain: members keep their compressed bytes.
func TestCopiedNotMadeAgain(t *testing.T) {
	w := open(t, OpenOptions{}, sample(t, t.TempDir())...)
	written := build(t, w, solved(t, "cp311@linux/amd64", w.All()[0].Source, w.All()[1].Source))
	before, err := archive.OpenReader(w.All()[0].Path, archive.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	after, err := archive.OpenReader(written[0].Path, archive.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := before.Member("alpha/data/list.txt")
	b, _ := after.Member("alpha/data/list.txt")
	if a.CompressedSize != b.CompressedSize || a.CRC32 != b.CRC32 || a.Method != b.Method || a.Method == 0 {
		t.Errorf("%+v became %+v", a, b)
	}
}

// TestSameBytes: row 7 of DESIGN's "right"; the place, the order of the
// wheels, and what is remembered make no difference.
func TestSameBytes(t *testing.T) {
	memory := &notes{}
	var sums []string
	for i := range 3 {
		sources := sample(t, t.TempDir())
		if i == 1 {
			slices.Reverse(sources)
		}
		w := open(t, OpenOptions{Memory: memory, Workers: i + 1}, sources...)
		sums = append(sums, build(t, w, solved(t, "cp311@linux/amd64", sources...))[0].Hex())
	}
	if sums[0] != sums[1] || sums[1] != sums[2] {
		t.Errorf("got %v", sums)
	}
	// What a release makes of these wheels must not change by accident.
	golden(t, "package.sha256.txt", sums[0]+"\n")
	if memory.sets != 2 || memory.hits != 4 {
		t.Errorf("%d contents were kept and %d recalled, want 2 and 4", memory.sets, memory.hits)
	}
}

func TestMemoryRoundTrip(t *testing.T) {
	w := open(t, OpenOptions{}, sample(t, t.TempDir())...)
	for _, one := range w.All() {
		data, err := one.marshal()
		if err != nil {
			t.Fatal(err)
		}
		back, err := unmarshalContents(data)
		if err != nil || !reflect.DeepEqual(*back, one.Contents) {
			t.Errorf("%s: %v\n got %+v\nwant %+v", one, err, back, one.Contents)
		}
	}
}

// TestBadMemory: what cannot be read, or describes another file, is not believed.
func TestBadMemory(t *testing.T) {
	sources := sample(t, t.TempDir())
	good := &notes{}
	open(t, OpenOptions{Memory: good}, sources...)
	other := good.kept[contentsSpace+"/"+sources[1].Sum]
	for _, bad := range [][]byte{nil, []byte("{}\n"), []byte("{}\nx"), []byte("{}\nx- 12 !! a\n"), other, good.kept[contentsSpace+"/"+sources[0].Sum][:200]} {
		memory := &notes{kept: map[string][]byte{contentsSpace + "/" + sources[0].Sum: bad}}
		w := open(t, OpenOptions{Memory: memory}, sources[0])
		if w.All()[0].DistInfo != "alpha-1.2.dist-info" || memory.sets != 1 {
			t.Errorf("%.30q was believed", bad)
		}
	}
}

func FuzzContents(f *testing.F) {
	f.Add([]byte("{\"DistInfo\":\"a\"}\nxp12 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA a b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := unmarshalContents(data)
		if err != nil {
			return
		}
		out, err := c.marshal()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := unmarshalContents(out); err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("%q: %v", out, err)
		}
	})
}

func TestClashes(t *testing.T) {
	dir := t.TempDir()
	a := makeWheel(t, dir, "a-1-py3-none-any.whl", files{
		"same.py": "1", "other.py": "1", "Case.py": "1", "folder": "a file", "dir/x.py": "1", "é.txt": "1",
		"a-1.dist-info/entry_points.txt": "[console_scripts]\nrun = a:b\n",
	})
	b := makeWheel(t, dir, "b-2-py3-none-any.whl", files{
		"same.py": "1", "other.py": "2", "case.py": "1", "folder/x.py": "1", "dir": "a file", "e\u0301.txt": "1",
		"b-2.dist-info/entry_points.txt": "[console_scripts]\nrun = b:b\n",
	})
	w := open(t, OpenOptions{}, a, b)
	_, _, err := Layout(w.All(), nil)
	if fault.ExitCode(err) != fault.NameClash {
		t.Errorf("exit %d", fault.ExitCode(err))
	}
	golden(t, "clashes.txt", err.Error()+"\n")
	var clash *ClashError
	if !errors.As(err, &clash) || clash.First != "a 1" || clash.Second != "b 2" || len(clash.Hints()) != 1 {
		t.Errorf("got %+v", clash)
	}
	// Every package has the same clashes; they are told once.
	solutions := append(solved(t, "cp311@linux/amd64", a, b), solved(t, "cp312@linux/amd64", a, b, makeWheel(t, dir, "c-1-py3-none-any.whl", files{"c.py": ""}))...)
	w = open(t, OpenOptions{}, a, b, sourceOf(t, filepath.Join(dir, "c-1-py3-none-any.whl")))
	out := t.TempDir()
	_, again := w.WriteAll(t.Context(), mustPlan(t, w, solutions), out, WriteOptions{})
	if again == nil || again.Error() != err.Error() || fault.ExitCode(again) != fault.NameClash {
		t.Errorf("writing both: exit %d\n%v", fault.ExitCode(again), again)
	}
	if left, err := os.ReadDir(out); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestExtensionNamedAsDependency(t *testing.T) {
	a := makeWheel(t, t.TempDir(), "sample_ext-7-py3-none-any.whl", files{"a.py": ""})
	w := open(t, OpenOptions{}, a)
	_, err := w.WriteAll(t.Context(), mustPlan(t, w, solvedOf(t, w)), t.TempDir(), WriteOptions{})
	if fault.ExitCode(err) != fault.NameClash {
		t.Errorf("got %v", err)
	}
}

func TestDataWithoutPlace(t *testing.T) {
	a := makeWheel(t, t.TempDir(), "a-1-py3-none-any.whl", files{"a-1.data/nowhere/x": "1", "a-1.data/y": "1"})
	w := open(t, OpenOptions{}, a)
	_, _, err := Layout(w.All(), nil)
	want := `a-1-py3-none-any.whl: a-1.data/nowhere/x: there is no place for the data scheme "nowhere"
a-1-py3-none-any.whl: a-1.data/y: there is no place for the data scheme "y"`
	if err == nil || err.Error() != want || fault.ExitCode(err) != fault.BadInput {
		t.Errorf("exit %d: %v", fault.ExitCode(err), err)
	}
}

// TestBadWheels: each with its exit code and message, beside what else is wrong.
func TestBadWheels(t *testing.T) {
	dir := t.TempDir()
	const name = "bad-1-py3-none-any.whl"
	good := makeWheel(t, dir, "good-1-py3-none-any.whl", files{"x.py": "1"})
	data := wheeltest.Make(t, name, files{"bad/__init__.py": "x = 1\n", "bad/data.txt": strings.Repeat("data ", 1000)})
	for _, test := range []struct {
		fault wheeltest.Fault
		code  int
		want  string
	}{
		{wheeltest.NotZip, fault.BadInput, name},
		{wheeltest.Truncated, fault.BadInput, name},
		{wheeltest.WrongCRC, fault.BadInput, "CRC-32"},
		{wheeltest.Parent, fault.BadInput, "../evil.py"},
		{wheeltest.Absolute, fault.BadInput, "/evil.py"},
		{wheeltest.Backslash, fault.BadInput, "evil.py"},
		{wheeltest.Device, fault.BadInput, "aux.py"},
		{wheeltest.Duplicate, fault.BadInput, "comes twice"},
		{wheeltest.CaseClash, fault.BadInput, "case"},
		{wheeltest.Link, fault.BadInput, name},
		{wheeltest.WrongHash, fault.Mismatch, "is not what RECORD says"},
		{wheeltest.NoRecord, fault.BadInput, name + ": has no bad-1.dist-info/RECORD"},
		{wheeltest.NoMetadata, fault.BadInput, name + ": has no bad-1.dist-info/METADATA"},
		{wheeltest.NoWheel, fault.BadInput, name + ": has no bad-1.dist-info/WHEEL"},
		{wheeltest.OtherName, fault.BadInput, name + ": METADATA is that of"},
	} {
		bad := sourceOf(t, wheeltest.WriteFile(t, dir, name, wheeltest.Break(t, data, test.fault)))
		_, err := Open(t.Context(), []Source{good, bad}, OpenOptions{})
		if err == nil || fault.ExitCode(err) != test.code || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: exit %d, %v; want exit %d, %s", test.fault, fault.ExitCode(err), err, test.code, test.want)
		}
	}
	for points, want := range map[string]string{
		"[console_scripts]\n../e = a:b\n": name + `: entry point "../e": no file can have this name`,
		"[gui_scripts]\nf = a:b..c\n":     name + `: entry point "f": "a:b..c" names no function`,
		"[console_scripts]\nf = a\n":      name + `: entry point "f": "a" names no function`,
	} {
		bad := makeWheel(t, dir, name, files{"dist-info/entry_points.txt": points})
		_, err := Open(t.Context(), []Source{bad, good}, OpenOptions{})
		if fault.ExitCode(err) != fault.BadInput || err.Error() != want {
			t.Errorf("%q: %v", points, err)
		}
	}
}

// TestRenamedWheel: what is remembered of a wheel does not make another name true.
func TestRenamedWheel(t *testing.T) {
	dir, memory := t.TempDir(), &notes{}
	good := makeWheel(t, dir, "good-1-py3-none-any.whl", files{"x.py": "1"})
	open(t, OpenOptions{Memory: memory}, good)
	renamed := filepath.Join(dir, "other-1-py3-none-any.whl")
	if err := os.Rename(good.Path, renamed); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), []Source{sourceOf(t, renamed)}, OpenOptions{Memory: memory}); fault.ExitCode(err) != fault.BadInput {
		t.Errorf("got %v", err)
	}
}

// TestOddRecord: RECORD may forget files or name too many; then it is made anew.
func TestOddRecord(t *testing.T) {
	dir := t.TempDir()
	const wrong = "x.py,sha512=AAAA,\n"
	record := "gone.py,,\nsub/,,\na-1.dist-info/WHEEL,md5=abc,\n"
	a := makeWheel(t, dir, "a-1-py3-none-any.whl", files{"x.py": "1", "y.py": "2", "dist-info/RECORD": wrong + record})
	if _, err := Open(t.Context(), []Source{a}, OpenOptions{}); fault.ExitCode(err) != fault.Mismatch {
		t.Errorf("a wrong SHA-512: %v", err)
	}
	a = makeWheel(t, dir, "a-1-py3-none-any.whl", files{"x.py": "1", "y.py": "2", "dist-info/RECORD": record})
	w := open(t, OpenOptions{}, a)
	var found []string
	for _, f := range w.Findings() {
		found = append(found, f.String())
	}
	want := []string{
		"a-1-py3-none-any.whl: a-1.dist-info/METADATA is not in RECORD",
		"a-1-py3-none-any.whl: a-1.dist-info/WHEEL has no hash in RECORD that proves anything",
		"a-1-py3-none-any.whl: gone.py is in RECORD, but not in the wheel",
		"a-1-py3-none-any.whl: and 2 more oddities in RECORD",
	}
	if !slices.Equal(found, want) {
		t.Errorf("found %q", found)
	}
	members := read(t, build(t, w, solvedOf(t, w))[0].Path)
	checkRecord(t, "a-1.dist-info/RECORD", members)
	if !strings.Contains(members["a-1.dist-info/RECORD"], "y.py,sha256=") {
		t.Error("RECORD was not made anew")
	}
}
