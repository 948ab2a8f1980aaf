package wheel

import (
	"bytes"
	"fmt"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
)

// Metadata is what METADATA says of a distribution, as far as choosing,
// merging and describing it needs it. The description is not kept.
type Metadata struct {
	MetadataVersion string // "2.1"
	Name            pep508.Name
	NameText        string // as the distribution spells it
	Version         pep440.Version
	Summary         string
	RequiresDist    []pep508.Requirement
	RequiresPython  pep440.SpecifierSet
	ProvidesExtra   []pep508.Name
	// Dynamic names the fields that an sdist leaves to its build, as written.
	Dynamic           []string
	License           string // may have several lines
	LicenseExpression string // SPDX
	LicenseFiles      []string
	// LicenseClassifiers are the trove classifiers of licences, whole.
	LicenseClassifiers []string
	// Invalid are the Requires-Dist and Requires-Python fields that even a
	// lenient reader cannot understand, each with the reason: where it is not
	// empty, what the distribution needs is not wholly known.
	Invalid []string
}

// ParseMetadata reads METADATA (or PKG-INFO). Requirements and specifiers are
// read leniently, see [pep508.ParseLenient]. A missing or unreadable Name or
// Version is an error with [fault.BadInput]; of a field that may come once the
// first one counts.
func ParseMetadata(data []byte) (Metadata, error) {
	var m Metadata
	var name, version, requiresPython string
	for field, value := range headers(data) {
		switch string(field) {
		case "metadata-version":
			setOnce(&m.MetadataVersion, value)
		case "name":
			setOnce(&name, value)
		case "version":
			setOnce(&version, value)
		case "summary":
			setOnce(&m.Summary, value)
		case "requires-python":
			setOnce(&requiresPython, value)
		case "requires-dist":
			m.addRequirement(lineText(value))
		case "provides-extra":
			if text := lineText(value); text != "" {
				m.ProvidesExtra = append(m.ProvidesExtra, pep508.Normalize(text))
			}
		case "dynamic":
			appendText(&m.Dynamic, value)
		case "license":
			if m.License == "" {
				m.License = fieldText(value)
			}
		case "license-expression":
			setOnce(&m.LicenseExpression, value)
		case "license-file":
			appendText(&m.LicenseFiles, value)
		case "classifier":
			if bytes.HasPrefix(bytes.TrimSpace(value), []byte("License ::")) {
				appendText(&m.LicenseClassifiers, value)
			}
		}
	}
	return m, m.setIdentity(name, version, requiresPython)
}

func setOnce(field *string, value []byte) {
	if *field == "" {
		*field = lineText(value)
	}
}

func appendText(list *[]string, value []byte) {
	if text := lineText(value); text != "" {
		*list = append(*list, text)
	}
}

func (m *Metadata) addRequirement(text string) {
	r, err := pep508.ParseLenient(text)
	if err != nil {
		m.Invalid = append(m.Invalid, fmt.Sprintf("Requires-Dist: %s: %v", text, err))
		return
	}
	m.RequiresDist = append(m.RequiresDist, r)
}

func (m *Metadata) setIdentity(name, version, requiresPython string) (err error) {
	if requiresPython != "" {
		if m.RequiresPython, err = pep440.ParseSpecifierSetLenient(requiresPython); err != nil {
			m.Invalid = append(m.Invalid, fmt.Sprintf("Requires-Python: %s: %v", requiresPython, err))
		}
	}
	m.NameText = name
	if m.Name, err = pep508.ParseName(name); err != nil {
		return fault.Errorf(fault.BadInput, "METADATA: Name: %w", err)
	}
	if m.Version, err = pep440.Parse(version); err != nil {
		return fault.Errorf(fault.BadInput, "METADATA: Version: %w", err)
	}
	return nil
}

// Marshal writes the fields in the order of the standard, and nothing of
// Invalid. ParseMetadata reads it back to an equal value.
func (m Metadata) Marshal() []byte {
	var w headerWriter
	w.field("Metadata-Version", m.MetadataVersion)
	w.field("Name", m.NameText)
	w.field("Version", m.Version.String())
	for _, field := range m.Dynamic {
		w.field("Dynamic", field)
	}
	w.field("Summary", m.Summary)
	w.field("License", m.License)
	w.field("License-Expression", m.LicenseExpression)
	for _, file := range m.LicenseFiles {
		w.field("License-File", file)
	}
	for _, classifier := range m.LicenseClassifiers {
		w.field("Classifier", classifier)
	}
	w.field("Requires-Python", m.RequiresPython.String())
	for _, r := range m.RequiresDist {
		w.field("Requires-Dist", r.String())
	}
	for _, extra := range m.ProvidesExtra {
		w.field("Provides-Extra", string(extra))
	}
	return w.Bytes()
}
