package extension_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/extension"
)

func TestBuildSdists(t *testing.T) {
	for text, want := range map[string]string{
		"false": "{false []}", "true": "{true []}", `":all:"`: "{true []}", "[My.Lib, other]": "{false [my-lib other]}",
		`"other"`: "is neither", "1": "is neither", `["a b"]`: "is not a project name", "maybe": "is neither",
	} {
		m, _, err := extension.ParseManifest("extension.yml", []byte("extension: {name: a, version: \"1.0.0\", api_level: \"1.4.0\"}\nbundle: {policy: {build_sdists: "+text+"}}\n"))
		if err != nil && strings.HasPrefix(want, "is ") && strings.Contains(err.Error(), "bundle.policy.build_sdists") {
			continue
		}
		if got := fmt.Sprint(m.Bundle.Policy.Sdists); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", text, got, err, want)
		}
	}
}

func TestSelectionAnd(t *testing.T) {
	a, err := extension.ParseSelection("--x", []string{"c,a"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := extension.ParseSelection("--x", []string{"b,a"})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(a.And(b), a.And(extension.Selection{All: true}), a); got != "{false [a b c]} {true [a c]} {false [a c]}" {
		t.Error(got)
	}
}
