package inspect

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/sbom"
	"github.com/axlepack/axle/internal/sbomtest"
	"github.com/axlepack/axle/internal/wheeltest"
)

// packageWith is a package with a bill of one distribution, whose wheel has this
// digest.
func packageWith(t *testing.T, file, digest string) string {
	t.Helper()
	thing := sbom.Thing{Name: "demo", Version: pep440.MustParse("1.0.0"), File: file, Distributions: []sbom.Distribution{
		{Name: "kiln", Version: pep440.MustParse("2.1"), File: "kiln-2.1-py3-none-any.whl", SHA256: strings.Repeat(digest, 64), Direct: true},
	}}
	return string(wheeltest.Make(t, file, map[string]string{"demo-1.0.0.dist-info/" + sbom.InPackage: string(thing.Document().Marshal()), "kiln.py": ""}))
}

func billOf(t *testing.T, members map[string]string, order ...string) sbom.Document {
	t.Helper()
	data, err := Bill(t.Context(), extensionZip(t, members, order...))
	if err != nil {
		t.Fatal(err)
	}
	sbomtest.Valid(t, data)
	d, err := sbom.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func namesIn(d sbom.Document) string {
	var names []string
	for _, c := range d.Components {
		names = append(names, c.Name+" "+c.Version)
	}
	return strings.Join(names, ", ")
}

// TestBillOfZip: what packages say of themselves is joined, each distribution
// once, and two wheels of one name are not taken for one. Of a package without a
// bill the dist-info folders tell.
func TestBillOfZip(t *testing.T) {
	order := []string{"extension.yml", "extension.py"}
	members := map[string]string{"extension.yml": strings.Replace(manifest, "%s", "false", 1), "extension.py": "print()\n"}
	add := func(file, data string) {
		members["dep/"+file] = data
		order = append(order, "dep/"+file)
	}
	for _, p := range []struct{ tag, digest string }{{"cp310-cp310", "a"}, {"cp311-cp311", "a"}, {"cp312-cp312", "b"}} {
		file := "demo-1.0.0-" + p.tag + "-win_amd64.whl"
		add(file, packageWith(t, file, p.digest))
	}
	d := billOf(t, members, order...)
	if got, want := namesIn(d), "demo 1.0.0, demo 1.0.0, demo 1.0.0, kiln 2.1, kiln 2.1"; got != want && !strings.Contains(got, "kiln 2.1, demo") {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := len(d.Dependencies[0].DependsOn); got != 3 {
		t.Errorf("the extension has %d of 3 packages", got)
	}
	add("demo-1.0.0-cp310-cp310-manylinux_2_17_x86_64.whl", samplePackage(t))
	d = billOf(t, members, order...)
	for _, c := range d.Components {
		if c.Name == "Kiln" && (len(c.Hashes) > 0 || len(c.Licenses) != 1 || c.PURL != "pkg:pypi/kiln@2.1") {
			t.Errorf("of a package without a bill: %+v", c)
		}
	}
	if len(d.Compositions) != 1 || d.Compositions[0].Aggregate != sbom.Incomplete || len(d.Compositions[0].Assemblies) != 1 {
		t.Errorf("of a package without a bill not all is known: %+v", d.Compositions)
	}
	if got := namesIn(d); !strings.Contains(got, "Kiln 2.1") || !strings.Contains(got, "palette 1.0") {
		t.Errorf("got %s", got)
	}
}

// TestBillOfUnknown: UIP-CLI leaves no dist-info but its own. That a package
// requires nothing is not said then.
func TestBillOfUnknown(t *testing.T) {
	const file = "demo-1.0.0-py3-none-any.whl"
	d := billOf(t, map[string]string{
		"extension.yml": strings.Replace(manifest, "%s", "false", 1), "extension.py": "", "dep/" + file: string(wheeltest.Make(t, file, map[string]string{"palette.py": ""})),
	}, "extension.yml", "extension.py", "dep/"+file)
	if len(d.Components) != 1 || len(d.Dependencies) != 1 || len(d.Compositions) != 1 || d.Compositions[0].Aggregate != sbom.Unknown {
		t.Errorf("%+v", d)
	}
}

func TestBillBesideModules(t *testing.T) {
	d := billOf(t, map[string]string{
		"extension.yml": strings.Replace(manifest, "%s", "true", 1), "extension.py": "",
		"palette-1.0.dist-info/METADATA": metadata("palette", "1.0", "License-Expression: MIT\n"),
	}, "extension.yml", "extension.py", "palette-1.0.dist-info/METADATA")
	if got := namesIn(d); got != "palette 1.0" {
		t.Errorf("got %s", got)
	}
}

func TestBillErrors(t *testing.T) {
	members := map[string]string{"extension.yml": strings.Replace(manifest, "%s", "true", 1), sbom.InZip: "{}"}
	if _, err := Bill(t.Context(), extensionZip(t, members, "extension.yml", sbom.InZip)); fault.ExitCode(err) != fault.BadInput || !strings.Contains(err.Error(), sbom.InZip) {
		t.Errorf("a bill that is none: %v", err)
	}
	members[sbom.InZip] = string(sbom.Thing{Name: "demo", Version: pep440.MustParse("1.0.0")}.Document().Marshal())
	zip := extensionZip(t, members, "extension.yml", sbom.InZip)
	if err := WriteBill(t.Context(), zip, filepath.Join(t.TempDir(), "none", "x.json")); fault.ExitCode(err) != fault.NotFound {
		t.Errorf("no folder: %v", err)
	}
	file := filepath.Join(t.TempDir(), "x.json")
	if err := WriteBill(t.Context(), zip, file); err != nil {
		t.Error(err)
	}
	if data, err := os.ReadFile(file); err != nil || sbomtest.Check(data) != nil {
		t.Errorf("%s %v", data, err)
	}
}

// TestBillsOfArchives: of every archive of the corpus, broken ones and those of
// UIP-CLI among them, there is a good bill of materials or an error.
func TestBillsOfArchives(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "archives", "*.zip"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d archives: %v", len(files), err)
	}
	good := 0
	for _, file := range files {
		data, err := Bill(t.Context(), file)
		switch {
		case err != nil && fault.ExitCode(err) == fault.Internal:
			t.Errorf("%s: %v", file, err)
		case err == nil:
			good++
			if err := sbomtest.Check(data); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
	if good < 10 {
		t.Errorf("only %d of %d have one", good, len(files))
	}
}
