package wheel

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/tags"
)

// Filename is the parsed name of a wheel file:
// {name}-{version}(-{build})?-{python}-{abi}-{platform}.whl.
type Filename struct {
	Text    string // as it was written
	Name    pep508.Name
	Version pep440.Version
	Build   Build
	// Tags are all triples the name stands for, sorted.
	Tags []tags.Tag
	// Pythons, ABIs and Platforms are the parts of the compressed tag set,
	// in lower case, in the order written.
	Pythons, ABIs, Platforms []string
}

// Extension ends the name of every wheel.
const Extension = ".whl"

// ParseFilename reads a wheel's file name as packaging.utils does: five or six
// parts, a name without "__", a PEP 440 version, a build number that begins
// with a digit, no empty tag. Errors carry [fault.BadInput].
func ParseFilename(s string) (Filename, error) {
	return parseFilename(s, func(name, version string) (pep508.Name, pep440.Version, error) {
		if strings.Contains(name, "__") {
			return "", pep440.Version{}, badName(s, "the project name "+strconv.Quote(name)+" has two underscores in a row")
		}
		v, err := pep440.Parse(version)
		return pep508.Normalize(name), v, err
	})
}

// ParseFilenameLenient also takes what locks and zips may have of the time before
// names were held to their form: "__" in the name, and "_" for "-" in the version.
func ParseFilenameLenient(s string) (Filename, error) {
	return parseFilename(s, func(name, version string) (pep508.Name, pep440.Version, error) {
		v, err := pep440.Parse(version)
		if err != nil && strings.Contains(version, "_") {
			v, err = pep440.Parse(strings.ReplaceAll(version, "_", "-"))
		}
		return pep508.Normalize(name), v, err
	})
}

func parseFilename(s string, project func(name, version string) (pep508.Name, pep440.Version, error)) (Filename, error) {
	stem, ok := strings.CutSuffix(s, Extension)
	if !ok {
		return Filename{}, badName(s, "it does not end in "+Extension)
	}
	parts := strings.Split(stem, "-")
	if len(parts) != 5 && len(parts) != 6 {
		return Filename{}, badName(s, "it has "+strconv.Itoa(len(parts))+" parts between dashes, not 5 or 6")
	}
	if !isProjectPart(parts[0]) {
		return Filename{}, badName(s, strconv.Quote(parts[0])+" is no escaped project name")
	}
	f := Filename{Text: s}
	var err error
	if f.Name, f.Version, err = project(parts[0], parts[1]); err != nil {
		return Filename{}, fault.Errorf(fault.BadInput, "%s: not a wheel file name: %w", s, err)
	}
	if len(parts) == 6 {
		if f.Build, err = ParseBuild(parts[2]); err != nil {
			return Filename{}, fault.Errorf(fault.BadInput, "%s: not a wheel file name: %w", s, err)
		}
	}
	return f, f.setTags(parts[len(parts)-3:])
}

// isProjectPart is the [\w._]+ of packaging.utils.
func isProjectPart(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsNumber(r)
	}) < 0
}

func (f *Filename) setTags(parts []string) (err error) {
	text := strings.ToLower(strings.Join(parts, "-"))
	if f.Tags, err = tags.ParseSet(text); err != nil {
		err = fault.Errorf(fault.BadInput, "%s: not a wheel file name: %w", f.Text, err)
		*f = Filename{}
		return err
	}
	sets := strings.Split(text, "-")
	f.Pythons = strings.Split(sets[0], ".")
	f.ABIs = strings.Split(sets[1], ".")
	f.Platforms = strings.Split(sets[2], ".")
	return nil
}

func badName(s, reason string) error {
	return fault.New(fault.BadInput, s+": not a wheel file name: "+reason)
}

// String is the normalised name: escaped project, normalised version, tags
// sorted and each once. ParseFilename reads it back to an equal value, but for
// Text and the order of the tag parts.
func (f Filename) String() string {
	var b strings.Builder
	b.WriteString(f.Name.Escaped())
	b.WriteByte('-')
	b.WriteString(f.Version.String())
	if f.Build.Given {
		b.WriteByte('-')
		b.WriteString(f.Build.String())
	}
	for _, set := range [][]string{f.Pythons, f.ABIs, f.Platforms} {
		sorted := slices.Compact(slices.Sorted(slices.Values(set)))
		b.WriteByte('-')
		b.WriteString(strings.Join(sorted, "."))
	}
	b.WriteString(Extension)
	return b.String()
}

// Sorted says whether the compressed tag sets are in sorted order, as PEP 425
// asks of writers; readers take any order.
func (f Filename) Sorted() bool {
	return slices.IsSorted(f.Pythons) && slices.IsSorted(f.ABIs) && slices.IsSorted(f.Platforms)
}

// Build is the build number of a wheel; the zero Build is none. Comparable.
type Build struct {
	Number int
	Suffix string
	Given  bool // tells build number 0 from none
}

// ParseBuild reads a build number: digits, then anything but a dash.
func ParseBuild(s string) (Build, error) {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if digits == 0 || strings.ContainsAny(s, "-\r\n") {
		return Build{}, fault.Errorf(fault.BadInput, "%q is no build number: it must begin with a digit", s)
	}
	n, err := strconv.Atoi(s[:digits])
	if err != nil {
		return Build{}, fault.Errorf(fault.BadInput, "%q is no build number: it is too large", s)
	}
	return Build{Number: n, Suffix: s[digits:], Given: true}, nil
}

// String is the build number as a file name has it, "" for none.
func (b Build) String() string {
	if !b.Given {
		return ""
	}
	return strconv.Itoa(b.Number) + b.Suffix
}

// Compare orders none before any, then by number, then by suffix.
func (b Build) Compare(c Build) int {
	switch {
	case b.Given != c.Given && c.Given:
		return -1
	case b.Given != c.Given:
		return 1
	}
	return cmp.Or(cmp.Compare(b.Number, c.Number), cmp.Compare(b.Suffix, c.Suffix))
}

// SdistName is what the file name of a source distribution says.
type SdistName struct {
	Name    pep508.Name
	Version pep440.Version
}

// ParseSdist reads {name}-{version}.tar.gz or .zip. The version begins after
// the last dash, as packaging.utils has it. With a project, which an index
// page's address gives, it begins after the project's name, so that old files
// with dashes in the version are read too.
func ParseSdist(filename string, project pep508.Name) (SdistName, error) {
	stem, ok := strings.CutSuffix(filename, ".tar.gz")
	if !ok {
		if stem, ok = strings.CutSuffix(filename, ".zip"); !ok {
			return SdistName{}, badSdist(filename, "it ends neither in .tar.gz nor in .zip")
		}
	}
	if project != "" {
		return parseSdistOf(filename, stem, project)
	}
	cut := strings.LastIndexByte(stem, '-')
	if cut < 1 {
		return SdistName{}, badSdist(filename, "it has no project name before a dash")
	}
	version, err := pep440.Parse(stem[cut+1:])
	if err != nil {
		return SdistName{}, fault.Errorf(fault.BadInput, "%s: not a source distribution's file name: %w", filename, err)
	}
	return SdistName{Name: pep508.Normalize(stem[:cut]), Version: version}, nil
}

func parseSdistOf(filename, stem string, project pep508.Name) (SdistName, error) {
	for cut := 1; cut < len(stem); cut++ {
		if stem[cut] != '-' || pep508.Normalize(stem[:cut]) != project {
			continue
		}
		if version, err := pep440.Parse(stem[cut+1:]); err == nil {
			return SdistName{Name: project, Version: version}, nil
		}
	}
	return SdistName{}, badSdist(filename, "it is no version of "+string(project))
}

func badSdist(filename, reason string) error {
	return fault.New(fault.BadInput, filename+": not a source distribution's file name: "+reason)
}
