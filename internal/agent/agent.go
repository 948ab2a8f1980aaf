// Package agent reads agent.yml, the configuration of the side that deploys and
// runs extensions:
//
//	interpreters: [/opt/python3.12/bin/python3, python3]  # best first; paths, or names to find on PATH
//	discover: true          # look for further interpreters behind those
//	accept: ["*"]           # which extensions may be deployed; patterns; [] denies all
//	root: /var/lib/axle     # where deployments lie
//	strict_order: false     # keep to the first interpreter that satisfies requires_python
//	timeouts:
//	  probe: 10s            # how long one interpreter may take to answer
//
// Every key may be left out. All mistakes are reported at once, with line and
// column; unknown keys are warnings. The package touches no file: the caller
// looks for one in [DefaultPaths].
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
	// StrictOrder keeps to the first interpreter that satisfies requires_python,
	// even when no dependency package fits it.
	StrictOrder bool
	// ProbeTimeout bounds the answer of one interpreter; 0 when not written.
	ProbeTimeout time.Duration
}

// Default is the configuration of an agent without agent.yml.
func Default() Config { return Config{Discover: true, Accept: []string{"*"}} }

var (
	keys        = []string{"interpreters", "discover", "accept", "root", "strict_order", "timeouts"}
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
		if m, ok := root.Map(keys); ok {
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
	c.StrictOrder = m.Bool("strict_order", false)
	if v, ok := m.Get("timeouts"); ok {
		if section, ok := v.Map(timeoutKeys); ok {
			c.ProbeTimeout = duration(section, "probe")
		}
	}
	if v, ok := m.Get("interpreters"); ok && len(c.Interpreters) == 0 && !c.Discover {
		v.Warn("the list is empty and discover is false: no extension can run")
	}
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

// Accepts says whether an extension of this name may be deployed.
func (c Config) Accepts(extension string) bool {
	for _, pattern := range c.Accept {
		if ok, _ := path.Match(pattern, extension); ok {
			return true
		}
	}
	return false
}

// DefaultPaths are the places of agent.yml on a system (a GOOS), in the order in
// which to look: AXLE_AGENT, then the user's own, then that of all users. Those
// whose variables are not set are left out. The first that exists counts.
func DefaultPaths(goos string, env func(name string) (string, bool)) []string {
	var paths []string
	add := func(variable, separator string, below ...string) bool {
		base, ok := env(variable)
		if !ok || base == "" {
			return false
		}
		paths = append(paths, strings.Join(append([]string{strings.TrimRight(base, separator)}, below...), separator))
		return true
	}
	if file, ok := env("AXLE_AGENT"); ok && file != "" {
		paths = append(paths, file)
	}
	switch goos {
	case "windows":
		add("APPDATA", `\`, "axle", FileName)
		add("ProgramData", `\`, "axle", FileName)
	case "darwin":
		add("HOME", "/", "Library", "Application Support", "axle", FileName)
		paths = append(paths, "/Library/Application Support/axle/"+FileName, "/etc/axle/"+FileName)
	default:
		if !add("XDG_CONFIG_HOME", "/", "axle", FileName) {
			add("HOME", "/", ".config", "axle", FileName)
		}
		paths = append(paths, "/etc/axle/"+FileName)
	}
	return paths
}
