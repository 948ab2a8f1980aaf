package finding

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/axlepack/axle/internal/fault"
)

// TestRules: every code that is declared has a rule, once, that says what it
// is and what to do.
func TestRules(t *testing.T) {
	declared := map[Code]bool{}
	file, err := parser.ParseFile(token.NewFileSet(), "finding.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			if name, ok := v.Type.(*ast.Ident); ok && name.Name == "Code" {
				text, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				if err != nil || declared[Code(text)] {
					t.Errorf("%s: twice, or no text", text)
				}
				declared[Code(text)] = true
			}
		}
		return true
	})
	for _, r := range Rules() {
		if !declared[r.Code] || r.About == "" || r.Next == "" {
			t.Errorf("%s: not declared, twice, or without a word", r.Code)
		}
		delete(declared, r.Code)
		if got, err := Parse(string(r.Code)); err != nil || got != r.Code || Of(got).About != r.About {
			t.Errorf("%s: %v", r.Code, err)
		}
	}
	for code := range declared {
		t.Errorf("%s has no rule", code)
	}
}

func TestParse(t *testing.T) {
	_, err := Parse("sbom-mising")
	if hints := fault.Hints(err); fault.ExitCode(err) != fault.BadInput || len(hints) != 1 || hints[0] != "did you mean sbom-missing?" {
		t.Errorf("%v, %v", err, hints)
	}
	if _, err := Parse(""); err == nil {
		t.Error("no code is one")
	}
}

func TestFinding(t *testing.T) {
	cause := fault.New(fault.Usage, "cause", "do this")
	f := Finding{Code: Record, Severity: Of(Record).Severity(), Exit: Of(Record).Exit, Text: "x.whl: a.py: is not what RECORD says", Err: cause}
	if fault.ExitCode(f) != fault.Mismatch || !errors.Is(f, cause) || f.Hints()[0] != "do this" || f.Error() != "x.whl: a.py: is not what RECORD says [record]" {
		t.Errorf("%v, exit code %d, hints %v", f, fault.ExitCode(f), f.Hints())
	}
	if data, err := json.Marshal(f); err != nil || string(data) != `{"code":"record","severity":"error","text":"x.whl: a.py: is not what RECORD says"}` {
		t.Errorf("%s %v", data, err)
	}
}
