package wheel

import (
	"bytes"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
)

// EntryPoint is one line of entry_points.txt.
type EntryPoint struct {
	Group string // "console_scripts"
	Name  string
	Value string // as written: "module:attr [extra]"
	// Module, Attr and Extras are the parts of Value. Attr is dotted and may
	// be empty. Module is empty where Value is no object reference, which only
	// happens in groups that are not scripts.
	Module, Attr string
	Extras       []string
}

// EntryPoints are in the order of the file.
type EntryPoints []EntryPoint

const (
	consoleScripts = "console_scripts"
	guiScripts     = "gui_scripts"
)

var (
	objectReference = lazyregexp.New(`^([\pL\pN_.]+)\s*(?::\s*([\pL\pN_.]+)\s*)?(?:(\[.*\])\s*)?$`)
	word            = lazyregexp.New(`[\pL\pN_]+`)
)

// ParseEntryPoints reads entry_points.txt as importlib.metadata does: sections
// in brackets, name = value below them, whole-line comments with "#"; what
// stands before the first section is ignored. A line without "=" and a script
// that is no object reference are errors with [fault.BadInput].
func ParseEntryPoints(data []byte) (EntryPoints, error) {
	var all EntryPoints
	group, inGroup := "", false
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	for number := 1; len(data) > 0; number++ {
		var raw []byte
		raw, data = cutLine(data)
		line := text(raw)
		switch {
		case line == "" || line[0] == '#':
			continue
		case line[0] == '[' && line[len(line)-1] == ']':
			group, inGroup = strings.Trim(line, "[]"), true
			continue
		case !inGroup:
			continue
		}
		entry, reason := parseEntryPoint(group, line)
		if reason != "" {
			return nil, fault.Errorf(fault.BadInput, "entry_points.txt:%d: %s", number, reason)
		}
		all = append(all, entry)
	}
	return all, nil
}

func parseEntryPoint(group, line string) (e EntryPoint, reason string) {
	name, value, ok := strings.Cut(line, "=")
	if !ok {
		return e, "no name = value: " + line
	}
	e = EntryPoint{Group: group, Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)}
	parts := objectReference.FindStringSubmatch(e.Value)
	if parts != nil {
		e.Module, e.Attr, e.Extras = parts[1], parts[2], word.FindAllString(parts[3], -1)
		return e, ""
	}
	if group == consoleScripts || group == guiScripts {
		return e, e.Name + ": not of the form module:attribute: " + e.Value
	}
	return e, ""
}

// Group is the entry points of one group, in their order.
func (e EntryPoints) Group(name string) EntryPoints {
	var in EntryPoints
	for _, entry := range e {
		if entry.Group == name {
			in = append(in, entry)
		}
	}
	return in
}

// Console is the group console_scripts.
func (e EntryPoints) Console() EntryPoints { return e.Group(consoleScripts) }

// GUI is the group gui_scripts.
func (e EntryPoints) GUI() EntryPoints { return e.Group(guiScripts) }

// Marshal writes each group once, where its first entry stands. ParseEntryPoints
// reads it back to the same entries, those of one group together.
func (e EntryPoints) Marshal() []byte {
	var b bytes.Buffer
	done := map[string]bool{}
	for _, entry := range e {
		if done[entry.Group] {
			continue
		}
		done[entry.Group] = true
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("[" + entry.Group + "]\n")
		for _, member := range e.Group(entry.Group) {
			b.WriteString(member.Name + " = " + member.Value + "\n")
		}
	}
	return b.Bytes()
}
