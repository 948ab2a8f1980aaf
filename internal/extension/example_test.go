package extension

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/yamldoc"
)

const example = "../../extension.yml.example"

// The example has every key that is read, and nothing in it is odd.
func TestExampleHasEveryKey(t *testing.T) {
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	m, warnings, err := ParseManifest(example, data)
	if err != nil || len(warnings) > 0 {
		t.Fatalf("%v %v", err, warnings)
	}
	if bytes.Contains(m.Packed(), []byte("bundle:")) || !bytes.Contains(m.Packed(), []byte("# Default: none. Free text")) {
		t.Errorf("packed:\n%s", m.Packed())
	}
	r, err := yamldoc.Open(example, data)
	if err != nil {
		t.Fatal(err)
	}
	root, _ := r.Root().AnyMap()
	for path, keys := range map[string][]string{
		"": rootKeys, "extension": extensionKeys, "owner": ownerKeys, "bundle": bundleKeys, "bundle.index": indexKeys, "bundle.policy": policyKeys,
	} {
		section := root
		for _, key := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' }) {
			v, _ := section.Get(key)
			section, _ = v.AnyMap()
		}
		for _, key := range keys {
			if _, ok := section.Get(key); !ok {
				t.Errorf("the example lacks %s %s", path, key)
			}
		}
	}
}

// Each key of the example has a comment that says its default, or that it is
// required.
func TestExampleSaysDefaults(t *testing.T) {
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, line := range strings.Split(string(data), "\n") {
		if comment := strings.TrimSpace(line); strings.HasPrefix(comment, "#") && (strings.Contains(comment, "Default: ") || strings.Contains(comment, "Required.")) {
			said++
		}
	}
	leaves := len(extensionKeys) + 1 + 1 + len(bundleKeys) - 1 + 1 + len(indexKeys) + len(policyKeys) // owner and its keys are one, policy says nothing
	if said != leaves {
		t.Errorf("%d defaults are said of %d keys", said, leaves)
	}
}
