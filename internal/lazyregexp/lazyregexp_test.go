package lazyregexp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestLazy: nothing is compiled before it is used, and then what was written.
func TestLazy(t *testing.T) {
	bad := New("(") // would panic
	if bad.String() != "(" {
		t.Error(bad)
	}
	r := New(`a(b*)`)
	for range 2 {
		if got := r.FindStringSubmatch("xabbx"); len(got) != 2 || got[1] != "bb" {
			t.Error(got)
		}
	}
	if !r.MatchString("a") || r.FindString("xab") != "ab" || r.ReplaceAllString("abb a", "<$1>") != "<bb> <>" {
		t.Error("not as regexp has it")
	}
	defer func() {
		if recover() == nil {
			t.Error("a wrong expression did not panic")
		}
	}()
	bad.MatchString("")
}

// TestAllCompile compiles the expressions of the whole program, and finds those
// that would be compiled at its start.
func TestAllCompile(t *testing.T) {
	found := 0
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || len(entry.Name()) > 2 && strings.HasPrefix(entry.Name(), ".")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || filepath.Base(path) == "lazyregexp.go" {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil // the compiler's business
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch source, what := expression(n); what {
			case "lazyregexp.New":
				if _, err := regexp.Compile(source); err != nil {
					t.Errorf("%s: %v", path, err)
				}
				found++
			case "regexp.MustCompile":
				t.Errorf("%s: %q is compiled at every start of the program; take lazyregexp.New", path, source)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 20 {
		t.Errorf("only %d expressions were found", found)
	}
}

// expression gives the source text of a call that makes an expression.
func expression(n ast.Node) (source, what string) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return "", ""
	}
	if f, ok := call.Fun.(*ast.SelectorExpr); ok {
		if pkg, ok := f.X.(*ast.Ident); ok {
			what = pkg.Name + "." + f.Sel.Name
		}
	}
	return text(call.Args[0]), what
}

// text joins literals that stand with + between them.
func text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, _ := strconv.Unquote(e.Value)
		return s
	case *ast.BinaryExpr:
		return text(e.X) + text(e.Y)
	}
	return ""
}
