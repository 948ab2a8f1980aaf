package agent

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestDocumented: docs/topics/agent.md has a row for every key, and no others.
func TestDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "topics", "agent.md"))
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\| ").FindAllStringSubmatch(string(text), -1) {
		got = append(got, m[1])
	}
	for _, key := range keys {
		switch key {
		case "policy":
			want = append(want, below(key, policyKeys)...)
		case "timeouts":
			want = append(want, below(key, timeoutKeys)...)
		default:
			want = append(want, key)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("documented are %q, and read are %q", got, want)
	}
}

func below(section string, keys []string) (paths []string) {
	for _, key := range keys {
		paths = append(paths, section+"."+key)
	}
	return paths
}
