package extension

import (
	"fmt"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
	"github.com/axlepack/axle/internal/yamldoc"
)

// maxName keeps the names of packages below what file systems take.
const maxName = 100

var (
	nameForm = lazyregexp.New(`^([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9])$`)
	notName  = lazyregexp.New(`[^A-Za-z0-9._-]+`)
)

// CheckName says whether a text can name an extension: the name becomes part
// of file names and of a distribution name, so it is made as PEP 508 has them.
func CheckName(s string) error {
	if !nameForm.MatchString(s) {
		err := fault.Errorf(fault.BadInput, "%q cannot name an extension: letters, digits, and \"_\", \"-\", \".\" between them", s)
		if near := strings.Trim(notName.ReplaceAllString(s, "_"), "._-"); near != "" && len(near) <= maxName {
			return fault.WithHints(err, "write it as "+near)
		}
		return err
	}
	if len(s) > maxName {
		return fault.Errorf(fault.BadInput, "the name has %d characters, and %d are the most", len(s), maxName)
	}
	if deviceName(s) {
		return fault.New(fault.BadInput, fmt.Sprintf("%q is the name of a device on Windows", s), "call it "+s+"_ext")
	}
	return nil
}

var devices = lazyregexp.New(`(?i)^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$`)

// deviceName says whether Windows takes a file's name for a device, whatever
// its extension.
func deviceName(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	return devices.MatchString(strings.TrimRight(stem, " "))
}

func (m *Manifest) readName(section yamldoc.Map) {
	v, ok := section.Need("name", "add name: my_extension")
	if !ok {
		return
	}
	name, ok := v.Text()
	if !ok {
		return
	}
	if err := CheckName(name); err != nil {
		v.Error(err)
		return
	}
	m.Name = name
}

// readExtraPaths reads python_extra_paths: one text with ":" between the paths.
func (m *Manifest) readExtraPaths(section yamldoc.Map) {
	v, ok := section.Get("python_extra_paths")
	if !ok {
		return
	}
	text, ok := v.Text()
	if !ok {
		return
	}
	offset := 0
	for _, path := range splitPaths(text) {
		if reason, hint := badExtraPath(path); reason != "" {
			v.ProblemAt(offset, len(path), reason, hint)
		} else if !strings.HasPrefix(path, ExtensionZip) && !absolute(path) {
			v.Warn(fmt.Sprintf("%s is relative to whatever folder the agent runs in; begin it with %s/", path, ExtensionZip))
		}
		offset += len(path) + 1
		m.PythonExtraPaths = append(m.PythonExtraPaths, path)
	}
}

// splitPaths splits at ":", but not behind a drive letter.
func splitPaths(s string) []string {
	var paths []string
	for _, part := range strings.Split(s, ":") {
		last := len(paths) - 1
		if last >= 0 && isDrive(paths[last]) && part != "" && (part[0] == '/' || part[0] == '\\') {
			paths[last] += ":" + part
			continue
		}
		paths = append(paths, part)
	}
	return paths
}

func isDrive(s string) bool {
	return len(s) == 1 && (s[0]|0x20) >= 'a' && (s[0]|0x20) <= 'z'
}

func absolute(path string) bool {
	return path[0] == '/' || path[0] == '\\' || len(path) > 2 && isDrive(path[:1]) && path[1] == ':'
}

var macro = lazyregexp.New(`\$\{[^}]*\}?|\$[A-Za-z_]+`)

func badExtraPath(path string) (reason, hint string) {
	if strings.TrimSpace(path) == "" {
		return "has an empty path between two colons", "write the paths with one : between them"
	}
	for _, at := range macro.FindAllStringIndex(path, -1) {
		name := path[at[0]:at[1]]
		if name != ExtensionZip {
			return name + " is not known: " + ExtensionZip + " is the only name there is", ""
		}
		if at[0] != 0 {
			return ExtensionZip + " stands at the beginning of a path", ""
		}
	}
	rest, inside := strings.CutPrefix(path, ExtensionZip)
	if !inside {
		return "", ""
	}
	if rest != "" && rest[0] != '/' {
		return "a / is missing behind " + ExtensionZip, "write " + ExtensionZip + "/" + rest
	}
	depth := 0
	for _, part := range strings.FieldsFunc(rest, func(r rune) bool { return r == '/' || r == '\\' }) {
		switch part {
		case "..":
			depth--
		case ".":
		default:
			depth++
		}
		if depth < 0 {
			return path + " leads out of the extension", ""
		}
	}
	return "", ""
}
