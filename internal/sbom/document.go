package sbom

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/axlepack/axle/internal/fault"
)

// Where documents lie.
const (
	// InPackage is the place below the dist-info folder of a dependency package
	// (PEP 770).
	InPackage = "sboms/" + InZip
	// InZip is the place in an extension zip that has its dependencies beside
	// its modules. A folder could be imported, and a dist-info folder would be
	// one of a distribution; this is neither.
	InZip = "axle.cdx.json"
)

// Document is a CycloneDX document, as far as axle writes it.
type Document struct {
	Format       string       `json:"bomFormat"`
	SpecVersion  string       `json:"specVersion"`
	SerialNumber string       `json:"serialNumber,omitempty"`
	Version      int          `json:"version"`
	Metadata     Metadata     `json:"metadata"`
	Components   []Component  `json:"components,omitempty"`
	Dependencies []Dependency `json:"dependencies,omitempty"`
	// Compositions say of what the document does not know all.
	Compositions []Composition `json:"compositions,omitempty"`
}

// Composition says how much is known of what some components consist of.
type Composition struct {
	// Aggregate is [Incomplete] or [Unknown].
	Aggregate  string   `json:"aggregate"`
	Assemblies []string `json:"assemblies"`
}

// Values of Aggregate.
const (
	Incomplete = "incomplete" // there may be more than is said
	Unknown    = "unknown"    // nothing is known
)

// Metadata says what the document is about.
type Metadata struct {
	Lifecycles []Lifecycle `json:"lifecycles,omitempty"`
	Tools      Tools       `json:"tools"`
	Component  Component   `json:"component"`
}

// Lifecycle is when the document was made.
type Lifecycle struct {
	Phase string `json:"phase"`
}

// Tools are what made the document.
type Tools struct {
	Components []Component `json:"components"`
}

// Component is a distribution, a file of one, or what was built.
type Component struct {
	Type       string      `json:"type"`
	Ref        string      `json:"bom-ref,omitempty"`
	Name       string      `json:"name"`
	Version    string      `json:"version,omitempty"`
	Summary    string      `json:"description,omitempty"`
	Hashes     []Hash      `json:"hashes,omitempty"`
	Licenses   []License   `json:"licenses,omitempty"`
	PURL       string      `json:"purl,omitempty"`
	References []Reference `json:"externalReferences,omitempty"`
	Components []Component `json:"components,omitempty"`
	Properties []Property  `json:"properties,omitempty"`
}

// Property is what CycloneDX has no field for.
type Property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Under is the component with references that begin with another's.
func (c Component) Under(ref string) Component {
	c.Ref = ref + "#" + c.Ref
	c.Components = slices.Clone(c.Components)
	for i, inner := range c.Components {
		c.Components[i] = inner.Under(ref)
	}
	return c
}

// Hash is a digest.
type Hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

// License is an SPDX expression, or one licence.
type License struct {
	Expression string `json:"expression,omitempty"`
	// Acknowledgement is "declared": nobody looked at the files.
	Acknowledgement string `json:"acknowledgement,omitempty"`
	Named           *Named `json:"license,omitempty"`
}

// Named is a licence by its SPDX identifier, or by another name.
type Named struct {
	ID              string `json:"id,omitempty"`
	Name            string `json:"name,omitempty"`
	Acknowledgement string `json:"acknowledgement,omitempty"`
}

// Reference points at a file that belongs to a component.
type Reference struct {
	Type    string `json:"type"`
	URL     string `json:"url"`
	Comment string `json:"comment,omitempty"`
	Hashes  []Hash `json:"hashes,omitempty"`
}

// Dependency says what a component requires.
type Dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn,omitempty"`
}

// newDocument is a document about a component, made by axle.
func newDocument(about Component, phase string) Document {
	return Document{
		Format: "CycloneDX", SpecVersion: "1.6", Version: 1,
		Metadata: Metadata{
			Lifecycles: []Lifecycle{{phase}},
			// Without a version: the same lock gives the same bytes with every
			// release of axle that has the same to say.
			Tools:     Tools{[]Component{{Type: "application", Name: "axle"}}},
			Component: about,
		},
	}
}

// Marshal writes the document, with a serial number that its contents give it.
func (d Document) Marshal() []byte {
	d.SerialNumber = ""
	d.SerialNumber = serial(d.marshal())
	return d.marshal()
}

func (d Document) marshal() []byte {
	var b bytes.Buffer
	to := json.NewEncoder(&b)
	to.SetEscapeHTML(false)
	to.SetIndent("", " ")
	if err := to.Encode(d); err != nil {
		panic("sbom: " + err.Error()) // it holds texts and numbers alone
	}
	return b.Bytes()
}

// serial is a UUID of version 8 (RFC 9562): a digest.
func serial(data []byte) string {
	sum := sha256.Sum256(data)
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	x := hex.EncodeToString(sum[:16])
	return fmt.Sprintf("urn:uuid:%s-%s-%s-%s-%s", x[:8], x[8:12], x[12:16], x[16:20], x[20:])
}

// Parse reads a document that axle wrote. What it has beyond that is left out;
// what is no CycloneDX document is an error with [fault.BadInput].
func Parse(data []byte) (Document, error) {
	var d Document
	if err := json.Unmarshal(data, &d); err != nil {
		return Document{}, fault.New(fault.BadInput, "no CycloneDX document: "+err.Error())
	}
	if d.Format != "CycloneDX" || d.SpecVersion == "" {
		return Document{}, fault.New(fault.BadInput, "no CycloneDX document: bomFormat and specVersion do not say so")
	}
	return d, nil
}
