package extension

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"
	"gopkg.in/yaml.v3"

	"github.com/axlepack/axle"
	"github.com/axlepack/axle/internal/finding"
	"github.com/axlepack/axle/internal/target"
)

func theSchema(t *testing.T) (*jsonschema.Schema, *jsonschema.Resolved) {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(axle.Schema(), &s); err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &s, resolved
}

// schemaKeys are the paths of the keys that a schema has, and what it says of
// each.
func schemaKeys(s *jsonschema.Schema, path string, into map[string]string) {
	for name, p := range s.Properties {
		at := strings.TrimPrefix(path+"."+name, ".")
		into[at] = p.Description
		schemaKeys(p, at, into)
	}
}

// described is the schema with a key described by a text; the property has to
// be there. The file keeps its form, which people write.
func described(t *testing.T, schema, path, text string) string {
	t.Helper()
	at := 0
	names := strings.Split(path, ".")
	for depth, name := range names {
		mark := "\n" + strings.Repeat("    ", depth+1) + `"` + name + `": {` + "\n"
		i := strings.Index(schema[at:], mark)
		if i < 0 {
			t.Fatalf("docs/extension.schema.json has no %s: write its property there, and run this again", path)
		}
		at += i + len(mark)
	}
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		t.Fatal(err)
	}
	indent := strings.Repeat("    ", len(names)) + "  "
	rest := schema[at:]
	if strings.HasPrefix(rest, indent+`"description":`) {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	return schema[:at] + indent + `"description": ` + strings.TrimSpace(line.String()) + ",\n" + rest
}

// TestSchemaHasEveryKey: the schema has the keys of the parser and those of the
// example, with what the example says of them. -update writes the latter.
func TestSchemaHasEveryKey(t *testing.T) {
	if flag.Lookup("update").Value.String() == "true" {
		text := string(axle.Schema())
		for _, key := range axle.Keys() {
			if len(key.Comment) > 0 {
				text = described(t, text, key.Path, strings.Join(strings.Fields(strings.Join(key.Comment, " ")), " "))
			}
		}
		if err := os.WriteFile("../../docs/extension.schema.json", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	s, _ := theSchema(t)
	got := map[string]string{}
	schemaKeys(s, "", got)
	delete(got, "extension."+forcedABI)
	for path := range got {
		got[path] = strings.Join(strings.Fields(got[path]), " ")
	}
	want := map[string]string{}
	for _, key := range axle.Keys() {
		want[key.Path] = strings.Join(strings.Fields(strings.Join(key.Comment, " ")), " ")
	}
	want["extension"] = got["extension"] // it says nothing there but what its keys say
	for path := range want {
		if text, ok := got[path]; !ok {
			t.Errorf("docs/extension.schema.json has no %s, which extension.yml.example has", path)
		} else if text != want[path] {
			t.Errorf("docs/extension.schema.json says of %s what extension.yml.example does not: go test ./internal/extension -run TestSchemaHasEveryKey -update", path)
		}
	}
	for section, keys := range map[string][]string{
		"": rootKeys, "extension.": extensionKeys, "owner.": ownerKeys, "bundle.": bundleKeys, "bundle.index.": indexKeys, "bundle.policy.": policyKeys,
	} {
		for _, key := range keys {
			if _, ok := got[section+key]; !ok {
				t.Errorf("%s%s is read, and docs/extension.schema.json has it not", section, key)
			}
			delete(got, section+key)
		}
	}
	if len(got) > 0 {
		t.Errorf("docs/extension.schema.json has keys that nobody reads: %v", got)
	}
	extra := s.Properties["bundle"].Properties["index"].Properties["extra"].Items.AnyOf[1]
	for _, key := range extraKeys {
		if extra.Properties[key] == nil {
			t.Errorf("bundle.index.extra: %s is read, and the schema has it not", key)
		}
	}
	if len(extra.Properties) != len(extraKeys) {
		t.Errorf("bundle.index.extra has %d keys, want %d", len(extra.Properties), len(extraKeys))
	}
}

// TestSchemaValues: the values that the schema offers are those of the parser.
func TestSchemaValues(t *testing.T) {
	s, _ := theSchema(t)
	platforms := s.Properties["bundle"].Properties["platforms"].Items.AnyOf[0].Enum
	var aliases []any
	for _, name := range target.Aliases() {
		aliases = append(aliases, name)
	}
	if diff := cmp.Diff(aliases, platforms); diff != "" {
		t.Errorf("platforms: want -, got +\n%s", diff)
	}
	var kinds []any
	for _, kind := range TrimKinds() {
		kinds = append(kinds, string(kind))
	}
	if diff := cmp.Diff(kinds, s.Properties["bundle"].Properties["trim"].AnyOf[1].Items.Enum); diff != "" {
		t.Errorf("trim: want -, got +\n%s", diff)
	}
	var codes []any
	for _, code := range finding.Codes() {
		codes = append(codes, code)
	}
	if diff := cmp.Diff(codes, s.Properties["bundle"].Properties["ignore"].Items.Enum); diff != "" {
		t.Errorf("ignore: want -, got +\n%s", diff)
	}
	for _, key := range budgetKeys {
		if s.Properties["bundle"].Properties["max_size"].AnyOf[1].Properties[key] == nil {
			t.Errorf("bundle.max_size: %s is read, and the schema has it not", key)
		}
	}
	for key, values := range map[string][]any{
		"align":      {string(AlignPython), string(AlignAll), string(AlignNone)},
		"prefer":     {string(PreferShared), string(PreferSpecific)},
		"resolution": {string(Highest), string(Lowest), string(LowestDirect)},
	} {
		if got := s.Properties["bundle"].Properties["policy"].Properties[key].Enum; !slices.Equal(got, values) {
			t.Errorf("%s: %v, want %v", key, got, values)
		}
	}
}

// TestSchemaTakesWhatIsRead: whatever the parser takes without an error or an
// unknown key is valid by the schema.
func TestSchemaTakesWhatIsRead(t *testing.T) {
	_, resolved := theSchema(t)
	texts := map[string]string{"the example": axle.Example()}
	for _, c := range readManifests(t) {
		texts[c[0]] = c[1]
	}
	for i, text := range acceptedManifests {
		texts[fmt.Sprintf("accepted %d", i)] = minimal + text
	}
	taken := 0
	for name, text := range texts {
		_, warnings, err := ParseManifest(name, []byte(text))
		odd := false
		for _, w := range warnings {
			odd = odd || strings.Contains(w.Text, "unknown key")
		}
		if err != nil || odd {
			if strings.HasPrefix(name, "accepted") {
				t.Errorf("%s is not accepted: %v %v", name, err, warnings)
			}
			continue
		}
		taken++
		if err := resolved.Validate(asJSON(t, text)); err != nil {
			t.Errorf("%s is read, and not valid: %v\n%s", name, err, text)
		}
	}
	if taken < len(acceptedManifests)+5 {
		t.Errorf("only %d files are taken", taken)
	}
}

// TestSchemaRefusesMistakes: what is wrong in its form is refused by both.
func TestSchemaRefusesMistakes(t *testing.T) {
	_, resolved := theSchema(t)
	for _, text := range refusedManifests {
		_, warnings, err := ParseManifest("x", []byte(text))
		if err == nil && len(warnings) == 0 {
			t.Errorf("it is read:\n%s", text)
		}
		if resolved.Validate(asJSON(t, text)) == nil {
			t.Errorf("it is valid:\n%s", text)
		}
	}
}

const minimal = "extension: {name: demo, version: 1.0.0, api_level: 1.4.0}\n"

var acceptedManifests = []string{
	"", "comments: |\n  more\n", "owner: {name: me, organization: us, email: me@example.test}\n",
	"bundle: {platforms: [darwin/arm64, WIN_AMD64, win32, manylinux2014_x86_64, linux/arm64]}\n",
	"bundle: {pythons: 3.9..3.11}\n", "bundle: {pythons: ['3.9', 3.10..3.12, pp310, 3.14t]}\n",
	"bundle: {requirements: r.txt}\n", "bundle: {requirements: [r.txt, pyproject.toml]}\n",
	"bundle: {extras: ':all:'}\n", "bundle: {extras: [socks], groups: [a, 'b:c'], exclude: [tests, '*.orig']}\n",
	"bundle: {index: {url: 'https://index.test/simple', extra: ['http://a.test/', {url: 'https://b.test'}, {name: c, url: 'https://c.test', explicit: yes}], pins: {numpy: c, x: 'https://d.test/'}}}\n",
	"bundle: {index: {url: 'file:///srv/index', no_index: off, find_links: [wheels]}}\n",
	"bundle: {max_size: 75 MB}\n", "bundle: {max_size: 1000000}\n", "bundle: {max_size: {package: 71.5MiB, zip: '1.5 GB'}}\n", "bundle: {max_size: {zip: 9 kB}}\n", "bundle: {max_size: 1 TB}\n",
	"bundle: {ignore: [sbom-missing, record]}\n", "bundle: {trim: []}\n", "bundle: {trim: ':all:'}\n", "bundle: {trim: [tests, static_libs, bytecode], trim_except: [cffi, PyYAML]}\n",
	"bundle: {policy: {pre: true}}\n", "bundle: {policy: {pre: ':all:'}}\n", "bundle: {policy: {pre: [numpy], build_sdists: [PyYAML]}}\n",
	"bundle: {policy: {build_sdists: false, only_binary: ':all:', no_binary: [x]}}\n", "bundle: {policy: {only_final: [a, b]}}\n",
	"bundle: {policy: {align: all, prefer: specific, resolution: lowest-direct, allow_missing: True}}\n",
	"bundle: {policy: {exclude_newer: 2026-11-21}}\n", "bundle: {policy: {exclude_newer: 7 days}}\n",
	"bundle: {policy: {constraints: ['numpy<2'], overrides: ['protobuf>=5']}}\n",
}

var refusedManifests = []string{
	"", "extension: {}\n", "extension: [a]\n", "owner: {name: me}\n",
	"extension: {name: demo, version: 1.0, api_level: 1.4.0}\n",
	"extension: {name: demo, version: 1.0.0, api_level: 1.4}\n",
	"extension: {name: my demo, version: 1.0.0, api_level: 1.4.0}\n",
	"extension: {name: demo, version: 1.0.0, api_level: 1.3.9, zip_safe: true}\n",
	"extension: {name: demo, version: 1.0.0, api_level: 1.4.0, zip_safe: never}\n",
	"extension: {name: demo, version: 1.0.0, api_level: 1.4.0, requires_python: 3.10}\n",
	"extension: {name: demo, version: 1.0.0, api_level: 1.4.0, requires_python: ['>=3.8']}\n",
	"extension: {name: demo, version: 1.0.0, api_level: 1.4.0, python_extra_paths: [a]}\n",
	"extension: {name: demo, version: 1.0.0, api_level: 1.4.0, nmae: x}\n",
	minimal + "owners: {name: me}\n", minimal + "owner: me\n", minimal + "owner: {nmae: me}\n", minimal + "comments: [a]\n",
	minimal + "bundle: {platform: [linux/amd64]}\n", minimal + "bundle: {platforms: []}\n", minimal + "bundle: {platforms: [windows]}\n", minimal + "bundle: {platforms: linux/amd64}\n",
	minimal + "bundle: {pythons: []}\n", minimal + "bundle: {pythons: 3.11}\n", minimal + "bundle: {requirements: []}\n",
	minimal + "bundle: {extras: socks}\n", minimal + "bundle: {groups: a}\n", minimal + "bundle: {exclude: {a: b}}\n",
	minimal + "bundle: {max_size: 75 mb}\n", minimal + "bundle: {max_size: 75M}\n", minimal + "bundle: {max_size: 0}\n", minimal + "bundle: {max_size: large}\n", minimal + "bundle: {max_size: {}}\n",
	minimal + "bundle: {max_size: [75 MB]}\n", minimal + "bundle: {max_size: {package: -1}}\n", minimal + "bundle: {max_size: {wheel: 1 MB}}\n", minimal + "bundle: {max_size: true}\n",
	minimal + "bundle: {ignore: []}\n", minimal + "bundle: {ignore: [sbom]}\n", minimal + "bundle: {ignore: record}\n",
	minimal + "bundle: {trim: tests}\n", minimal + "bundle: {trim: [test]}\n", minimal + "bundle: {trim: {tests: true}}\n", minimal + "bundle: {trim_except: cffi}\n",
	minimal + "bundle: {index: {url: index.test}}\n", minimal + "bundle: {index: {extra: [{name: a}]}}\n", minimal + "bundle: {index: {no_index: never}}\n",
	minimal + "bundle: {index: {indexes: []}}\n", minimal + "bundle: {index: {pins: [a]}}\n",
	minimal + "bundle: {policy: {align: some}}\n", minimal + "bundle: {policy: {prefer: best}}\n", minimal + "bundle: {policy: {resolution: newest}}\n",
	minimal + "bundle: {policy: {only_binary: numpy}}\n", minimal + "bundle: {policy: {pre: numpy}}\n", minimal + "bundle: {policy: {constraints: 'numpy<2'}}\n",
	minimal + "bundle: {policy: {allow missing: true}}\n",
}

// readManifests are the names and texts of the corpora.
func readManifests(t *testing.T) (all [][2]string) {
	t.Helper()
	data, err := os.ReadFile("testdata/errors/manifest.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split("\n"+string(data), "\n-- ")[1:] {
		name, text, _ := strings.Cut(part, " --\n")
		if !strings.HasSuffix(name, ".out") {
			all = append(all, [2]string{name, text + "\n"})
		}
	}
	files, _ := filepath.Glob("testdata/manifests/*.yml")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, [2]string{file, string(data)})
	}
	return all
}

// asJSON is a YAML text as an editor sees it that knows YAML 1.1 and 1.2.
func asJSON(t *testing.T, text string) any {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(node.Content) == 0 {
		return nil
	}
	return jsonOf(t, node.Content[0])
}

func jsonOf(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.AliasNode:
		return jsonOf(t, n.Alias)
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			list = append(list, jsonOf(t, c))
		}
		return list
	case yaml.MappingNode:
		section := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			section[n.Content[i].Value] = jsonOf(t, n.Content[i+1])
		}
		return section
	}
	lower := strings.ToLower(n.Value)
	if n.Style == 0 && slices.Contains([]string{"yes", "no", "on", "off"}, lower) {
		return lower == "yes" || lower == "on"
	}
	if n.Tag == "!!timestamp" {
		return n.Value
	}
	var value any
	if err := n.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}
