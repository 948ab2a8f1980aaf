package resolve

import (
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/bitset"
	"github.com/axlepack/axle/internal/pep440"
)

// TestVersionsText: what reads as a run has no version in it that is not meant.
func TestVersionsText(t *testing.T) {
	for _, c := range []struct{ all, meant, want string }{
		{"1 2 3", "", "(none)"}, {"1 2 3", "2", "2"}, {"1 2 3", "1 2", "1 and 2"}, {"1 2 3", "1 3", "1 and 3"}, {"1 2 3", "1 2 3", "1 to 3"},
		{"1 2 3 4 5", "1 3 4 5", "1 and 3 to 5"}, {"1 2 3 4 5", "1 2 4 5", "1, 2, 4 and 5"},
		{"302 303 304 305 306 307", "302 303 306", "302, 303 and 306"},
		{"1 2rc1 2 3rc1 3", "1 2 3", "1 to 3"}, {"1 2rc1 2 3", "1 2rc1 2 3", "1 to 3"}, {"1a1 1 2a1 2 3a1", "1a1 2a1 3a1", "1a1, 2a1 and 3a1"},
		{"1 2 3 4 5 6 7 8 9", "1 3 5 7 9", "5, 7, 9 and 2 older"}, {"1 2 3 4 5 6 7 8 9", "1 2 3 5 7 9", "5, 7, 9 and 3 older"},
	} {
		p := &project{}
		for _, text := range strings.Fields(c.all) {
			v, err := pep440.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			p.versions = append(p.versions, v)
		}
		p.prepare()
		meant := bitset.New(p.size())
		for i, text := range strings.Fields(c.all) {
			if strings.Contains(" "+c.meant+" ", " "+text+" ") {
				meant.Put(i + 1)
			}
		}
		if got := versionsText(p, meant); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.meant, c.all, got, c.want)
		}
	}
}
