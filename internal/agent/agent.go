// Package agent reads agent.yml, the configuration of the side that deploys and
// runs extensions:
//
//	interpreters: [/opt/python3.12/bin/python3, python3]  # best first; paths, or names to find on PATH
//	discover: true          # look for further interpreters behind those
//	accept: ["*"]           # which extensions may be deployed; patterns; [] denies all
//	root: /var/lib/axle     # where deployments lie
//	policy:
//	  strict_order: false   # keep to the first interpreter that satisfies requires_python
//	  binaries: refuse      # or warn: packages whose binaries contradict their names
//	timeouts:
//	  probe: 10s            # how long one interpreter may take to answer
//
// Every key may be left out. All mistakes are reported at once, with line and
// column; unknown keys are warnings. [Parse] reads it, [AddInterpreters] and
// [RemoveInterpreters] edit the list and leave the rest of the text alone. The
// package touches no file.
package agent

import (
	"fmt"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/yamldoc"
)

// FileName is the name of the file.
const FileName = "agent.yml"

// Config is agent.yml.
type Config struct {
	// Interpreters are paths of executables, or names to find on PATH, best
	// first; nil when not written.
	Interpreters []string
	// Discover says to look for further interpreters, behind those listed; true
	// when not written.
	Discover bool
	// Accept are patterns (path.Match) of the names of extensions that may be
	// deployed; ["*"] when not written. Empty, and not nil, denies all.
	Accept []string
	// Root is the folder of the deployments; "" when not written.
	Root string
	// Policy is what is chosen and what is refused.
	Policy Policy
	// ProbeTimeout bounds the answer of one interpreter; 0 when not written.
	ProbeTimeout time.Duration
}

// Policy is the section of that name.
type Policy struct {
	// StrictOrder keeps to the first interpreter that satisfies requires_python,
	// even when no dependency package fits it.
	StrictOrder bool
	// Binaries is what becomes of a package whose binaries contradict its name:
	// Refuse when not written, or Warn.
	Binaries Binaries
}

// Binaries is a value of policy.binaries.
type Binaries string

// The values of policy.binaries.
const (
	Refuse Binaries = "refuse"
	Warn   Binaries = "warn"
)

// Default is the configuration of an agent without agent.yml.
func Default() Config {
	return Config{Discover: true, Accept: []string{"*"}, Policy: Policy{Binaries: Refuse}}
}

var (
	keys        = []string{"interpreters", "discover", "accept", "root", "policy", "timeouts"}
	policyKeys  = []string{"strict_order", "binaries"}
	timeoutKeys = []string{"probe"}
)

// Parse reads agent.yml; name is how messages call the file. An empty file is
// [Default]. The error holds every mistake (fault.List of *fault.Problem).
func Parse(name string, data []byte) (Config, []fault.Warning, error) {
	r, err := yamldoc.Open(name, data)
	if err != nil {
		return Config{}, nil, err
	}
	c := Default()
	if root := r.Root(); !root.IsNull() {
		if m, ok := root.Map(keys, moved); ok {
			c.read(m)
		}
	}
	if err := r.Err(); err != nil {
		return Config{}, r.Warnings(), err
	}
	return c, r.Warnings(), nil
}

func (c *Config) read(m yamldoc.Map) {
	c.readInterpreters(m)
	c.Discover = m.Bool("discover", true)
	c.readAccept(m)
	c.readRoot(m)
	c.readPolicy(m)
	if v, ok := m.Get("timeouts"); ok {
		if section, ok := v.Map(timeoutKeys); ok {
			c.ProbeTimeout = duration(section, "probe")
		}
	}
	if v, ok := m.Get("interpreters"); ok && len(c.Interpreters) == 0 && !c.Discover {
		v.Warn("the list is empty and discover is false: no extension can run")
	}
}

// moved is a key of the section policy that is easily written beside it.
const moved = "strict_order"

func (c *Config) readPolicy(m yamldoc.Map) {
	if v, ok := m.Get(moved); ok {
		v.Problem("stands in the section policy", "write it as policy: {strict_order: true}")
	}
	v, ok := m.Get("policy")
	if !ok {
		return
	}
	section, ok := v.Map(policyKeys)
	if !ok {
		return
	}
	c.Policy.StrictOrder = section.Bool("strict_order", false)
	text, ok := section.Text("binaries")
	switch value := Binaries(text); {
	case !ok:
	case value == Refuse || value == Warn:
		c.Policy.Binaries = value
	default:
		v, _ := section.Get("binaries")
		v.Problem(fmt.Sprintf("%q is not a policy", text), didYouMean(text))
	}
}

func didYouMean(text string) string {
	if near, ok := fault.Nearest(text, []string{string(Refuse), string(Warn)}); ok {
		return "did you mean " + near + "?"
	}
	return "write refuse or warn"
}

// texts are the members of a list, which may be empty.
func texts(m yamldoc.Map, key string) []yamldoc.Value {
	v, ok := m.Get(key)
	if !ok {
		return nil
	}
	list, _ := v.List()
	var all []yamldoc.Value
	for _, member := range list {
		if text, ok := member.Text(); ok && strings.TrimSpace(text) == "" {
			member.Problem("is empty", "")
		} else if ok {
			all = append(all, member)
		}
	}
	return all
}

func (c *Config) readInterpreters(m yamldoc.Map) {
	seen := map[string]bool{}
	for _, v := range texts(m, "interpreters") {
		switch text := v.Scalar(); {
		case seen[text]:
			v.Warn(text + " is in the list already")
		case strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }):
			v.Problem("has a character that cannot be seen", "between double quotes a backslash begins an escape: write the path in single quotes")
		case strings.ContainsAny(text, "/\\") && !absolute(text):
			v.Problem(fmt.Sprintf("%s is relative to whatever folder the agent runs in", text), "write the whole path, or a name to find on PATH")
		default:
			seen[text] = true
			c.Interpreters = append(c.Interpreters, text)
		}
	}
}

// absolute judges as any system does: the file may be checked on another one.
func absolute(p string) bool {
	drive := len(p) > 2 && p[1] == ':' && (p[2] == '\\' || p[2] == '/')
	return drive || strings.HasPrefix(p, "/") || strings.HasPrefix(p, `\\`)
}

func (c *Config) readAccept(m yamldoc.Map) {
	if _, ok := m.Get("accept"); !ok {
		return
	}
	c.Accept = []string{}
	for _, v := range texts(m, "accept") {
		if _, err := path.Match(v.Scalar(), ""); err != nil {
			v.Problem(v.Scalar()+" is not a pattern", "* stands for any characters, ? for one")
			continue
		}
		c.Accept = append(c.Accept, v.Scalar())
	}
}

func (c *Config) readRoot(m yamldoc.Map) {
	v, ok := m.Get("root")
	if !ok {
		return
	}
	text, ok := v.Text()
	switch {
	case !ok:
	case !absolute(text):
		v.Problem(fmt.Sprintf("%q is not a whole path", text), "write it from the top of the file system")
	default:
		c.Root = text
	}
}

// longest keeps a slip (10h for 10s) from hanging an agent.
const longest = 10 * time.Minute

func duration(m yamldoc.Map, key string) time.Duration {
	v, ok := m.Get(key)
	if !ok {
		return 0
	}
	const hint = "write a time with its unit: 10s, 500ms, 1m"
	if !v.IsScalar() || v.IsNull() {
		v.Problem("is not a time", hint)
		return 0
	}
	d, err := time.ParseDuration(strings.ReplaceAll(v.Scalar(), " ", ""))
	switch {
	case err != nil:
		v.Problem(fmt.Sprintf("%s is not a time", v.Scalar()), hint)
	case d <= 0 || d > longest:
		v.Problem(fmt.Sprintf("%s is out of bounds", v.Scalar()), "write more than 0s and no more than 10m")
	}
	return d
}
