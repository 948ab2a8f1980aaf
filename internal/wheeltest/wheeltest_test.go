package wheeltest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/internal/wheeltest"
)

const text = `comment
-- demo_tool-1.0-1-cp311-cp311-win_amd64.whl/demo/__init__.py --
VERSION = "1.0"
-- demo_tool-1.0-1-cp311-cp311-win_amd64.whl/dist-info/METADATA --
Requires-Dist: requests>=2
Requires-Python: >=3.9
-- demo_tool-1.0-1-cp311-cp311-win_amd64.whl/demo_tool-1.0.data/scripts/tool --
#!python
print("tool")
-- empty-2.0-py3-none-any.whl --
`

// look reads a wheel as axle does, and says what is wrong with it.
func look(t *testing.T, filename string, data []byte) (wheel.Metadata, *archive.Reader, error) {
	t.Helper()
	f, err := wheel.ParseFilename(filename)
	if err != nil {
		t.Fatal(err)
	}
	r, err := archive.NewReader(bytes.NewReader(data), int64(len(data)), filename, archive.Limits{})
	if err != nil {
		return wheel.Metadata{}, nil, err
	}
	dir, err := wheel.DistInfo(r.Names(), f)
	if err != nil {
		return wheel.Metadata{}, r, err
	}
	var documents [3][]byte
	for i, name := range []string{"METADATA", "WHEEL", "RECORD"} {
		if documents[i], err = r.ReadFile(dir + "/" + name); err != nil {
			return wheel.Metadata{}, r, err
		}
	}
	m, err := wheel.ParseMetadata(documents[0])
	if err == nil && m.Name != f.Name {
		err = errors.New("METADATA is that of " + string(m.Name))
	}
	if err == nil {
		_, err = wheel.ParseInfo(documents[1])
	}
	var record wheel.Record
	if err == nil {
		record, err = wheel.ParseRecord(documents[2])
	}
	if err == nil {
		err = archive.Extract(context.Background(), r, t.TempDir(), archive.ExtractOptions{Verify: record.Map()})
	}
	return m, r, err
}

func TestTxtar(t *testing.T) {
	wheels := wheeltest.Txtar(t, text)
	if names := slices.Sorted(maps.Keys(wheels)); !slices.Equal(names, []string{"demo_tool-1.0-1-cp311-cp311-win_amd64.whl", "empty-2.0-py3-none-any.whl"}) {
		t.Fatalf("%q", names)
	}
	for name, data := range wheels {
		m, r, err := look(t, name, data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.HasPrefix(name, "demo") {
			if len(m.RequiresDist) != 1 || m.RequiresPython.String() != ">=3.9" {
				t.Errorf("%+v", m)
			}
			if script, _ := r.Member("demo_tool-1.0.data/scripts/tool"); script.Mode != 0o755 {
				t.Errorf("%+v", script)
			}
		}
	}
	again := wheeltest.Txtar(t, text)
	if !maps.EqualFunc(wheels, again, bytes.Equal) {
		t.Error("made twice, the wheels differ")
	}
	if paths := wheeltest.Write(t, t.TempDir(), text); len(paths) != 2 {
		t.Errorf("%v", paths)
	}
	for _, bad := range []string{"-- no.whl/x --\n", "-- demo-1.0-py3-none-any.whl/../x --\n"} {
		if _, err := wheeltest.BuildTxtar([]byte(bad)); err == nil {
			t.Errorf("%q made a wheel", bad)
		}
	}
}

func TestGolden(t *testing.T) {
	const want = "f2524d7f76e49a591a0ed4654e04a0371b81dabe39b7464a577cad49449dfcd5"
	data := wheeltest.Make(t, "demo-1.0-py3-none-any.whl", map[string]string{"demo.py": "print('hello')\n", "dist-info/entry_points.txt": "[console_scripts]\ndemo = demo:main\n"})
	sum := sha256.Sum256(data)
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("SHA-256 %s, want %s", got, want)
	}
}

// Every fault is found by somebody, and the wheel before was right.
func TestFaults(t *testing.T) {
	const name = "demo-1.0-py3-none-any.whl"
	good := wheeltest.Make(t, name, map[string]string{"demo/__init__.py": "print('hello')\n"})
	if _, _, err := look(t, name, good); err != nil {
		t.Fatal(err)
	}
	seen := map[string]wheeltest.Fault{}
	for _, fault := range wheeltest.Faults {
		bad := wheeltest.Break(t, good, fault)
		_, _, err := look(t, name, bad)
		if err == nil {
			t.Errorf("%s: nobody sees it", fault)
			continue
		}
		if other, ok := seen[string(bad)]; ok {
			t.Errorf("%s is the same as %s", fault, other)
		}
		seen[string(bad)] = fault
		t.Logf("%s: %v", fault, err)
	}
}
