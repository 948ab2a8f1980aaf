package wheel

import "github.com/axlepack/axle/internal/tags"

// Info is the WHEEL file.
type Info struct {
	WheelVersion  string
	Generator     string
	RootIsPurelib bool
	Tags          []tags.Tag
	Build         Build
}

func ParseInfo(data []byte) (Info, error) { return Info{}, errTODO }
func (i Info) Marshal() []byte            { return nil }
