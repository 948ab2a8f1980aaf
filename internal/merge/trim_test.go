package merge

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/wheel"
)

// trimmable is a wheel with everything that can be trimmed, and everything that
// only looks like it.
var trimmable = files{
	"num/__init__.py":               "from . import testing\nVERSION = '1'\n",
	"num/__init__.pyi":              "VERSION: str\n",
	"num/py.typed":                  "",
	"num/testing/__init__.py":       "def check(): pass\n",
	"num/testing/tests/test_it.py":  "import num\n",
	"num/tests/__init__.py":         "",
	"num/tests/test_num.py":         "from num.linalg.tests import data\n",
	"num/tests/data/x.csv":          "1,2\n",
	"num/tests/x.dist-info/y":       "1",
	"num/linalg/__init__.py":        "# from num.linalg.tests import nothing\n",
	"num/linalg/tests/test_a.py":    "",
	"num/linalg/tests/data.py":      "",
	"num/conftest.py":               "from num.tests import test_num\n",
	"num/tests.libs/libz.a":         "!<arch>\n",
	"num/lib/libnum.a":              "!<arch>\nmembers",
	"num/lib/num.lib":               "!<arch>\nmembers",
	"num/lib/book.a":                "a text that is called so",
	"num/include/num.h":             "#pragma once\n",
	"num/include/num.pxd":           "cdef int x\n",
	"num/old.py":                    "",
	"num/old.pyc":                   "stale",
	"num/sourceless.pyc":            "kept",
	"num.libs/x.h":                  "1",
	"tests/test_top.py":             "",
	"test/__init__.py":              "",
	"num/data/tests/test_x.py":      "in a folder that is no package\n",
	"num-1.data/headers/num.hpp":    "#pragma once\n",
	"num-1.dist-info/tests/x.pyi":   "1",
	"num-1.dist-info/top_level.txt": "num\n",
}

func trimAll(except ...pep508.Name) OpenOptions {
	return OpenOptions{Trim: Trim{Kinds: extension.TrimKinds(), Except: except}}
}

// left are the files of a package without its own dist-info.
func left(t *testing.T, w *Wheels) (files, []Trimmed) {
	t.Helper()
	written := build(t, w, solvedOf(t, w))
	members := read(t, written[0].Path)
	for path := range members {
		if strings.HasSuffix(path, ".dist-info/RECORD") {
			checkRecord(t, path, members)
		}
	}
	return members, written[0].Trimmed
}

func TestTrim(t *testing.T) {
	dir := t.TempDir()
	source := makeWheel(t, dir, "num-1-py3-none-any.whl", trimmable)
	before, none := left(t, open(t, OpenOptions{}, source))
	if len(none) > 0 || strings.Contains(before["sample_ext-1.0.0.dist-info/WHEEL"], "Trimmed") {
		t.Errorf("without trim: %v, %s", none, before["sample_ext-1.0.0.dist-info/WHEEL"])
	}
	after, trimmed := left(t, open(t, trimAll(), source))
	var gone []string
	for path := range before {
		if _, ok := after[path]; !ok {
			gone = append(gone, path)
		}
	}
	slices.Sort(gone)
	want := []string{
		"include/num/num.hpp", "num/__init__.pyi", "num/conftest.py", "num/include/num.h", "num/include/num.pxd", "num/lib/libnum.a", "num/lib/num.lib",
		"num/linalg/tests/data.py", "num/linalg/tests/test_a.py", "num/old.pyc", "num/py.typed", "num/testing/tests/test_it.py",
		"num/tests/__init__.py", "num/tests/data/x.csv", "num/tests/test_num.py",
	}
	if !slices.Equal(gone, want) {
		t.Errorf("trimmed\n%s\nwant\n%s", strings.Join(gone, "\n"), strings.Join(want, "\n"))
	}
	counts := map[extension.TrimKind]int{}
	var bytes int64
	for _, one := range trimmed {
		counts[one.Kind] = one.Files
		bytes += one.Bytes
	}
	for _, path := range want {
		bytes -= int64(len(before[path]))
	}
	if want := (map[extension.TrimKind]int{"tests": 7, "stubs": 2, "headers": 3, "static_libs": 2, "bytecode": 1}); !maps.Equal(counts, want) || bytes != 0 {
		t.Errorf("told %v, %d bytes off", trimmed, bytes)
	}
	if info, err := wheel.ParseInfo([]byte(after["sample_ext-1.0.0.dist-info/WHEEL"])); err != nil || info.Trimmed != "tests, stubs, headers, static_libs, bytecode" {
		t.Errorf("WHEEL says %q (%v)", info.Trimmed, err)
	}
}

// TestTrimEachKind: a kind that is not asked for stays.
func TestTrimEachKind(t *testing.T) {
	source := makeWheel(t, t.TempDir(), "num-1-py3-none-any.whl", trimmable)
	before, _ := left(t, open(t, OpenOptions{}, source))
	total := 0
	for _, kind := range extension.TrimKinds() {
		after, trimmed := left(t, open(t, OpenOptions{Trim: Trim{Kinds: []extension.TrimKind{kind}}}, source))
		if len(trimmed) != 1 || trimmed[0].Kind != kind || len(before)-len(after) != trimmed[0].Files {
			t.Errorf("%s: told %v, and %d are gone", kind, trimmed, len(before)-len(after))
		}
		total += trimmed[0].Files
	}
	if total != 15 {
		t.Errorf("%d files in all", total)
	}
	if after, trimmed := left(t, open(t, trimAll("num"), source)); len(after) != len(before) || len(trimmed) > 0 {
		t.Errorf("of a project that is excepted: %v", trimmed)
	}
}

// TestTrimKeepsWhatIsUsed: each text, in the file beside it, keeps a folder of
// tests.
func TestTrimKeepsWhatIsUsed(t *testing.T) {
	for _, c := range []struct{ file, text string }{
		{"a/__init__.py", "from .b.tests import x\n"},
		{"a/__init__.py", "from a.b import (\n    core,\n    tests as t,\n)\n"},
		{"a/b/core.py", "from . import tests\n"},
		{"a/b/core.py", "def run():\n    from .tests import test_x\n"},
		{"a/b/core.py", "try: from . import \\\n  core, tests\nexcept ImportError: pass\n"},
		{"a/b/c/core.py", "from ..tests import x\n"},
		{"a/core.py", "import a.b.tests.test_x as x\n"},
		{"a/core.py", "x = importlib.import_module('a.b.tests')\n"},
		{"a/core.py", "x = open(os.path.join(here, 'b/tests/data.txt'))\n"},
		{"a/b/core.py", "x = os.path.join(os.path.dirname(__file__), \"tests\", 'data.txt')\n"},
		{"a/b/core.py", "import tests\n"},
		{"a/b/core.py", "'# no comment'; from .tests import x\n"},
		{"a/b/core.py", "'''it's # no comment''' ; from .tests import x\n"},
		{"other/__init__.py", "from a.b.tests import x\n"},
		{"a-1.dist-info/entry_points.txt", "[x]\ny = a.b.tests:z\n"},
		{"a.pth", "import a.b.tests\n"},
		{"a/vendor/b/core.py", "from a.b.tests import x\n"},
		{"a-1.data/scripts/run", "#!python\nfrom a.b.tests import x\n"},
	} {
		members := files{"a/b/tests/test_x.py": "", "a/b/tests/data.txt": "1", "a/b/__init__.py": "", "a/__init__.py": ""}
		members[c.file] = c.text
		after, _ := left(t, open(t, trimAll(), makeWheel(t, t.TempDir(), "a-1-py3-none-any.whl", members)))
		if _, ok := after["a/b/tests/data.txt"]; !ok {
			t.Errorf("%s: %q: the tests are gone", c.file, c.text)
		}
	}
	for _, c := range []struct{ file, text string }{
		{"a/core.py", "# from a.b.tests import x\n"},
		{"a/core.py", "tests = 1 # see a/b/tests/data.txt\n"},
		{"a/core.py", "from .tests import x\n"},
		{"a/core.py", "x = 'tests'\n"},
		{"a/core.py", "self.tests, unittests, a.b.testset = x\n"},
		{"a/b/setup.py", "config.add_subpackage('tests')\n"},
		{"c/tests/test_c.py", "from a.b.tests import x\n"},
		{"c/core.py", "from .b.tests import x\n"},
	} {
		members := files{"a/b/tests/test_x.py": "", "a/b/__init__.py": "", "a/__init__.py": "", "c/__init__.py": ""}
		members[c.file] = c.text
		after, _ := left(t, open(t, trimAll(), makeWheel(t, t.TempDir(), "a-1-py3-none-any.whl", members)))
		if _, ok := after["a/b/tests/test_x.py"]; ok {
			t.Errorf("%s: %q: the tests are still there", c.file, c.text)
		}
	}
}

// TestTrimAcrossDistributions: what another distribution or the extension
// itself uses stays, in the package that has both.
func TestTrimAcrossDistributions(t *testing.T) {
	dir := t.TempDir()
	a := makeWheel(t, dir, "a-1-py3-none-any.whl", files{"a/__init__.py": "", "a/tests/test_x.py": "", "a/tests/helper.py": ""})
	b := makeWheel(t, dir, "b-1-py3-none-any.whl", files{"b/__init__.py": "from a.tests import helper\n"})
	alone, _ := left(t, open(t, trimAll(), a))
	both, _ := left(t, open(t, trimAll(), a, b))
	opt := trimAll()
	opt.Trim.Own = map[string][]byte{"extension.py": []byte("from a import tests\n")}
	own, _ := left(t, open(t, opt, a))
	_, inAlone := alone["a/tests/helper.py"]
	_, inBoth := both["a/tests/helper.py"]
	_, inOwn := own["a/tests/helper.py"]
	if inAlone || !inBoth || !inOwn {
		t.Errorf("alone %v, with what uses it %v, used by the extension %v", inAlone, inBoth, inOwn)
	}
}

// TestTrimOfSharedFiles: what two distributions bring is trimmed of both or told of
// neither.
func TestTrimOfSharedFiles(t *testing.T) {
	dir := t.TempDir()
	a := makeWheel(t, dir, "a-1-py3-none-any.whl", files{"shared/x.h": "1", "shared/y.py": ""})
	b := makeWheel(t, dir, "b-1-py3-none-any.whl", files{"shared/x.h": "1", "shared/z.py": ""})
	for _, c := range []struct {
		opt   OpenOptions
		there bool
		files int
	}{{trimAll(), false, 1}, {trimAll("a"), true, 0}, {trimAll("b"), true, 0}} {
		after, trimmed := left(t, open(t, c.opt, a, b))
		told := 0
		for _, one := range trimmed {
			told += one.Files
		}
		if _, there := after["shared/x.h"]; there != c.there || told != c.files {
			t.Errorf("except %v: there %v, %d files told", c.opt.Trim.Except, there, told)
		}
	}
}

// TestTrimKeepsWhatIsRead: stubs and headers that the code itself speaks of.
func TestTrimKeepsWhatIsRead(t *testing.T) {
	for text, kept := range map[string]string{
		"lazy.attach_stub(__name__, __file__)": "a/__init__.pyi",
		"find(name + '.pyi')":                  "a/__init__.pyi",
		"x = open(join(d, 'a.h'))":             "a/a.h",
		"y = \"Includes/\" + n + \".pxd\"":     "a/a.pxd",
	} {
		members := files{"a/__init__.py": "", "a/__init__.pyi": "", "a/a.h": "", "a/a.pxd": "", "a/b.h": ""}
		members["a/core.py"] = text + "\n"
		after, _ := left(t, open(t, trimAll(), makeWheel(t, t.TempDir(), "a-1-py3-none-any.whl", members)))
		var stayed []string
		for path := range after {
			if isStub(path) || isHeader(path) {
				stayed = append(stayed, path)
			}
		}
		if !slices.Equal(stayed, []string{kept}) {
			t.Errorf("%s: %v stayed, want %s", text, stayed, kept)
		}
	}
}

// TestTrimRemembers: what was learned of a wheel is not read again, and gives
// the same bytes.
func TestTrimRemembers(t *testing.T) {
	source := makeWheel(t, t.TempDir(), "num-1-py3-none-any.whl", trimmable)
	memory := &notes{}
	opt := trimAll()
	opt.Memory = memory
	first := build(t, open(t, opt, source), solved(t, "cp311@linux/amd64", source))[0]
	again := build(t, open(t, opt, source), solved(t, "cp311@linux/amd64", source))[0]
	if first.Hex() != again.Hex() || memory.sets != 2 || memory.hits != 2 {
		t.Errorf("%s and %s; %d kept, %d recalled", first.Hex(), again.Hex(), memory.sets, memory.hits)
	}
	plain := build(t, open(t, OpenOptions{Memory: memory}, source), solved(t, "cp311@linux/amd64", source))[0]
	if plain.Hex() == first.Hex() || plain.Package.Filename.Text != first.Package.Filename.Text {
		t.Errorf("%s trimmed or not", plain.Hex())
	}
	memory.kept[traitsSpace+"/"+source.Sum] = []byte("{")
	if damaged := build(t, open(t, opt, source), solved(t, "cp311@linux/amd64", source))[0]; damaged.Hex() != first.Hex() {
		t.Error("damaged notes were believed")
	}
}

func FuzzTraits(f *testing.F) {
	f.Add("a/b.py", []byte("from a.tests import (x)\n'''\n# tests"))
	f.Add("a", []byte("\"tests/\\\"conftest'../test'.h'"))
	f.Fuzz(func(t *testing.T, file string, data []byte) {
		if n := len(withoutComments(data)); n != len(data) {
			t.Fatalf("%d bytes of %d", n, len(data))
		}
		for _, binary := range []bool{false, true} {
			var all traits
			all.read(file, data, binary)
			for _, m := range all.Mentions {
				if m.File != file || m.refersTo(map[string][]string{"a/tests": {"a/tests"}}) == nil && m.Kind == 0 {
					t.Errorf("%+v", m)
				}
			}
		}
	})
}
