package selector

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/peer"
	"github.com/axlepack/axle/interpreters"
)

// TestCore11RealUIP: what the real UIP-CLI makes, as a plain extension and as a
// full package, is deployed and runs, its own template as well as an extension
// that uses its dependencies.
func TestCore11RealUIP(t *testing.T) {
	venv := peer.Venv(t, "uip-cli==2.1.1", "setuptools<70", "wheel")
	list := interpreters.Find(t.Context(), interpreters.Options{Listed: []string{filepath.Join(venv, "python")}})
	if len(list) != 1 || list[0].Report == nil {
		t.Fatalf("the Python of %s does not answer: %+v", venv, list)
	}
	for name, requirements := range map[string]string{
		"pure":   "requests==2.32.3\n",
		"native": "requests==2.32.3\nPyYAML==6.0.2\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			uip := func(args ...string) {
				t.Helper()
				cmd := exec.Command(filepath.Join(venv, "uip"), args...)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "PATH="+venv+string(os.PathListSeparator)+os.Getenv("PATH"))
				program(t, cmd)
			}
			uip("init", "-t", "ue-task", "-e", "extension_name=real_ext", "-e", "zip_safe=False", "-e", "extension_requires_python=>=3.8")
			if err := os.WriteFile(filepath.Join(dir, "requirements.txt"), []byte(requirements), 0o644); err != nil {
				t.Fatal(err)
			}
			uip("build", "-a")
			full, err := filepath.Glob(filepath.Join(dir, "dist", "package_build", "unv_tmplt_*.zip"))
			if err != nil || len(full) != 1 {
				t.Fatalf("uip build -a made %v", full)
			}
			if refused, err := Refusals(t.Context(), full[0]); err != nil || len(refused) > 0 {
				t.Errorf("refused: %v, %v", refused, err)
			}
			root := t.TempDir()
			d := deploy(t, full[0], root, list[0])
			if !strings.HasPrefix(d.Record.Package.File, "real_ext-1.0.0-") {
				t.Errorf("package %s", d.Record.Package.File)
			}
			r := run(t, RunOptions{Root: root, Name: "real_ext", Fields: `{"action": ["print"]}`})
			r.want(t, 0, "Hello STDOUT!\n"+`{"message": "", "output_fields": null, "rc": 0, "unv_output": "Hello Extension!"}`+"\n")

			code := "import requests\nprint(requests.Request('GET', 'http://example.test/a b').prepare().url)\n"
			if name == "native" {
				code += "import yaml\nprint(yaml.load('[1, {a: b}]', Loader=yaml.CSafeLoader))\n"
			}
			if err := os.WriteFile(filepath.Join(dir, "src", "extension.py"), []byte(code), 0o644); err != nil {
				t.Fatal(err)
			}
			uip("build")
			plain, err := filepath.Glob(filepath.Join(dir, "dist", "extension_build", "*.zip"))
			if err != nil || len(plain) != 1 {
				t.Fatalf("uip build made %v", plain)
			}
			if d := deploy(t, plain[0], root, list[0]); !d.Changed {
				t.Error("other modules are the same deployment")
			}
			want := "http://example.test/a%20b\n"
			if name == "native" {
				want += "[1, {'a': 'b'}]\n"
			}
			run(t, RunOptions{Root: root, Name: "real_ext"}).want(t, 0, want)
		})
	}
}
