package pep508

import (
	"errors"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/pep440"
)

// Requirement is one dependency: a project, the extras wanted of it, and the
// versions or the file that will do, where its marker holds.
type Requirement struct {
	Name       Name
	NameText   string   // the name as written
	Extras     []Name   // sorted, without repetitions
	ExtrasText []string // as written, sorted, without repetitions
	URL        string   // empty unless the requirement names a file; then Specifier is empty
	Specifier  pep440.SpecifierSet
	Marker     Marker
}

// Parse reads a requirement. An error is a *ParseError.
func Parse(s string) (Requirement, error) {
	c := cursor{text: s}
	r, err := c.requirement()
	if err != nil {
		return Requirement{}, err
	}
	return r, nil
}

func (c *cursor) requirement() (r Requirement, err error) {
	c.space()
	name, ok := c.identifier()
	if !ok {
		return r, c.expected("a project name")
	}
	r.Name, r.NameText = Normalize(name), name
	c.space()
	if err := c.extras(&r); err != nil {
		return r, err
	}
	c.space()
	if c.take("@") {
		return r, c.direct(&r)
	}
	if r.Specifier, err = c.specifiers(); err != nil {
		return r, err
	}
	c.space()
	what := `an operator such as ==, or ";"`
	if !r.Specifier.IsEmpty() {
		what = `"," or ";" after the version`
	}
	return r, c.marker(&r, what)
}

// extras reads [a, b], where there is one.
func (c *cursor) extras(r *Requirement) error {
	open := c.at
	if !c.take("[") {
		return nil
	}
	c.space()
	extra, ok := c.identifier()
	for ok {
		r.ExtrasText = append(r.ExtrasText, extra)
		c.space()
		if !c.take(",") {
			break
		}
		c.space()
		if extra, ok = c.identifier(); !ok {
			return c.expected(`the name of an extra after ","`)
		}
	}
	c.space()
	if !c.take("]") {
		if !c.ended() && isAlnum(c.text[c.at]) {
			return c.expected(`"," between the names of extras`)
		}
		return c.problem(open, c.at, `expected "]" to close "["`)
	}
	r.sortExtras()
	return nil
}

func (r *Requirement) sortExtras() {
	slices.Sort(r.ExtrasText)
	r.ExtrasText = slices.Compact(r.ExtrasText)
	for _, text := range r.ExtrasText {
		r.Extras = append(r.Extras, Normalize(text))
	}
	slices.Sort(r.Extras)
	r.Extras = slices.Compact(r.Extras)
}

// direct reads what follows @.
func (c *cursor) direct(r *Requirement) error {
	c.space()
	end := strings.IndexAny(c.rest(), " \t")
	if end < 0 {
		end = len(c.rest())
	}
	if end == 0 {
		return c.expected(`a URL after "@"`)
	}
	r.URL = c.rest()[:end]
	c.at += end
	c.space()
	return c.marker(r, `";" after the URL and a blank`)
}

// marker reads "; marker" and the end, or the end alone. The message about
// anything else names what.
func (c *cursor) marker(r *Requirement, what string) (err error) {
	if c.ended() {
		return nil
	}
	if !c.take(";") {
		return c.expected(what)
	}
	if r.Marker, err = c.fullMarker(); err != nil {
		return err
	}
	return nil
}

// specifiers reads clauses separated by commas, perhaps in parentheses; a comma
// may follow the last.
func (c *cursor) specifiers() (pep440.SpecifierSet, error) {
	open := c.at
	enclosed := c.take("(")
	c.space()
	var clauses []pep440.Specifier
	for !c.ended() && strings.IndexByte("=~!<>", c.text[c.at]) >= 0 {
		more, err := c.clause()
		if err != nil {
			return pep440.SpecifierSet{}, err
		}
		clauses = append(clauses, more...)
		c.space()
		if !c.take(",") {
			break
		}
		c.space()
	}
	c.space()
	if enclosed && !c.take(")") {
		if c.ended() {
			return pep440.SpecifierSet{}, c.problem(open, c.at, `expected ")" to close "("`)
		}
		return pep440.SpecifierSet{}, c.expected(`an operator such as ==, "," or ")"`)
	}
	return pep440.NewSpecifierSet(clauses...), nil
}

// clause reads one clause; the text of === runs on over commas, which then
// separate clauses after all.
func (c *cursor) clause() ([]pep440.Specifier, error) {
	spec, rest, err := pep440.CutSpecifier(c.rest())
	if err != nil {
		return nil, c.within(err)
	}
	text := c.text[c.at : len(c.text)-len(rest)]
	clauses := []pep440.Specifier{spec}
	if strings.Contains(text, ",") {
		set, err := pep440.ParseSpecifierSet(text)
		if err != nil {
			return nil, c.within(err)
		}
		clauses = set.Specifiers()
	}
	c.at += len(text)
	return clauses, nil
}

// within moves an error in the text from here on to the whole text.
func (c *cursor) within(err error) error {
	var e *ParseError
	if !errors.As(err, &e) {
		return err
	}
	return c.problem(c.at+e.Offset, c.at+e.End, e.Problem)
}

// String is the requirement with name and extras as written, its clauses in
// order, and quotes and blanks as packaging writes them.
func (r Requirement) String() string {
	var b strings.Builder
	b.WriteString(r.NameText)
	if r.NameText == "" {
		b.WriteString(string(r.Name))
	}
	if len(r.ExtrasText) > 0 {
		b.WriteString("[" + strings.Join(r.ExtrasText, ",") + "]")
	}
	b.WriteString(r.Specifier.String())
	if r.URL != "" {
		b.WriteString(" @ " + r.URL)
		if !r.Marker.IsZero() {
			b.WriteByte(' ')
		}
	}
	if !r.Marker.IsZero() {
		b.WriteString("; " + r.Marker.String())
	}
	return b.String()
}

// Equal says whether both ask for the same: names and extras are compared in
// their normal forms, clauses as pep440.SpecifierSet.Equal does, markers by
// their texts.
func (r Requirement) Equal(o Requirement) bool {
	return r.Name == o.Name && slices.Equal(r.Extras, o.Extras) && r.URL == o.URL &&
		r.Specifier.Equal(o.Specifier) && r.Marker.Equal(o.Marker)
}
