package selector

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/interpreters"
)

// pick selects and gives "INTERPRETER PACKAGE", or the error's exit code.
func pick(t testing.TB, z *Zip, list []interpreters.Interpreter, policy Policy) string {
	t.Helper()
	c, err := z.Select(t.Context(), list, SelectOptions{Policy: policy})
	if explained, err2 := z.Select(t.Context(), list, SelectOptions{Policy: policy, Explain: true}); fmt.Sprint(err) != fmt.Sprint(err2) ||
		fmt.Sprint(explained.Package) != fmt.Sprint(c.Package) {
		t.Errorf("explained, the choice is another: %v and %v, errors %v and %v", explained.Package, c.Package, err2, err)
	}
	if err != nil {
		if c.Interpreter != nil || c.Package != nil {
			t.Errorf("an error comes with a choice: %v", err)
		}
		return fmt.Sprint(fault.ExitCode(err))
	}
	said := strings.TrimPrefix(c.Interpreter.Path, "/python/")
	if c.Package != nil {
		said += " " + c.Package.File()
	}
	return said
}

const (
	linux = "manylinux_2_28_x86_64"
	plain = "demo-1.0.0-"
)

// TestCore12FirstInterpreterOfTheList: the order of the list decides, whatever
// the versions; those that requires_python excludes are passed over.
func TestCore12FirstInterpreterOfTheList(t *testing.T) {
	all := []string{"cp39@" + linux, "cp311@" + linux, "cp313@" + linux, "cp27@" + linux}
	z := withPackages(t, manifest("demo", "1.0.0", unzipped, `requires_python: ">=3.10"`), plain+"py3-none-any.whl")
	for _, order := range permutations(all) {
		want := ""
		for _, name := range order {
			if want == "" && (strings.HasPrefix(name, "cp311") || strings.HasPrefix(name, "cp313")) {
				want = name + " " + plain + "py3-none-any.whl"
			}
		}
		if got := pick(t, z, listOf(t, order...), Policy{}); got != want {
			t.Errorf("%v: chose %q, want %q", order, got, want)
		}
	}
	if got := pick(t, z, listOf(t, all[0], all[3]), Policy{}); got != "4" {
		t.Errorf("none satisfies requires_python: %q, want exit code 4", got)
	}
	if got := pick(t, z, nil, Policy{}); got != "4" {
		t.Errorf("no interpreter at all: %q, want exit code 4", got)
	}
}

func permutations(list []string) [][]string {
	if len(list) < 2 {
		return [][]string{list}
	}
	var all [][]string
	for i := range list {
		rest := slices.Delete(slices.Clone(list), i, i+1)
		for _, p := range permutations(rest) {
			all = append(all, append([]string{list[i]}, p...))
		}
	}
	return all
}

// TestCore13FirstInterpreterWithoutPackage: the first interpreter has no
// package and the second has one; strict order stops at the first.
func TestCore13FirstInterpreterWithoutPackage(t *testing.T) {
	z := withPackages(t, manifest("demo", "1.0.0", unzipped), plain+"cp311-cp311-"+linux+".whl")
	for _, c := range []struct {
		list   []string
		strict bool
		want   string
	}{
		{[]string{"cp313@" + linux, "cp311@" + linux}, false, "cp311@" + linux + " " + plain + "cp311-cp311-" + linux + ".whl"},
		{[]string{"cp313@" + linux, "cp311@" + linux}, true, "5"},
		{[]string{"cp311@" + linux, "cp313@" + linux}, true, "cp311@" + linux + " " + plain + "cp311-cp311-" + linux + ".whl"},
		{[]string{"cp313@" + linux, "cp312@" + linux}, false, "5"},
		{[]string{"cp27@" + linux}, false, "5"},
	} {
		if got := pick(t, z, listOf(t, c.list...), Policy{StrictOrder: c.strict}); got != c.want {
			t.Errorf("%v, strict %v: %q, want %q", c.list, c.strict, got, c.want)
		}
	}
	// What requires_python excludes does not count for the strict order.
	z = withPackages(t, manifest("demo", "1.0.0", unzipped, `requires_python: "==3.11*"`), plain+"cp311-cp311-"+linux+".whl")
	if got := pick(t, z, listOf(t, "cp313@"+linux, "cp311@"+linux), Policy{StrictOrder: true}); !strings.HasPrefix(got, "cp311@") {
		t.Errorf("strict order stopped at an interpreter that requires_python excludes: %q", got)
	}
}

// TestCore13BestPackage: among the packages of one interpreter the order of
// its tags decides, then the build number, then the name.
func TestCore13BestPackage(t *testing.T) {
	cases := []struct {
		name, interpreter, want string
		files                   []string
	}{
		{"exact before abi3 before none", "cp311@" + linux, "cp311-cp311-manylinux_2_17_x86_64",
			[]string{"py3-none-any", "cp38-abi3-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_17_x86_64", "cp311-none-manylinux_2_17_x86_64"}},
		{"abi3 of a later Python is better", "cp312@" + linux, "cp310-abi3-manylinux_2_17_x86_64",
			[]string{"cp38-abi3-manylinux_2_17_x86_64", "cp310-abi3-manylinux_2_17_x86_64", "cp313-abi3-manylinux_2_17_x86_64"}},
		{"the higher floor is better", "cp311@" + linux, "cp311-cp311-manylinux_2_28_x86_64",
			[]string{"cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_28_x86_64", "cp311-cp311-manylinux_2_34_x86_64"}},
		{"a bare platform as UIP-CLI writes it", "cp311@" + linux, "cp311-cp311-linux_x86_64",
			[]string{"cp311-cp311-linux_x86_64", "cp311-cp311-linux_aarch64", "py3-none-any"}},
		{"py3 before py311", "cp312@" + linux, "py312-none-any", []string{"py311-none-any", "py3-none-any", "py312-none-any"}},
		{"of another minor", "cp312@" + linux, "py3-none-any", []string{"cp311-none-any", "py3-none-any"}},
		{"a build number", "cp311@win_amd64", "2-py3-none-any", []string{"py3-none-any", "1b-py3-none-any", "2-py3-none-any"}},
		{"a greater build number", "cp311@win_amd64", "10-py3-none-any", []string{"10-py3-none-any", "9-py3-none-any"}},
		{"build numbers with letters", "cp311@win_amd64", "1b-py3-none-any", []string{"1a-py3-none-any", "1b-py3-none-any"}},
		{"the better tag beats the build number", "cp311@win_amd64", "1-cp311-cp311-win_amd64", []string{"9-cp311-none-win_amd64", "1-cp311-cp311-win_amd64"}},
		{"compressed sets", "cp39@win32", "py2.py3-none-any", []string{"cp39-cp39-win_amd64", "py2.py3-none-any"}},
		{"musl", "cp311@musllinux_1_2_x86_64", "cp311-cp311-musllinux_1_1_x86_64",
			[]string{"cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-musllinux_1_1_x86_64", "cp311-cp311-musllinux_1_2_aarch64"}},
		{"macOS", "cp311@macosx_12_0_arm64", "cp311-cp311-macosx_11_0_arm64",
			[]string{"cp311-cp311-macosx_11_0_arm64", "cp311-cp311-macosx_11_0_universal2", "cp311-cp311-macosx_13_0_arm64"}},
		{"without the lock", "cp314t@" + linux, "cp314-cp314t-manylinux_2_17_x86_64",
			[]string{"cp314-cp314-manylinux_2_17_x86_64", "cp314-cp314t-manylinux_2_17_x86_64", "cp311-abi3-manylinux_2_17_x86_64"}},
		{"PyPy", "pp310@" + linux, "pp310-pypy310_pp73-manylinux_2_17_x86_64",
			[]string{"cp310-cp310-manylinux_2_17_x86_64", "pp310-pypy310_pp73-manylinux_2_17_x86_64", "py3-none-any"}},
		{"Python 2", "cp27@" + linux, "cp27-cp27mu-linux_x86_64", []string{"cp27-cp27m-linux_x86_64", "cp27-cp27mu-linux_x86_64", "py3-none-any"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, order := range [][]string{c.files, reversed(c.files)} {
				var names []string
				for _, f := range order {
					names = append(names, plain+f+".whl")
				}
				z := withPackages(t, manifest("demo", "1.0.0", unzipped), names...)
				if got, want := pick(t, z, listOf(t, c.interpreter), Policy{}), c.interpreter+" "+plain+c.want+".whl"; got != want {
					t.Errorf("chose %q, want %q", got, want)
				}
			}
		})
	}
}

func reversed(list []string) []string {
	out := slices.Clone(list)
	slices.Reverse(out)
	return out
}

// TestEqualPackages: nothing tells two packages apart but their names, and the
// order in the zip must not.
func TestEqualPackages(t *testing.T) {
	z := withPackages(t, manifest("demo", "1.0.0", unzipped), plain+"py3-none-any.whl", "demo-1.0-py3-none-any.whl")
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		ext := z.Extension
		ext.Packages = []Package{z.Extension.Packages[order[0]], z.Extension.Packages[order[1]]}
		c, err := Select(ext, listOf(t, "cp311@"+linux), Policy{})
		if err != nil || c.Package.File() != "demo-1.0-py3-none-any.whl" {
			t.Errorf("order %v: chose %v (%v), want the first by name", order, c.Package, err)
		}
	}
}

// TestCore07BothSpellingsOfTheVersion: the name of a package has the version
// as PEP 440 writes it, or as the extension does.
func TestCore07BothSpellingsOfTheVersion(t *testing.T) {
	for _, c := range []struct{ version, file, problem string }{
		{"1.0.0-rc.1", "demo-1.0.0rc1-py3-none-any.whl", ""},
		{"1.0.0-rc.1", "demo-1.0.0-rc.1-py3-none-any.whl", ""},
		{"1.0.0-rc.1", "demo-1.0.0_rc.1-py3-none-any.whl", ""},
		{"1.0.0-rc.1", "demo-1.0.0rc1-7-py3-none-any.whl", ""},
		{"1.0.0-rc.1", "demo-1.0.0-rc.1-7-py3-none-any.whl", ""},
		{"1.0.0-rc.1", "demo-1.0.0-py3-none-any.whl", "version 1.0.0"},
		{"1.0.0-rc.1", "demo-1.0.0rc2-py3-none-any.whl", "version 1.0.0rc2"},
		{"1.0.0", "demo-1.0-py3-none-any.whl", ""},
		{"1.0.0", "demo-1.0.0-rc.1-py3-none-any.whl", "build number"},
		{"1.0.0", "demo-1.0.1-py3-none-any.whl", "version 1.0.1"},
		{"1.0.0", "other-1.0.0-py3-none-any.whl", "package of other"},
		{"1.0.0", "Demo-1.0.0-py3-none-any.whl", ""},
		{"1.0.0", "demo-1.0.0-none-any.whl", "not 5 or 6"},
		{"1.0.0", "demo-1.0.0-py3--any.whl", "tag"},
		{"1.0.0", "demo.whl", "parts"},
	} {
		z := open(t, writeZip(t, content{"extension.yml": manifest("demo", c.version, unzipped), "dep/" + c.file: "not looked at"}))
		if len(z.Extension.Packages) != 1 {
			t.Fatalf("%s: %d packages", c.file, len(z.Extension.Packages))
		}
		err := z.Extension.Packages[0].Problem
		if c.problem == "" && err != nil || c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)) {
			t.Errorf("%s for version %s: %v, want %q", c.file, c.version, err, c.problem)
		}
	}
}

// TestReasons: every reason that a package or an interpreter can have.
func TestReasons(t *testing.T) {
	files := content{"extension.yml": manifest("demo", "1.0.0", unzipped, `requires_python: ">=3.9, !=3.9.1*"`), "extension.py": ""}
	for name, metadata := range map[string]string{
		"cp311-cp311-manylinux_2_17_x86_64":       "",
		"cp311-cp311-manylinux_2_39_x86_64":       "",
		"cp311-cp311-musllinux_1_2_x86_64":        "",
		"cp311-cp311-win_amd64":                   "",
		"cp312-cp312-manylinux_2_17_x86_64":       "",
		"cp39-abi3-manylinux_2_5_x86_64":          "Requires-Python: >=3.9,!=3.11.4\n",
		"2-py3-none-any":                          "",
		"cp311-cp311-macosx_11_0_x86_64":          "",
		"cp311-cp311-manylinux_2_17_aarch64":      "",
		"cp311-none-manylinux_2_17_x86_64.win32":  "",
		"cp311-none-manylinux_2_40_x86_64.win_ce": "",
	} {
		file := plain + name + ".whl"
		files["dep/"+file] = packageOf(t, file, content{"dist-info/METADATA": metadata})
	}
	files["dep/demo-1.0.0-cp311-cp311-linux_x86_64.whl"] = "no zip"
	files["dep/stranger-1.0.0-py3-none-any.whl"] = packageOf(t, "stranger-1.0.0-py3-none-any.whl", nil)
	list := append(listOf(t, "cp39@"+linux+" 3.9.1", "cp311@"+linux+" 3.11.4", "cp310@"+linux),
		interpreters.Interpreter{Path: "/gone", Err: &interpreters.Error{Path: "/gone", Kind: interpreters.NotFound, Detail: "no such file"}},
		interpreters.Interpreter{Path: "/silent"})
	c, err := open(t, writeZip(t, files)).Select(t.Context(), list, SelectOptions{Explain: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range c.Considered {
		got = append(got, fmt.Sprintf("%s %s %v", filepath.Base(v.Interpreter.Path), v.Reason, v.Next))
	}
	want := []string{
		"cp39@" + linux + " requires-python false", "cp311@" + linux + " chosen false", "cp310@" + linux + " not-reached true",
		"gone no-answer false", "silent no-answer false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("interpreters:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if d := c.Considered[3].Detail; d != "no such file" {
		t.Errorf("the missing interpreter: %q", d)
	}
	details := map[string]string{}
	for _, p := range c.Considered[1].Packages {
		name := strings.TrimSuffix(strings.TrimPrefix(p.Package.File(), plain), ".whl")
		details[name] = string(p.Reason) + ": " + p.Detail()
	}
	for name, want := range map[string]string{
		"cp311-cp311-manylinux_2_17_x86_64":       "chosen: fits best, by cp311-cp311-manylinux_2_17_x86_64",
		"cp311-cp311-manylinux_2_39_x86_64":       "libc-floor: it needs manylinux_2_39_x86_64, and this system offers manylinux_2_28_x86_64",
		"cp311-cp311-musllinux_1_2_x86_64":        "tags: it is for musllinux_1_2_x86_64, and this is manylinux_2_28_x86_64",
		"cp311-cp311-win_amd64":                   "tags: it is for win_amd64, and this is manylinux_2_28_x86_64",
		"cp312-cp312-manylinux_2_17_x86_64":       "tags: it is for cp312-cp312, and this is cp311",
		"cp39-abi3-manylinux_2_5_x86_64":          "package-requires-python: it requires Python !=3.11.4,>=3.9, and this is 3.11.4",
		"2-py3-none-any":                          "outranked: fits by py3-none-any, and another package fits better",
		"cp311-cp311-macosx_11_0_x86_64":          "tags: it is for macosx_11_0_x86_64, and this is manylinux_2_28_x86_64",
		"cp311-cp311-manylinux_2_17_aarch64":      "tags: it is for manylinux_2_17_aarch64, and this is manylinux_2_28_x86_64",
		"cp311-none-manylinux_2_17_x86_64.win32":  "outranked: fits by cp311-none-manylinux_2_17_x86_64, and another package fits better",
		"cp311-none-manylinux_2_40_x86_64.win_ce": "libc-floor: it needs manylinux_2_40_x86_64, and this system offers manylinux_2_28_x86_64",
		"stranger-1.0.0-py3-none-any":             "unusable: it is a package of stranger, and the extension is demo",
	} {
		if details[name] != want {
			t.Errorf("%s\n got %s\nwant %s", name, details[name], want)
		}
	}
	if d := details["cp311-cp311-linux_x86_64"]; !strings.HasPrefix(d, "unusable: ") || !strings.Contains(d, "not a zip archive") {
		t.Errorf("a damaged package: %q", d)
	}
	if len(details) != 13 {
		t.Errorf("%d packages were judged, want 13", len(details))
	}
}

// TestNextBest: packages that turn out to be unusable when they are read give
// way to the next best.
func TestNextBest(t *testing.T) {
	files := content{"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": ""}
	for name, metadata := range map[string]string{
		"cp311-cp311-" + linux: "Requires-Python: >=3.11.5\n",
		"cp39-abi3-" + linux:   "Requires-Python: five\n",
		"py39-none-any":        "Requires-Python: >=3.9\n",
		"py3-none-any":         "",
	} {
		files["dep/"+plain+name+".whl"] = packageOf(t, plain+name+".whl", content{"dist-info/METADATA": metadata})
	}
	for version, want := range map[string]string{"3.11.4": "py3-none-any", "3.11.5": "cp311-cp311-" + linux, "3.11.9": "cp311-cp311-" + linux} {
		z := open(t, writeZip(t, files))
		if got := pick(t, z, listOf(t, "cp311@"+linux+" "+version), Policy{}); got != "cp311@"+linux+" "+plain+want+".whl" {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
}

// TestCore22RequiresPython: the product's dialect, held against the whole
// version of the interpreter.
func TestCore22RequiresPython(t *testing.T) {
	for _, c := range []struct {
		requires, version string
		ok                bool
	}{
		{">=2.7", "3.11.4", true}, {"==3*", "3.11.4", true}, {"==3*", "2.7.18", false}, {"!=3*", "3.9.0", false},
		{"!=3.9.1*", "3.9.1", false}, {"!=3.9.1*", "3.9.10", true}, {"!=3.9.1*", "3.9.2", true},
		{"==2.7*", "2.7.18", true}, {">3.6*", "3.6.15", false}, {">3.6*", "3.7.0", true}, {"<=3.6*", "3.6.15", true},
		{"<3.6", "3.6.0", false}, {">=3.11.4", "3.11.3", false}, {">=3.11.4,<3.12", "3.11.4", true},
		{">=3.15", "3.15.0rc1", true}, {"<3.15", "3.15.0rc1", false}, {">=3.14", "3.14.0+", true},
	} {
		tag := "cp" + strings.Join(strings.Split(c.version, ".")[:2], "")
		z := open(t, writeZip(t, content{"extension.yml": manifest("demo", "1.0.0", unzipped, fmt.Sprintf("requires_python: %q", c.requires))}))
		got := pick(t, z, listOf(t, tag+"@"+linux+" "+c.version), Policy{}) != "4"
		if got != c.ok {
			t.Errorf("%s under Python %s: %v, want %v", c.requires, c.version, got, c.ok)
		}
	}
}

// TestCore25AcceptList: empty denies, "*" is everything.
func TestCore25AcceptList(t *testing.T) {
	z := withPackages(t, manifest("db_backup", "1.0.0", unzipped))
	for _, c := range []struct {
		accept []string
		ok     bool
	}{
		{nil, true}, {[]string{}, false}, {[]string{"*"}, true}, {[]string{"db_*"}, true}, {[]string{"web_*", "db_backup"}, true},
		{[]string{"db"}, false}, {[]string{"DB_*"}, false}, {[]string{"[", "x"}, false},
	} {
		list := listOf(t, "cp311@"+linux)
		choice, err := z.Select(t.Context(), list, SelectOptions{Policy: Policy{Accept: c.accept}})
		if (err == nil) != c.ok || err != nil && (fault.ExitCode(err) != fault.NoPackage || choice.Considered[0].Reason != AcceptList) {
			t.Errorf("accept %q: %v (%v), want %v", c.accept, err, choice.Considered, c.ok)
		}
	}
}

// TestCore16ZipSafe: packages of an extension that runs from its zip are
// ignored, with a warning.
func TestCore16ZipSafe(t *testing.T) {
	for _, settings := range [][]string{{"zip_safe: true"}, nil} {
		z := withPackages(t, manifest("demo", "1.0.0", settings...), plain+"cp311-cp311-win_amd64.whl")
		if len(z.Warnings) != 1 || !strings.Contains(z.Warnings[0].String(), "ignored") {
			t.Errorf("%v: warnings %v", settings, z.Warnings)
		}
		if got := pick(t, z, listOf(t, "cp39@"+linux), Policy{}); got != "cp39@"+linux {
			t.Errorf("%v: chose %q, want the interpreter and no package", settings, got)
		}
	}
	z := withPackages(t, manifest("demo", "1.0.0", unzipped), plain+"cp311-cp311-win_amd64.whl")
	if got := pick(t, z, listOf(t, "cp39@"+linux), Policy{}); got != "5" || len(z.Warnings) > 0 {
		t.Errorf("zip_safe: false: %q and %v, want exit code 5 and no warning", got, z.Warnings)
	}
}

// TestWanted: what the hint says to build is what axle build takes, and gives a
// package that the interpreter takes.
func TestWanted(t *testing.T) {
	z := withPackages(t, manifest("demo", "1.0.0", unzipped), plain+"cp27-cp27m-win32.whl")
	lists := map[string][]interpreters.Interpreter{}
	for _, name := range []string{"cp311@manylinux_2_36_x86_64", "cp314t@macosx_14_0_arm64", "pp310@manylinux_2_17_aarch64", "cp39@win_arm64", "cp312@musllinux_1_2_x86_64"} {
		lists[name] = listOf(t, name)
	}
	for _, in := range machine() {
		if got, ok := in.Report.Target(); ok {
			lists[got.String()] = []interpreters.Interpreter{in}
		}
	}
	for want, list := range lists {
		_, err := z.Select(t.Context(), list, SelectOptions{})
		var none *NoPackageError
		if !errors.As(err, &none) || none.Wanted != want {
			t.Errorf("%s: %v, want %s", list[0].Path, err, want)
			continue
		}
		got, err := target.Parse(none.Wanted)
		if err != nil {
			t.Errorf("%s: %v", none.Wanted, err)
			continue
		}
		if _, accepted := list[0].Report.TagOrder().Rank(got.Tags().List()[0]); !accepted {
			t.Errorf("%s: a package for %s is not accepted", list[0].Path, got)
		}
	}
	odd := listOf(t, "cp311@"+linux)
	odd[0].Report.Implementation = "graalpy"
	_, err := z.Select(t.Context(), odd, SelectOptions{})
	if hints := strings.Join(fault.Hints(err), "\n"); strings.Contains(hints, "--target") {
		t.Errorf("a hint for what no target can be made for: %s", hints)
	}
}

// TestErrors: what people read.
func TestErrors(t *testing.T) {
	z := withPackages(t, manifest("demo", "1.0.0", unzipped, `requires_python: ">=3.9"`), plain+"cp311-cp311-manylinux_2_39_x86_64.whl", plain+"cp310-cp310-win_amd64.whl")
	gone := interpreters.Interpreter{Path: "/opt/gone", Err: &interpreters.Error{Path: "/opt/gone", Kind: interpreters.NotFound, Detail: "no such file"}}
	for _, c := range []struct {
		list   []interpreters.Interpreter
		strict bool
		want   string
	}{
		{nil, false, "error: demo: no interpreter was found, and a Python >=3.9 is needed\n" +
			"hint: install a Python >=3.9, or name one with --interpreter PATH or under interpreters: in agent.yml\n" +
			"hint: see what was found with: axle interpreters\n"},
		{append(listOf(t, "cp38@"+linux), gone), false, "error: demo: no interpreter fits\n" +
			"       /python/cp38@" + linux + ": Python 3.8.7 is not in requires_python \">=3.9\"\n" +
			"       /opt/gone: no such file\n" +
			"hint: install a Python >=3.9, or name one with --interpreter PATH or under interpreters: in agent.yml\n" +
			"hint: see what was found with: axle interpreters\n"},
		{listOf(t, "cp311@"+linux), false, "error: demo: no dependency package fits /python/cp311@" + linux + " (Python 3.11.7)\n" +
			"       demo-1.0.0-cp311-cp311-manylinux_2_39_x86_64.whl: it needs manylinux_2_39_x86_64, and this system offers manylinux_2_28_x86_64\n" +
			"hint: the zip offers demo-1.0.0-cp310-cp310-win_amd64.whl, demo-1.0.0-cp311-cp311-manylinux_2_39_x86_64.whl\n" +
			"hint: build for it with: axle build --target cp311@manylinux_2_28_x86_64\n" +
			"hint: see why each was refused with: axle select --explain ZIP\n"},
		{listOf(t, "cp312@"+linux, "cp310@win_amd64"), true, "error: demo: no dependency package fits /python/cp312@" + linux + " (Python 3.12.7)\n" +
			"hint: the zip offers demo-1.0.0-cp310-cp310-win_amd64.whl, demo-1.0.0-cp311-cp311-manylinux_2_39_x86_64.whl\n" +
			"hint: build for it with: axle build --target cp312@manylinux_2_28_x86_64\n" +
			"hint: a later interpreter has a package: leave out --strict-order\n" +
			"hint: see why each was refused with: axle select --explain ZIP\n"},
	} {
		_, err := z.Select(t.Context(), c.list, SelectOptions{Policy: Policy{StrictOrder: c.strict}, Explain: true})
		var b strings.Builder
		fault.Print(&b, err)
		if b.String() != c.want {
			t.Errorf("got\n%swant\n%s", b.String(), c.want)
		}
	}
}
