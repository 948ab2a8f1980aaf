// Package layers holds one test: that imports inside axle go one way, from
// the program down to the values, and that each outside thing has one owner.
package layers

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/axlepack/axle"

// rings is the table: a package may import packages of lower rings, and of
// its own ring only what beside names.
var rings = map[string]int{
	"":                    0, // texts to embed
	"internal/event":      0,
	"internal/finding":    0,
	"internal/bitset":     0,
	"internal/bytesize":   0,
	"internal/fault":      0,
	"internal/inflate":    0,
	"internal/launch":     0,
	"internal/lazyregexp": 0,
	"internal/lite":       0,
	"internal/places":     0,
	"internal/pep440":     0,
	"internal/pep508":     0,
	"internal/tags":       0,

	"internal/yamldoc":   1,
	"internal/tomldoc":   1,
	"internal/target":    1,
	"internal/extension": 1,
	"internal/agent":     1,
	"internal/wheel":     1,
	"internal/lock":      1,
	"internal/native":    1,
	"internal/sbom":      1,

	"internal/archive":     2,
	"internal/unpack":      2,
	"internal/cache":       2,
	"internal/deployments": 2,
	"internal/procgroup":   2,
	"internal/index":       2,
	"interpreters":         2,

	"internal/resolve":    3,
	"internal/wheelbuild": 3,
	"internal/collect":    3,
	"internal/merge":      3,
	"internal/pack":       3,
	"internal/scaffold":   3,
	"selector":            3,
	"profiles":            3,

	"internal/report":  4,
	"internal/inspect": 4,
	"internal/console": 4,
	"bundle":           4,

	"internal/release": 4,

	"cmd/axle/early": 4,
	"cmd/axle":       5,
}

// beside lists the imports inside one ring that the design allows.
var beside = map[string][]string{
	"":                   {"internal/lazyregexp"},
	"internal/fault":     {"internal/lazyregexp"},
	"internal/launch":    {"internal/lite"},
	"internal/places":    {"internal/lite"},
	"internal/finding":   {"internal/fault"},
	"internal/bytesize":  {"internal/fault"},
	"internal/pep440":    {"internal/fault"},
	"internal/pep508":    {"internal/pep440", "internal/fault"},
	"internal/lock":      {"internal/target", "internal/wheel"},
	"internal/native":    {"internal/target"},
	"internal/extension": {"internal/target", "internal/tomldoc", "internal/wheel", "internal/yamldoc"},
	"internal/agent":     {"internal/yamldoc"},
	"internal/sbom":      {"internal/wheel"},
	"internal/index":     {"internal/cache", "internal/archive"},
	"internal/unpack":    {"internal/archive"},
	"interpreters":       {"internal/cache", "internal/procgroup"},
	"bundle":             {"internal/report"},
	"internal/inspect":   {"internal/report"},
	"internal/console":   {"internal/report"},
}

// testing names the packages that only tests import.
var testing_ = []string{"internal/conformance", "internal/indextest", "internal/wheeltest", "internal/layers", "internal/peer", "internal/sbomtest"}

// program is what cmd/axle may import beside the public packages.
var program = []string{"", "cmd/axle/early", "internal/places", "bundle", "selector", "interpreters", "profiles", "internal/report", "internal/inspect", "internal/scaffold", "internal/lazyregexp", "internal/fault", "internal/event", "internal/console", "internal/bytesize"}

// owners names, for packages of the standard library that reach an outside
// thing, who may import them.
var owners = map[string][]string{
	"net/http":    {"internal/index"},
	"os/exec":     {"internal/procgroup", "interpreters", "internal/wheelbuild", "selector", "internal/release"},
	"archive/zip": {"internal/archive"},
}

type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// list asks the go command for the packages of this module, for one system.
func list(t *testing.T, goos string) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps=false", "-json=ImportPath,Imports,Deps", module+"/...")
	cmd.Dir = filepath.Join("..", "..")
	cmd.Env = append(cmd.Environ(), "GOOS="+goos, "GOFLAGS=-buildvcs=false", "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var all []listed
	dec := json.NewDecoder(bufio.NewReader(bytes.NewReader(out)))
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func inside(path string) (string, bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

func TestImportsGoDown(t *testing.T) {
	for _, goos := range []string{"linux", "windows", "darwin"} {
		for _, p := range list(t, goos) {
			name, _ := inside(p.ImportPath)
			if slices.Contains(testing_, name) {
				continue
			}
			ring, ok := rings[name]
			if !ok {
				t.Errorf("%s has no place in the table of layers", name)
				continue
			}
			for _, imp := range p.Imports {
				if dep, ok := inside(imp); ok {
					checkImport(t, name, ring, dep)
				} else if by, owned := owners[imp]; owned && !slices.Contains(by, name) {
					t.Errorf("%s imports %s, which belongs to %s", name, imp, strings.Join(by, ", "))
				}
			}
		}
	}
}

func checkImport(t *testing.T, name string, ring int, dep string) {
	t.Helper()
	depRing, ok := rings[dep]
	switch {
	case !ok:
		t.Errorf("%s imports %s, which is for tests alone", name, dep)
	case ring == 5 && !slices.Contains(program, dep):
		t.Errorf("%s imports %s: the program uses public packages, report and fault", name, dep)
	case depRing > ring:
		t.Errorf("%s (ring %d) imports %s (ring %d)", name, ring, dep, depRing)
	case depRing == ring && !slices.Contains(beside[name], dep):
		t.Errorf("%s imports %s of its own ring", name, dep)
	}
}

// TestAgentSideLinksNoNetwork proves that what runs on an agent cannot talk
// to anyone.
func TestAgentSideLinksNoNetwork(t *testing.T) {
	for _, p := range list(t, "linux") {
		name, _ := inside(p.ImportPath)
		if name != "selector" && name != "interpreters" {
			continue
		}
		for _, banned := range []string{"net/http", "net", "github.com/mholt/archiver/v4"} {
			if slices.Contains(p.Deps, banned) {
				t.Errorf("%s links %s", name, banned)
			}
		}
	}
}
