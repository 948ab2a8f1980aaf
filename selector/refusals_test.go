package selector

import (
	"testing"

	"github.com/axlepack/axle/internal/wheeltest"
	"github.com/axlepack/axle/interpreters"
)

// TestRefusals: what is said of a package is what an agent does with it.
func TestRefusals(t *testing.T) {
	const name = plain + "py3-none-any.whl"
	data := packageOf(t, name, good(nil))
	in := newest(t)
	for _, f := range append([]wheeltest.Fault{""}, wheeltest.Faults...) {
		t.Run(string(f), func(t *testing.T) {
			broken := data
			if f != "" {
				broken = string(wheeltest.Break(t, []byte(data), f))
			}
			file := writeZip(t, content{"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": "", "dep/" + name: broken})
			found, err := Refusals(t.Context(), file)
			if err != nil {
				t.Fatal(err)
			}
			_, selected := open(t, file).Select(t.Context(), []interpreters.Interpreter{in}, SelectOptions{})
			_, deployed := tryDeploy(t.Context(), file, DeployOptions{Root: t.TempDir(), NoCompile: true}, in)
			r, refused := found[name]
			if refused != (deployed != nil) || refused && r.Chosen != (selected == nil) || refused && r.Text == "" {
				t.Errorf("%+v; select: %v; deploy: %v", r, selected, deployed)
			}
		})
	}
}

// TestRefusalOfZip: what concerns no package makes the zip useless.
func TestRefusalOfZip(t *testing.T) {
	for text, own := range map[string]content{"": {}, "m/_m.so: Python cannot load it from a zip, and zip_safe is true": {"m/_m.so": wheeltest.ELF("2.5")}} {
		found, err := Refusals(t.Context(), zipOf(t, nil, own, "zip_safe: true"))
		if err != nil || found[""].Text != text {
			t.Errorf("%+v, %v, want %q", found, err, text)
		}
	}
}
