package pep440

import (
	"math"
	"slices"
	"strings"
	"testing"
)

const rounds = 2000

// admits is the text of PEP 440 about each operator, word by word, without the
// intervals that the package itself works with.
func admits(spec Specifier, w Version) bool {
	v := spec.version
	switch spec.Operator() {
	case "==":
		if spec.wildcard {
			return hasPrefix(w, v, v.ReleaseLen())
		}
		return w.Equal(v) || !v.HasLocal() && w.Public().Equal(v)
	case "!=":
		opposite := spec
		opposite.op, opposite.text = opEqual, "=="+spec.VersionText()
		return !admits(opposite, w)
	case "~=":
		return w.Compare(v) >= 0 && hasPrefix(w, v, v.ReleaseLen()-1)
	case "<=":
		return w.Public().Compare(v) <= 0
	case ">=":
		return w.Public().Compare(v) >= 0
	case "<":
		return w.Compare(v) < 0 && (v.IsPrerelease() || !isPreOf(w, v))
	case ">":
		return w.Public().Compare(v) > 0 && (v.IsPostrelease() || v.IsDev() || !isPostOf(w, v))
	}
	panic("operator " + spec.Operator())
}

func hasPrefix(w, v Version, n int) bool {
	a, b := w.parts(), v.parts()
	if a.epoch != b.epoch {
		return false
	}
	for i := range n {
		if x := (number{}); i >= a.count && b.release(i) != x || i < a.count && a.release(i) != b.release(i) {
			return false
		}
	}
	return true
}

// isPreOf says whether w is a pre-release of v, which is none.
func isPreOf(w, v Version) bool {
	a, b := w.parts(), v.parts()
	sameBase := w.Base().Equal(v.Base())
	if b.post == postNumber {
		return sameBase && a.dev && a.post == postNumber && a.postN == b.postN && a.pre == preNone
	}
	return sameBase && w.IsPrerelease() && w.Compare(v) < 0
}

// isPostOf says whether w is a post-release of v, which is none.
func isPostOf(w, v Version) bool {
	a, b := w.parts(), v.parts()
	return w.Base().Equal(v.Base()) && a.pre == b.pre && a.preN == b.preN && a.post == postNumber
}

func TestMatchesIsWhatTheStandardSays(t *testing.T) {
	m := newMaker(1)
	for range rounds {
		set := m.set()
		r := set.Ranges()
		for _, v := range m.near(set) {
			want := true
			for _, spec := range set.clauses {
				want = want && admits(spec, v)
			}
			if set.Matches(v) != want || r.Contains(v) != want {
				t.Fatalf("%s, %s: Matches %v, Ranges %s contains %v, want %v", set, v, set.Matches(v), r, r.Contains(v), want)
			}
		}
	}
}

func TestOrderIsTotal(t *testing.T) {
	m := newMaker(2)
	versions := make([]Version, 300)
	for i := range versions {
		versions[i] = MustParse(m.version())
	}
	slices.SortFunc(versions, Version.Compare)
	for i, a := range versions {
		for j, b := range versions {
			order := a.Compare(b)
			if order != -b.Compare(a) || i < j && order > 0 {
				t.Fatalf("Compare(%s, %s) = %d, the other way %d", a, b, order, b.Compare(a))
			}
			if (order == 0) != (a.Canonical() == b.Canonical()) {
				t.Fatalf("Compare(%s, %s) = %d, but canonical %s and %s", a, b, order, a.Canonical(), b.Canonical())
			}
			if a.compareParts(b) != order {
				t.Fatalf("Compare(%s, %s) = %d with keys, %d without", a, b, order, a.compareParts(b))
			}
		}
	}
}

func TestRangesAreAnAlgebra(t *testing.T) {
	m := newMaker(3)
	for range rounds / 2 {
		a, b := m.set(), m.set()
		r, s := a.Ranges(), b.Ranges()
		and, or, not := r.Intersect(s), r.Union(s), r.Complement()
		difference := r.Intersect(s.Complement())
		checkWitnesses(t, and, or, not, difference)
		for _, v := range slices.Concat(m.near(a), m.near(b)) {
			x, y := r.Contains(v), s.Contains(v)
			if and.Contains(v) != (x && y) || or.Contains(v) != (x || y) || not.Contains(v) == x {
				t.Fatalf("%s in %s and %s: and %s, or %s, not %s", v, r, s, and, or, not)
			}
		}
		laws := []bool{
			not.Complement().Equal(r),
			and.Complement().Equal(not.Union(s.Complement())),
			and.Equal(s.Intersect(r)), or.Equal(s.Union(r)),
			r.Union(not).IsFull(), r.Intersect(not).IsEmpty(),
			r.SubsetOf(s) == difference.IsEmpty(),
			r.Disjoint(s) == and.IsEmpty(),
			r.Equal(s) == (r.SubsetOf(s) && s.SubsetOf(r)),
			and.SubsetOf(r), r.SubsetOf(or), a.And(b).Ranges().Equal(and),
		}
		if i := slices.Index(laws, false); i >= 0 {
			t.Fatalf("law %d does not hold for %s and %s", i, r, s)
		}
	}
}

// checkWitnesses names a version of every interval, which proves that sets
// with different cuts differ and that only the empty set has no cut.
func checkWitnesses(t *testing.T, sets ...Ranges) {
	t.Helper()
	for _, r := range sets {
		for i := 0; i < len(r.cuts); i += 2 {
			if v := witness(r.cuts[i]); !r.Contains(v) {
				t.Fatalf("%s does not contain %s", r, v)
			}
		}
		for i := 1; i < len(r.cuts); i += 2 {
			if v := witness(r.cuts[i]); r.Contains(v) {
				t.Fatalf("%s contains %s", r, v)
			}
		}
	}
}

// witness is a version above the cut and below every cut that is higher.
func witness(c cut) Version {
	p := c.v.parts()
	const zeros = "00000000000000"
	switch {
	case c.isZero():
		return firstVersion
	case p.post == postAll:
		p.post = postNone
		return MustParse(string(p.text(nil)) + strings.Repeat(".0", 9) + ".1")
	case c.after && len(p.local) > 0:
		return MustParse(c.v.String() + "." + zeros + "a")
	case c.after:
		return MustParse(c.v.String() + "+" + zeros + "a")
	}
	return c.v
}

func TestSingletonsAndCuts(t *testing.T) {
	m := newMaker(4)
	for range rounds {
		v, w := MustParse(m.version()), MustParse(m.version())
		r := Singleton(v)
		if single, ok := r.Single(); !ok || !single.Equal(v) {
			t.Fatalf("Singleton(%s) = %s", v, r)
		}
		if r.Contains(w) != v.Equal(w) || AtLeast(v).Contains(w) != (w.Compare(v) >= 0) || Below(v).Contains(w) != (w.Compare(v) < 0) {
			t.Fatalf("%s and %s", v, w)
		}
		checkWitnesses(t, r, r.Complement(), AtLeast(v), Below(v))
	}
}

func TestPatchesAreExact(t *testing.T) {
	m := newMaker(5)
	for range rounds / 10 {
		texts := make([]string, 1+m.IntN(4))
		for i := range texts {
			v := m.pick("3", "3.8", "3.9", "3.9.0", "3.9.1", "3.9.2", "3.9.5", "3.9.0rc1", "3.9.4.dev0", "3.9.3.post1", "3.9.3.1", "3.10", "4", "3.9.0.0", "0!3.9.4", "1!3.9.4")
			texts[i] = m.pick("<", "<=", ">", ">=", "==", "!=") + v
			if m.chance(30) && len(v) < 6 && v != "0!3.9.4" {
				texts[i] = m.pick("==", "!=") + v + ".*"
			} else if m.chance(10) && len(v) > 2 {
				texts[i] = "~=" + v
			} else if m.chance(3) {
				texts[i] = "===" + v
			}
		}
		set := MustParseSpecifierSet(strings.Join(texts, ","))
		checkPatches(t, set)
	}
}

func checkPatches(t *testing.T, set SpecifierSet) {
	t.Helper()
	runs := set.AdmittedPatches(3, 9)
	const tried = 12
	admitted := 0
	for patch := range tried {
		v := MustParse("3.9." + string(rune('0'+patch%10)))
		if patch >= 10 {
			v = MustParse("3.9.1" + string(rune('0'+patch%10)))
		}
		in := slices.ContainsFunc(runs, func(r PatchRange) bool {
			return r.From <= patch && (patch <= r.To || r.To < 0)
		})
		if set.Matches(v) {
			admitted++
		}
		if in != set.Matches(v) {
			t.Fatalf("%s: %s is admitted: %v, patches %v", set, v, set.Matches(v), runs)
		}
	}
	if some, all := set.AdmitsMinor(3, 9); some != (admitted > 0) || all != (admitted == tried) {
		t.Fatalf("%s: AdmitsMinor = %v, %v with %d of %d", set, some, all, admitted, tried)
	}
}

func TestPatchesFarOut(t *testing.T) {
	tests := []struct {
		set  string
		want []PatchRange
	}{
		{"", []PatchRange{{0, -1}}},
		{">=3.9.70000", []PatchRange{{70000, -1}}},
		{"!=3.9.70000", []PatchRange{{0, 69999}, {70001, -1}}},
		{"<3.9.99999999999999999999", []PatchRange{{0, -1}}},
		{"!=3.9.0,!=3.9.1", []PatchRange{{2, -1}}},
		{">3.9", []PatchRange{{1, -1}}},
		{">=3.10", nil},
		{"===3.9.4", []PatchRange{{4, 4}}},
		{"===foo", nil},
	}
	for _, test := range tests {
		if got := MustParseSpecifierSet(test.set).AdmittedPatches(3, 9); !slices.Equal(got, test.want) {
			t.Errorf("%q: %v, want %v", test.set, got, test.want)
		}
	}
}

func TestNumbersOfAnySize(t *testing.T) {
	nines := strings.Repeat("9", 19)
	tests := []struct{ n, next string }{
		{"0", "1"}, {nines, "1" + strings.Repeat("0", 19)}, {"9" + nines, "1" + strings.Repeat("0", 20)},
		{"18446744073709551615", "18446744073709551616"}, {"1" + nines + "8", "1" + nines + "9"},
	}
	for _, test := range tests {
		n := parseNumber("00" + test.n)
		if n.String() != test.n || n.next().String() != test.next || n.compare(n.next()) >= 0 {
			t.Errorf("%s: %s, next %s", test.n, n, n.next())
		}
	}
	if got := MustParse("1." + nines + "9").Release(1); got != math.MaxInt {
		t.Errorf("Release = %d", got)
	}
}
