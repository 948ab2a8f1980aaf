package tags_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/tags"
)

func TestParseTakesOneTag(t *testing.T) {
	tag, err := tags.Parse("CP311-cp311-Win_AMD64")
	if err != nil || tag != (tags.Tag{Python: "cp311", ABI: "cp311", Platform: "win_amd64"}) {
		t.Errorf("got %v, %v", tag, err)
	}
	for _, bad := range []string{"py2.py3-none-any", "py3.py3-none-any", "py3-none", "", "py3-none-any-x", "3-none-any", "py3--any"} {
		if tag, err := tags.Parse(bad); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", bad, tag)
		}
	}
}

func TestSetsAreBounded(t *testing.T) {
	many := func(prefix string, n int) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = prefix + strings.Repeat("x", i)
		}
		return strings.Join(parts, ".")
	}
	if _, err := tags.Expand(many("p", 100), many("a", 100), many("f", 100)); err == nil {
		t.Error("a million tags: accepted")
	}
	set, err := tags.Expand(many("p", 16), many("a", 16), many("f", 16))
	if err != nil || len(set) != tags.MaxSet {
		t.Errorf("%d tags, %v; want %d", len(set), err, tags.MaxSet)
	}
	if _, err := tags.Expand("py3", "no-ne", "any"); err == nil {
		t.Error("a part with a dash: accepted")
	}
}

func TestOrder(t *testing.T) {
	list := tags.CPython([2]int{3, 11}, []string{"cp311"}, []string{"manylinux_2_17_x86_64", "linux_x86_64"})
	list = append(list, tags.Compatible([2]int{3, 11}, "cp311", []string{"manylinux_2_17_x86_64"})...)
	order := tags.NewOrder(append(list, list...))
	if order.Len() != len(list) {
		t.Errorf("%d tags, want %d: doubles count once", order.Len(), len(list))
	}
	for rank, tag := range order.List() {
		if got, ok := order.Rank(tag); !ok || got != rank {
			t.Errorf("Rank(%s) = %d, %v; want %d", tag, got, ok, rank)
		}
	}
	file, _ := tags.ParseSet("py3.cp36-none.abi3-manylinux_2_17_x86_64.win_amd64")
	if _, tag, ok := order.Best(file); !ok || tag.String() != "cp36-abi3-manylinux_2_17_x86_64" {
		t.Errorf("best is %v, %v", tag, ok)
	}
	file, _ = tags.ParseSet("cp312-cp312-manylinux_2_17_x86_64")
	if _, tag, ok := order.Best(file); ok {
		t.Errorf("%s is accepted", tag)
	}
	if _, _, ok := (tags.Order{}).Best(file); ok {
		t.Error("the zero order accepts something")
	}
	order.List()[0] = tags.Tag{}
	if first := order.List()[0]; first == (tags.Tag{}) {
		t.Error("the list is shared with the caller")
	}
}

// TestBestIsTheLeastRank compares Best with the plain definition, on random
// files.
func TestBestIsTheLeastRank(t *testing.T) {
	order := longOrder()
	list := order.List()
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var file []tags.Tag
		want := -1
		for range random.IntN(6) {
			if random.IntN(2) == 0 {
				file = append(file, tags.Tag{Python: "cp27", ABI: "cp27m", Platform: "win32"})
				continue
			}
			at := random.IntN(len(list))
			file = append(file, list[at])
			if want < 0 || at < want {
				want = at
			}
		}
		rank, tag, ok := order.Best(file)
		if ok != (want >= 0) || ok && (rank != want || tag != list[want]) {
			t.Fatalf("Best(%v) = %d, %v, %v; want %d", file, rank, tag, ok, want)
		}
	}
}

func TestCallersSlicesAreLeftAlone(t *testing.T) {
	abis := make([]string, 1, 4)
	abis[0] = "pypy310_pp73"
	tags.Generic("pp310", abis, []string{"win_amd64"})
	if got := abis[:2]; got[1] != "" {
		t.Errorf("Generic wrote %v into the caller's slice", got)
	}
}

func FuzzParseSet(f *testing.F) {
	for _, seed := range []string{"py2.py3-none-any", "cp37-cp37m-macosx_10_6_intel.macosx_10_9_intel", "--", "a.b.c-d.e-f.g", "é-none-any", "py3-none-\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		set, err := tags.ParseSet(s)
		if err != nil {
			return
		}
		if len(set) == 0 || len(set) > tags.MaxSet || !slices.IsSortedFunc(set, tags.Tag.Compare) {
			t.Fatalf("%q: %d tags, sorted or not", s, len(set))
		}
		for _, tag := range set {
			again, err := tags.ParseSet(tag.String())
			if err != nil || len(again) != 1 || again[0] != tag {
				t.Fatalf("%q: %q reads back as %v, %v", s, tag, again, err)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("cp311-abi3-win_amd64")
	f.Add("py2.py3-none-any")
	f.Fuzz(func(t *testing.T, s string) {
		tag, err := tags.Parse(s)
		if err != nil {
			return
		}
		if again, err := tags.Parse(tag.String()); err != nil || again != tag {
			t.Fatalf("%q: reads back as %v, %v", s, again, err)
		}
	})
}

func longOrder() tags.Order {
	platforms := tags.Mac([2]int{10, 15}, "x86_64")
	list := tags.CPython([2]int{3, 12}, []string{"cp312"}, platforms)
	return tags.NewOrder(append(list, tags.Compatible([2]int{3, 12}, "cp312", platforms)...))
}

func BenchmarkNewOrder(b *testing.B) {
	list := longOrder().List()
	b.ReportAllocs()
	for b.Loop() {
		tags.NewOrder(list)
	}
}

func BenchmarkBest(b *testing.B) {
	order := longOrder()
	for name, text := range map[string]string{
		"exact":   "cp312-cp312-macosx_10_13_x86_64",
		"foreign": "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64",
		"pure":    "py2.py3-none-any",
	} {
		file, err := tags.ParseSet(text)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				order.Best(file)
			}
		})
	}
}
