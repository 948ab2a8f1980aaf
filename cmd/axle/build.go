package main

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/bundle"
	"github.com/axlepack/axle/internal/report"
)

func newBuild(e *env) *cobra.Command {
	var f buildFlags
	var asJSON, locked bool
	var split string
	var maxSize, trim []string
	cmd := &cobra.Command{
		Use:     "build [DIR]",
		Short:   "Build the extension zip of a project for all its targets",
		Long:    "Resolve what the project requires for every target, download each file once, merge the dependency packages and pack the\nextension zip: dist/dep/*.whl and dist/extension_build/NAME-VERSION.zip.",
		Args:    args(cobra.MaximumNArgs(1)),
		GroupID: "build",
		RunE: func(cmd *cobra.Command, list []string) error {
			opt, err := e.options(f, list)
			if err != nil {
				return err
			}
			opt.Locked, opt.MaxSize, opt.Trim = locked, maxSize, trim
			if opt.Split, err = splitBy(cmd, split); err != nil {
				return err
			}
			events, done := e.events()
			opt.Events = events
			result, err := bundle.Build(cmd.Context(), opt)
			done()
			e.warn(result.Plan.Warnings)
			if err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON("build", builtOf(result))
			}
			return e.drawBuild(result)
		},
	}
	f.add(cmd)
	addLocked(cmd, &locked)
	cmd.Flags().StringVar(&split, "split", "", "`platform`: write one extension zip for each")
	cmd.Flags().StringSliceVar(&maxSize, "max-size", nil, "the most that each written file may have: a `size` such as \"75 MB\", package=SIZE, zip=SIZE, or none; above it nothing is written")
	cmd.Flags().StringSliceVar(&trim, "trim", nil, "leave out what dependencies can do without: `kinds` of tests, stubs, headers, static_libs and bytecode, or :all:, or none")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func splitBy(cmd *cobra.Command, by string) (bool, error) {
	switch by {
	case "":
		return false, nil
	case "platform":
		return true, nil
	}
	return false, usageError(cmd, fmt.Errorf("--split %s: only platform is known", by))
}

// built is the JSON form of a build.
type built struct {
	Zips     []bundle.Output `json:"zips"`
	Packages []bundle.Output `json:"packages"`
	Missing  []string        `json:"missing,omitempty"`
	// Trimmed is what was left out of all packages together.
	Trimmed []bundle.Trimmed `json:"trimmed,omitempty"`
	// Served are the interpreters of the profiles, and what they will choose.
	Served  []bundle.Served `json:"served,omitempty"`
	Seconds float64         `json:"seconds"`
	Matrix  any             `json:"matrix"`
}

func builtOf(r bundle.Result) built {
	b := built{Zips: r.Zips, Packages: append([]bundle.Output{}, r.Packages...), Trimmed: r.Trimmed, Served: r.Plan.Served, Seconds: r.Elapsed.Seconds(), Matrix: r.Matrix()}
	for _, t := range r.Matrix().Holes() {
		b.Missing = append(b.Missing, t.String())
	}
	return b
}

// drawBuild prints the matrix, the zips and what it came to; with --quiet the
// zips alone.
func (e *env) drawBuild(r bundle.Result) error {
	var b strings.Builder
	if !e.quiet {
		if err := r.Matrix().Text(&b); err != nil {
			return err
		}
		fmt.Fprintln(&b)
		if len(r.Plan.Served) > 0 {
			drawServed(&b, r.Plan.Served)
			fmt.Fprintln(&b)
		}
	}
	if !e.quiet {
		drawTrimmed(&b, r)
	}
	for _, z := range r.Zips {
		fmt.Fprintf(&b, "%s  %s  sha256:%s\n", z.Path, report.Size(z.Size), z.SHA256)
	}
	if !e.quiet {
		made := report.Count(len(r.Plan.Lock.Solutions), "target")
		if len(r.Packages) > 0 {
			made = report.Count(len(r.Packages), "package") + " for " + made
		}
		fmt.Fprintf(&b, "%s in %s\n", made, r.Elapsed.Round(10*time.Millisecond))
	}
	_, err := io.WriteString(e.stdout, b.String())
	return err
}

// drawServed prints which package each interpreter of the profiles will choose.
func drawServed(b io.Writer, list []bundle.Served) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, s := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Profile, s.Path, s.Python, cmp.Or(s.Package, "-"))
	}
	_ = w.Flush() // it writes to memory, or to where the rest of it failed too
}

// drawTrimmed prints what was trimmed of each package, or of the zip, and of all
// together: what it would have had in the zip, and on an agent.
func drawTrimmed(b io.Writer, r bundle.Result) {
	if len(r.Trimmed) == 0 {
		return
	}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "trimmed\tfiles\tpacked\tunpacked\tof which packed\n")
	for _, o := range slices.Concat(r.Packages, r.Zips) {
		if len(o.Trimmed) > 0 {
			fmt.Fprintln(w, trimmedLine(filepath.Base(o.Path), o.Trimmed))
		}
	}
	if len(r.Packages) > 1 {
		fmt.Fprintln(w, trimmedLine("in all", r.Trimmed))
	}
	_ = w.Flush() // as above
	fmt.Fprintln(b)
}

func trimmedLine(name string, list []bundle.Trimmed) string {
	var sum bundle.Trimmed
	var kinds []string
	for _, t := range list {
		sum.Files, sum.Bytes, sum.Packed = sum.Files+t.Files, sum.Bytes+t.Bytes, sum.Packed+t.Packed
		kinds = append(kinds, string(t.Kind)+" "+report.Size(t.Packed))
	}
	return fmt.Sprintf("%s\t%d\t%s\t%s\t%s", name, sum.Files, report.Size(sum.Packed), report.Size(sum.Bytes), strings.Join(kinds, ", "))
}
