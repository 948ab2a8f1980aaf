package bundle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/resolve"
)

// chosen is the policy that counts: what the options say, then the
// requirements, then extension.yml.
type chosen struct {
	releases      extension.ReleaseControl
	formats       extension.FormatControl
	sdists        extension.Selection // what may be built from source
	requireHashes bool
	excludeNewer  extension.Cutoff
	resolution    resolve.Strategy
	align         resolve.Align
	prefer        resolve.Prefer
}

// asked is what the options alone say. All mistakes are reported at once.
func (p Policy) asked() (chosen, error) {
	c := chosen{requireHashes: p.RequireHashes}
	var problems fault.List
	selection := func(option string, values []string) extension.Selection {
		s, err := extension.ParseSelection(option, values)
		problems = add(problems, err)
		return s
	}
	c.releases.AllReleases, c.releases.OnlyFinal = selection("--all-releases", p.AllReleases), selection("--only-final", p.OnlyFinal)
	c.releases.AllReleases.All = c.releases.AllReleases.All || p.Pre
	c.formats.OnlyBinary, c.formats.NoBinary = selection("--only-binary", p.OnlyBinary), selection("--no-binary", p.NoBinary)
	c.sdists = selection("--build-sdists", p.BuildSdists)
	problems = add(problems, conflict("--all-releases", "--only-final", c.releases.Conflict()))
	problems = add(problems, conflict("--only-binary", "--no-binary", c.formats.Conflict()))
	c.resolution, problems = oneOf(problems, "--resolution", p.Resolution, resolve.Highest, resolve.Lowest, resolve.LowestDirect)
	c.align, problems = oneOf(problems, "--align", p.Align, resolve.AlignPython, resolve.AlignAll, resolve.AlignNone)
	c.prefer, problems = oneOf(problems, "--prefer", p.Prefer, resolve.PreferShared, resolve.PreferSpecific)
	if p.ExcludeNewer != "" {
		var err error
		if c.excludeNewer, err = extension.ParseCutoff(p.ExcludeNewer); err != nil {
			problems = add(problems, fault.WithHints(fault.WithCode(fmt.Errorf("--exclude-newer: %w", err), fault.Usage), fault.Hints(err)...))
		}
	}
	return c, problems.Err()
}

func conflict(a, b, name string) error {
	if name == "" {
		return nil
	}
	return fault.New(fault.Usage, fmt.Sprintf("%s and %s both name %s", a, b, name))
}

// oneOf reads a value of an option that knows a few.
func oneOf[T ~string](problems fault.List, option, text string, known ...T) (T, fault.List) {
	value := T(text)
	if text == "" || slices.Contains(known, value) {
		return value, problems
	}
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	last := len(names) - 1
	err := fault.New(fault.Usage, fmt.Sprintf("%s %s: only %s and %s are known", option, text, strings.Join(names[:last], ", "), names[last]))
	if near, ok := fault.Nearest(text, names); ok {
		err = fault.WithHints(err, "did you mean "+near+"?")
	}
	return "", append(problems, err)
}

// over is the policy of a project where the options go before it.
func (c chosen) over(p extension.Project) chosen {
	less, r := p.Manifest.Bundle.Policy, p.Requirements
	c.releases = c.releases.Over(r.Releases.Over(less.Releases))
	c.formats = c.formats.Over(r.Formats.Over(less.Formats))
	c.sdists = c.sdists.And(less.Sdists)
	c.requireHashes = c.requireHashes || less.RequireHashes || r.HashesRequired()
	if c.excludeNewer.IsZero() {
		c.excludeNewer = less.ExcludeNewer
	}
	c.resolution = first(c.resolution, resolve.Strategy(less.Resolution))
	c.align = first(c.align, resolve.Align(less.Align))
	c.prefer = first(c.prefer, resolve.Prefer(less.Prefer))
	if p.Manifest.ZipSafe {
		// A zip has room for one set of files, without binaries.
		c.align, c.prefer = first(c.align, resolve.AlignAll), first(c.prefer, resolve.PreferPure)
	}
	return c
}

// first is a unless that is empty.
func first[T ~string](a, b T) T {
	if a == "" {
		return b
	}
	return a
}

// resolveOptions are the policy in the resolver's form.
func (c chosen) resolveOptions(now time.Time) resolve.Options {
	return resolve.Options{
		Align: c.align, Prefer: c.prefer, Strategy: c.resolution,
		Pre: c.releases.AllReleases.All, PreFor: c.releases.AllReleases.Names,
		ExcludeNewer:  c.excludeNewer.At(now),
		RequireHashes: c.requireHashes,
		Formats: resolve.Formats{
			OnlyBinaryAll: c.formats.OnlyBinary.All, OnlyBinary: c.formats.OnlyBinary.Names,
			NoBinaryAll: c.formats.NoBinary.All, NoBinary: c.formats.NoBinary.Names,
		},
	}
}
