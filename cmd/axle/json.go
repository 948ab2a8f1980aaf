package main

import (
	"encoding/json"
)

// documentVersion is the version of every JSON document that axle prints.
const documentVersion = 1

// writeJSON prints one document: {"version": 1, KIND: value}.
func (e *env) writeJSON(kind string, value any) error {
	enc := json.NewEncoder(e.stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(map[string]any{"version": documentVersion, kind: value})
}
