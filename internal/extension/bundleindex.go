package extension

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/yamldoc"
)

// IndexSettings is "bundle.index". Addresses may hold credentials.
type IndexSettings struct {
	URL       string       // in place of the machine's own index; "" when not written
	Extra     []ExtraIndex // further indexes
	FindLinks []string     // folders or pages with links
	// NoIndex says to use FindLinks alone; NoIndexSet that the key is written.
	NoIndex, NoIndexSet bool
	// Pins name the index that alone serves a project: by its address, or by
	// the name of one of Extra.
	Pins map[pep508.Name]string
}

// ExtraIndex is a further index.
type ExtraIndex struct {
	Name string // "" when it has none
	URL  string
	// Explicit says that it serves only the projects pinned to it.
	Explicit bool
}

func (s *IndexSettings) read(section yamldoc.Map) {
	if v, ok := section.Get("url"); ok {
		s.URL, _ = address(v)
	}
	s.readExtra(section)
	for _, v := range members(section, "find_links") {
		s.FindLinks = append(s.FindLinks, v.Scalar())
	}
	_, s.NoIndexSet = section.Get("no_index")
	s.NoIndex = section.Bool("no_index", false)
	if v, ok := section.Get("pins"); ok {
		if m, ok := v.AnyMap(); ok {
			s.readPins(m)
		}
	}
}

// readExtra takes a list of addresses, and of sections with name and url.
func (s *IndexSettings) readExtra(section yamldoc.Map) {
	v, ok := section.Get("extra")
	if !ok {
		return
	}
	list, ok := v.List()
	if ok && len(list) == 0 {
		v.Problem("is empty", "name some, or leave the key out")
	}
	for _, member := range list {
		var e ExtraIndex
		if member.IsScalar() {
			e.URL, ok = address(member)
		} else {
			ok = e.read(member)
		}
		switch {
		case !ok:
		case e.Name != "" && s.named(e.Name):
			member.Problem("the name "+e.Name+" is that of another index", "")
		default:
			s.Extra = append(s.Extra, e)
		}
	}
}

func (e *ExtraIndex) read(v yamldoc.Value) bool {
	section, ok := v.Map(extraKeys)
	if !ok {
		return false
	}
	e.Explicit = section.Bool("explicit", false)
	if name, ok := section.Get("name"); ok {
		if e.Name, ok = name.Text(); ok && !IsIndexName(e.Name) {
			name.Problem(fmt.Sprintf("%q cannot be the name of an index", e.Name), "write letters, digits, and - _ . between them")
		}
	}
	at, ok := section.Need("url", "name the address of the index")
	if !ok {
		return false
	}
	if e.Explicit && e.Name == "" {
		v.Problem("is explicit, and has no name for index.pins to use", "give it a name")
	}
	e.URL, ok = address(at)
	return ok
}

var indexName = lazyregexp.New(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)

// IsIndexName says whether a text can be the name of an index.
func IsIndexName(s string) bool { return indexName.MatchString(s) }

func (s *IndexSettings) named(name string) bool {
	return slices.ContainsFunc(s.Extra, func(e ExtraIndex) bool { return e.Name == name })
}

func (s *IndexSettings) readPins(m yamldoc.Map) {
	s.Pins = map[pep508.Name]string{}
	for _, key := range m.Keys() {
		v, _ := m.Get(key)
		name, err := pep508.ParseName(key)
		if err != nil {
			v.Error(err)
			continue
		}
		if _, twice := s.Pins[name]; twice {
			v.Problem("the project "+string(name)+" is named twice", "")
		}
		if index, ok := s.pinned(v); ok {
			s.Pins[name] = index
		}
	}
}

// pinned is an address, or the name of one of the further indexes.
func (s *IndexSettings) pinned(v yamldoc.Value) (string, bool) {
	if !v.IsText() || !IsIndexName(v.Scalar()) {
		return address(v)
	}
	if s.named(v.Scalar()) {
		return v.Scalar(), true
	}
	var names []string
	for _, e := range s.Extra {
		if e.Name != "" {
			names = append(names, e.Name)
		}
	}
	hint := "write its address, or give an index this name: extra: [{name: " + v.Scalar() + ", url: …}]"
	if near, ok := fault.Nearest(v.Scalar(), names); ok {
		hint = "did you mean " + near + "?"
	}
	v.Problem("no index of index.extra has the name "+v.Scalar(), hint)
	return "", false
}

// address is the address of an index: http, https or file.
func address(v yamldoc.Value) (string, bool) {
	text, ok := v.Text()
	if !ok {
		return "", false
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		v.Problem("is not an address", "")
	case u.Scheme == "file" && u.Path != "", (u.Scheme == "http" || u.Scheme == "https") && u.Host != "":
		return text, true
	default:
		v.Problem("is not an address of an index", "begin it with https://; a folder is a find_links")
	}
	return "", false
}
