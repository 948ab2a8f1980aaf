package selector

import "github.com/axlepack/axle/internal/archive"

// Archive is the extension zip itself, for axle's own reports; it is closed with
// the Zip. Of a full package it is the zip inside.
func (z *Zip) Archive() *archive.Reader { return z.reader }
