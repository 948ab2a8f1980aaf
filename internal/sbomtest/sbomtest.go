// Package sbomtest holds documents in tests against the JSON Schema of CycloneDX
// 1.6, as its makers publish it (Apache License 2.0), and against what the schema
// cannot say: that references are unique and lead somewhere.
package sbomtest

import (
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
)

//go:embed *.gz
var schemas embed.FS

var resolved = sync.OnceValues(func() (*jsonschema.Resolved, error) {
	main, err := load("bom-1.6.schema.json")
	if err != nil {
		return nil, err
	}
	return main.Resolve(&jsonschema.ResolveOptions{Loader: func(u *url.URL) (*jsonschema.Schema, error) { return load(path.Base(u.Path)) }})
})

func load(name string) (*jsonschema.Schema, error) {
	in, err := schemas.Open(name + ".gz")
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	s := new(jsonschema.Schema)
	return s, json.NewDecoder(data).Decode(s)
}

// Check says what is wrong with a document.
func Check(data []byte) error {
	schema, err := resolved()
	if err != nil {
		return err
	}
	var document any
	if err := json.Unmarshal(data, &document); err != nil {
		return err
	}
	if err := schema.Validate(document); err != nil {
		return err
	}
	return checkReferences(document)
}

// Valid fails the test where a document is wrong.
func Valid(t testing.TB, data []byte) {
	t.Helper()
	if err := Check(data); err != nil {
		t.Errorf("no good CycloneDX document: %v\n%s", err, data)
	}
}

// checkReferences finds what the schema cannot: bom-refs that two things have,
// and dependencies on what is not there.
func checkReferences(document any) error {
	refs := map[string]bool{}
	if err := collect(document, refs); err != nil {
		return err
	}
	list, _ := document.(map[string]any)["dependencies"].([]any)
	seen := map[string]bool{}
	for _, d := range list {
		one := d.(map[string]any)
		from := one["ref"].(string)
		if seen[from] {
			return fmt.Errorf("dependencies: %s twice", from)
		}
		seen[from] = true
		on, _ := one["dependsOn"].([]any)
		for _, ref := range append(on, from) {
			if !refs[ref.(string)] {
				return fmt.Errorf("dependencies: %s is no bom-ref", ref)
			}
		}
	}
	return nil
}

func collect(value any, refs map[string]bool) error {
	switch v := value.(type) {
	case map[string]any:
		if ref, ok := v["bom-ref"].(string); ok {
			if refs[ref] || strings.TrimSpace(ref) == "" {
				return fmt.Errorf("bom-ref %q twice", ref)
			}
			refs[ref] = true
		}
		for _, inner := range v {
			if err := collect(inner, refs); err != nil {
				return err
			}
		}
	case []any:
		for _, inner := range v {
			if err := collect(inner, refs); err != nil {
				return err
			}
		}
	}
	return nil
}
