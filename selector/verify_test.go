package selector

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/deployments"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/launch"
	"github.com/axlepack/axle/internal/wheeltest"
	"github.com/axlepack/axle/interpreters"
)

// mustFail checks the exit code of an error and what it says.
func mustFail(t testing.TB, what string, err error, code int, says ...string) {
	t.Helper()
	if fault.ExitCode(err) != code {
		t.Errorf("%s: exit code %d, want %d: %v", what, fault.ExitCode(err), code, err)
		return
	}
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v, want %q in it", what, err, text)
		}
	}
}

// spoil changes a file in place, whatever its mode.
func spoil(t testing.TB, path string) {
	t.Helper()
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err == nil {
		data[len(data)-1] ^= 1
		err = os.WriteFile(path, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestVerifyRepair damages each file of a deployment in turn, and all at once:
// it is found, and repaired from what is kept or from the zip.
func TestVerifyRepair(t *testing.T) {
	in, root := newest(t), t.TempDir()
	zip := sample(t, "1.0.0")
	d := place(t, zip, root, in)
	whole := func(what string) {
		t.Helper()
		if v, err := Verify(t.Context(), root, "demo", false); err != nil || len(v.Damage) > 0 || v.Files == 0 {
			t.Errorf("%s: %+v (%v)", what, v, err)
		}
		run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "helped\n")
		nothingStaged(t, root)
	}
	whole("as deployed")
	home := filepath.Dir(d.BootPath())
	var files []string
	for _, folder := range []string{home, d.PackagePath(), filepath.Join(root, filepath.FromSlash(d.Record.Starter))} {
		for _, name := range tree(t, folder) {
			files = append(files, filepath.Join(folder, filepath.FromSlash(name)))
		}
	}
	for i, file := range files {
		if filepath.Base(file) == "record.json" {
			continue // what is deployed is not known without it
		}
		if i%2 == 0 {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		} else if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			continue
		} else {
			spoil(t, file)
		}
		_, err := Verify(t.Context(), root, "demo", false)
		mustFail(t, file, err, fault.Mismatch)
		if v, err := Verify(t.Context(), root, "demo", true); err != nil || !v.Repaired {
			t.Errorf("%s: %+v (%v)", file, v, err)
		}
		whole(file)
	}
	repairByteCode(t, in, zip)
	// The package and what is kept of it: from the zip that was deployed.
	spoil(t, filepath.Join(d.PackagePath(), "helper.py"))
	spoil(t, filepath.Join(d.PackagePath(), keptPackage))
	spoil(t, filepath.Join(home, keptZip))
	if v, err := Verify(t.Context(), root, "demo", true); err != nil || !v.Repaired {
		t.Errorf("from the zip: %+v (%v)", v, err)
	}
	whole("from the zip")
	// A package that is gone as a whole.
	if err := os.RemoveAll(d.PackagePath()); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(t.Context(), root, "demo", true); err != nil {
		t.Logf("without the package: %v", err)
	}
	whole("after the package was gone")
	// Without any source it cannot be, and that is said.
	if err := os.Remove(zip); err != nil {
		t.Fatal(err)
	}
	spoil(t, filepath.Join(d.PackagePath(), "helper.py"))
	spoil(t, filepath.Join(d.PackagePath(), keptPackage))
	_, err := Verify(t.Context(), root, "demo", true)
	mustFail(t, "no source", err, fault.Mismatch, "helper.py: changed")
	// Files of the extension's own are no damage; a module in the package is.
	writeText(t, filepath.Join(d.CodePath(), "state.db"), "rows")
	writeText(t, filepath.Join(d.PackagePath(), "json.py"), "")
	v, err := Verify(t.Context(), root, "demo", false)
	mustFail(t, "a foreign module", err, fault.Mismatch, "json.py: "+deployments.Foreign)
	if len(v.Damage) != 1 {
		t.Errorf("%+v", v.Damage)
	}
}

// repairByteCode damages modules and what was made of them.
func repairByteCode(t *testing.T, in interpreters.Interpreter, zip string) {
	t.Helper()
	root := t.TempDir()
	d := deploy(t, zip, root, in)
	code := filepath.Join(d.PackagePath(), "__pycache__", "helper."+in.Report.CacheTag+".pyc")
	boot := d.BootPath()
	for _, file := range []string{
		code, filepath.Join(d.PackagePath(), "helper.py"), filepath.Join(d.CodePath(), "extension.py"), boot, launch.Compiled(boot), filepath.Join(filepath.Dir(boot), launch.File),
	} {
		spoil(t, file)
		_, err := Verify(t.Context(), root, "demo", false)
		mustFail(t, file, err, fault.Mismatch, filepath.Base(file)+": changed")
		if v, err := Verify(t.Context(), root, "demo", true); err != nil || !v.Repaired {
			t.Errorf("%s: %+v (%v)", file, v, err)
		}
	}
	r := run(t, RunOptions{Root: root, Name: "demo", Env: append(launch.Plan{NeedsSite: true}.Environ(os.Environ(), ""), "PYTHONVERBOSE=1")})
	r.want(t, 0, "helped\n")
	if !loadedFromByteCode(r.stderr, "helper") {
		t.Error("the repaired byte code is not taken")
	}
	if _, err := Verify(t.Context(), root, "demo", false); err != nil {
		t.Error(err)
	}
}

func writeText(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// verifyZip is the error of what was found, or of the zip.
func verifyZip(t testing.TB, file string) (VerifiedZip, error) {
	t.Helper()
	v, err := VerifyZip(t.Context(), file, VerifyZipOptions{})
	if err == nil {
		err = v.Err()
	}
	return v, err
}

// TestVerifyZip: what is wrong with packages is found and named, all of it.
func TestVerifyZip(t *testing.T) {
	zipWith := func(name, data string) string {
		return writeZip(t, content{"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": "", "dep/" + name: data})
	}
	files := content{"helper.py": "VALUE = 1\n", "data.txt": "rows\n"}
	v, err := verifyZip(t, zipWith(universal, packageOf(t, universal, files)))
	if err != nil || v.Extension != "demo" || len(v.Packages) != 1 || v.Files < 7 {
		t.Errorf("%+v (%v)", v, err)
	}
	broken := func(f wheeltest.Fault) string {
		return string(wheeltest.Break(t, []byte(packageOf(t, universal, files)), f))
	}
	for _, c := range []struct {
		what, name, data string
		code             int
		says             string
	}{
		{"renamed", plain + "cp311-cp311-win_amd64.whl", packageOf(t, universal, files), fault.BadInput, "its name says cp311-cp311-win_amd64, and its WHEEL py2-none-any py3-none-any"},
		{"another's", "other-1.0.0-py3-none-any.whl", packageOf(t, "other-1.0.0-py3-none-any.whl", files), fault.BadInput, "it is a package of other"},
		{"a hash", universal, broken(wheeltest.WrongHash), fault.Mismatch, "RECORD"},
	} {
		_, err := verifyZip(t, zipWith(c.name, c.data))
		mustFail(t, c.what, err, c.code, c.says)
	}
	for _, f := range wheeltest.Faults {
		_, err := verifyZip(t, zipWith(universal, broken(f)))
		if code := fault.ExitCode(err); code != fault.BadInput && code != fault.Mismatch {
			t.Errorf("%s: %v", f, err)
		}
	}
	_, err = verifyZip(t, writeZip(t, content{"extension.yml": manifest("demo", "1.0.0", unzipped)}))
	mustFail(t, "no extension.py", err, fault.BadInput, "no extension.py")
}

// TestExamine: the doctor sees what is wrong, each with its own exit code.
func TestExamine(t *testing.T) {
	in := newest(t)
	levels := func(root string, fix bool) map[string]string {
		t.Helper()
		found, err := Examine(t.Context(), root, time.Now(), fix)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, s := range found {
			if out[s.Check] == "" || s.Level != LevelOK {
				out[s.Check] = s.Level
			}
			if (s.Err() != nil) != (s.Level == LevelProblem) {
				t.Errorf("%+v: error %v", s, s.Err())
			}
		}
		return out
	}
	if got := levels(filepath.Join(t.TempDir(), "none"), false); got["root"] != LevelNote || len(got) != 1 {
		t.Errorf("no root: %v", got)
	}
	root := t.TempDir()
	d := place(t, sample(t, "1.0.0"), root, in)
	if got := levels(root, false); got["deployment"] != LevelOK || got["leftovers"] != LevelOK || got["clock"] != LevelOK || got["interpreter"] != "" {
		t.Errorf("whole: %v", got)
	}
	writeText(t, filepath.Join(root, "t", "half"), "")
	if err := os.Mkdir(filepath.Join(root, "p", "orphan"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := levels(root, false); got["leftovers"] != LevelNote {
		t.Errorf("with leftovers: %v", got)
	}
	if got := levels(root, true); got["leftovers"] != LevelFixed {
		t.Errorf("with leftovers: %v", got)
	}
	if got := levels(root, false); got["leftovers"] != LevelOK {
		t.Errorf("cleaned: %v", got)
	}
	if err := os.Remove(filepath.Join(d.PackagePath(), "helper.py")); err != nil {
		t.Fatal(err)
	}
	if got := levels(root, false); got["deployment"] != LevelProblem {
		t.Errorf("a file is missing: %v", got)
	}
	link := filepath.Join(t.TempDir(), "python")
	if err := os.Symlink(in.Path, link); err != nil {
		t.Skip(err)
	}
	other := in
	other.Path = link
	place(t, sample(t, "2.0.0"), root, other)
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if got := levels(root, false); got["interpreter"] != LevelProblem {
		t.Errorf("without its interpreter: %v", got)
	}
	_, err := Rollback(t.Context(), root, "demo", "2.0.0", time.Now())
	mustFail(t, "back to what has no interpreter", err, fault.NoInterpreter, "is gone")
	if err := os.Remove(filepath.Join(root, "e", "demo", "current")); err != nil {
		t.Fatal(err)
	}
	if got := levels(root, false); got["deployment"] != LevelProblem {
		t.Errorf("nothing is current: %v", got)
	}
}
