package bundle

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/resolve"
)

// openIndex finds the indexes of this machine and makes a client of them.
// Flags go before requirements.txt, and that before extension.yml; then come
// the environment and pip's own configuration.
func (s *session) openIndex(ctx context.Context) (*index.Client, error) {
	opt := s.opt
	flags, err := opt.Index.settings()
	if err != nil {
		return nil, err
	}
	discover := index.DiscoverOptions{
		Settings: []index.Settings{flags, fromRequirements(s.project.Requirements), fromManifest(s.project)},
		Env:      opt.Env, OS: runtime.GOOS, Home: opt.Home, Prefixes: opt.Prefixes, Cache: s.store,
	}
	if opt.AskPip != nil {
		discover.AskPip = func(ctx context.Context) (string, error) { return opt.AskPip(ctx, index.PipScript) }
	}
	config, warnings, err := index.Discover(ctx, discover)
	s.warn(warnings...)
	if err == nil {
		err = checkPins(config)
	}
	if err != nil {
		return nil, err
	}
	if !config.NoIndex && !opt.Index.Offline {
		if err := config.CheckCertificates(); err != nil {
			return nil, err
		}
	}
	s.indexPins, s.noIndex = config.Pins, config.NoIndex
	for _, line := range s.project.Requirements.Items {
		if line.Requirement.URL != "" {
			config.Accounts = append(config.Accounts, line.Requirement.URL)
		}
	}
	s.tellIndexes(config)
	return index.New(config, index.ClientOptions{
		Cache: s.store, Offline: opt.Index.Offline, Refresh: opt.Index.Refresh,
		Events: opt.Events, Read: func(name string) { s.item(resolving, name) },
		Warn: func(w fault.Warning) { s.warn(w) },
	})
}

// tellIndexes says which indexes are asked.
func (s *session) tellIndexes(config index.Config) {
	for _, i := range config.Indexes {
		if !config.NoIndex {
			s.opt.Events.Note(event.Item, "index", i.String())
		}
	}
	for _, place := range config.FindLinks {
		s.opt.Events.Note(event.Item, "find-links", index.Redact(place))
	}
}

// settings are those of the options. Mistakes are of fault.Usage.
func (i Index) settings() (index.Settings, error) {
	out := index.Settings{IndexURL: i.URL, FindLinks: i.FindLinks, NoIndex: i.NoIndex}
	var problems fault.List
	for _, text := range i.Extra {
		name, address, named := strings.Cut(text, "=")
		if !named || !extension.IsIndexName(name) {
			name, address = "", text
		}
		out.Indexes = append(out.Indexes, index.Index{Name: name, URL: address})
	}
	for _, text := range i.Pins {
		project, at, _ := strings.Cut(text, "=")
		name, err := pep508.ParseName(project)
		if err != nil || at == "" {
			problems = append(problems, fault.New(fault.Usage, fmt.Sprintf("--index-pin %s: it pins no project to an index", index.Redact(text)),
				"write PROJECT=NAME or PROJECT=ADDRESS"))
			continue
		}
		if out.Pins == nil {
			out.Pins = map[pep508.Name]string{}
		}
		out.Pins[name] = at
	}
	return out, problems.Err()
}

// checkPins: an index that a project is pinned to by name has to be there.
func checkPins(config index.Config) error {
	var names []string
	for _, i := range config.Indexes {
		if i.Name != "" {
			names = append(names, i.Name)
		}
	}
	var problems fault.List
	for _, project := range slices.Sorted(maps.Keys(config.Pins)) {
		pin := config.Pins[project]
		if config.NoIndex || !extension.IsIndexName(pin) || slices.Contains(names, pin) {
			continue
		}
		hint := "name one with: --index " + pin + "=ADDRESS"
		if near, ok := fault.Nearest(pin, names); ok {
			hint = "did you mean " + near + "?"
		}
		problems = append(problems, fault.New(fault.Usage, fmt.Sprintf("%s is pinned to the index %s, and there is none of that name", project, pin), hint))
	}
	return problems.Err()
}

func fromManifest(p extension.Project) index.Settings {
	b := p.Manifest.Bundle.Index
	out := index.Settings{IndexURL: b.URL, FindLinks: under(p.Dir, b.FindLinks), NoIndex: b.NoIndex, Pins: b.Pins}
	for _, e := range b.Extra {
		out.Indexes = append(out.Indexes, index.Index{Name: e.Name, URL: e.URL, Explicit: e.Explicit})
	}
	return out
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

// source is where the resolver looks.
func (s *session) source() resolve.Source {
	if only := s.policy.releases.OnlyFinal; only.All || len(only.Names) > 0 {
		return finals{s.client, s.policy.releases}
	}
	return s.client
}

// finals is a source that refuses pre-releases of projects of which only
// final releases are wanted.
type finals struct {
	*index.Client
	releases extension.ReleaseControl
}

// Project implements resolve.Source.
func (f finals) Project(ctx context.Context, name pep508.Name) (*index.Project, error) {
	p, err := f.Client.Project(ctx, name)
	if pre, decided := f.releases.Pre(name); err != nil || pre || !decided {
		return p, err
	}
	return p.Refuse(func(v pep440.Version) string {
		if v.IsPrerelease() {
			return "a pre-release, and only final releases are wanted of it"
		}
		return ""
	}), nil
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
