package bundle

import (
	"context"
	"time"

	"github.com/axlepack/axle/interpreters"
	"github.com/axlepack/axle/profiles"
)

// Options say what to build and with what. Dir and CacheDir are required.
// What is set here goes before what the project says; lists of files add up.
type Options struct {
	// Dir is the project folder.
	Dir string
	// CacheDir keeps downloads and answers between builds.
	CacheDir string
	// Home is the user's home folder, for pip's configuration and netrc.
	Home string
	// Env looks up environment variables; nil stands for an empty environment.
	Env func(string) (string, bool)
	// Now is the clock that ages count from; nil is time.Now.
	Now func() time.Time

	// Targets ("cp311@win_amd64") are exactly what is built for, when set.
	// Otherwise it is Platforms × Pythons, each as the project says when
	// empty. A Pythons item may be a range ("3.9..3.13").
	Targets, Platforms, Pythons []string
	// Profiles are agents to build for, in place of the three above: the
	// targets are those of their interpreters that requires_python admits. Of
	// targets that differ in the floor of their platform alone the lowest is
	// built for; the others are where that has no solution.
	Profiles []profiles.Profile

	// Measure lets [Matrix] ask for the sizes and licences that the index does
	// not state.
	Measure bool

	Input  Input
	Index  Index
	Policy Policy

	// Locked takes the pins of pylock.toml or none: it is a *StaleError when
	// the lock is not the answer to what is asked.
	Locked bool
	// AllowMissing builds the rest when some targets have no solution.
	AllowMissing bool
	// MaxSize and Trim are in place of bundle.max_size and bundle.trim, when set:
	// "75 MB", "package=40 MB", "zip=256 MiB" or "none", and kinds of files, ":all:" or
	// "none".
	MaxSize, Trim []string
	// Split writes one extension zip for each platform.
	Split bool

	// AskPip answers a script with what an interpreter's pip prints; the
	// index is learned by it where nothing is configured. Prefixes are the
	// sys.prefix of environments whose pip.conf counts.
	AskPip   func(ctx context.Context, script string) (string, error)
	Prefixes []string

	// Interpreters finds the Pythons of this machine, to build source
	// distributions with. It is called when there is one to build; nil finds none.
	Interpreters func(ctx context.Context) ([]interpreters.Interpreter, error)

	// Events is told what goes on; nil tells nobody.
	Events *Events
}

// Input is what is required beside the project's own requirements.
type Input struct {
	// Constraints are files that bound versions, Overrides files whose
	// requirements stand in place of whatever is required of a project.
	Constraints, Overrides []string
	// Extras of the project's pyproject.toml; AllExtras are all it has.
	Extras    []string
	AllExtras bool
	// Groups are dependency groups of it (PEP 735); "PATH:NAME" is one of
	// another file.
	Groups []string
}

// Index are the settings of where distributions come from.
type Index struct {
	URL string
	// Extra are further indexes, "URL" or "NAME=URL". The first that has a
	// project serves it; they come before URL.
	Extra []string
	// Pins are "PROJECT=INDEX": the only index that serves a project, by its
	// address or name.
	Pins      []string
	FindLinks []string
	NoIndex   bool
	// Offline takes everything from the cache; Refresh asks for every page
	// anew.
	Offline, Refresh bool
}

// Policy says which distributions are chosen. Empty fields leave it to the
// project.
type Policy struct {
	// Pre takes pre-releases wherever a specifier admits them, AllReleases
	// those of some projects, OnlyFinal none of some projects. The values of
	// such lists are as for pip: names with commas between them, or ":all:".
	Pre                    bool
	AllReleases, OnlyFinal []string
	// OnlyBinary are taken from wheels only, NoBinary are built from source.
	OnlyBinary, NoBinary []string
	// BuildSdists may be built from source on this machine where they have no
	// wheel. Sources that the requirements name are built anyway.
	BuildSdists []string
	// RequireHashes takes only files whose digest stands in the requirements.
	RequireHashes bool
	// ExcludeNewer is a time, a day or an age ("7 days"): files uploaded from
	// then on do not count.
	ExcludeNewer string
	// Resolution is "highest", "lowest" or "lowest-direct"; Align "python",
	// "all" or "none"; Prefer "shared" or "specific".
	Resolution, Align, Prefer string
}
