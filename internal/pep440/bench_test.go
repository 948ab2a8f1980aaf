package pep440

import (
	"math/rand/v2"
	"slices"
	"testing"
)

var sink any

func benchVersions(b *testing.B) []Version {
	b.Helper()
	m := newMaker(9)
	versions := make([]Version, 1024)
	for i := range versions {
		versions[i] = MustParse(m.public())
	}
	return versions
}

func BenchmarkParse(b *testing.B) {
	for name, text := range map[string]string{"final": "2.31.0", "rc": "2.0.0rc1", "local": "2.1.0+cu118", "odd": "v1.0-Beta.2", "date": "2.31.0.20240311"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v, _ := Parse(text)
				sink = v.d
			}
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	versions := benchVersions(b)
	b.ReportAllocs()
	n, i := 0, 0
	for b.Loop() {
		n += versions[i&1023].Compare(versions[(i*7+1)&1023])
		i++
	}
	sink = n
}

func BenchmarkCompareWide(b *testing.B) {
	v, w := MustParse("2.31.0.20240311"), MustParse("2.31.0.20240312")
	b.ReportAllocs()
	for b.Loop() {
		if v.Compare(w) >= 0 {
			b.Fatal("order")
		}
	}
}

func BenchmarkSort(b *testing.B) {
	versions := benchVersions(b)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		rand.Shuffle(len(versions), func(i, j int) { versions[i], versions[j] = versions[j], versions[i] })
		b.StartTimer()
		slices.SortFunc(versions, Version.Compare)
	}
}

func BenchmarkParseSpecifierSet(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		s, _ := ParseSpecifierSet(">=2.7,!=3.0.*,!=3.1.*,<4")
		sink = s.clauses
	}
}

func BenchmarkMatches(b *testing.B) {
	versions := benchVersions(b)
	set := MustParseSpecifierSet(">=1.0,!=1.5.*,<3")
	b.ReportAllocs()
	n, i := 0, 0
	for b.Loop() {
		n += btoi(set.Matches(versions[i&1023]))
		i++
	}
	sink = n
}

func BenchmarkMatchesText(b *testing.B) {
	spec, _ := ParseSpecifier(">=3.8")
	b.ReportAllocs()
	for b.Loop() {
		if !spec.MatchesText("3.11.7") {
			b.Fatal("no match")
		}
	}
}

func BenchmarkAdmitsMinor(b *testing.B) {
	set := MustParseSpecifierSet(">=2.7,!=3.0.*,!=3.1.*,<4")
	b.ReportAllocs()
	for b.Loop() {
		if some, _ := set.AdmitsMinor(3, 11); !some {
			b.Fatal("no match")
		}
	}
}

func BenchmarkRangesIntersect(b *testing.B) {
	r, s := MustParseSpecifierSet(">=1.0,!=1.5.*,<3").Ranges(), MustParseSpecifierSet(">=2.0,!=2.5").Ranges()
	b.ReportAllocs()
	for b.Loop() {
		sink = r.Intersect(s).cuts
	}
}

func BenchmarkRangesSubsetOf(b *testing.B) {
	r, s := MustParseSpecifierSet(">=1.0,!=1.5.*,<3").Ranges(), MustParseSpecifierSet(">=0.5,!=1.5.2").Ranges()
	b.ReportAllocs()
	for b.Loop() {
		if !r.SubsetOf(s) {
			b.Fatal("no subset")
		}
	}
}
