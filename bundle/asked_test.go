package bundle

import (
	"reflect"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/pep508"
)

// TestPolicyIsRecorded: whatever the policy says that is not the default makes
// a lock of another policy stale.
func TestPolicyIsRecorded(t *testing.T) {
	usual := chosen{}.asRecorded()
	if len(usual) != 0 {
		t.Errorf("the default is on record: %v", usual)
	}
	same := chosen{align: "python", prefer: "shared", resolution: "highest"}.asRecorded()
	if len(same) != 0 {
		t.Errorf("the default is on record: %v", same)
	}
	cutoff, err := extension.ParseCutoff("7 days")
	if err != nil {
		t.Fatal(err)
	}
	some := extension.Selection{All: true, Names: []pep508.Name{"kiln", "soot"}}
	for i := range reflect.TypeOf(chosen{}).NumField() {
		var c chosen
		name := reflect.TypeOf(c).Field(i).Name
		switch name {
		case "releases":
			c.releases.AllReleases = some
		case "formats":
			c.formats.OnlyBinary = some
		case "sdists":
			c.sdists = some
		case "requireHashes":
			c.requireHashes = true
		case "excludeNewer":
			c.excludeNewer = cutoff
		case "resolution":
			c.resolution = "lowest"
		case "align":
			c.align = "all"
		case "prefer":
			c.prefer = "specific"
		default:
			t.Errorf("%s is new: put it into asRecorded, and here", name)
			continue
		}
		got := c.asRecorded()
		if len(got) != 1 {
			t.Errorf("%s is not on record: %v", name, got)
		}
		for key, value := range got {
			if value == "" || strings.Contains(value, "[") {
				t.Errorf("%s = %q", key, value)
			}
		}
	}
	if got := selected(some); got != ":all:,kiln,soot" {
		t.Error(got)
	}
}
