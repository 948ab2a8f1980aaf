package pep508

import (
	"strings"

	"github.com/axlepack/axle/internal/pep440"
)

var quotes = strings.NewReplacer("'", "", `"`, "")

// ParseLenient reads what Parse does, and also what published metadata has and
// old tools took: specifiers as pep440.ParseSpecifierSetLenient reads them,
// quotes around parts of what stands before the marker, white space around
// everything, a semicolon with no marker behind it. It is for metadata only,
// never for what a user writes. The error is that of Parse.
func ParseLenient(s string) (Requirement, error) {
	r, err := Parse(s)
	if err == nil {
		return r, nil
	}
	if repaired, ok := repair(s); ok {
		return repaired, nil
	}
	return Requirement{}, err
}

func repair(s string) (r Requirement, ok bool) {
	head, marker, _ := strings.Cut(s, ";")
	c := cursor{text: strings.TrimSpace(quotes.Replace(head))}
	name, ok := c.identifier()
	if !ok {
		return r, false
	}
	r.Name, r.NameText = Normalize(name), name
	c.space()
	if err := c.extras(&r); err != nil {
		return r, false
	}
	set, err := pep440.ParseSpecifierSetLenient(c.rest())
	if err != nil {
		return r, false
	}
	r.Specifier = set
	if marker = strings.TrimSpace(marker); marker != "" {
		if r.Marker, err = ParseMarker(marker); err != nil {
			return r, false
		}
	}
	return r, true
}
