package main

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/wheel"
)

var update = flag.Bool("update", false, "write golden files anew")

// demoWheel is a wheel of one of the samples, as text.
type demoWheel struct {
	project, version, tags string
	metadata               string
	entryPoints            string
	files                  map[string]string
}

// demoWheels are all wheels of the sample: kiln with a file for each Python
// and platform, palette with one for all, oldnotes behind a marker.
func demoWheels() []demoWheel {
	all := []demoWheel{{
		project: "palette", version: "1.2.0", tags: "py3-none-any", metadata: "Requires-Python: >=3.6\n",
		entryPoints: "[console_scripts]\npalette = palette:show\n",
		files: map[string]string{"palette/__init__.py": "\"\"\"Colours, the same everywhere.\"\"\"\n__version__ = \"1.2.0\"\nCOLOURS = [\"umber\", \"ochre\", \"slate\"]\n\n\n" +
			"def show():\n    print(\"\\n\".join(COLOURS))\n"},
	}, {
		project: "oldnotes", version: "0.3", tags: "py3-none-any", metadata: "Requires-Python: >=3.6\n",
		files: map[string]string{"oldnotes.py": "\"\"\"What newer Pythons have built in.\"\"\"\n__version__ = \"0.3\"\n"},
	}}
	for minor := 9; minor <= 15; minor++ {
		for _, platform := range []string{"manylinux_2_17_x86_64", "manylinux_2_17_aarch64", "win_amd64", "macosx_11_0_arm64"} {
			python := fmt.Sprintf("cp3%d", minor)
			all = append(all, demoWheel{
				project: "kiln", version: "2.0.1", tags: python + "-" + python + "-" + platform,
				metadata: "Requires-Python: >=3.9\nRequires-Dist: palette>=1\n",
				files: map[string]string{"kiln/__init__.py": fmt.Sprintf(
					"\"\"\"A file of its own for each Python and platform.\"\"\"\n__version__ = \"2.0.1\"\nBUILT_FOR = \"%s on %s\"\n", python, platform)},
			})
		}
	}
	return all
}

// sampleWheels are all wheels of testdata/sample: tally with a file for each
// platform by the stable ABI, salute with one for all, strset behind a marker.
func sampleWheels() []demoWheel {
	all := []demoWheel{{
		project: "salute", version: "1.1.0", tags: "py3-none-any", metadata: "Requires-Python: >=3.6\n",
		files: map[string]string{"salute.py": "\"\"\"Greets.\"\"\"\n__version__ = \"1.1.0\"\n\n\ndef hello(name, word=\"Hello\"):\n    return \"%s %s\" % (word, name)\n"},
	}, {
		project: "strset", version: "0.4", tags: "py3-none-any", metadata: "Requires-Python: >=3.6\n",
		files: map[string]string{"strset.py": "\"\"\"What newer Pythons have built in.\"\"\"\n__version__ = \"0.4\"\n"},
	}}
	for _, platform := range []string{"manylinux_2_17_x86_64", "manylinux_2_17_aarch64", "win_amd64", "macosx_11_0_arm64"} {
		all = append(all, demoWheel{
			project: "tally", version: "2.3.1", tags: "cp39-abi3-" + platform, metadata: "Requires-Python: >=3.9\n",
			files: map[string]string{"tally/__init__.py": fmt.Sprintf(
				"\"\"\"Counts; a file of its own for each platform.\"\"\"\n__version__ = \"2.3.1\"\nBUILT_FOR = \"%s\"\n\n\ndef letters(text):\n    return sum(c.isalpha() for c in text)\n", platform)},
		})
	}
	return all
}

func (d demoWheel) name() string { return d.project + "-" + d.version + "-" + d.tags + ".whl" }

// bytes makes the wheel.
func (d demoWheel) bytes(t *testing.T) []byte {
	t.Helper()
	info := d.project + "-" + d.version + ".dist-info/"
	files := map[string]string{
		info + "METADATA": fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: %s\nSummary: Part of the sample extension of axle demo\n%s", d.project, d.version, d.metadata),
		info + "WHEEL": fmt.Sprintf("Wheel-Version: 1.0\nGenerator: axle demo\nRoot-Is-Purelib: %t\nTag: %s\n",
			strings.HasSuffix(d.tags, "-any"), d.tags),
	}
	if d.entryPoints != "" {
		files[info+"entry_points.txt"] = d.entryPoints
	}
	for name, text := range d.files {
		files[name] = text
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	var record wheel.Record
	for _, name := range names {
		record = append(record, wheel.RecordEntry{Path: name, Hash: wheel.SHA256(sha256.Sum256([]byte(files[name]))), Size: int64(len(files[name]))})
	}
	record = append(record, wheel.RecordEntry{Path: info + "RECORD", Size: -1})
	var out bytes.Buffer
	w := archive.NewWriter(&out)
	for _, name := range names {
		if err := w.Add(name, 0o644, []byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Add(info+"RECORD", 0o644, record.Marshal()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestDemoWheels holds the wheels that are embedded in the program, and those
// of testdata/sample, against what they are made from; -update makes them.
func TestDemoWheels(t *testing.T) {
	checkWheels(t, filepath.Join("demo", "sample", "wheels"), demoWheels())
	checkWheels(t, filepath.Join("..", "..", "testdata", "sample", "wheels"), sampleWheels())
}

func checkWheels(t *testing.T, dir string, wheels []demoWheel) {
	t.Helper()
	want := map[string]bool{}
	for _, d := range wheels {
		want[d.name()] = true
		made, path := d.bytes(t), filepath.Join(dir, d.name())
		if *update {
			if err := os.WriteFile(path, made, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if stored, err := os.ReadFile(path); err != nil || !bytes.Equal(stored, made) {
			t.Errorf("%s is not what it is made from (%v); run go test ./cmd/axle -run TestDemoWheels -update", path, err)
		}
	}
	stored, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range stored {
		if !want[e.Name()] {
			t.Errorf("%s belongs to no wheel of the sample", e.Name())
		}
	}
}
