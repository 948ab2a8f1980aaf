package extension

import (
	"fmt"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/yamldoc"
)

func (p *Policy) read(section yamldoc.Map) {
	p.Pre = section.Bool("pre", false)
	p.AllowMissing = section.Bool("allow_missing", false)
	readFormats(section, "only_binary", &p.Formats.OnlyBinary, &p.Formats.NoBinary)
	readFormats(section, "no_binary", &p.Formats.NoBinary, &p.Formats.OnlyBinary)
	p.Align = Align(oneOf(section, "align", string(AlignPython), string(AlignAll), string(AlignNone)))
	p.Prefer = Prefer(oneOf(section, "prefer", string(PreferShared), string(PreferSpecific)))
	p.readExcludeNewer(section)
	for _, v := range members(section, "constraints") {
		p.readConstraint(v)
	}
}

// readFormats takes the text ":all:" or a list of names of projects.
func readFormats(section yamldoc.Map, key string, into, other *Selection) {
	v, ok := section.Get(key)
	if !ok {
		return
	}
	if v.IsText() && v.Scalar() == ":all:" {
		if other.All {
			v.Problem("only_binary and no_binary cannot both be :all:", "")
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
		case member.Scalar() == ":all:":
			into.All = true
		case err != nil:
			member.Error(err)
		case other.has(name):
			member.Problem(string(name)+" is in only_binary and in no_binary", "")
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

// readExcludeNewer takes a time (RFC 3339) or a day. A day counts to its end, in UTC.
func (p *Policy) readExcludeNewer(section yamldoc.Map) {
	v, ok := section.Get("exclude_newer")
	if !ok {
		return
	}
	if v.IsScalar() && !v.IsNull() {
		if t, err := time.Parse(time.RFC3339, v.Scalar()); err == nil {
			p.ExcludeNewer = t
			return
		}
		if t, err := time.Parse(time.DateOnly, v.Scalar()); err == nil {
			p.ExcludeNewer = t.AddDate(0, 0, 1)
			return
		}
	}
	v.Problem("is not a time", "write 2026-11-21 or 2026-11-21T12:00:00Z")
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
		p.Constraints = append(p.Constraints, req)
	}
}
