package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/peer"
)

// The rows of the core system that the build side proves, one test each; the
// scripts are in testdata/core. Where the real tools have a say, a test of
// corereal_test.go asks them.
//
//	 1  pure modules ride in the extension         TestCore01, TestCore01Real
//	 2  a native dependency cannot run zipped      TestCore02, TestCore02Real
//	 3  packages are embedded in the archive       TestCore03, TestCore03Real
//	 6  dist-info stays in the package             TestCore06
//	 7  the name of a package                      TestCore07, TestCore07Real
//	 8  one command does it all                    TestCore08, TestRealSetEqualsUV
//	 9  all targets from one machine               TestCore09, TestRealSetEqualsUV
//	10  packages collected from other machines     TestCore10
//	16  packages want zip_safe: false              TestCore16
//	18  every hole has a name                      TestCore18
//	19  one package may serve many Pythons         TestCore19, TestCore19Real
//	20  what forces many packages                  TestCore20, TestCore20Real
//	21  the widest requires_python without a hole  TestCore21
//	22  what requires_python means                 TestCore22
//	24  breaking points                            TestCore24
//	26  what extension.yml must have               TestCore26
//
// Rows 4, 5, 11 to 15, 17, 23 and 25 are the agent's: see package selector.

func TestCore02(t *testing.T) { runScripts(t, "testdata/core/02_*.txtar") }
func TestCore03(t *testing.T) { runScripts(t, "testdata/core/03_*.txtar") }
func TestCore06(t *testing.T) { runScripts(t, "testdata/core/06_*.txtar") }
func TestCore07(t *testing.T) { runScripts(t, "testdata/core/07_*.txtar") }
func TestCore08(t *testing.T) { runScripts(t, "testdata/core/08_*.txtar") }
func TestCore09(t *testing.T) { runScripts(t, "testdata/core/09_*.txtar") }
func TestCore10(t *testing.T) { runScripts(t, "testdata/core/10_*.txtar") }
func TestCore16(t *testing.T) { runScripts(t, "testdata/core/16_*.txtar") }
func TestCore18(t *testing.T) { runScripts(t, "testdata/core/18_*.txtar") }
func TestCore19(t *testing.T) { runScripts(t, "testdata/core/19_*.txtar") }
func TestCore20(t *testing.T) { runScripts(t, "testdata/core/20_*.txtar") }
func TestCore21(t *testing.T) { runScripts(t, "testdata/core/21_*.txtar") }
func TestCore22(t *testing.T) { runScripts(t, "testdata/core/22_*.txtar") }
func TestCore24(t *testing.T) { runScripts(t, "testdata/core/24_*.txtar") }
func TestCore26(t *testing.T) { runScripts(t, "testdata/core/26_*.txtar") }

// TestCore01 builds an extension with pure dependencies into its zip, which
// runs under every Python of the machine: by zipimport alone, and deployed.
func TestCore01(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	index := indextest.New(t, indextest.Options{}, describe(t, "", `
palette 1.2.0 py3-none-any
    requires: dyes
    file palette/data.txt: umber
dyes 2.0 py2.py3-none-any
`)...)
	mustWrite(t, filepath.Join(dir, "extension.yml"), []byte(`extension: {name: ext, version: "1.0.0", api_level: "1.4.0", requires_python: ">=3.6", zip_safe: true}`+"\n"))
	mustWrite(t, filepath.Join(dir, "extension.py"), []byte("import pkgutil, dyes, palette\nprint(palette.__version__, dyes.__version__, pkgutil.get_data('palette', 'data.txt').decode().strip())\n"))
	mustWrite(t, filepath.Join(dir, "requirements.txt"), []byte("palette\n"))
	mustRun(t, dir, 0, "", "build", "-i", index.Simple())
	zip := filepath.Join(dir, "dist", "extension_build", "ext-1.0.0.zip")
	for _, version := range []string{"3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			python := peer.Python(t, version)
			const said = "1.2.0 2.0 umber\n"
			cmd := exec.CommandContext(t.Context(), python, "-I", "-S", "-c", "import sys; sys.path.insert(0, sys.argv[1]); import extension", zip)
			if out := peer.Run(t, cmd); out != said {
				t.Errorf("from the zip it printed %q", out)
			}
			user := t.TempDir()
			mustRun(t, user, 0, "", "deploy", "--interpreter", python, zip)
			mustRun(t, user, 0, said, "run", "ext")
		})
	}
}
