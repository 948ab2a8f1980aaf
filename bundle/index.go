package bundle

import (
	"context"
	"path/filepath"
	"runtime"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
)

// openIndex finds the indexes of this machine and makes a client of them.
// Flags go before requirements.txt, and that before extension.yml; then come
// the environment and pip's own configuration.
func (s *session) openIndex(ctx context.Context) (*index.Client, error) {
	opt, p := s.opt, s.project
	b := p.Manifest.Bundle.Index
	discover := index.DiscoverOptions{
		Settings: []index.Settings{
			{IndexURL: opt.Index.URL, ExtraIndexURLs: opt.Index.Extra, FindLinks: opt.Index.FindLinks, NoIndex: opt.Index.NoIndex},
			fromRequirements(p.Requirements),
			{IndexURL: b.URL, ExtraIndexURLs: b.Extra, FindLinks: under(p.Dir, b.FindLinks), NoIndex: b.NoIndex},
		},
		Env: opt.Env, OS: runtime.GOOS, Home: opt.Home, Prefixes: opt.Prefixes, Cache: s.store,
	}
	if opt.AskPip != nil {
		discover.AskPip = func(ctx context.Context) (string, error) { return opt.AskPip(ctx, index.PipScript) }
	}
	config, warnings, err := index.Discover(ctx, discover)
	s.warn(warnings...)
	if err != nil {
		return nil, err
	}
	if config.Pins == nil {
		config.Pins = b.Pins
	}
	return index.New(config, index.ClientOptions{
		Cache: s.store, Offline: opt.Index.Offline, Refresh: opt.Index.Refresh,
		Progress: func(f index.File, done, total int64) { opt.Progress.Bytes(f.Name, done, total) },
		Warn:     func(w fault.Warning) { s.warn(w) },
	})
}

func fromRequirements(r extension.Requirements) index.Settings {
	return index.Settings{
		IndexURL: r.IndexURL, ExtraIndexURLs: r.ExtraIndexURLs, FindLinks: r.FindLinks,
		NoIndex: r.NoIndex, TrustedHosts: r.TrustedHosts,
	}
}

// under makes the folders that a manifest names relative to its project.
func under(dir string, places []string) []string {
	out := make([]string, len(places))
	for i, p := range places {
		if out[i] = p; !filepath.IsAbs(p) && !hasScheme(p) {
			out[i] = filepath.Join(dir, p)
		}
	}
	return out
}

func hasScheme(s string) bool {
	for i, c := range s {
		switch {
		case c == ':':
			// A single letter is a drive, not a scheme.
			return i > 1
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return false
}

// fetcher brings pinned files into the cache.
type fetcher struct {
	client *index.Client
	// indexes says which index lists a file, by the key of the file: it
	// decides whose credentials count.
	indexes map[string]string
}

func newFetcher(client *index.Client, solutions []lock.Solution) fetcher {
	f := fetcher{client, map[string]string{}}
	for _, s := range solutions {
		for _, p := range s.Pins {
			f.indexes[p.File.Key()] = p.Index
		}
	}
	return f
}

// Fetch implements collect.Fetcher.
func (f fetcher) Fetch(ctx context.Context, file lock.File) (string, error) {
	want := index.File{
		Name: file.Filename.Text, URL: file.URL, Path: file.Path, Size: file.Size,
		IsWheel: true, Wheel: file.Filename, Source: f.indexes[file.Key()],
	}
	if file.SHA256 != "" {
		want.Hashes = map[string]string{"sha256": file.SHA256}
	}
	return f.client.Fetch(ctx, want)
}
