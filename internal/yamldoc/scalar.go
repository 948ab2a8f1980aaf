package yamldoc

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/axlepack/axle/internal/lazyregexp"
)

const nullTag = "!!null"

// kind is what a scalar is.
type kind string

const (
	aText  kind = "a text"
	aBool  kind = "a truth"
	aNull  kind = "nothing"
	aNum   kind = "a number"
	aDate  kind = "a date"
	aBytes kind = "binary data"
)

// What YAML 1.1 takes a plain scalar for, where 1.2 sees a text (yes, 0777,
// 1:30, 1_000).
var (
	bool11  = lazyregexp.New(`^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$`)
	int11   = lazyregexp.New(`^[-+]?(?:0b[01_]+|0[0-7_]+|0x[0-9a-fA-F_]+|(?:0|[1-9][0-9_]*)|[1-9][0-9_]*(?::[0-5]?[0-9])+)$`)
	float11 = lazyregexp.New(`^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$`)
)

// kind judges a scalar: what stands in quotes or is a block is a text, and a
// plain scalar is a text only when both versions of YAML say so.
func (v Value) kind() kind {
	switch tag := v.node.ShortTag(); tag {
	case "!!bool":
		return aBool
	case nullTag:
		return aNull
	case "!!int", "!!float":
		return aNum
	case "!!timestamp":
		return aDate
	case "!!binary":
		return aBytes
	}
	if v.node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) != 0 {
		return aText
	}
	switch s := v.node.Value; {
	case bool11.MatchString(s):
		return aBool
	case int11.MatchString(s), float11.MatchString(s):
		return aNum
	}
	return aText
}

func isBool(s string) bool { return bool11.MatchString(s) }

func truth(s string) bool {
	switch strings.ToLower(s) {
	case "true", "yes", "on":
		return true
	}
	return false
}
