package extension

import (
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/yamldoc"
)

// Bundle is the section "bundle" of extension.yml: what axle builds. It is not
// packed.
type Bundle struct {
	// Platforms to build for, in the order written, each once; nil when not written.
	Platforms []target.Platform
	// Pythons to build for, sorted, each once; nil when not written, and then
	// those that requires_python admits are meant.
	Pythons []target.Python
	// Requirements is the requirements file, relative to the project; "" when
	// not written.
	Requirements string
	// Exclude are patterns (path.Match, against the path below the source folder
	// or any of its parents, or against a single name) of files not packed.
	Exclude []string
	// Index says where distributions come from.
	Index IndexSettings
	// Policy says which distributions are chosen.
	Policy Policy
}

// IndexSettings is "bundle.index". Addresses may hold credentials.
type IndexSettings struct {
	URL       string   // in place of the machine's own index; "" when not written
	Extra     []string // further indexes
	FindLinks []string // folders or pages with links
	// NoIndex says to use FindLinks alone; NoIndexSet that the key is written.
	NoIndex, NoIndexSet bool
	// Pins name the index that alone serves a project.
	Pins map[pep508.Name]string
}

// Align says how far versions are held equal over the matrix.
type Align string

// Values of Align; the zero value is AlignPython.
const (
	AlignPython Align = "python" // for one Python, one version on all platforms
	AlignAll    Align = "all"    // one version over the whole matrix
	AlignNone   Align = "none"   // each target alone
)

// Prefer says which of several fitting files of one version is taken.
type Prefer string

// Values of Prefer; the zero value is PreferShared.
const (
	PreferShared   Prefer = "shared"   // abi3 and py3-none where neighbours then share a package
	PreferSpecific Prefer = "specific" // the best tag of each target
)

// Policy is "bundle.policy".
type Policy struct {
	// Pre admits pre-releases of every project.
	Pre bool
	// Formats says from which kinds of file projects may come.
	Formats FormatControl
	// Align and Prefer are "" when not written.
	Align  Align
	Prefer Prefer
	// AllowMissing builds although some targets have no solution.
	AllowMissing bool
	// ExcludeNewer leaves out files uploaded at or after this time; zero for none.
	ExcludeNewer time.Time
	// Constraints bound versions without requiring the project.
	Constraints []pep508.Requirement
}

var (
	bundleKeys = []string{"platforms", "pythons", "requirements", "exclude", "index", "policy"}
	indexKeys  = []string{"url", "extra", "find_links", "no_index", "pins"}
	policyKeys = []string{"pre", "only_binary", "no_binary", "align", "prefer", "allow_missing", "exclude_newer", "constraints"}
)

func (b *Bundle) read(section yamldoc.Map) {
	b.readPlatforms(section)
	b.readPythons(section)
	b.readRequirements(section)
	b.readExclude(section)
	if v, ok := section.Get("index"); ok {
		if m, ok := v.Map(indexKeys); ok {
			b.Index.read(m)
		}
	}
	if v, ok := section.Get("policy"); ok {
		if m, ok := v.Map(policyKeys); ok {
			b.Policy.read(m)
		}
	}
}

// members are the texts of a list that must have some.
func members(section yamldoc.Map, key string) []yamldoc.Value {
	v, ok := section.Get(key)
	if !ok {
		return nil
	}
	list, ok := v.List()
	if ok && len(list) == 0 {
		v.Problem("is empty", "name some, or leave the key out")
	}
	var texts []yamldoc.Value
	for _, member := range list {
		if _, ok := member.Text(); ok {
			texts = append(texts, member)
		}
	}
	return texts
}

func (b *Bundle) readPlatforms(section yamldoc.Map) {
	seen := map[target.Platform]bool{}
	for _, v := range members(section, "platforms") {
		p, err := target.ParsePlatform(v.Scalar())
		switch {
		case err != nil:
			v.Error(err)
		case seen[p]:
			v.Warn(v.Scalar() + " is in the list already")
		default:
			seen[p] = true
			b.Platforms = append(b.Platforms, p)
		}
	}
}

// readPythons takes a range ("3.9..3.13") or a list of Pythons and ranges.
func (b *Bundle) readPythons(section yamldoc.Map) {
	v, ok := section.Get("pythons")
	if !ok {
		return
	}
	texts := []yamldoc.Value{v}
	if v.IsScalar() {
		if _, ok := v.Text(); !ok {
			return
		}
	} else {
		texts = members(section, "pythons")
	}
	all := make([]string, 0, len(texts))
	for _, text := range texts {
		if _, err := target.ParsePythons(text.Scalar()); err != nil {
			text.Error(err)
			continue
		}
		all = append(all, text.Scalar())
	}
	if len(all) > 0 {
		b.Pythons, _ = target.ParsePythons(strings.Join(all, ","))
	}
}

func (b *Bundle) readRequirements(section yamldoc.Map) {
	v, ok := section.Get("requirements")
	if !ok {
		return
	}
	name, ok := v.Text()
	switch {
	case !ok:
	case strings.TrimSpace(name) == "":
		v.Problem("is empty", "leave the key out for "+RequirementsName)
	case strings.Contains(name, "://"):
		v.Problem("is an address, not a file", "download it into the project")
	default:
		b.Requirements = name
	}
}

func (b *Bundle) readExclude(section yamldoc.Map) {
	for _, v := range members(section, "exclude") {
		if _, err := path.Match(v.Scalar(), ""); err != nil {
			v.Problem(v.Scalar()+" is not a pattern: "+err.Error(), "")
			continue
		}
		b.Exclude = append(b.Exclude, strings.TrimSuffix(v.Scalar(), "/"))
	}
}

func (s *IndexSettings) read(section yamldoc.Map) {
	if v, ok := section.Get("url"); ok {
		s.URL, _ = address(v)
	}
	for _, v := range members(section, "extra") {
		if a, ok := address(v); ok {
			s.Extra = append(s.Extra, a)
		}
	}
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
		if a, ok := address(v); ok {
			s.Pins[name] = a
		}
	}
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
