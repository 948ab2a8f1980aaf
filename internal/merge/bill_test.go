package merge

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/sbom"
	"github.com/axlepack/axle/internal/sbomtest"
	"github.com/axlepack/axle/internal/wheeltest"
)

const billPath = "sample_ext-1.0.0.dist-info/" + sbom.InPackage

// TestBill: what a package says of its members comes from their wheels.
func TestBill(t *testing.T) {
	dir := t.TempDir()
	w := open(t, OpenOptions{},
		makeWheel(t, dir, "alpha-1.2-py3-none-any.whl", files{
			"alpha.py":                               "",
			"alpha-1.2.dist-info/METADATA":           "Metadata-Version: 2.4\nName: Alpha\nVersion: 1.2\nLicense-Expression: mit\nLicense-File: LICENSE\nLicense-File: terms\n",
			"alpha-1.2.dist-info/licenses/LICENSE":   "free\n",
			"alpha-1.2.dist-info/terms":              "as of old\n",
			"alpha-1.2.dist-info/sboms/own.cdx.json": `{"bomFormat": "CycloneDX", "specVersion": "1.4"}`,
		}),
		makeWheel(t, dir, "beta-2.0-cp311-cp311-manylinux_2_17_x86_64.whl", files{
			"beta.cpython-311-x86_64-linux-gnu.so": wheeltest.ELF("2.17"),
			"beta.libs/libz-12.so.1":               wheeltest.ELF("2.17"),
			"beta.libs/.load-order":                "libz-12.so.1\n",
		}),
	)
	written := build(t, w, solved(t, "cp311@linux/amd64", w.All()[0].Source, w.All()[1].Source))
	members := read(t, written[0].Path)
	data := []byte(members[billPath])
	sbomtest.Valid(t, data)
	golden(t, "bill.json", string(data))
	if got := members["alpha-1.2.dist-info/sboms/own.cdx.json"]; !strings.Contains(got, `"1.4"`) {
		t.Errorf("the SBOM that a member brought is %q", got)
	}
}

// graphOfBill writes "a: b c" for each component that requires others.
func graphOfBill(t *testing.T, data string) string {
	t.Helper()
	d, err := sbom.Parse([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{d.Metadata.Component.Ref: "itself"}
	for _, c := range d.Components {
		names[c.Ref] = c.Name
	}
	var lines []string
	for _, dep := range d.Dependencies {
		var on []string
		for _, ref := range dep.DependsOn {
			on = append(on, names[ref])
		}
		if len(on) > 0 {
			lines = append(lines, fmt.Sprintf("%s: %s", names[dep.Ref], strings.Join(on, " ")))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "; ")
}

// TestBillOfSharedPackage: a requirement counts where it holds for one of the
// targets that share the package, whatever the order in which they were solved.
// A package of other targets does not have it.
func TestBillOfSharedPackage(t *testing.T) {
	dir := t.TempDir()
	w := open(t, OpenOptions{}, makeWheel(t, dir, "a-1-py3-none-any.whl", files{"a.py": ""}), makeWheel(t, dir, "b-1-py3-none-any.whl", files{"b.py": ""}),
		makeWheel(t, dir, "c-1-py3-none-any.whl", files{"c.py": ""}))
	requires := func(at string, all map[pep508.Name][]pep508.Name) lock.Solution {
		s := solved(t, at, w.All()[0].Source, w.All()[1].Source, w.All()[2].Source)[0]
		for i, p := range s.Pins {
			s.Pins[i].Requires, s.Pins[i].Direct = nil, p.Project == "a"
			for _, name := range all[p.Project] {
				s.Pins[i].Requires = append(s.Pins[i].Requires, pep508.Requirement{Name: name, NameText: string(name)})
			}
		}
		return s
	}
	linux := requires("cp311@linux/amd64", map[pep508.Name][]pep508.Name{"a": {"b"}, "b": {"c", "a"}})
	windows := requires("cp311@windows/amd64", map[pep508.Name][]pep508.Name{"a": {"b", "c"}})
	var bills []string
	for _, solutions := range [][]lock.Solution{{linux, windows}, {windows, linux}} {
		written := build(t, w, solutions)
		if len(written) != 1 {
			t.Fatalf("%d packages", len(written))
		}
		bills = append(bills, read(t, written[0].Path)[billPath])
	}
	sbomtest.Valid(t, []byte(bills[0]))
	if bills[0] != bills[1] {
		t.Errorf("the order of the targets changes the bill:\n%s\n%s", bills[0], bills[1])
	}
	if got, want := graphOfBill(t, bills[0]), "a: b c; b: a c; itself: a"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	alone := read(t, build(t, w, []lock.Solution{windows})[0].Path)[billPath]
	if got, want := graphOfBill(t, alone), "a: b c; itself: a"; got != want {
		t.Errorf("windows alone: got %s, want %s", got, want)
	}
}
