package wheel

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pythonReads is how Python itself reads the formats: email for METADATA, csv
// for RECORD, importlib.metadata for entry points.
const pythonReads = `
import csv, email.parser, io, importlib.metadata as m, json, re, sys

def headers(s):
    msg = email.parser.Parser().parsestr(s)
    return [[k.lower(), "\n".join(x.strip(" \t\f\v") for x in re.split("\r\n|\r|\n", v.strip(" \t\r\n\f\v")))] for k, v in msg.items()]

def rows(s):
    return [r for r in csv.reader(io.StringIO(s, newline="")) if r and r != [""]]

def entries(s):
    found = []
    try:
        points = list(m.EntryPoints._from_text(s))
    except TypeError:  # a line without "="
        return None
    for e in points:
        match = e.pattern.match(e.value)
        found.append([e.group, e.name, e.value, match and e.module or "", match and e.attr or "", match and e.extras or []])
    return found

print(json.dumps([[globals()[f](s) for s in v] for f, v in json.load(sys.stdin)]))
`

// scramble makes texts of the pieces that mean something in a format.
func scramble(r *rand.Rand, n int, pieces ...string) []string {
	var all []string
	for range n {
		var b strings.Builder
		for range 1 + r.IntN(12) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		all = append(all, b.String())
	}
	return all
}

func TestRealPython(t *testing.T) {
	if os.Getenv("AXLE_REAL") == "" {
		t.Skip("AXLE_REAL is not set")
	}
	r := rand.New(rand.NewPCG(5, 6))
	documents := scramble(r, 5000, "Name: a", "b:c", " ", "  folded", "\tx", "\n", "\n", "\r\n", "\r", ":", "é", "k:", "no header", "A-b: ü")
	records := scramble(r, 5000, "a", ",", ",", `"`, `"`, "\n", "\r\n", "sha256=x", "1")
	points := scramble(r, 5000, "[g]", "[", "]", "\n", "\n", "a = b", "=", "x.y:z", " ", "[e,f-g]", "#", ":", "ü", "é=a:b")
	in, err := json.Marshal([]any{[]any{"headers", documents}, []any{"rows", records}, []any{"entries", points}})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "-c", pythonReads)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var want [3][]json.RawMessage
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	compareEach(t, "headers", documents, want[0], func(s string) any {
		fields := [][]string{}
		for name, value := range headers([]byte(s)) {
			fields = append(fields, []string{string(name), fieldText(value)})
		}
		return fields
	})
	compareEach(t, "rows", records, want[1], func(s string) any {
		rows := [][]string{}
		for data := []byte(s); len(data) > 0; {
			var row []string
			var err error
			if row, data, err = cutRow(data); err != nil {
				return nil
			}
			if len(row) > 1 || row[0] != "" {
				rows = append(rows, row)
			}
		}
		return rows
	})
	compareEach(t, "entries", points, want[2], func(s string) any {
		found := [][]any{}
		entries, err := ParseEntryPoints([]byte(s))
		if err != nil {
			return nil
		}
		for _, e := range entries {
			found = append(found, []any{e.Group, e.Name, e.Value, e.Module, e.Attr, append([]string{}, e.Extras...)})
		}
		return found
	})
}

func compareEach(t *testing.T, what string, inputs []string, want []json.RawMessage, read func(string) any) {
	t.Helper()
	bad := 0
	for i, in := range inputs {
		var w, g any
		if err := json.Unmarshal(want[i], &w); err != nil {
			t.Fatal(err)
		}
		got := read(in)
		if got == nil && what == "rows" {
			continue // a quote without an end, which Python forgives
		}
		b, _ := json.Marshal(got)
		_ = json.Unmarshal(b, &g)
		if diff := cmp.Diff(w, g); diff != "" && bad < 5 {
			bad++
			t.Errorf("%s: %q: Python reads otherwise:\n%s", what, in, diff)
		}
	}
}
