package extension

import (
	"fmt"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/yamldoc"
)

func (p *Policy) read(section yamldoc.Map) {
	readTruth(section, "pre", "only_final", &p.Releases.AllReleases, &p.Releases.OnlyFinal)
	readSelection(section, "only_final", "pre", &p.Releases.OnlyFinal, &p.Releases.AllReleases)
	p.AllowMissing = section.Bool("allow_missing", false)
	p.RequireHashes = section.Bool("require_hashes", false)
	readSelection(section, "only_binary", "no_binary", &p.Formats.OnlyBinary, &p.Formats.NoBinary)
	readSelection(section, "no_binary", "only_binary", &p.Formats.NoBinary, &p.Formats.OnlyBinary)
	readTruth(section, "build_sdists", "", &p.Sdists, new(Selection))
	p.Align = Align(oneOf(section, "align", string(AlignPython), string(AlignAll), string(AlignNone)))
	p.Prefer = Prefer(oneOf(section, "prefer", string(PreferShared), string(PreferSpecific)))
	p.Resolution = Resolution(oneOf(section, "resolution", string(Highest), string(Lowest), string(LowestDirect)))
	p.readExcludeNewer(section)
	for _, v := range members(section, "constraints") {
		p.readConstraint(v)
	}
	for _, v := range members(section, "overrides") {
		p.readOverride(v)
	}
}

// readTruth takes a truth, which is about all projects, or what readSelection takes.
func readTruth(section yamldoc.Map, key, otherKey string, into, other *Selection) {
	v, ok := section.Get(key)
	switch {
	case !ok:
	case v.IsScalar() && v.Scalar() != all:
		into.All, _ = v.Bool()
	default:
		readSelection(section, key, otherKey, into, other)
	}
}

// all stands for every project, as for pip.
const all = ":all:"

// readSelection takes the text ":all:" or a list of names of projects. What is
// in the other selection cannot be in this one.
func readSelection(section yamldoc.Map, key, otherKey string, into, other *Selection) {
	v, ok := section.Get(key)
	if !ok {
		return
	}
	if v.IsText() && v.Scalar() == all {
		if other.All {
			v.Problem(otherKey+" and "+key+" cannot both be of all projects", "")
		}
		into.All = true
		return
	}
	if v.IsScalar() {
		v.Problem(fmt.Sprintf("%q is neither \":all:\" nor a list of projects", v.Scalar()), `write ":all:" or [numpy, PyYAML]`)
		return
	}
	for _, member := range members(section, key) {
		name, err := pep508.ParseName(member.Scalar())
		switch {
		case member.Scalar() == all:
			into.All = true
		case err != nil:
			member.Error(err)
		case other.has(name):
			member.Problem(string(name)+" is in "+otherKey+" and in "+key, "")
		default:
			into.add(name)
		}
	}
}

func oneOf(section yamldoc.Map, key string, values ...string) string {
	v, ok := section.Get(key)
	if !ok {
		return ""
	}
	text, ok := v.Text()
	if !ok {
		return ""
	}
	for _, value := range values {
		if text == value {
			return text
		}
	}
	hint := "write one of " + strings.Join(values, ", ")
	if near, ok := fault.Nearest(text, values); ok {
		hint = "did you mean " + near + "?"
	}
	v.Problem(fmt.Sprintf("%q is not a value of %s", text, key), hint)
	return ""
}

// readExcludeNewer takes what [ParseCutoff] takes.
func (p *Policy) readExcludeNewer(section yamldoc.Map) {
	v, ok := section.Get("exclude_newer")
	switch {
	case !ok:
		return
	case !v.IsScalar() || v.IsNull():
		v.Problem("is not a time", `write 2026-11-21, 2026-11-21T12:00:00Z, or an age such as "7 days"`)
		return
	}
	cutoff, err := ParseCutoff(v.Scalar())
	if err != nil {
		v.Error(err)
	}
	p.ExcludeNewer = cutoff
}

func (p *Policy) readConstraint(v yamldoc.Value) {
	req, err := pep508.Parse(v.Scalar())
	switch {
	case err != nil:
		v.Error(err)
	case len(req.Extras) > 0:
		v.Problem("a constraint cannot have extras", "require "+req.NameText+" with its extras in "+RequirementsName)
	case req.URL != "":
		v.Problem("a constraint bounds versions: an address is not one", "")
	default:
		p.Constraints = append(p.Constraints, Bound{req, v.Line()})
	}
}

func (p *Policy) readOverride(v yamldoc.Value) {
	req, err := pep508.Parse(v.Scalar())
	switch {
	case err != nil:
		v.Error(err)
	case req.URL != "":
		v.Problem("an address cannot stand here", "write it into a file, and name that with --override")
	default:
		p.Overrides = append(p.Overrides, Bound{req, v.Line()})
	}
}
