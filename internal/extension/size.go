package extension

import (
	"fmt"
	"strings"

	"github.com/axlepack/axle/internal/bytesize"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/yamldoc"
)

// Budget is "bundle.max_size": how large what is built may be. A zero size is
// no bound.
type Budget struct {
	// Package bounds each dependency package, Zip each extension zip.
	Package, Zip bytesize.Size
}

var budgetKeys = []string{"package", "zip"}

// ParseBudget reads the values of an option: SIZE for every file that is
// written, package=SIZE, zip=SIZE, or none.
func ParseBudget(option string, values []string) (Budget, error) {
	var b Budget
	for _, value := range values {
		if value == "none" && len(values) == 1 {
			return Budget{}, nil
		}
		key, text, named := strings.Cut(value, "=")
		if !named {
			key, text = "", value
		}
		size, err := bytesize.Parse(text)
		switch {
		case err != nil:
			return Budget{}, fault.WithHints(fault.WithCode(fmt.Errorf("%s: %w", option, err), fault.Usage), fault.Hints(err)...)
		case key == "package":
			b.Package = size
		case key == "zip":
			b.Zip = size
		case key == "":
			b = Budget{Package: size, Zip: size}
		default:
			return Budget{}, fault.New(fault.Usage, fmt.Sprintf("%s %s: only package=SIZE and zip=SIZE are known", option, value))
		}
	}
	return b, nil
}

// read takes one size for every file, or a section with package and zip.
func (b *Budget) read(section yamldoc.Map) {
	v, ok := section.Get("max_size")
	if !ok {
		return
	}
	if v.IsScalar() {
		readSize(v, &b.Package)
		b.Zip = b.Package
		return
	}
	m, ok := v.Map(budgetKeys)
	if !ok {
		return
	}
	if len(m.Keys()) == 0 {
		v.Problem("is empty", "write package, zip or both, or leave the key out")
	}
	for key, into := range map[string]*bytesize.Size{"package": &b.Package, "zip": &b.Zip} {
		if v, ok := m.Get(key); ok {
			readSize(v, into)
		}
	}
}

func readSize(v yamldoc.Value, into *bytesize.Size) {
	var err error
	if !v.IsScalar() {
		_, _ = v.Text() // which says what is wrong
	} else if *into, err = bytesize.Parse(v.Scalar()); err != nil {
		v.Error(err)
	}
}
