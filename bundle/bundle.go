// Package bundle is the build side of axle as a library: a project folder in,
// an extension zip out.
//
//	project ─ Lock ─▶ pins for every target ─ Matrix ─▶ report
//	                                        └ Build ──▶ dist/dep, dist/extension_build
//
// [Lock] decides which file each target gets; [Matrix] says which packages
// that makes; [Build] downloads, merges and packs them. Everything is decided
// for the targets, never for the machine that builds. Nothing is written
// outside the project's dist folder and the cache, and what is in dist is
// replaced whole or not at all.
package bundle

import (
	"path/filepath"
	"time"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/internal/target"
)

// Events is told what a call is doing: its stages "resolving", "downloading",
// "checking", "merging" and "packing", the files on their way, and more for those who
// listen closely.
type Events = event.Stream

// The stages of a build.
const (
	resolving   = "resolving"
	downloading = "downloading"
	checking    = "checking" // the binaries of wheels against their names
	merging     = "merging"
	packing     = "packing"
)

// Plan is what a build would do: the pins and the packages they make.
type Plan struct {
	Project  extension.Project
	Targets  []target.Target
	Lock     lock.Lock
	Packages merge.Plan
	// Alignment says what one version for all targets costs and saves, where
	// that was asked for.
	Alignment *report.Alignment
	// Served are the interpreters of the profiles that are built for, in order.
	Served []Served
	// Refused is why no zip can be made of the pins, as far as [Matrix] can
	// tell without the files; [Build] has it as its error.
	Refused  error
	Warnings []fault.Warning
}

// Matrix is the compatibility matrix of the plan.
func (p Plan) Matrix() report.Matrix {
	m, packages := p.Project.Manifest, p.Packages
	if m.ZipSafe {
		packages.Packages = nil // its dependencies lie beside its modules
	}
	matrix := report.New(m.Name, m.Version.String(), p.Targets, p.Lock, packages)
	matrix.Alignment, matrix.Served = p.Alignment, p.Served
	if p.Refused != nil {
		matrix.Refuse(p.Refused)
	}
	return matrix
}

// Result is what a build wrote.
type Result struct {
	Plan Plan
	// Zips are the extension zips: one, or with Split one for each platform.
	Zips []Output
	// Packages are the dependency packages in dist/dep.
	Packages []Output
	// Trimmed is what was left out of all of them together, by kind.
	Trimmed []merge.Trimmed
	Elapsed time.Duration
}

// Matrix is the compatibility matrix of the plan, with the sizes that the
// packages came to.
func (r Result) Matrix() report.Matrix {
	m := r.Plan.Matrix()
	for _, o := range r.Packages {
		m.Made(filepath.Base(o.Path), o.Size)
	}
	return m
}

// Output is a file that was written.
type Output struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	// Targets are served by it; for a package.
	Targets []string `json:"targets,omitempty"`
	// Trimmed is what was left out of it, by kind.
	Trimmed []merge.Trimmed `json:"trimmed,omitempty"`
}
