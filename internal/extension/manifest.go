package extension

import (
	"bytes"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/yamldoc"
)

// ManifestName is the name of the manifest, in a project and in the zip.
const ManifestName = "extension.yml"

// Manifest is extension.yml.
type Manifest struct {
	// Name identifies the extension; letters, digits, "_", "-" and ".".
	Name string
	// Version is the version of the extension.
	Version Version
	// Description is a line about the extension, perhaps empty.
	Description string
	// APILevel is the level of the Universal Extension API asked of the agent.
	APILevel APILevel
	// RequiresPython says which Pythons the extension works with; ">=2.7" when
	// not written.
	RequiresPython PythonRange
	// PythonExtraPaths go on the module search path, in this order; see
	// [ExtensionZip].
	PythonExtraPaths []string
	// ZipSafe says that the extension runs straight from its zip; true when not
	// written.
	ZipSafe bool
	// ZipSafeSet says that the key is written.
	ZipSafeSet bool
	// Owner says whose extension it is.
	Owner Owner
	// Comments is free text.
	Comments string
	// Bundle is the section of axle's own.
	Bundle Bundle
	// Raw is the file as read.
	Raw []byte

	packed []byte
	doc    *yamldoc.Reader
}

// Owner says whose extension it is; each may be empty.
type Owner struct{ Name, Organization, Email string }

// ExtensionZip stands in python_extra_paths for the extension's own place: its
// zip, or the folder it was extracted to.
const ExtensionZip = "${extension_zip}"

// Project is the normalised name of the extension, which begins the names of
// its packages when escaped.
func (m Manifest) Project() pep508.Name { return pep508.Normalize(m.Name) }

// Packed is the manifest for the zip: as written, byte for byte, without the
// section "bundle".
func (m Manifest) Packed() []byte { return bytes.Clone(m.packed) }

// Problem is an error about a key ("extension.zip_safe"), shown at its place in
// the file, for what a later stage finds. The hint may be empty.
func (m Manifest) Problem(key, reason, hint string) error {
	if m.doc == nil {
		return &fault.Problem{File: ManifestName, Path: key, Reason: reason, Hint: hint}
	}
	return m.doc.ProblemFor(key, reason, hint)
}

// Keys of the sections.
var (
	rootKeys      = []string{"extension", "owner", "comments", "bundle"}
	extensionKeys = []string{"name", "version", "api_level", "requires_python", "python_extra_paths", "zip_safe", "description"}
	ownerKeys     = []string{"name", "organization", "email"}
)

// forcedABI is a key that UIP-CLI puts into what it packs with a forced stable
// ABI. It says nothing that the packages do not say themselves.
const forcedABI = "forced_stable_abi"

// ParseManifest reads extension.yml; name is how messages call the file. The
// error holds every mistake (fault.List of *fault.Problem).
func ParseManifest(name string, data []byte) (Manifest, []fault.Warning, error) {
	r, err := yamldoc.Open(name, data)
	if err != nil {
		return Manifest{}, nil, err
	}
	m := Manifest{ZipSafe: true, Raw: bytes.Clone(data), doc: r}
	m.RequiresPython, _ = ParsePythonRange(DefaultRequiresPython)
	if root, ok := r.Root().Map(rootKeys); ok {
		m.read(root)
	}
	if err := r.Err(); err != nil {
		return Manifest{}, r.Warnings(), err
	}
	if m.packed, err = yamldoc.Without(name, data, "bundle"); err != nil {
		return Manifest{}, r.Warnings(), err
	}
	return m, r.Warnings(), nil
}

func (m *Manifest) read(root yamldoc.Map) {
	if v, ok := root.Need("extension", "begin the file with extension: and name, version and api_level below it"); ok {
		if section, ok := v.Map(extensionKeys, forcedABI); ok {
			m.readExtension(section)
		}
	}
	if v, ok := root.Get("owner"); ok {
		if section, ok := v.Map(ownerKeys); ok {
			m.Owner.Name, _ = section.Text("name")
			m.Owner.Organization, _ = section.Text("organization")
			m.Owner.Email, _ = section.Text("email")
		}
	}
	m.Comments, _ = root.Text("comments")
	if v, ok := root.Get("bundle"); ok {
		if section, ok := v.Map(bundleKeys); ok {
			m.Bundle.read(section)
		}
	}
}

func (m *Manifest) readExtension(section yamldoc.Map) {
	m.readName(section)
	m.readVersion(section)
	m.readRequiresPython(section)
	m.readExtraPaths(section)
	m.Description, _ = section.Text("description")
	v, written := section.Get("zip_safe")
	m.ZipSafe, m.ZipSafeSet = section.Bool("zip_safe", true), written
	level, known := m.readAPILevel(section)
	if written && known && !level.AtLeast(zipSafeLevel) {
		v.Problem("needs api_level "+zipSafeLevel.String()+" or later, and api_level is "+level.String(),
			"raise api_level, or leave zip_safe out")
	}
}

func (m *Manifest) readVersion(section yamldoc.Map) {
	v, ok := section.Need("version", `add version: "1.0.0"`)
	if !ok {
		return
	}
	text, ok := text(v, nearestSemver)
	if !ok {
		return
	}
	version, err := ParseVersion(text)
	if err != nil {
		v.Error(err)
		return
	}
	m.Version = version
	if note := version.note(); note != "" {
		v.Warn(note)
	}
}

func (m *Manifest) readAPILevel(section yamldoc.Map) (APILevel, bool) {
	v, ok := section.Need("api_level", `add api_level: "1.4.0"`)
	if !ok {
		return APILevel{}, false
	}
	text, ok := text(v, nearestSemver)
	if !ok {
		return APILevel{}, false
	}
	level, err := ParseAPILevel(text)
	if err != nil {
		v.Error(err)
		return APILevel{}, false
	}
	m.APILevel = level
	return level, true
}

// text is the text of v; of a number, as 1.0 is for YAML, the hint says how the
// text that was meant looks.
func text(v yamldoc.Value, nearest func(string) string) (string, bool) {
	if v.IsScalar() && !v.IsText() && !v.IsNull() && nearlySemver.MatchString(v.Scalar()) {
		hint := nearest(v.Scalar())
		v.Problem(v.Scalar()+" is a number to YAML, not a text", hint[:len("write it as ")]+`"`+hint[len("write it as "):]+`", in quotes`)
		return "", false
	}
	return v.Text()
}

func (m *Manifest) readRequiresPython(section yamldoc.Map) {
	v, ok := section.Get("requires_python")
	if !ok {
		return
	}
	text, ok := v.Text()
	if !ok {
		return
	}
	r, err := ParsePythonRange(text)
	if list, ok := err.(fault.List); ok {
		for _, e := range list {
			bad := e.(*RangeError)
			v.ProblemAt(bad.Offset, bad.Width, bad.Reason, bad.Hint)
		}
		return
	}
	m.RequiresPython = r
	for _, note := range r.Notes() {
		v.Warn(note.Text)
	}
}
