package extension

import (
	"path"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/finding"
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
	// Profiles are agents to build for: names of known systems, and files
	// relative to the project. Where Platforms or Pythons are written, these
	// count too.
	Profiles []string
	// Requirements are the requirements files, or pyproject.toml, relative to
	// the project; nil when not written.
	Requirements []string
	// Extras of pyproject.toml to take; AllExtras are all it has.
	Extras    []pep508.Name
	AllExtras bool
	// Groups are dependency groups, "NAME" or "PATH:NAME".
	Groups []string
	// Exclude are patterns (path.Match, against the path below the source folder
	// or any of its parents, or against a single name) of files not packed.
	Exclude []string
	// Budget is how large what is built may be.
	Budget Budget
	// Trim are kinds of files that are left out of what is built, in the order of
	// [TrimKinds]; TrimExcept are projects of which nothing is.
	Trim       []TrimKind
	TrimExcept []pep508.Name
	// Index says where distributions come from.
	Index IndexSettings
	// Policy says which distributions are chosen.
	Policy Policy
	// Ignore are the findings of axle verify that are meant so.
	Ignore []finding.Code
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

// Resolution says which end of the versions is tried first.
type Resolution string

// Values of Resolution; the zero value is Highest.
const (
	Highest      Resolution = "highest"
	Lowest       Resolution = "lowest"
	LowestDirect Resolution = "lowest-direct" // lowest of what the project itself requires
)

// Policy is "bundle.policy".
type Policy struct {
	// Releases says of which projects pre-releases count.
	Releases ReleaseControl
	// Formats says from which kinds of file projects may come.
	Formats FormatControl
	// Sdists may be built from source on the machine that builds.
	Sdists Selection
	// Align, Prefer and Resolution are "" when not written.
	Align      Align
	Prefer     Prefer
	Resolution Resolution
	// AllowMissing builds although some targets have no solution.
	AllowMissing bool
	// RequireHashes takes only files whose digest stands in the requirements.
	RequireHashes bool
	// ExcludeNewer leaves out files uploaded from then on.
	ExcludeNewer Cutoff
	// Constraints bound versions without requiring the project; Overrides
	// stand in place of whatever is required of a project.
	Constraints, Overrides []Bound
}

// Bound is a requirement that the policy states.
type Bound struct {
	Requirement pep508.Requirement
	// Line is where it stands in extension.yml.
	Line int
}

var (
	bundleKeys = []string{"platforms", "pythons", "profiles", "requirements", "extras", "groups", "exclude", "max_size", "trim", "trim_except", "index", "policy", "ignore"}
	indexKeys  = []string{"url", "extra", "find_links", "no_index", "pins"}
	extraKeys  = []string{"name", "url", "explicit"}
	policyKeys = []string{"pre", "only_final", "only_binary", "no_binary", "build_sdists", "require_hashes", "align", "prefer", "resolution", "allow_missing",
		"exclude_newer", "constraints", "overrides"}
)

func (b *Bundle) read(section yamldoc.Map) {
	b.readPlatforms(section)
	b.readPythons(section)
	for _, v := range members(section, "profiles") {
		if slices.Contains(b.Profiles, v.Scalar()) {
			v.Warn(v.Scalar() + " is in the list already")
			continue
		}
		b.Profiles = append(b.Profiles, v.Scalar())
	}
	b.readRequirements(section)
	b.readExtras(section)
	b.readGroups(section)
	b.readExclude(section)
	b.Budget.read(section)
	b.readTrim(section)
	if v, ok := section.Get("index"); ok {
		if m, ok := v.Map(indexKeys); ok {
			b.Index.read(m)
		}
	}
	for _, v := range members(section, "ignore") {
		code, err := finding.Parse(v.Scalar())
		switch {
		case err != nil:
			v.Error(err)
		case slices.Contains(b.Ignore, code):
			v.Warn(v.Scalar() + " is in the list already")
		default:
			b.Ignore = append(b.Ignore, code)
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

// readRequirements takes one file or a list of files.
func (b *Bundle) readRequirements(section yamldoc.Map) {
	v, ok := section.Get("requirements")
	if !ok {
		return
	}
	list := []yamldoc.Value{v}
	if !v.IsScalar() {
		list = members(section, "requirements")
	}
	for _, v := range list {
		name, ok := v.Text()
		switch {
		case !ok:
		case strings.TrimSpace(name) == "":
			v.Problem("is empty", "leave the key out for "+RequirementsName)
		case strings.Contains(name, "://"):
			v.Problem("is an address, not a file", "download it into the project")
		default:
			b.Requirements = append(b.Requirements, name)
		}
	}
}

// readExtras takes ":all:" or a list of names.
func (b *Bundle) readExtras(section yamldoc.Map) {
	var chosen Selection
	readSelection(section, "extras", "", &chosen, &Selection{})
	b.Extras, b.AllExtras = chosen.Names, chosen.All
}

func (b *Bundle) readGroups(section yamldoc.Map) {
	for _, v := range members(section, "groups") {
		if _, name := splitGroup(v.Scalar()); pep508.Normalize(name) == "" {
			v.Problem("names no dependency group", "write NAME, or PATH:NAME")
			continue
		} else if _, err := pep508.ParseName(name); err != nil {
			v.Error(err)
			continue
		}
		b.Groups = append(b.Groups, v.Scalar())
	}
}

func (b *Bundle) readExclude(section yamldoc.Map) {
	for _, v := range members(section, "exclude") {
		if v.Scalar() == "" {
			v.Problem("is empty", "write a pattern such as *.orig")
			continue
		}
		if _, err := path.Match(v.Scalar(), ""); err != nil {
			v.Problem(v.Scalar()+" is not a pattern: "+err.Error(), "")
			continue
		}
		b.Exclude = append(b.Exclude, strings.TrimSuffix(v.Scalar(), "/"))
	}
}
