package extension

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/axlepack/axle"
	"github.com/axlepack/axle/internal/peer"
)

// TestRealSchema holds the schema against the JSON Schema library of Python: it
// is a schema of draft 2020-12, and the library judges as the one of the other
// tests does.
func TestRealSchema(t *testing.T) {
	peer.Real(t)
	bin := peer.Venv(t, "jsonschema", "PyYAML")
	t.Cleanup(peer.Clean)
	const script = `
import json, sys, yaml
from jsonschema import Draft202012Validator
schema = json.load(open(sys.argv[1]))
Draft202012Validator.check_schema(schema)
for path in sys.argv[2:]:
    document = json.loads(json.dumps(yaml.safe_load(open(path)), default=str))
    print(path, Draft202012Validator(schema).is_valid(document))
`
	dir := t.TempDir()
	var args []string
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	write("schema.json", string(axle.Schema()))
	write("True-example", axle.Example())
	for i, text := range acceptedManifests {
		write("True-"+strconv.Itoa(i), minimal+text)
	}
	for i, text := range refusedManifests {
		write("False-"+strconv.Itoa(i), text)
	}
	out := peer.Run(t, exec.Command(filepath.Join(bin, "python"), append([]string{"-c", script}, args...)...))
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != len(args)-1 {
		t.Fatalf("%d answers:\n%s", len(lines), out)
	}
	for _, line := range lines {
		path, verdict, _ := strings.Cut(line, " ")
		if !strings.HasPrefix(filepath.Base(path), verdict+"-") {
			text, _ := os.ReadFile(path)
			t.Errorf("valid: %s\n%s", verdict, text)
		}
	}
}
