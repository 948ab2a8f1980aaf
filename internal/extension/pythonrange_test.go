package extension_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
)

// The releases that testdata/ranges/ask_packaging.py asks about.
var releases = strings.Fields(`2.6.9 2.7.0 2.7.18 3.0.0 3.0.1 3.3.7 3.5.0 3.5.10 3.6.0 3.6.15 3.7.0 3.7.17 3.8.0 3.8.20
	3.9.0 3.9.1 3.9.2 3.9.10 3.9.21 3.10.0 3.10.1 3.11.0 3.11.2 3.11.11 3.12.8 3.13.0 3.14.2 3.15.0 4.0.0 4.1.0`)

func readJSON[T any](t *testing.T, path string) (v T) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// Row 22: what requires_python means is PEP 440 and the product's wildcards,
// held against packaging.
func TestCore22RequiresPython(t *testing.T) {
	ranges := readJSON[map[string]string](t, "testdata/ranges/ranges.json")
	compareRanges(t, ranges, readJSON[map[string][]string](t, "testdata/ranges/answers.json"))
	if os.Getenv("AXLE_REAL") == "" {
		return
	}
	out, err := exec.Command("python3", "testdata/ranges/ask_packaging.py", "testdata/ranges/ranges.json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var fresh map[string][]string
	if err := json.NewDecoder(bytes.NewReader(out)).Decode(&fresh); err != nil {
		t.Fatal(err)
	}
	compareRanges(t, ranges, fresh)
}

func compareRanges(t *testing.T, ranges map[string]string, answers map[string][]string) {
	t.Helper()
	for text, plain := range ranges {
		r, err := extension.ParsePythonRange(text)
		if err != nil {
			if len(answers[text]) > 0 {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		var got []string
		for _, v := range releases {
			if r.Admits(pep440.MustParse(v)) {
				got = append(got, v)
			}
		}
		if !slices.Equal(got, answers[text]) {
			t.Errorf("%s admits %v, packaging says %v", text, got, answers[text])
		}
		if want := pep440.MustParseSpecifierSet(plain); r.SpecifierSet().String() != want.String() {
			t.Errorf("%s is %s in PEP 440, want %s", text, r.SpecifierSet(), want)
		}
		if r.String() != text {
			t.Errorf("%q is written as %q", text, r)
		}
	}
}

// productCompare compares a release with a clause's version as the product's
// documentation says: number by number, missing ones are zeros, and a wildcard
// is equal to anything.
func productCompare(release []int, clause string) int {
	wild := strings.HasSuffix(clause, "*")
	parts := strings.Split(strings.TrimRight(clause, ".*"), ".")
	for i, n := range release {
		want := 0
		switch {
		case i < len(parts):
			want, _ = strconv.Atoi(parts[i])
		case wild:
			return 0
		}
		if n != want {
			if n < want {
				return -1
			}
			return 1
		}
	}
	return 0
}

func productAdmits(release []int, clauses []string) bool {
	for _, c := range clauses {
		version := strings.TrimLeft(c, "=!<>")
		order := productCompare(release, version)
		ok := map[string]bool{"==": order == 0, "!=": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}
		if !ok[c[:len(c)-len(version)]] {
			return false
		}
	}
	return true
}

// Every range admits exactly what the product's algorithm admits.
func TestRangesAgreeWithTheProduct(t *testing.T) {
	rng := rand.New(rand.NewSource(22))
	versions := map[[3]int]pep440.Version{}
	for i := range 3 * 13 * 13 {
		n := [3]int{2 + i/169, i / 13 % 13, i % 13}
		versions[n] = pep440.MustParse(fmt.Sprintf("%d.%d.%d", n[0], n[1], n[2]))
	}
	pick := func(list ...string) string { return list[rng.Intn(len(list))] }
	for range 1000 {
		var clauses []string
		for range 1 + rng.Intn(3) {
			version := pick("2", "3", "4", "2.7", "3.0", "3.8", "3.9", "3.10", "3.9.0", "3.9.1", "3.9.10", "3.10.2") + pick("", "*", ".*")
			clauses = append(clauses, pick("==", "!=", "<", "<=", ">", ">=")+version)
		}
		text := strings.Join(clauses, ",")
		r, err := extension.ParsePythonRange(text)
		admitted := 0
		for major := 2; major <= 4; major++ {
			for minor := 0; minor <= 12; minor++ {
				some, all := false, true
				for patch := 0; patch <= 12; patch++ {
					want := productAdmits([]int{major, minor, patch}, clauses)
					some, all = some || want, all && want
					if want {
						admitted++
					}
					if err != nil {
						continue
					}
					if got := r.Admits(versions[[3]int{major, minor, patch}]); got != want {
						t.Fatalf("%s admits %d.%d.%d: %v, want %v", text, major, minor, patch, got, want)
					}
				}
				if err == nil {
					if gotSome, gotAll := r.AdmitsMinor(major, minor); gotSome != some || gotAll != all {
						t.Fatalf("%s admits of %d.%d some %v and all %v, want %v and %v", text, major, minor, gotSome, gotAll, some, all)
					}
				}
			}
		}
		if err != nil && admitted > 0 {
			t.Fatalf("%s: %v, but it admits %d releases", text, err, admitted)
		}
	}
}

// The numbers of an interpreter decide, as for the product and pip.
func TestPreReleaseInterpreters(t *testing.T) {
	for _, c := range []struct {
		text, version string
		want          bool
	}{
		{">=3.15", "3.15.0rc1", true}, {"<3.15", "3.15.0rc1", false}, {"==3.15*", "3.15.0a1", true}, {">3.14*", "3.15.0b2", true}, {">=3.8", "3.11.4+local", true},
	} {
		r, err := extension.ParsePythonRange(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Admits(pep440.MustParse(c.version)); got != c.want {
			t.Errorf("%s admits %s: %v", c.text, c.version, got)
		}
	}
}

func TestBadRanges(t *testing.T) {
	for _, c := range []struct {
		text          string
		offset, width int
		reason, hint  string
	}{
		{"", 0, 0, "is empty", "leave requires_python out for >=2.7"},
		{" , ", 0, 3, "is empty", "leave requires_python out for >=2.7"},
		{"3.9", 0, 3, "3.9 has no operator", "write >=3.9 or ==3.9*"},
		{"3.*", 0, 3, "3.* has no operator", "write >=3 or ==3*"},
		{">=3.8, 3.9", 7, 3, "3.9 has no operator", "write >=3.9 or ==3.9*"},
		{"=>3.9", 0, 2, "=> is not an operator", "write >=3.9"},
		{"=3.9", 0, 1, "= is not an operator", "write ==3.9"},
		{"python3", 0, 7, "python3 has no operator", "write a specifier such as >=3.8"},
		{">=3.8 <3.12", 5, 1, `>=3.8 <3.12: expected the end of the version after ">=3.8"`, "put a comma between the clauses"},
		{"==3.x", 3, 1, `==3.x: expected the end of the version after "==3"`, "write the wildcard as ==3.*"},
		{">=", 0, 2, `>=: expected a version after ">="`, ""},
		{"~=3.8.*", 0, 7, "", "write ==3.8.*"},
		{"==*", 2, 1, `==*: expected a version after "=="`, ""},
		{">=3,<2", 0, 6, "admits no Python at all: its clauses exclude each other", `a comma means "and"`},
		{"==2*,==3*", 0, 9, "admits no Python at all: its clauses exclude each other", `a comma means "and"`},
	} {
		_, err := extension.ParsePythonRange(c.text)
		list, ok := err.(fault.List)
		if !ok || len(list) != 1 {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		e := list[0].(*extension.RangeError)
		if e.Offset != c.offset && c.reason != "" || c.reason != "" && e.Reason != c.reason || e.Hint != c.hint {
			t.Errorf("%q: %+v, want %+v", c.text, *e, c)
		}
		if fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%q: exit code %d", c.text, fault.ExitCode(err))
		}
	}
	if _, err := extension.ParsePythonRange("3.9,=>3.8,<4"); err == nil || len(err.(fault.List)) != 2 {
		t.Errorf("two bad clauses: %v", err)
	}
}

func TestRangeNotes(t *testing.T) {
	for text, want := range map[string]string{
		"==3.9":   "==3.9 is the first release alone; every 3.9 is ==3.9*",
		"==3":     "==3 is the first release alone; every 3 is ==3*",
		"==3.9.0": "", "==3.9*": "", "==3.*": "", ">=3.9": "",
		"~=3.9": "~= is PEP 440, but not among the operators that the product documents: == != < <= > >=",
	} {
		r, err := extension.ParsePythonRange(text)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, n := range r.Notes() {
			got += n.Text
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func FuzzParsePythonRange(f *testing.F) {
	for _, s := range []string{">=2.7", "==3*", "!=3.9.1*,<4", "=>3", ">3.99999999999999999999*", "==3.9 ,, ", "===x", "é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := extension.ParsePythonRange(s)
		if err != nil {
			for _, e := range err.(fault.List) {
				if bad := e.(*extension.RangeError); bad.Offset < 0 || bad.Offset > len(s) || bad.Offset+bad.Width > len(s)+1 {
					t.Errorf("%q: %+v lies outside", s, *bad)
				}
			}
			return
		}
		// What it is in PEP 440 means the same.
		again, err := extension.ParsePythonRange(r.SpecifierSet().String())
		if err != nil || again.SpecifierSet().String() != r.SpecifierSet().String() {
			t.Errorf("%q is %q, which is %q %v", s, r.SpecifierSet(), again.SpecifierSet(), err)
		}
	})
}
