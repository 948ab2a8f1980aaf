package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/peer"
)

// importAll imports every module below a folder but tests, each top-level one in
// the first pass, and prints the names of those that fail. Files that a RECORD
// names and that are not there are printed, too.
const importAll = `
import importlib, importlib.metadata, os, pkgutil, sys, warnings
warnings.simplefilter("ignore")
site = sys.argv[1]
sys.path.insert(0, site)
out = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
def load(name, what):
    try:
        importlib.import_module(name)
    except BaseException as e:
        out.write("%s %s: %s\n" % (what, name, type(e).__name__))
for d in importlib.metadata.distributions(path=[site]):
    for f in d.files or []:
        if not f.locate().exists():
            out.write("missing %s of %s\n" % (f, d.metadata["Name"]))
for m in pkgutil.iter_modules([site]):
    load(m.name, "top")
importlib.import_module("numpy.testing")
for m in pkgutil.walk_packages([site], onerror=lambda name: None):
    parts = m.name.split(".")
    if not set(parts) & {"tests", "test", "conftest", "__main__"} and parts[0] != "setuptools":
        load(m.name, "module")
out.flush()
os._exit(0)
`

// TestRealTrim builds packages of what is imported most, with nothing trimmed and
// with everything: whatever could be imported still can be, but for the tests, and
// RECORD names what is there. AXLE_LONG takes more of them.
func TestRealTrim(t *testing.T) {
	peer.Real(t)
	dir := t.TempDir()
	python := machinePython()
	out := peer.Run(t, exec.Command(python, "-c", "import sys, platform; print('%d.%d' % sys.version_info[:2], platform.machine())"))
	version, machine, _ := strings.Cut(strings.TrimSpace(out), " ")
	requirements := "numpy\npandas\ncryptography\nPyYAML\nrequests\nlxml\n"
	if os.Getenv("AXLE_LONG") != "" {
		requirements += "scipy\nsetuptools\nscikit-learn\nmatplotlib\nsympy\nnetworkx\naiohttp\nSQLAlchemy\nTwisted\ntornado\n"
	}
	for name, text := range map[string]string{
		"extension.yml":    "extension: {name: big, version: 1.0.0, api_level: 1.4.0, requires_python: '>=3.9', zip_safe: false}\n",
		"extension.py":     "",
		"requirements.txt": requirements,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	imported := map[string]string{}
	sizes := map[string]int64{}
	for _, trim := range []string{"none", ":all:"} {
		cmd := exec.Command("axle", "build", "-q", "--trim", trim, "--python", version, "--platform", "manylinux_2_34_"+machine, dir)
		cmd.Env = append(os.Environ(), "AXLE_CACHE="+realCache())
		peer.Run(t, cmd)
		packages, err := filepath.Glob(filepath.Join(dir, "dist", "dep", "*.whl"))
		if err != nil || len(packages) != 1 {
			t.Fatal(packages, err)
		}
		info, err := os.Stat(packages[0])
		if err != nil {
			t.Fatal(err)
		}
		sizes[trim] = info.Size()
		site := filepath.Join(t.TempDir(), "site")
		peer.Run(t, exec.Command(python, "-m", "zipfile", "-e", packages[0], site))
		imported[trim] = peer.Run(t, exec.Command(python, "-c", importAll, site))
	}
	if strings.Contains(imported[":all:"], "missing ") || strings.Contains(imported[":all:"], "top ") {
		t.Errorf("trimmed:\n%s", imported[":all:"])
	}
	if imported["none"] != imported[":all:"] {
		t.Errorf("not to be imported of what is whole:\n%s\nof what is trimmed:\n%s", imported["none"], imported[":all:"])
	}
	if sizes[":all:"] > sizes["none"]*95/100 {
		t.Errorf("%d bytes instead of %d", sizes[":all:"], sizes["none"])
	}
	t.Logf("%d bytes instead of %d", sizes[":all:"], sizes["none"])
}
