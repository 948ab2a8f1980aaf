package selector

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/peer"
)

// TestRealPackagesThatLie: packages of the real UIP-CLI with its forced stable
// ABI, the same renamed for Windows, and its bare linux tag on an older system.
func TestRealPackagesThatLie(t *testing.T) {
	if peer.Real(t); testing.Short() {
		t.Skip("builds twice")
	}
	venv := peer.Venv(t, "uip-cli==2.1.1", "setuptools<70", "wheel")
	build := func(flags ...string) (file, data string) {
		t.Helper()
		dir := t.TempDir()
		for _, args := range [][]string{
			{"init", "-t", "ue-task", "-e", "extension_name=demo", "-e", "zip_safe=False", "-e", "extension_requires_python=>=3.8"},
			append([]string{"build", "-a"}, flags...),
		} {
			cmd := exec.Command(filepath.Join(venv, "uip"), args...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PATH="+venv+string(os.PathListSeparator)+os.Getenv("PATH"))
			program(t, cmd)
			if err := os.WriteFile(filepath.Join(dir, "requirements.txt"), []byte("PyYAML==6.0.2\ncryptography\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		made, err := filepath.Glob(filepath.Join(dir, "dist", "dep", "*.whl"))
		if err != nil || len(made) != 1 {
			t.Fatalf("uip build made %v", made)
		}
		text, err := os.ReadFile(made[0])
		if err != nil {
			t.Fatal(err)
		}
		return filepath.Base(made[0]), string(text)
	}
	refused := func(file, data, in string) string {
		t.Helper()
		z := open(t, writeZip(t, content{"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": "", "dep/" + file: data}))
		choice, err := z.Select(t.Context(), listOf(t, in), SelectOptions{})
		v := choice.Considered[0].Packages[0]
		if fault.ExitCode(err) != fault.NoPackage || v.Reason != WrongBinaries {
			t.Errorf("%s on %s: %s (%s), %v", file, in, v.Reason, v.Detail(), err)
		}
		t.Logf("%s on %s: %s", file, in, v.Detail())
		return v.Detail()
	}
	file, data := build("-f")
	python, abi := strings.Split(file, "-")[2], strings.Split(file, "-")[3]
	if abi != "abi3" {
		t.Fatalf("uip build -f made %s", file)
	}
	if said := refused(file, data, python+"@manylinux_2_39_x86_64"); !strings.Contains(said, "_yaml.cpython-"+python[2:]+"-x86_64-linux-gnu.so: is for "+python+" by its name") {
		t.Error(said)
	}
	windows := strings.Replace(file, "abi3-linux_x86_64", python+"-win_amd64", 1)
	if said := refused(windows, data, python+"@win_amd64"); !strings.Contains(said, "is an ELF file for x86_64, the wheel is for win_amd64") {
		t.Error(said)
	}
	file, data = build()
	if said := refused(file, data, python+"@manylinux_2_17_x86_64"); !strings.Contains(said, ": needs glibc 2.") || !strings.Contains(said, "and this system has 2.17") {
		t.Error(said)
	}
}
