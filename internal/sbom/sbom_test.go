package sbom

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/sbomtest"
	"github.com/axlepack/axle/internal/wheel"
)

const sum = "f26b9bd85f819bdfca2c0e770f2b399431300ae6949bda8929b00734c1e909aa"

func sample() Thing {
	version := pep440.MustParse
	return Thing{
		Name: "my-ext", Version: version("1.0.0"), File: "my_ext-1.0.0-cp311-cp311-manylinux_2_28_x86_64.whl",
		Distributions: []Distribution{
			{
				Name: "pkg-b", Version: version("2!1.0+cpu.1"), File: "pkg_b-2!1.0+cpu.1-cp311-cp311-manylinux_2_28_x86_64.whl", SHA256: sum,
				Metadata: wheel.Metadata{NameText: "Pkg.B", Summary: "a <library> & more", LicenseExpression: "mit or apache-2.0"},
				Files: []File{
					{"pkg_b.libs/libz-1a.so.1", sum}, {"pkg_b.dist-info/licenses/COPYING & all.txt", sum}, {"pkg_b.dist-info/sboms/auditwheel.cdx.json", sum},
				},
			},
			{
				Name: "pkg-a", Version: version("1.0"), File: "pkg_a-1.0-py3-none-any.whl", SHA256: sum, Direct: true,
				Source:   File{"pkg_a-1.0.tar.gz", sum},
				Requires: []pep508.Name{"pkg-b", "pkg-a", "pkg-b", "not-here"},
			},
		},
	}
}

func TestDocument(t *testing.T) {
	d := sample().Document()
	data := d.Marshal()
	sbomtest.Valid(t, data)
	var refs []string
	for _, c := range d.Components {
		refs = append(refs, c.PURL)
	}
	a := "pkg:pypi/pkg-a@1.0?file_name=pkg_a-1.0.tar.gz"
	b := "pkg:pypi/pkg-b@2%211.0%2Bcpu.1?file_name=pkg_b-2%211.0%2Bcpu.1-cp311-cp311-manylinux_2_28_x86_64.whl"
	if want := []string{a, b}; !slices.Equal(refs, want) {
		t.Errorf("package URLs: got\n%s\nwant\n%s", refs, want)
	}
	root := "pkg:generic/my-ext@1.0.0?file_name=my_ext-1.0.0-cp311-cp311-manylinux_2_28_x86_64.whl"
	want := []Dependency{{Ref: root, DependsOn: []string{a}}, {Ref: a, DependsOn: []string{b}}, {Ref: b}}
	if !reflect.DeepEqual(d.Dependencies, want) {
		t.Errorf("dependencies: got\n%v\nwant\n%v", d.Dependencies, want)
	}
	if got := d.Components[1].Components; len(got) != 1 || got[0].Name != "pkg_b.libs/libz-1a.so.1" {
		t.Errorf("bundled libraries: %v", got)
	}
	var kinds []string
	for _, r := range d.Components[1].References {
		kinds = append(kinds, r.Type+" "+r.URL)
	}
	if got, want := strings.Join(kinds, "\n"), "license pkg_b.dist-info/licenses/COPYING%20%26%20all.txt\nbom pkg_b.dist-info/sboms/auditwheel.cdx.json"; got != want {
		t.Errorf("references: got\n%s\nwant\n%s", got, want)
	}
}

// TestFolder: what was built of a folder is no file that has a name; what was
// trimmed says so.
func TestFolder(t *testing.T) {
	thing := sample()
	thing.Distributions[1].Source = File{Path: "pkg_a"}
	d := thing.Document()
	sbomtest.Valid(t, d.Marshal())
	thing.Trimmed = "tests"
	trimmed := thing.Document()
	sbomtest.Valid(t, trimmed.Marshal())
	if got := trimmed.Metadata.Component.Properties; len(got) != 1 || got[0].Value != "tests" || d.Metadata.Component.Properties != nil {
		t.Errorf("trimmed: %v", got)
	}
	if c := d.Components[0]; c.PURL != "pkg:pypi/pkg-a@1.0" || len(c.References) > 0 || len(c.Hashes) != 1 {
		t.Errorf("%+v", c)
	}
}

// TestNothingIsKnown: what requires what is not invented; all that nothing
// requires is required by the thing itself.
func TestNothingIsKnown(t *testing.T) {
	thing := sample()
	thing.Distributions[1].Direct, thing.Distributions[1].Requires, thing.Distributions[1].Source = false, nil, File{}
	d := thing.Document()
	sbomtest.Valid(t, d.Marshal())
	if got := len(d.Dependencies[0].DependsOn); got != 2 || len(d.Dependencies) != 1 {
		t.Errorf("the thing requires %d of 2, and %d others are said to require nothing", got, len(d.Dependencies)-1)
	}
	empty := Thing{Name: "x", Version: pep440.MustParse("1")}.Document()
	sbomtest.Valid(t, empty.Marshal())
}

// TestSameBytes: the order in which distributions are found does not matter,
// and the serial number is that of the contents.
func TestSameBytes(t *testing.T) {
	one, two := sample(), sample()
	slices.Reverse(two.Distributions)
	slices.Reverse(two.Distributions[1].Files)
	if a, b := one.Document().Marshal(), two.Document().Marshal(); !bytes.Equal(a, b) {
		t.Errorf("two documents:\n%s\n%s", a, b)
	}
	d, err := Parse(one.Document().Marshal())
	if err != nil {
		t.Fatal(err)
	}
	if again := d.Marshal(); !bytes.Equal(again, one.Document().Marshal()) {
		t.Errorf("read and written again:\n%s", again)
	}
	serial := d.SerialNumber
	two.Distributions[0].SHA256 = strings.Repeat("0", 64)
	if d, _ := Parse(two.Document().Marshal()); d.SerialNumber == serial || d.SerialNumber[len("urn:uuid:")+14] != '8' {
		t.Errorf("serial numbers %s and %s", serial, d.SerialNumber)
	}
}

func TestExpression(t *testing.T) {
	for _, test := range []struct {
		text, want string
		known      bool
	}{
		{"MIT", "MIT", true},
		{"mit", "MIT", true},
		{"apache-2.0 or bsd-3-clause", "Apache-2.0 OR BSD-3-Clause", true},
		{"(MIT AND (isc))or Zlib", "(MIT AND (ISC)) OR Zlib", true},
		{"GPL-2.0-or-later with classpath-exception-2.0", "GPL-2.0-or-later WITH Classpath-exception-2.0", true},
		{"gpl-2.0+", "GPL-2.0+", true},
		{"Apache-2.0+", "Apache-2.0+", true},
		{"LicenseRef-My.Own AND MIT", "LicenseRef-My.Own AND MIT", true},
		{"DocumentRef-a:LicenseRef-b", "DocumentRef-a:LicenseRef-b", true},
		{"Tomorrow-1.0", "Tomorrow-1.0", false}, // of a list newer than ours
		{"BSD", "BSD", false},
		{"", "", false}, {"MIT OR", "", false}, {"OR", "", false}, {"MIT MIT", "", false}, {"(MIT", "", false}, {"MIT)", "", false},
		{"MIT/X", "", false}, {"Apache License, Version 2.0", "", false}, {"()", "", false}, {"MIT WITH", "", false}, {"ÄÖ", "", false},
		{strings.Repeat("(", 40) + "MIT" + strings.Repeat(")", 40), "", false},
	} {
		if got, known := Expression(test.text); got != test.want || known != test.known {
			t.Errorf("%q: got %q, %v, want %q, %v", test.text, got, known, test.want, test.known)
		}
	}
}

func TestLicenses(t *testing.T) {
	id := func(s string) License { return License{Named: &Named{ID: s, Acknowledgement: declared}} }
	name := func(s string) License { return License{Named: &Named{Name: s, Acknowledgement: declared}} }
	osi := func(s string) string { return "License :: OSI Approved :: " + s }
	for _, test := range []struct {
		name string
		m    wheel.Metadata
		want []License
	}{
		{"nothing", wheel.Metadata{}, nil},
		{"PEP 639", wheel.Metadata{LicenseExpression: "BSD-3-Clause AND mit", License: "ISC"}, []License{{Expression: "BSD-3-Clause AND MIT", Acknowledgement: declared}}},
		{"PEP 639, one", wheel.Metadata{LicenseExpression: "MIT"}, []License{id("MIT")}},
		{"PEP 639, newer than the list", wheel.Metadata{LicenseExpression: "Tomorrow-1.0"}, []License{{Expression: "Tomorrow-1.0", Acknowledgement: declared}}},
		{"PEP 639, own", wheel.Metadata{LicenseExpression: "LicenseRef-Proprietary"}, []License{{Expression: "LicenseRef-Proprietary", Acknowledgement: declared}}},
		{"no expression", wheel.Metadata{LicenseExpression: "see the file"}, []License{name("see the file")}},
		{"field that is one", wheel.Metadata{License: "mit", LicenseClassifiers: []string{osi("BSD License")}}, []License{id("MIT")}},
		{"field in words", wheel.Metadata{License: "BSD"}, []License{name("BSD")}},
		{"field in words, classifier exact", wheel.Metadata{License: "MIT license", LicenseClassifiers: []string{osi("MIT License")}}, []License{id("MIT")}},
		{"field in words, classifier not", wheel.Metadata{License: "New BSD", LicenseClassifiers: []string{osi("BSD License")}}, []License{name("New BSD")}},
		{"text", wheel.Metadata{License: "Copyright\nall of it", LicenseClassifiers: []string{osi("BSD License")}}, []License{name("BSD License")}},
		{"two classifiers", wheel.Metadata{License: "UNKNOWN", LicenseClassifiers: []string{"License :: OSI Approved", osi("MIT License"), osi("Apache Software License"), osi("MIT License")}},
			[]License{id("MIT"), name("Apache Software License")}},
		{"approved by whom", wheel.Metadata{LicenseClassifiers: []string{"License :: OSI Approved"}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Licenses(test.m)
			if !reflect.DeepEqual(got, test.want) {
				a, _ := json.Marshal(got)
				b, _ := json.Marshal(test.want)
				t.Errorf("got %s, want %s", a, b)
			}
			thing := sample()
			thing.Distributions[0].Metadata = test.m
			sbomtest.Valid(t, thing.Document().Marshal())
		})
	}
}

// TestLists: what classifiers mean are identifiers of the list.
func TestLists(t *testing.T) {
	for line := range strings.Lines(classifierText) {
		name, id, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if spdx()[strings.ToLower(id)] != id || !ok {
			t.Errorf("%s: %q is no SPDX identifier", name, id)
		}
	}
}

func TestNotable(t *testing.T) {
	for name, want := range map[string]bool{
		"a-1.dist-info/licenses/x/LICENSE": true, "a-1.dist-info/LICENSE.txt": true, "a-1.dist-info/copying": true, "a-1.dist-info/METADATA": false,
		"a-1.dist-info/sboms/x.cdx.json": true, "numpy.libs/libx.so": true, "a/.dylibs/libx.dylib": true, "a/b.so": false, "LICENSE": false, ".dylibs": false,
	} {
		if Notable(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, bad := range []string{"", "{}", "[]", `{"bomFormat":"SPDX","specVersion":"1.6"}`, `{"bomFormat":"CycloneDX"}`} {
		if _, err := Parse([]byte(bad)); fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample().Document().Marshal())
	f.Add([]byte(`{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"licenses":[{"license":{}}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse(data)
		if err != nil {
			return
		}
		again, err := Parse(d.Marshal())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(d.Marshal(), again.Marshal()) {
			t.Errorf("differs:\n%s\n%s", d.Marshal(), again.Marshal())
		}
	})
}

// FuzzLicenses: whatever METADATA says of the licence, the document is valid, and
// an expression reads as it was written.
func FuzzLicenses(f *testing.F) {
	f.Add("MIT OR (apache-2.0 WITH LLVM-exception)", "BSD", "License :: OSI Approved :: MIT License")
	f.Add("GPL-2.0+ and LicenseRef-x", "\x00", "::")
	f.Add("", "", "")
	f.Fuzz(func(t *testing.T, expression, field, classifier string) {
		thing := sample()
		thing.Distributions[0].Metadata = wheel.Metadata{LicenseExpression: expression, License: field, LicenseClassifiers: []string{classifier}}
		if err := sbomtest.Check(thing.Document().Marshal()); err != nil {
			t.Error(err)
		}
		if once, known := Expression(expression); once != "" {
			if twice, again := Expression(once); twice != once || again != known {
				t.Errorf("%q: %q, then %q", expression, once, twice)
			}
		}
	})
}
