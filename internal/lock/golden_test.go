package lock

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/target"
)

// matrix is a lock with everything that a lock may have in it.
func matrix(t testing.TB, dir string) (Lock, Asked) {
	c := catalog{
		"kiln-2.0-cp39-cp39-manylinux_2_17_x86_64.whl":       ">=3.9 | palette>=1 | tomli; python_version < '3.11' | winlib; sys_platform == 'win32' | dyes; extra == 'blue'",
		"kiln-2.0-cp39-cp39-win_amd64.whl":                   ">=3.9 | palette>=1 | tomli; python_version < '3.11' | winlib; sys_platform == 'win32' | dyes; extra == 'blue'",
		"kiln-2.1-cp310-abi3-manylinux_2_17_x86_64.whl":      ">=3.10 | palette>=1 | tomli; python_version < '3.11' | winlib; sys_platform == 'win32' | dyes; extra == 'blue'",
		"kiln-2.1-cp310-abi3-win_amd64.whl":                  ">=3.10,!=3.10.1 | palette>=1 | tomli; python_version < '3.11' | winlib; sys_platform == 'win32' | dyes; extra == 'blue'",
		"palette-1.2.0-py3-none-any.whl":                     ">=3.6",
		"tomli-2.4.0-py3-none-any.whl":                       ">=3.8",
		"winlib-0.3-py3-none-any.whl":                        "",
		"dyes-5.0.post1-py2.py3-none-any.whl":                ">=2.7,!=3.0.* | kiln[blue]",
		"ours-1.0-py3-none-any.whl":                          "@" + filepath.ToSlash(filepath.Join(dir, "wheels", "ours-1.0-py3-none-any.whl")),
		"theirs-3.0+local.1-py3-none-any.whl":                "@https://example.test/theirs-3.0%2Blocal.1-py3-none-any.whl",
		"musl_only-1.0-cp310-cp310-musllinux_1_2_x86_64.whl": "",
	}
	common := []string{"ours-1.0-py3-none-any.whl", "theirs-3.0+local.1-py3-none-any.whl", "palette-1.2.0-py3-none-any.whl", "dyes-5.0.post1-py2.py3-none-any.whl"}
	with := func(more ...string) []string { return append(more, common...) }
	l, a := makeLock(t, c, []string{
		"kiln[blue]>=2 --hash=sha256:00", "ours @ ./wheels/ours-1.0-py3-none-any.whl", "palette>=1; python_version >= '3.10'",
		"theirs @ https://example.test/theirs-3.0%2Blocal.1-py3-none-any.whl",
	}, map[string][]string{
		"cp39@manylinux_2_28_x86_64": with("kiln-2.0-cp39-cp39-manylinux_2_17_x86_64.whl", "tomli-2.4.0-py3-none-any.whl"),
		"cp39@win_amd64":             with("kiln-2.0-cp39-cp39-win_amd64.whl", "tomli-2.4.0-py3-none-any.whl", "winlib-0.3-py3-none-any.whl", "note: kiln is 2.0, not 2.1, because 'it' has no \"file\""),
		"cp310@manylinux_2_28_x86_64 cp310@manylinux_2_17_x86_64": with("kiln-2.1-cp310-abi3-manylinux_2_17_x86_64.whl", "tomli-2.4.0-py3-none-any.whl"),
		"cp310@win_amd64":                                with("kiln-2.1-cp310-abi3-win_amd64.whl", "tomli-2.4.0-py3-none-any.whl", "winlib-0.3-py3-none-any.whl"),
		"cp311@manylinux_2_28_x86_64":                    with("kiln-2.1-cp310-abi3-manylinux_2_17_x86_64.whl"),
		"cp311@win_amd64":                                with("kiln-2.1-cp310-abi3-win_amd64.whl", "winlib-0.3-py3-none-any.whl"),
		"cp311@macosx_11_0_arm64 cp39@macosx_11_0_arm64": nil,
	})
	a.Policy = map[string]string{"prefer": "specific", "exclude-newer": "2026-11-21T00:00:00Z"}
	a.Constraints = []string{"palette<3"}
	return l, a
}

func TestGolden(t *testing.T) {
	dir := filepath.FromSlash("/project")
	l, a := matrix(t, dir)
	_, d := mustMarshal(t, l, a, dir)
	d.Record.Alignment = &Alignment{Packages: 3, PackagesBefore: 5, Bytes: 10, BytesBefore: 20, Changes: []VersionChange{{
		Project: "kiln", From: pep440.MustParse("2.1"), To: pep440.MustParse("2.0"), Targets: []target.Target{mustTarget(t, "cp39@win_amd64")},
	}}}
	data, err := d.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if read, warnings, err := Parse(Filename, data); err != nil || len(warnings) > 0 || same(d, read) != "" {
		t.Errorf("%v %v %s", err, warnings, same(d, read))
	}
	path := filepath.Join("testdata", "matrix.pylock.toml")
	if *update {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(data) {
		t.Errorf("the lock is not that of %s (see -update):\n%s", path, data)
	}
}

// TestHoleCauses: what is known of a hole comes back with its error.
func TestHoleCauses(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "matrix.pylock.toml"))
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := Parse(Filename, data)
	if err != nil || d.Record == nil || len(d.Record.Holes) == 0 {
		t.Fatal(err)
	}
	for _, h := range d.Record.Holes {
		if got := Causes(h.err()); !reflect.DeepEqual(got, caused{}.Causes()) || h.err().Error() != h.Reason {
			t.Errorf("got %+v", got)
		}
	}
}
