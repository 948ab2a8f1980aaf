package wheel

// EntryPoint is one line of entry_points.txt.
type EntryPoint struct {
	Group, Name  string
	Module, Attr string // Attr is dotted and may be empty
	Extras       []string
}

// EntryPoints are in the order of the file.
type EntryPoints []EntryPoint

func ParseEntryPoints(data []byte) (EntryPoints, error) { return nil, errTODO }
func (e EntryPoints) Marshal() []byte                   { return nil }
func (e EntryPoints) Group(name string) EntryPoints     { return nil }
func (e EntryPoints) Console() EntryPoints              { return e.Group("console_scripts") }
func (e EntryPoints) GUI() EntryPoints                  { return e.Group("gui_scripts") }
func (e EntryPoint) Value() string                      { return "" }
