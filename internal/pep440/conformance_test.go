package pep440

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/conformance"
)

const (
	versionVectors   = "standards/versions.jsonl.gz"
	specifierVectors = "standards/specifiers.jsonl.gz"
)

func TestConformanceVersionParse(t *testing.T) {
	type want struct {
		Norm, Public, Base, Canonical string
		Release                       []uint64
		Pre                           []any
		Post, Dev                     *uint64
		Local                         *string
		IsPre                         bool `json:"is_pre"`
		IsPost                        bool `json:"is_post"`
		IsDev                         bool `json:"is_dev"`
	}
	type vector struct {
		In   string
		Want *struct {
			want
			Epoch uint64
		}
	}
	for line, c := range conformance.Vectors[vector](t, versionVectors, "parse") {
		v, err := Parse(c.In)
		if c.Want == nil {
			if err == nil {
				t.Errorf("%d: Parse(%q) = %s, want an error", line.ID, c.In, v)
			}
			continue
		}
		if err != nil {
			t.Errorf("%d: %v", line.ID, err)
			continue
		}
		w, p := c.Want, v.parts()
		check := func(what string, got, want any) {
			if got != want {
				t.Errorf("%d: %q: %s = %v, want %v", line.ID, c.In, what, got, want)
			}
		}
		check("String", v.String(), w.Norm)
		check("Public", v.Public().String(), w.Public)
		check("Base", v.Base().String(), w.Base)
		check("Canonical", v.Canonical(), w.Canonical)
		check("IsPrerelease", v.IsPrerelease(), w.IsPre)
		check("IsPostrelease", v.IsPostrelease(), w.IsPost)
		check("IsDev", v.IsDev(), w.IsDev)
		check("HasLocal", v.HasLocal(), w.Local != nil)
		if w.Local != nil {
			check("Local", v.Local(), *w.Local)
		}
		check("epoch", p.epoch, number{n: w.Epoch})
		check("ReleaseLen", v.ReleaseLen(), len(w.Release))
		for i, n := range w.Release {
			check("Release", v.Release(i), int(n))
		}
		if w.Pre != nil {
			check("pre", preLetters(p.pre), w.Pre[0])
			check("pre number", float64(p.preN.n), w.Pre[1])
		}
		if w.Post != nil {
			check("post", p.postN, number{n: *w.Post})
		}
		if w.Dev != nil {
			check("dev", p.devN, number{n: *w.Dev})
		}
	}
}

func TestConformanceVersionOrder(t *testing.T) {
	for _, c := range conformance.Vectors[struct{ In []string }](t, versionVectors, "order") {
		groups := make([][]string, len(c.In))
		for i, text := range c.In {
			groups[i] = []string{text}
		}
		checkOrder(t, groups)
	}
	for _, c := range conformance.Vectors[struct{ In [][]string }](t, versionVectors, "order_groups") {
		checkOrder(t, c.In)
	}
}

// checkOrder compares every version of every group with every other.
func checkOrder(t *testing.T, groups [][]string) {
	t.Helper()
	var versions []Version
	var ranks []int
	for rank, group := range groups {
		for _, text := range group {
			versions, ranks = append(versions, MustParse(text)), append(ranks, rank)
		}
	}
	for i, a := range versions {
		for j, b := range versions {
			if got, want := a.Compare(b), compareInts(ranks[i], ranks[j]); got != want {
				t.Errorf("Compare(%s, %s) = %d, want %d", a, b, got, want)
			}
		}
	}
}

func TestConformanceCanonicalizeVersion(t *testing.T) {
	type vector struct {
		In   string
		Want string
		Kw   struct {
			Strip *bool `json:"strip_trailing_zero"`
		}
	}
	for line, c := range conformance.Vectors[vector](t, "standards/tags.jsonl.gz", "canonicalize_version") {
		got := c.In
		if v, err := Parse(c.In); err == nil {
			if got = v.Canonical(); c.Kw.Strip != nil && !*c.Kw.Strip {
				got = v.String()
			}
		}
		if got != c.Want {
			t.Errorf("%d: %q gives %q, want %q", line.ID, c.In, got, c.Want)
		}
	}
}

func TestConformanceSpecifierParse(t *testing.T) {
	type vector struct {
		In   string
		Want *struct {
			Operator, Version, Str string
			Prereleases            *bool
		}
	}
	for line, c := range conformance.Vectors[vector](t, specifierVectors, "parse") {
		spec, err := ParseSpecifier(c.In)
		switch {
		case c.Want == nil && err == nil:
			t.Errorf("%d: ParseSpecifier(%q) = %s, want an error", line.ID, c.In, spec)
		case c.Want == nil:
		case err != nil:
			t.Errorf("%d: %v", line.ID, err)
		case spec.Operator() != c.Want.Operator || spec.VersionText() != c.Want.Version || spec.String() != c.Want.Str:
			t.Errorf("%d: %q gives %q %q", line.ID, c.In, spec.Operator(), spec.VersionText())
		case spec.Prerelease() != (c.Want.Prereleases != nil && *c.Want.Prereleases):
			t.Errorf("%d: %q: Prerelease() = %v", line.ID, c.In, spec.Prerelease())
		}
	}
}

func TestConformanceSpecifierSetParse(t *testing.T) {
	type vector struct {
		In   string
		Want *struct {
			Str         string
			Items       []string
			Prereleases *bool
		}
	}
	for line, c := range conformance.Vectors[vector](t, specifierVectors, "parse_set") {
		set, err := ParseSpecifierSet(c.In)
		if c.Want == nil || err != nil {
			if (c.Want == nil) != (err != nil) {
				t.Errorf("%d: ParseSpecifierSet(%q) = %s, %v", line.ID, c.In, set, err)
			}
			continue
		}
		var items []string
		for _, spec := range set.Specifiers() {
			items = append(items, spec.String())
		}
		slices.Sort(c.Want.Items)
		slices.Sort(items)
		if set.String() != c.Want.Str || !slices.Equal(items, c.Want.Items) {
			t.Errorf("%d: %q gives %q %q, want %q %q", line.ID, c.In, set, items, c.Want.Str, c.Want.Items)
		}
		if set.Prereleases() != (c.Want.Prereleases != nil && *c.Want.Prereleases) {
			t.Errorf("%d: %q: Prereleases() = %v", line.ID, c.In, set.Prereleases())
		}
	}
}

func TestConformanceContains(t *testing.T) {
	type vector struct {
		Spec        string
		Prereleases *bool
		Installed   *bool
		Yes, No     []string
	}
	checks := 0
	for line, c := range conformance.Vectors[vector](t, specifierVectors, "contains") {
		set := MustParseSpecifierSet(c.Spec)
		for i, text := range slices.Concat(c.Yes, c.No) {
			pre, want := c.Prereleases, i < len(c.Yes)
			v, err := Parse(text)
			if installed := c.Installed != nil && *c.Installed; installed && v.IsPrerelease() {
				pre = &installed
			}
			if got := set.Contains(text, pre); got != want {
				t.Errorf("%d: %q contains %q = %v", line.ID, c.Spec, text, got)
			}
			checks++
			if pre == nil || !*pre || err != nil || set.hasArbitrary() {
				continue
			}
			if set.Matches(v) != want || set.Ranges().Contains(v) != want {
				t.Errorf("%d: %q: Matches(%q) = %v, Ranges %s", line.ID, c.Spec, text, set.Matches(v), set.Ranges())
			}
		}
	}
	t.Logf("%d checks", checks)
}

func TestConformanceFilter(t *testing.T) {
	type vector struct {
		Spec        string
		Prereleases *bool
		In, Want    []string
	}
	for line, c := range conformance.Vectors[vector](t, specifierVectors, "filter") {
		if got := MustParseSpecifierSet(c.Spec).Filter(c.In, c.Prereleases); !slices.Equal(got, c.Want) {
			t.Errorf("%d: %q filters %q to %q, want %q", line.ID, c.Spec, c.In, got, c.Want)
		}
	}
}

func TestConformanceUnsatisfiable(t *testing.T) {
	type vector struct {
		Spec        string
		Prereleases *bool
		Want        bool
	}
	for line, c := range conformance.Vectors[vector](t, specifierVectors, "unsatisfiable") {
		if got := MustParseSpecifierSet(c.Spec).Unsatisfiable(c.Prereleases); got != c.Want {
			t.Errorf("%d: Unsatisfiable(%q) = %v", line.ID, c.Spec, got)
		}
	}
}

func TestConformanceRelations(t *testing.T) {
	type vector struct {
		A, B string
		Want *bool
	}
	relations := map[string]func(a, b SpecifierSet) (bool, error){
		"subset":   SpecifierSet.Subset,
		"superset": SpecifierSet.Superset,
		"disjoint": SpecifierSet.Disjoint,
		"equal":    func(a, b SpecifierSet) (bool, error) { return a.Equal(b), nil },
	}
	for op, relation := range relations {
		for line, c := range conformance.Vectors[vector](t, specifierVectors, op) {
			got, err := relation(MustParseSpecifierSet(c.A), MustParseSpecifierSet(c.B))
			switch {
			case c.Want == nil && !errors.Is(err, ErrArbitrary):
				t.Errorf("%d: %s(%q, %q) = %v, want an error", line.ID, op, c.A, c.B, got)
			case c.Want != nil && (err != nil || got != *c.Want):
				t.Errorf("%d: %s(%q, %q) = %v, %v", line.ID, op, c.A, c.B, got, err)
			}
		}
	}
}

func TestConformanceEveryOperationIsKnown(t *testing.T) {
	known := "parse order order_groups parse_set contains filter unsatisfiable subset superset disjoint equal"
	for _, file := range []string{versionVectors, specifierVectors} {
		for line := range conformance.AllVectors(t, file) {
			if !slices.Contains(strings.Fields(known), line.Op) {
				t.Errorf("%s:%d: no test for %q", file, line.ID, line.Op)
			}
		}
	}
}
