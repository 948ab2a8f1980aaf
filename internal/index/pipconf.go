package index

import (
	"maps"
	"path"
	"strings"

	"github.com/axlepack/axle/internal/fault"
)

// pip's configuration, as pip 26 reads it: files of three levels, each with
// sections; a later file wins within a section; the section of the command
// wins over [global]; PIP_ variables win over all. An empty value takes away
// what earlier files say in its section.

// pipSections are those that "pip install" reads, by ascending weight.
var pipSections = []string{"global", "install"}

// pipConfig is section → key → value.
type pipConfig map[string]map[string]string

// pipFiles are the paths of pip's configuration files, by ascending weight.
func (o *DiscoverOptions) pipFiles() []string {
	chosen, isChosen := o.env("PIP_CONFIG_FILE")
	if isChosen && chosen == o.devNull() {
		return nil
	}
	files := o.globalFiles()
	if !isChosen || !o.exists(chosen) { // a chosen file takes the place of the user's
		files = append(files, o.userFiles()...)
	}
	for _, prefix := range o.prefixes() {
		files = append(files, o.join(prefix, o.pipFileName()))
	}
	if isChosen && chosen != "" {
		files = append(files, chosen)
	}
	return files
}

func (o *DiscoverOptions) globalFiles() []string {
	var dirs []string
	switch o.OS {
	case "windows":
		data, ok := o.env("ProgramData")
		if !ok || data == "" {
			data = `C:\ProgramData`
		}
		return []string{o.join(data, "pip", "pip.ini")}
	case "darwin":
		return []string{"/Library/Application Support/pip/pip.conf"}
	}
	list, _ := o.env("XDG_CONFIG_DIRS")
	if strings.TrimSpace(list) == "" {
		list = "/etc/xdg"
	}
	for _, dir := range strings.Split(list, ":") {
		if dir != "" {
			dirs = append(dirs, o.join(dir, "pip", "pip.conf"))
		}
	}
	return append(dirs, "/etc/pip.conf")
}

func (o *DiscoverOptions) userFiles() []string {
	if o.Home == "" {
		return nil
	}
	switch o.OS {
	case "windows":
		roaming, ok := o.env("APPDATA")
		if !ok || roaming == "" {
			roaming = o.join(o.Home, "AppData", "Roaming")
		}
		return []string{o.join(o.Home, "pip", "pip.ini"), o.join(roaming, "pip", "pip.ini")}
	case "darwin":
		dir := o.join(o.Home, "Library", "Application Support", "pip")
		if !o.exists(dir) {
			dir = o.join(o.Home, ".config", "pip")
		}
		return []string{o.join(o.Home, ".pip", "pip.conf"), o.join(dir, "pip.conf")}
	}
	config, ok := o.env("XDG_CONFIG_HOME")
	if !ok || strings.TrimSpace(config) == "" {
		config = o.join(o.Home, ".config")
	}
	return []string{o.join(o.Home, ".pip", "pip.conf"), o.join(config, "pip", "pip.conf")}
}

// prefixes are the environments whose own file counts: those given, else the
// one that is active.
func (o *DiscoverOptions) prefixes() []string {
	if o.Prefixes != nil {
		return o.Prefixes
	}
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if dir, ok := o.env(name); ok && dir != "" {
			return []string{dir}
		}
	}
	return nil
}

func (o *DiscoverOptions) pipFileName() string {
	if o.OS == "windows" {
		return "pip.ini"
	}
	return "pip.conf"
}

func (o *DiscoverOptions) devNull() string {
	if o.OS == "windows" {
		return "nul"
	}
	return "/dev/null"
}

// join makes a path of the system that OS names, which tests choose.
func (o *DiscoverOptions) join(parts ...string) string {
	if o.OS == "windows" {
		return strings.Join(parts, `\`)
	}
	return path.Join(parts...)
}

// add reads a file over what earlier files say.
func (c pipConfig) add(name string, data []byte) error {
	p := iniReader{file: name, own: pipConfig{}, seen: map[string]bool{}}
	text := strings.TrimPrefix(string(data), "\ufeff")
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if err := p.line(i+1, line); err != nil {
			return err
		}
	}
	for section, values := range p.own {
		if section == everySection {
			continue
		}
		if c[section] == nil {
			c[section] = map[string]string{}
		}
		maps.Copy(c[section], p.own[everySection])
		maps.Copy(c[section], values)
	}
	return nil
}

// everySection holds what counts for each section of its file.
const everySection = "DEFAULT"

// iniReader reads the lines of one file as Python's configparser does: "key =
// value" or "key: value", comments on lines of their own, values that go on in
// indented lines, each section and key once.
type iniReader struct {
	file    string
	own     pipConfig
	section string
	key     string
	indent  int
	seen    map[string]bool
}

func (p *iniReader) line(n int, line string) error {
	text := strings.TrimSpace(line)
	indent := len(line) - len(strings.TrimLeft(line, " \t"))
	switch {
	case text == "" || text[0] == '#' || text[0] == ';':
		return nil
	case p.key != "" && indent > p.indent:
		p.own[p.section][p.key] += "\n" + text
		return nil
	case text[0] == '[' && strings.Contains(text, "]"):
		return p.begin(n, text[1:strings.IndexByte(text, ']')])
	case p.section == "":
		return p.problem(n, "there is no [section] above this line")
	}
	at := strings.IndexAny(text, "=:")
	if at <= 0 {
		return p.problem(n, "this line is no key = value")
	}
	p.key, p.indent = pipKey(strings.TrimSpace(text[:at])), indent
	if p.seen[p.section+"\x00"+p.key] {
		return p.problem(n, "key "+p.key+" comes twice in ["+p.section+"]")
	}
	p.seen[p.section+"\x00"+p.key] = true
	p.own[p.section][p.key] = strings.TrimSpace(text[at+1:])
	return nil
}

func (p *iniReader) begin(n int, section string) error {
	if p.own[section] != nil && section != everySection {
		return p.problem(n, "section ["+section+"] comes twice")
	}
	if p.own[section] == nil {
		p.own[section] = map[string]string{}
	}
	p.section, p.key = section, ""
	return nil
}

// problem names the place and not the text, which may be a password.
func (p *iniReader) problem(line int, reason string) error {
	return &fault.Problem{File: p.file, Line: line, Reason: reason, Code: fault.Usage, Hint: "pip reads this file too, and refuses it: see pip config debug"}
}

// pipKey makes the spellings of one option equal.
func pipKey(name string) string {
	return strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(name), "_", "-"), "--")
}

// value is what an option is set to: by a PIP_ variable, else in the section
// of install, else in [global]; the first name that is set counts.
func (c pipConfig) value(o *DiscoverOptions, names ...string) string {
	for _, name := range names {
		if v, _ := o.env(pipVariable(name)); v != "" {
			return v
		}
	}
	return c.written(names...)
}

// pipVariable is the environment variable for an option.
func pipVariable(name string) string {
	return "PIP_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// written is what the files set an option to.
func (c pipConfig) written(names ...string) string {
	for i := len(pipSections) - 1; i >= 0; i-- {
		for _, name := range names {
			if v := c[pipSections[i]][name]; v != "" {
				return v
			}
		}
	}
	return ""
}
