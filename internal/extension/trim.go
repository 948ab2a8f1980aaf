package extension

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/yamldoc"
)

// TrimKind is a kind of files that an extension can do without.
type TrimKind string

// Kinds of files to trim; package merge says what each is exactly.
const (
	TrimTests      TrimKind = "tests"       // folders of tests inside of packages
	TrimStubs      TrimKind = "stubs"       // *.pyi and py.typed
	TrimHeaders    TrimKind = "headers"     // C and C++ headers, Cython declarations
	TrimStaticLibs TrimKind = "static_libs" // *.a and *.lib
	TrimByteCode   TrimKind = "bytecode"    // *.pyc and *.pyo beside their source
)

// TrimKinds are all kinds, in the order in which they are told.
func TrimKinds() []TrimKind {
	return []TrimKind{TrimTests, TrimStubs, TrimHeaders, TrimStaticLibs, TrimByteCode}
}

// ParseTrim reads the values of an option: kinds with commas between them,
// ":all:", or none.
func ParseTrim(option string, values []string) ([]TrimKind, error) {
	var kinds []TrimKind
	for _, value := range values {
		switch {
		case value == all:
			kinds = TrimKinds()
		case value == "none" && len(values) == 1:
			return nil, nil
		case slices.Contains(TrimKinds(), TrimKind(value)):
			kinds = append(kinds, TrimKind(value))
		default:
			reason, hint := unknownKind(value)
			return nil, fault.New(fault.Usage, option+": "+reason, hint)
		}
	}
	return inTold(kinds), nil
}

func unknownKind(text string) (reason, hint string) {
	var names []string
	for _, k := range TrimKinds() {
		names = append(names, string(k))
	}
	hint = "write a list of " + strings.Join(names, ", ") + `, or ":all:"`
	if strings.Trim(text, ":") == "all" {
		return fmt.Sprintf("%q is nothing that can be trimmed", text), `write ":all:", alone`
	}
	if near, ok := fault.Nearest(text, names); ok {
		hint = "did you mean " + near + "?"
	}
	return fmt.Sprintf("%q is nothing that can be trimmed", text), hint
}

// inTold orders kinds, each once.
func inTold(kinds []TrimKind) []TrimKind {
	return slices.DeleteFunc(TrimKinds(), func(k TrimKind) bool { return !slices.Contains(kinds, k) })
}

// readTrim takes ":all:" or a list of kinds, and the projects left alone.
func (b *Bundle) readTrim(section yamldoc.Map) {
	var except Selection
	readSelection(section, "trim_except", "", &except, &Selection{})
	if v, ok := section.Get("trim_except"); ok && except.All {
		v.Problem("leaves nothing to trim", "leave bundle.trim out")
	}
	b.TrimExcept = except.Names
	v, ok := section.Get("trim")
	if !ok {
		return
	}
	if v.IsText() && v.Scalar() == all {
		b.Trim = TrimKinds()
		return
	}
	if v.IsText() { // List would offer [all], which is no kind either
		reason, hint := unknownKind(v.Scalar())
		if slices.Contains(TrimKinds(), TrimKind(v.Scalar())) {
			reason, hint = "is a text, not a list", "write a list: ["+v.Scalar()+"]"
		}
		v.Problem(reason, hint)
		return
	}
	list, ok := v.List()
	if !ok {
		return
	}
	for _, member := range list {
		text, ok := member.Text()
		switch {
		case !ok:
		case slices.Contains(TrimKinds(), TrimKind(text)):
			b.Trim = append(b.Trim, TrimKind(text))
		default:
			member.Problem(unknownKind(text))
		}
	}
	b.Trim = inTold(b.Trim)
}
