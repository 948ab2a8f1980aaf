package selector

import (
	"bytes"
	"encoding/json"
)

// marshal is json.Marshal without its care for HTML: ">=3.9" stays readable.
func marshal(value any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(value)
	return bytes.TrimRight(out.Bytes(), "\n"), err
}

// choiceJSON is the JSON form of a [Choice]. Fields are added, never renamed or
// removed, while the document's version stays.
type choiceJSON struct {
	Extension string `json:"extension"`
	Version   string `json:"extension_version"`
	// Interpreter is null when nothing was chosen.
	Interpreter *pythonJSON `json:"interpreter"`
	// Package is the file name; "" when the extension needs none.
	Package    string        `json:"package,omitempty"`
	Tag        string        `json:"tag,omitempty"`
	Considered []verdictJSON `json:"considered"`
}

type pythonJSON struct {
	Path string `json:"path"`
	// Python and Implementation are missing for one that did not answer.
	Python         string `json:"python,omitempty"`
	Implementation string `json:"implementation,omitempty"`
}

type verdictJSON struct {
	pythonJSON
	Reason   Reason        `json:"reason"`
	Detail   string        `json:"detail"`
	Next     bool          `json:"next,omitempty"`
	Packages []packageJSON `json:"packages,omitempty"`
}

type packageJSON struct {
	File   string `json:"file"`
	Reason Reason `json:"reason"`
	Detail string `json:"detail"`
	// Tag and Rank are given for packages that fit.
	Tag  string `json:"tag,omitempty"`
	Rank *int   `json:"rank,omitempty"`
	// Binaries are those that contradict the package's name.
	Binaries []Lie `json:"binaries,omitempty"`
}

// MarshalJSON writes the choice with all verdicts: {"extension",
// "extension_version", "interpreter": {"path", "python", "implementation"} or
// null, "package", "tag", "considered": [{"path", "python", "implementation",
// "reason", "detail", "next", "packages": [{"file", "reason", "detail", "tag",
// "rank", "binaries": [{"member", "code", "text"}]}]}]}.
func (c Choice) MarshalJSON() ([]byte, error) {
	out := choiceJSON{Extension: c.Extension, Version: c.Version, Considered: make([]verdictJSON, len(c.Considered))}
	for i, v := range c.Considered {
		out.Considered[i] = v.json()
		if c.Interpreter != nil && v.Reason == Chosen {
			out.Interpreter = &out.Considered[i].pythonJSON
		}
	}
	if c.Package != nil {
		out.Package, out.Tag = c.Package.File(), c.Tag.String()
	}
	return marshal(out)
}

func (v Verdict) json() verdictJSON {
	out := verdictJSON{pythonJSON: pythonJSON{Path: v.Interpreter.Path}, Reason: v.Reason, Detail: v.Detail, Next: v.Next}
	if r := v.Interpreter.Report; r != nil {
		out.Python, out.Implementation = r.Version, r.Implementation
	}
	for _, p := range v.Packages {
		one := packageJSON{File: p.Package.File(), Reason: p.Reason, Detail: p.Detail(), Binaries: p.Lies}
		if p.fits() {
			one.Tag, one.Rank = p.Tag.String(), &p.Rank
		}
		out.Packages = append(out.Packages, one)
	}
	return out
}

// fits says whether the package could be used.
func (v PackageVerdict) fits() bool {
	return v.Reason == Chosen || v.Reason == Outranked || v.Reason == NotReached
}
