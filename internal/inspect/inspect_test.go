package inspect

import (
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheeltest"
)

var update = flag.Bool("update", false, "write the golden files")

const manifest = `extension: {name: demo, version: "1.0.0", api_level: "1.4.0", requires_python: ">=3.9", zip_safe: %s}
owner: {name: Jane Doe, organization: Example}
`

func metadata(name, version, more string) string {
	return "Metadata-Version: 2.4\nName: " + name + "\nVersion: " + version + "\n" + more
}

// extensionZip writes a zip of these members, where one is a wheel as bytes.
func extensionZip(t *testing.T, members map[string]string, order ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "demo-1.0.0.zip")
	err := archive.WriteFile(file, func(out io.Writer) error {
		w := archive.NewWriter(out)
		for _, name := range order {
			if err := w.Add(name, 0o644, []byte(members[name])); err != nil {
				return err
			}
		}
		return w.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func samplePackage(t *testing.T) string {
	const own = "demo-1.0.0.dist-info/"
	return string(wheeltest.Make(t, "demo-1.0.0-cp310-cp310-manylinux_2_17_x86_64.whl", map[string]string{
		own + "METADATA":                      metadata("demo", "1.0.0", "Requires-Python: >=3.10,<3.11\n"),
		"kiln/__init__.py":                    "",
		"kiln/_heat.cpython-310-x86_64.so":    wheeltest.ELF("2.12"),
		"kiln/_fire.abi3.so":                  wheeltest.ELF("2.5"),
		"kiln-2.1.dist-info/METADATA":         metadata("Kiln", "2.1", "Summary: burns\nLicense-Expression: MIT\nLicense-File: LICENSE\nRequires-Dist: palette>=1\nRequires-Python: >=3.8\n"),
		"kiln-2.1.dist-info/RECORD":           "kiln/__init__.py,,\nkiln/_heat.cpython-310-x86_64.so,,\nkiln/_fire.abi3.so,,\n",
		"kiln-2.1.dist-info/entry_points.txt": "[console_scripts]\nkiln = kiln:main\n[kiln.fuel]\ncoal = kiln.fuel:Coal\n",
		"palette.py":                          "COLOURS = 3\n",
		"palette-1.0.dist-info/METADATA":      metadata("palette", "1.0", "License: UNKNOWN\nClassifier: License :: OSI Approved :: BSD License\nClassifier: Programming Language :: Python\n"),
		"palette-1.0.dist-info/RECORD":        "palette.py,,\n",
		"palette-1.0.dist-info/licenses/COPY": "free",
	}))
}

func TestText(t *testing.T) {
	file := extensionZip(t, map[string]string{
		"extension.yml": strings.Replace(manifest, "%s", "false", 1), "extension.py": "print()\n",
		"dep/demo-1.0.0-cp310-cp310-manylinux_2_17_x86_64.whl": samplePackage(t),
		"dep/demo-1.0.0-cp39-cp39-win_amd64.whl":               "not a wheel",
		"dep/demo-1.0.0-py3-none-any.whl": string(wheeltest.Make(t, "demo-1.0.0-py3-none-any.whl", map[string]string{
			"palette.py": "COLOURS = 3\n"})),
	}, "dep/demo-1.0.0-cp310-cp310-manylinux_2_17_x86_64.whl", "dep/demo-1.0.0-cp39-cp39-win_amd64.whl", "dep/demo-1.0.0-py3-none-any.whl", "extension.py", "extension.yml")
	compare(t, file, "packages")
}

func TestZipSafe(t *testing.T) {
	file := extensionZip(t, map[string]string{
		"extension.yml": strings.Replace(manifest, "%s", "true", 1), "extension.py": "print()\n", "palette.py": "COLOURS = 3\n",
		"palette-1.0.dist-info/METADATA": metadata("palette", "1.0", "License-Expression: MIT\n"),
		"palette-1.0.dist-info/RECORD":   "palette.py,,\n",
	}, "extension.py", "extension.yml", "palette-1.0.dist-info/METADATA", "palette-1.0.dist-info/RECORD", "palette.py")
	compare(t, file, "zip-safe")
}

// compare holds the text and the JSON against golden files.
func compare(t *testing.T, file, golden string) {
	t.Helper()
	found, err := Zip(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	found.File = filepath.Base(found.File)
	for i := range found.Packages {
		found.Packages[i].Problem = strings.ReplaceAll(found.Packages[i].Problem, filepath.Dir(file)+string(filepath.Separator), "")
	}
	var text strings.Builder
	if err := found.Text(&text); err != nil {
		t.Fatal(err)
	}
	document, err := json.MarshalIndent(found, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	for ending, got := range map[string]string{"txt": text.String(), "json": string(document) + "\n"} {
		path := filepath.Join("testdata", golden+"."+ending)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s:\n%s", path, got)
		}
	}
}

func TestNoZip(t *testing.T) {
	if _, err := Zip(t.Context(), filepath.Join(t.TempDir(), "none.zip")); fault.ExitCode(err) != fault.NotFound {
		t.Errorf("no file: %v", err)
	}
	text := filepath.Join(t.TempDir(), "text.zip")
	if err := os.WriteFile(text, []byte("hello"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Zip(t.Context(), text); fault.ExitCode(err) != fault.BadInput {
		t.Errorf("no zip: %v", err)
	}
}

// TestFloorsAreNamed: what binaries need and what tags promise are told apart.
func TestFloorsAreNamed(t *testing.T) {
	for want, p := range map[string]Package{
		"needs glibc 2.14, promised 2.17": {Needs: []string{"glibc 2.14"}, Tags: []string{"cp39-cp39-manylinux_2_17_x86_64", "cp39-cp39-manylinux2014_x86_64"}},
		"needs glibc 2.17":                {Needs: []string{"glibc 2.17"}, Tags: []string{"cp39-cp39-manylinux_2_17_x86_64"}},
		"needs glibc 2.5, promised 2.12":  {Needs: []string{"glibc 2.5"}, Tags: []string{"cp39-cp39-manylinux_2_17_x86_64", "cp39-cp39-manylinux2010_x86_64"}},
		"needs musl, promised 1.1":        {Needs: []string{"musl"}, Tags: []string{"cp39-cp39-musllinux_1_1_x86_64"}},
		"promised macOS 11.0":             {Tags: []string{"py3-none-macosx_11_0_arm64"}},
		"needs glibc 2.34":                {Needs: []string{"glibc 2.34"}, Tags: []string{"cp39-cp39-linux_x86_64"}},
		"needs glibc 2.4, promised 2.17; promised macOS 10.9": {Needs: []string{"glibc 2.4"},
			Tags: []string{"cp39-cp39-manylinux_2_17_x86_64", "cp39-cp39-macosx_10_9_x86_64"}},
		"": {Tags: []string{"py3-none-any", "cp39-cp39-win_amd64"}},
	} {
		if got := p.floors(); got != want {
			t.Errorf("%v, %v: %q, want %q", p.Needs, p.Tags, got, want)
		}
	}
}
