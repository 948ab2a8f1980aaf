package extension

import (
	"time"

	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// Bundle is the section "bundle" of extension.yml.
type Bundle struct {
	// Platforms to build for, in the order written; nil when not written.
	Platforms []target.Platform
	// Pythons to build for, sorted as written; nil when not written: what requires_python admits.
	Pythons []target.Python
	// Requirements is the requirements file, relative to the project; "" when not written.
	Requirements string
	// Exclude are patterns of files that are not packed.
	Exclude []string
	// Index says where distributions come from.
	Index IndexSettings
	// Policy says which distributions are chosen.
	Policy Policy
}

// IndexSettings is "bundle.index".
type IndexSettings struct {
	URL       string
	Extra     []string
	FindLinks []string
	NoIndex   bool
	// NoIndexSet says that the file has the key.
	NoIndexSet bool
	// Pins name the index that alone serves a project.
	Pins map[pep508.Name]string
}

// Align says how far versions are held equal.
type Align string

// Values of Align.
const (
	AlignPython Align = "python" // for one Python, one version on all platforms
	AlignAll    Align = "all"    // one version over the whole matrix
	AlignNone   Align = "none"   // every target alone
)

// Prefer says which of several fitting files of one version is taken.
type Prefer string

// Values of Prefer.
const (
	PreferShared   Prefer = "shared"   // abi3 and py3-none where neighbours then share a package
	PreferSpecific Prefer = "specific" // the best tag of each target
)

// Policy is "bundle.policy".
type Policy struct {
	Pre          bool
	OnlyBinary   FormatControl
	Align        Align
	Prefer       Prefer
	AllowMissing bool
	ExcludeNewer time.Time
	Constraints  []pep508.Requirement
}
