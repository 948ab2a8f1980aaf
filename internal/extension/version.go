package extension

import (
	"fmt"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
	"github.com/axlepack/axle/internal/pep440"
)

// Version is the version of an extension: SemVer 2.0.0 that PEP 440 can read
// too, because the names of dependency packages have it in PEP 440.
type Version struct {
	// Text is the version as written.
	Text string
	// PEP440 is what PEP 440 reads in Text, as UIP-CLI does: 1.0.0-rc.1 is 1.0.0rc1,
	// 1.0.0-alpha is 1.0.0a0, 1.0.0-dev.2 is 1.0.0.dev2, and build metadata is a
	// local version: 1.0.0+build.5 stays.
	PEP440 pep440.Version
}

var (
	semver = lazyregexp.New(`^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)` +
		`(?:-((?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*))?` +
		`(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$`)
	nearlySemver = lazyregexp.New(`^[vV=\s]*([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?((?:\.[0-9]+)*)(?:[-_.]?(alpha|beta|preview|post|dev|pre|rc|a|b|c)[-_.]?([0-9]*))?$`)
)

// ParseVersion reads the version of an extension. What is not SemVer, and
// SemVer that PEP 440 cannot express (1.0.0-snapshot), is refused.
func ParseVersion(s string) (Version, error) {
	if !semver.MatchString(s) {
		err := fault.Errorf(fault.BadInput, "%s is not a SemVer version", shown(s))
		return Version{}, fault.WithHints(err, nearestSemver(s))
	}
	v, err := pep440.Parse(s)
	if err != nil {
		err := fault.Errorf(fault.BadInput, "%s cannot be written as a Python version (PEP 440), which the names of dependency packages need", s)
		return Version{}, fault.WithHints(err, "after the dash say alpha, beta, rc or dev and a number: "+core(s)+"-rc.1")
	}
	return Version{Text: s, PEP440: v}, nil
}

func shown(s string) string {
	if s == "" || strings.TrimSpace(s) != s {
		return fmt.Sprintf("%q", s)
	}
	return s
}

func core(s string) string {
	core, _, _ := strings.Cut(s, "-")
	core, _, _ = strings.Cut(core, "+")
	return core
}

func nearestSemver(s string) string {
	m := nearlySemver.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return "write it as MAJOR.MINOR.PATCH, for example 1.0.0 or 1.0.0-rc.1"
	}
	out := number(m[1]) + "." + number(m[2]) + "." + number(m[3])
	if m[5] != "" {
		word := map[string]string{"a": "alpha", "b": "beta", "c": "rc", "pre": "rc", "preview": "rc"}[m[5]]
		if word == "" {
			word = m[5]
		}
		out += "-" + word + "." + number(m[6])
	}
	return "write it as " + out
}

// number is n without leading zeros.
func number(n string) string {
	if n = strings.TrimLeft(n, "0"); n == "" {
		return "0"
	}
	return n
}

// note says what is odd about a legal version.
func (v Version) note() string {
	if v.PEP440.IsPostrelease() {
		return fmt.Sprintf("%s comes before %s to SemVer, but packages are named %s, which comes after %s", v.Text, core(v.Text), v.PEP440, core(v.Text))
	}
	return ""
}

// String is the version as written.
func (v Version) String() string { return v.Text }

// Matches says whether a spelling found in the name of a file is this version:
// as SemVer, as PEP 440, or with the dashes escaped to underscores.
func (v Version) Matches(spelling string) bool {
	if spelling == v.Text {
		return true
	}
	other, err := pep440.Parse(spelling)
	return err == nil && other.Equal(v.PEP440)
}

// APILevel is a level of the Universal Extension API.
type APILevel struct{ Major, Minor, Patch int }

// zipSafeLevel is the first level that knows zip_safe.
var zipSafeLevel = APILevel{1, 4, 0}

var apiForm = lazyregexp.New(`^(0|[1-9][0-9]{0,4})\.(0|[1-9][0-9]{0,4})\.(0|[1-9][0-9]{0,4})$`)

// ParseAPILevel reads X.Y.Z.
func ParseAPILevel(s string) (APILevel, error) {
	var a APILevel
	if !apiForm.MatchString(s) {
		err := fault.Errorf(fault.BadInput, "%s is not an API level", shown(s))
		return a, fault.WithHints(err, "write three numbers, for example 1.4.0")
	}
	_, err := fmt.Sscanf(s, "%d.%d.%d", &a.Major, &a.Minor, &a.Patch)
	return a, err
}

// String is X.Y.Z.
func (a APILevel) String() string { return fmt.Sprintf("%d.%d.%d", a.Major, a.Minor, a.Patch) }

// AtLeast says whether a is b or a later level.
func (a APILevel) AtLeast(b APILevel) bool {
	if a.Major != b.Major {
		return a.Major > b.Major
	}
	if a.Minor != b.Minor {
		return a.Minor > b.Minor
	}
	return a.Patch >= b.Patch
}
