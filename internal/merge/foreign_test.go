package merge

import (
	"crypto/sha256"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// TestRow10: a package made elsewhere is used only after its name, version,
// tags and contents are checked.
func TestRow10(t *testing.T) {
	dir := t.TempDir()
	good := makeWheel(t, dir, "sample_ext-1.0.0-cp311-cp311-linux_x86_64.whl", files{"a/__init__.py": ""})
	rename := func(name string) string {
		data, err := os.ReadFile(good.Path)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, test := range []struct {
		path string
		code int
		want string
	}{
		{good.Path, 0, ""},
		{rename("sample_ext-1.0-1-cp311-cp311-linux_x86_64.whl"), 0, ""},
		{rename("sample_ext-1.0.0-cp311-cp311-win_amd64.whl"), fault.BadInput,
			"sample_ext-1.0.0-cp311-cp311-win_amd64.whl: was made as cp311-cp311-linux_x86_64, so its file was renamed"},
		{rename("sample_ext-1.0.1-cp311-cp311-linux_x86_64.whl"), fault.BadInput,
			"sample_ext-1.0.1-cp311-cp311-linux_x86_64.whl: is for version 1.0.1, not 1.0.0"},
		{rename("other-1.0.0-cp311-cp311-linux_x86_64.whl"), fault.BadInput,
			"other-1.0.0-cp311-cp311-linux_x86_64.whl: is a package of other, not of sample-ext"},
		{rename("sample_ext-1.0.0-cp311.whl"), fault.BadInput, "sample_ext-1.0.0-cp311.whl: not a wheel file name"},
		{makeWheel(t, dir, "sample_ext-1.0.0-cp310-cp310-win_amd64.whl", files{
			"sample_ext-1.0.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: sample_ext\nVersion: 2.0\n",
		}).Path, fault.BadInput, "sample_ext-1.0.0-cp310-cp310-win_amd64.whl: METADATA is that of sample-ext 2.0"},
		{makeWheel(t, dir, "sample_ext-1.0.0-cp39-cp39-win_amd64.whl", files{
			"x.py":                              "changed",
			"sample_ext-1.0.0.dist-info/RECORD": "x.py," + wheel.SHA256(sha256.Sum256([]byte("x"))).String() + ",1\n",
		}).Path, fault.Mismatch, "sample_ext-1.0.0-cp39-cp39-win_amd64.whl: x.py is not what RECORD says"},
	} {
		f, _, err := CheckPackage(t.Context(), test.path, "sample_ext", one.Version)
		if fault.ExitCode(err) != test.code || err != nil && !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: exit %d, %v; want exit %d, %s", filepath.Base(test.path), fault.ExitCode(err), err, test.code, test.want)
		}
		if err == nil && (f.Hex() != sumOf(t, test.path) || f.Generator == generator || f.Files != 4) {
			t.Errorf("%s: %+v", filepath.Base(test.path), f)
		}
	}
}

func TestOurPackagesAreKnown(t *testing.T) {
	w := open(t, OpenOptions{}, sample(t, t.TempDir())...)
	written := build(t, w, solvedOf(t, w))
	f, warnings, err := CheckPackage(t.Context(), written[0].Path, "sample_ext", one.Version)
	if err != nil || len(warnings) > 0 || f.Generator != generator || !slices.Equal(f.Distributions, []string{"alpha-1.2", "beta-2.0"}) || f.Sums != written[0].Sums {
		t.Errorf("%v, %v, %+v", err, warnings, f)
	}
}

func foreign(t *testing.T, names ...string) []Foreign {
	t.Helper()
	var out []Foreign
	for _, name := range names {
		f, err := wheel.ParseFilename(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, Foreign{Filename: f})
	}
	return out
}

// TestForeignInPlan: packages made elsewhere fill holes, and change the names
// of ours where they would be in the way.
func TestForeignInPlan(t *testing.T) {
	pure := func(p, _ string) []string {
		if p == "3.11" {
			return nil
		}
		return []string{requests}
	}
	for _, test := range []struct {
		name    string
		foreign []Foreign
		want    []string // names of ours
		serves  []string // targets of each package made elsewhere
		err     string
	}{
		{"it fills a hole", foreign(t, "sample_ext-1.0.0-cp311-cp311-linux_x86_64.whl"),
			[]string{"py310-none-any"}, []string{"[cp311@manylinux_2_28_x86_64]"}, ""},
		{"the better of two", foreign(t, "sample_ext-1.0.0-py3-none-any.whl", "sample_ext-1.0.0-cp311-cp311-linux_x86_64.whl"),
			[]string{"cp310.cp312-none-any"}, []string{"[]", "[cp311@manylinux_2_28_x86_64]"}, ""},
		{"the higher build number", foreign(t, "sample_ext-1.0.0-cp311-cp311-linux_x86_64.whl", "sample_ext-1.0.0-7-cp311-cp311-linux_x86_64.whl"),
			[]string{"py310-none-any"}, []string{"[]", "[cp311@manylinux_2_28_x86_64]"}, ""},
		{"it reaches too far", foreign(t, "sample_ext-1.0.0-cp36-abi3-linux_x86_64.whl"),
			[]string{"cp310.cp312-none-manylinux_2_28_x86_64"}, []string{"[cp311@manylinux_2_28_x86_64]"}, ""},
		{"for a system unknown to us", foreign(t, "sample_ext-1.0.0-cp311-cp311-aix_7_2.whl"),
			[]string{"cp310.cp312-none-any"}, []string{"[]"}, ""},
		{"it is as good as ours", foreign(t, "sample_ext-1.0.0-cp312-cp312-manylinux_2_28_x86_64.whl"), nil, nil,
			"cp312@manylinux_2_28_x86_64: an agent would pick sample_ext-1.0.0-cp312-cp312-manylinux_2_28_x86_64.whl, which was made elsewhere and is not meant for it"},
	} {
		solutions, holes := matrix(t, "3.10 3.11 3.12", linux, pure)
		opt := one
		opt.Holes, opt.Foreign = holes, test.foreign
		p, err := NewPlan(solutions, opt)
		if test.err != "" {
			if err == nil || err.Error() != test.err || fault.ExitCode(err) != fault.NoPackage {
				t.Errorf("%s: %v", test.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var serves []string
		for _, f := range p.Foreign {
			serves = append(serves, strings.ReplaceAll(strings.Join(strings.Fields(sprint(f.Targets)), " "), "\n", ""))
		}
		if !slices.Equal(namesOf(p), test.want) || !slices.Equal(serves, test.serves) {
			t.Errorf("%s: ours %v, theirs serve %v", test.name, namesOf(p), serves)
		}
		if full := strings.Contains(strings.Join(serves, ""), "cp311@"); full == (len(p.Holes) == 1) {
			t.Errorf("%s: holes %v", test.name, p.Holes)
		}
	}
}

func sprint(list []target.Target) string {
	var out []string
	for _, t := range list {
		out = append(out, t.String())
	}
	return "[" + strings.Join(out, " ") + "]"
}

// TestForeignThatNeedsMore: a bare linux_x86_64 package is not for a target
// whose C library is too old for its binaries.
func TestForeignThatNeedsMore(t *testing.T) {
	solutions, holes := matrix(t, "3.10 3.11", linux, func(p, _ string) []string {
		if p == "3.11" {
			return nil
		}
		return []string{requests}
	})
	opt := one
	opt.Holes, opt.Foreign = holes, foreign(t, "sample_ext-1.0.0-cp311-cp311-linux_x86_64.whl")
	opt.Foreign[0].Least = mustTarget(t, "3.11@manylinux_2_34_x86_64").Platform
	if _, err := NewPlan(solutions, opt); fault.ExitCode(err) != fault.NoPackage {
		t.Errorf("got %v", err)
	}
}

// TestRealUIP checks packages of the real tool: one as it makes them, one with
// a forced stable ABI, one renamed.
func TestRealUIP(t *testing.T) {
	real(t)
	script, err := filepath.Abs("../../../shared/peers/uip_build.sh")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(script); err != nil {
		t.Skip("no ../shared/peers")
	}
	dir := t.TempDir()
	make := func(sub string, flags ...string) string {
		req := filepath.Join(dir, "requirements.txt")
		if err := os.WriteFile(req, []byte("PyYAML\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		args := append([]string{script, python3(t), filepath.Join(dir, sub), req}, flags...)
		if out, err := exec.Command("bash", args...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		found, err := filepath.Glob(filepath.Join(dir, sub, "dist", "dep", "*.whl"))
		if err != nil || len(found) != 1 {
			t.Fatal(found, err)
		}
		return found[0]
	}
	plain, forced := make("plain"), make("forced", "-f")
	f, warnings, err := CheckPackage(t.Context(), plain, "sample_ext", one.Version)
	if err != nil || len(warnings) != 1 || f.Least.Family != target.Manylinux {
		t.Errorf("%v, %v, %+v", err, warnings, f)
	}
	if _, _, err := CheckPackage(t.Context(), forced, "sample_ext", one.Version); fault.ExitCode(err) != fault.BadInput {
		t.Errorf("a forced stable ABI: %v", err)
	}
	renamed := filepath.Join(dir, strings.Replace(filepath.Base(plain), "linux_x86_64", "win_amd64", 1))
	if err := os.Rename(plain, renamed); err != nil {
		t.Fatal(err)
	}
	if _, _, err := CheckPackage(t.Context(), renamed, "sample_ext", one.Version); fault.ExitCode(err) != fault.BadInput {
		t.Errorf("a renamed package: %v", err)
	}
}
