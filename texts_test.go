package axle

import (
	"slices"
	"strings"
	"testing"
)

func TestKeys(t *testing.T) {
	keys := Keys()
	var paths []string
	var text strings.Builder
	for _, k := range keys {
		paths = append(paths, k.Path)
		text.WriteString(k.Text)
		if len(k.Comment) == 0 && !slices.Contains([]string{"extension", "owner.name", "owner.organization", "owner.email"}, k.Path) {
			t.Errorf("the example says nothing of %s", k.Path)
		}
	}
	for _, want := range []string{"extension.name", "extension.zip_safe", "owner", "owner.email", "comments", "bundle.platforms", "bundle.index.pins", "bundle.policy", "bundle.policy.overrides"} {
		if !slices.Contains(paths, want) {
			t.Errorf("there is no %s among %q", want, paths)
		}
	}
	for line := range strings.Lines(Example()) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' && !strings.Contains(text.String(), line) {
			t.Errorf("%s belongs to no key", line)
		}
	}
	if slices.Contains(paths, "bundle.index.pins.our-library") {
		t.Error("the name of a project is taken for a key")
	}
}
