package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/bundle"
	"github.com/axlepack/axle/interpreters"
)

// buildFlags are shared by axle build and axle matrix.
type buildFlags struct {
	targets, platforms, pythons []string
	index                       bundle.Index
	pre, allowMissing           bool
	prefer                      string
}

func (f *buildFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.targets, "target", nil, "build for exactly these, such as cp311@win_amd64")
	flags.StringSliceVar(&f.platforms, "platform", nil, "platforms, such as linux/amd64 or manylinux_2_28_x86_64")
	flags.StringSliceVar(&f.pythons, "python", nil, "Pythons, such as 3.11, 3.9..3.13, cp314t or pp310")
	flags.StringVarP(&f.index.URL, "index-url", "i", "", "the index to ask (default: what the machine's pip uses)")
	flags.StringArrayVar(&f.index.Extra, "extra-index-url", nil, "another index, asked for what the first does not have")
	flags.StringArrayVarP(&f.index.FindLinks, "find-links", "f", nil, "a folder or page of further files")
	flags.BoolVar(&f.index.NoIndex, "no-index", false, "ask no index, only --find-links")
	flags.BoolVar(&f.index.Offline, "offline", false, "take everything from the cache")
	flags.BoolVar(&f.index.Refresh, "refresh", false, "ask the index again, whatever is cached")
	flags.BoolVar(&f.pre, "pre", false, "take pre-releases too")
	flags.StringVar(&f.prefer, "prefer", "", "shared: files that neighbouring Pythons can share; specific: the best for each (default shared)")
	flags.BoolVar(&f.allowMissing, "allow-missing", false, "build the rest when some targets cannot be served")
}

// options turns the flags into those of the library.
func (e *env) options(f buildFlags, list []string) bundle.Options {
	dir := "."
	if len(list) > 0 {
		dir = list[0]
	}
	return bundle.Options{
		Dir: dir, CacheDir: e.cacheDir(), Home: e.home(), Env: e.lookup,
		Targets: f.targets, Platforms: f.platforms, Pythons: f.pythons,
		Index: f.index, Pre: f.pre, Prefer: f.prefer, AllowMissing: f.allowMissing,
		AskPip: e.askPip, Prefixes: e.prefixes(),
	}
}

// askPip runs a script under the first interpreter here whose pip answers.
func (e *env) askPip(ctx context.Context, script string) (string, error) {
	a, err := e.agent(agentFlags{})
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
