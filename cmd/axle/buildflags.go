package main

import (
	"cmp"
	"context"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/axlepack/axle/bundle"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/interpreters"
)

// buildFlags are shared by the commands that resolve.
type buildFlags struct {
	targets, platforms, pythons []string
	input                       bundle.Input
	index                       bundle.Index
	policy                      bundle.Policy
	allowMissing                bool
	profiles                    []string
	builders                    []string
	measure                     bool   // ask for sizes and licences, too
	cache                       string // in place of the user's
}

func (f *buildFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.targets, "target", nil, "build for exactly this `target`, such as cp311@win_amd64")
	flags.StringSliceVar(&f.platforms, "platform", nil, "build for this `platform`, such as linux/amd64 or manylinux_2_28_x86_64")
	flags.StringSliceVar(&f.pythons, "python", nil, "build for these `Pythons`: 3.11, 3.9..3.13, cp314t, pp310")
	flags.StringArrayVar(&f.profiles, "profile", nil, "build for exactly the interpreters of this agent profile: a `FILE` of axle interpreters export, or a known system such as rhel8 (may be repeated)")
	flags.BoolVar(&f.allowMissing, "allow-missing", false, "build the rest when some targets cannot be served")
	f.addInput(flags)
	f.addIndex(flags)
	f.addPolicy(flags)
}

func (f *buildFlags) addInput(flags *pflag.FlagSet) {
	flags.StringArrayVarP(&f.input.Constraints, "constraint", "c", nil, "a `file` of bounds on versions, which require nothing")
	flags.StringArrayVar(&f.input.Overrides, "override", nil, "a `file` of requirements that stand in place of all others of their projects")
	flags.StringSliceVar(&f.input.Extras, "extra", nil, "take this `extra` of pyproject.toml, too")
	flags.BoolVar(&f.input.AllExtras, "all-extras", false, "take all extras of pyproject.toml, too")
	flags.StringSliceVar(&f.input.Groups, "group", nil, "take this dependency `group` of pyproject.toml, too: NAME, or PATH:NAME")
}

func (f *buildFlags) addIndex(flags *pflag.FlagSet) {
	flags.StringVarP(&f.index.URL, "index-url", "i", "", "the index to ask, by its `address` (default: what the machine's pip uses)")
	flags.Var(appended{&f.index.Extra}, "index", "another index, asked first: `ADDRESS` or NAME=ADDRESS; the first that has a project serves it")
	flags.Var(appended{&f.index.Extra}, "extra-index-url", "the same as --index, by the name pip has for it")
	flags.StringArrayVar(&f.index.Pins, "index-pin", nil, "let one index alone serve a project: `PROJECT=INDEX`, by its name or address")
	flags.StringArrayVarP(&f.index.FindLinks, "find-links", "f", nil, "a `folder` or page of further files")
	flags.BoolVar(&f.index.NoIndex, "no-index", false, "ask no index, only --find-links")
	flags.BoolVar(&f.index.Offline, "offline", false, "take everything from the cache")
	flags.BoolVar(&f.index.Refresh, "refresh", false, "ask the index again, whatever is cached")
}

func (f *buildFlags) addPolicy(flags *pflag.FlagSet) {
	p := &f.policy
	flags.BoolVar(&p.Pre, "pre", false, "take pre-releases too")
	flags.StringArrayVar(&p.AllReleases, "all-releases", nil, "take pre-releases of these `projects` too: names with commas, or :all:")
	flags.StringArrayVar(&p.OnlyFinal, "only-final", nil, "never take pre-releases of these `projects`, or :all:")
	flags.StringArrayVar(&p.OnlyBinary, "only-binary", nil, "take these `projects` from wheels only, or :all:")
	flags.StringArrayVar(&p.NoBinary, "no-binary", nil, "take these `projects` from source only, or :all:; see --build-sdists")
	flags.StringArrayVar(&p.BuildSdists, "build-sdists", nil, "let these `projects`, or with no names all, be built from source on this machine where they have no wheel: --build-sdists=NAME,NAME")
	flags.Lookup("build-sdists").NoOptDefVal = ":all:"
	flags.StringArrayVar(&f.builders, "builder-python", nil, "a `PATH` of an interpreter to build source distributions with, in place of those found (may be repeated)")
	flags.BoolVar(&p.RequireHashes, "require-hashes", false, "take only files whose digest stands in the requirements")
	flags.StringVar(&p.ExcludeNewer, "exclude-newer", "", "leave out files uploaded later than a `date`: 2026-11-21, a time, or an age such as \"7 days\"")
	flags.StringVar(&p.Resolution, "resolution", "", "`highest|lowest|lowest-direct` versions; lowest-direct: the lowest of what the project itself requires (default highest)")
	flags.StringVar(&p.Align, "align", "", "`python|all|none`: one version for all platforms of a Python, for all targets, or each target for itself (default python)")
	flags.StringVar(&p.Prefer, "prefer", "", "`shared|specific`: files that neighbouring Pythons can share, or the best for each (default shared)")
}

// appended is a flag whose values are added to a list that other flags add
// to as well, in the order of the command line.
type appended struct{ list *[]string }

func (a appended) Set(value string) error { *a.list = append(*a.list, value); return nil }
func (a appended) String() string         { return "" }
func (a appended) Type() string           { return "address" }

// options turns the flags into those of the library.
func (e *env) options(f buildFlags, list []string) (bundle.Options, error) {
	dir := "."
	if len(list) > 0 {
		dir = list[0]
	}
	cache := cmp.Or(f.cache, e.places().Cache())
	if cache == "" {
		return bundle.Options{}, fault.New(fault.Usage, "there is no folder to keep downloads in: the environment names no home folder", "name one with AXLE_CACHE")
	}
	agents, err := loadProfiles(f.profiles)
	if err != nil {
		return bundle.Options{}, err
	}
	return bundle.Options{
		Dir: dir, CacheDir: cache, Home: e.places().Home(), Env: e.lookup, Now: time.Now,
		Targets: f.targets, Platforms: f.platforms, Pythons: f.pythons, Profiles: agents, Measure: f.measure,
		Input: f.input, Index: f.index, Policy: f.policy, AllowMissing: f.allowMissing,
		AskPip: e.askPip, Prefixes: e.prefixes(),
		Interpreters: func(ctx context.Context) ([]interpreters.Interpreter, error) { return e.builders(ctx, f.builders) },
	}, nil
}

// builders are the interpreters to build source distributions with: those named,
// else those of the machine.
func (e *env) builders(ctx context.Context, paths []string) ([]interpreters.Interpreter, error) {
	f := agentFlags{interpreters: paths}
	a, err := e.settings(f)
	if err != nil {
		return nil, err
	}
	list := e.find(ctx, a, f)
	for _, in := range list {
		if in.Err != nil && len(paths) > 0 {
			return nil, in.Err
		}
	}
	return list, nil
}

// askPip runs a script under the first interpreter here whose pip answers.
func (e *env) askPip(ctx context.Context, script string) (string, error) {
	a, err := e.settings(agentFlags{})
	if err != nil {
		return "", err
	}
	var last error
	for _, in := range e.find(ctx, a, agentFlags{}) {
		if in.Report == nil {
			continue
		}
		answer, err := interpreters.AskPip(ctx, in.Path, script)
		if err == nil {
			return answer, nil
		}
		last = err
	}
	return "", last
}

// prefixes are the virtual environments that are active here.
func (e *env) prefixes() []string {
	var out []string
	if dir := e.first("VIRTUAL_ENV", "CONDA_PREFIX"); dir != "" {
		out = append(out, filepath.Clean(dir))
	}
	return out
}
