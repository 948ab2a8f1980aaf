package wheel

import (
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/tags"
)

// Info is the WHEEL file: how the wheel was made and what it claims to fit.
type Info struct {
	WheelVersion  string // "1.0"
	Generator     string
	RootIsPurelib bool
	Tags          []tags.Tag // in the order of the file, compressed sets expanded
	Build         Build
	// Trimmed is what was left out of a dependency package, as it says itself.
	// It is no field of the standard; installers skip it.
	Trimmed string
}

// ParseInfo reads WHEEL. A format other than 1.x, a missing version or tag and
// an unreadable tag are errors with [fault.BadInput].
func ParseInfo(data []byte) (Info, error) {
	var i Info
	var purelib string
	for field, value := range headers(data) {
		var err error
		switch string(field) {
		case "wheel-version":
			setOnce(&i.WheelVersion, value)
		case "generator":
			setOnce(&i.Generator, value)
		case "root-is-purelib":
			setOnce(&purelib, value)
		case "tag":
			err = i.addTags(lineText(value))
		case "build":
			i.Build, err = ParseBuild(lineText(value))
		case "axle-trimmed":
			setOnce(&i.Trimmed, value)
		}
		if err != nil {
			return Info{}, fault.Errorf(fault.BadInput, "WHEEL: %s: %w", field, err)
		}
	}
	i.RootIsPurelib = strings.EqualFold(purelib, "true")
	return i, i.check()
}

func (i *Info) addTags(text string) error {
	set, err := tags.ParseSet(text)
	i.Tags = append(i.Tags, set...)
	return err
}

func (i *Info) check() error {
	switch major, _, _ := strings.Cut(i.WheelVersion, "."); {
	case i.WheelVersion == "":
		return fault.New(fault.BadInput, "WHEEL: Wheel-Version is missing")
	case major != "1":
		return fault.New(fault.BadInput, "WHEEL: Wheel-Version "+i.WheelVersion+" is not supported",
			"axle reads wheels of version 1.x")
	case len(i.Tags) == 0:
		return fault.New(fault.BadInput, "WHEEL: Tag is missing")
	}
	return nil
}

// Marshal writes one Tag line for each tag, in their order. ParseInfo reads it
// back to an equal value.
func (i Info) Marshal() []byte {
	var w headerWriter
	w.field("Wheel-Version", i.WheelVersion)
	w.field("Generator", i.Generator)
	purelib := "false"
	if i.RootIsPurelib {
		purelib = "true"
	}
	w.field("Root-Is-Purelib", purelib)
	for _, tag := range i.Tags {
		w.field("Tag", tag.String())
	}
	w.field("Build", i.Build.String())
	w.field("Axle-Trimmed", i.Trimmed)
	return w.Bytes()
}

// ReadInfo reads the WHEEL of an open wheel, which has these members.
func ReadInfo(names []string, read func(name string) ([]byte, error), f Filename) (Info, error) {
	folder, err := DistInfo(names, f)
	if err != nil {
		return Info{}, err
	}
	data, err := read(folder + "/WHEEL")
	if err != nil {
		return Info{}, err
	}
	return ParseInfo(data)
}

// Renamed says whether a wheel with this WHEEL was made under other tags than
// its file name has; made and named are both, sorted.
func (i Info) Renamed(f Filename) (made, named string, renamed bool) {
	made, named = tagSet(i.Tags), tagSet(f.Tags)
	return made, named, made != named
}

func tagSet(list []tags.Tag) string {
	texts := make([]string, len(list))
	for i, t := range list {
		texts[i] = t.String()
	}
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), " ")
}
