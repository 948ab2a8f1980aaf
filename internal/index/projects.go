package index

import (
	"context"
	"errors"
	"slices"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
)

// Project lists what there is for a project: the files of the first index
// that has it, and those of the find-links places. It is asked for once,
// however many callers there are. The error is a [*NotFoundError] when no
// place has the project.
//
// Indexes are asked one after the other: the name of a private project is not
// told to an index that comes after the one that has it.
func (c *Client) Project(ctx context.Context, name pep508.Name) (*Project, error) {
	return c.projects.do(ctx, name, func(ctx context.Context) (*Project, error) {
		return c.find(ctx, name)
	})
}

// Prefetch begins to list projects that will probably be asked for, and does
// not wait. It goes on until ctx ends or the client is closed. Errors are left
// to the call of Project that meets them.
func (c *Client) Prefetch(ctx context.Context, names ...pep508.Name) {
	ctx, cancel := context.WithCancel(ctx)
	var all []func()
	for _, name := range names {
		all = append(all, func() { _, _ = c.Project(ctx, name) })
	}
	c.prefetching.Go(func() {
		defer cancel()
		done := make(chan struct{}, len(all))
		for _, fetch := range all {
			go func() { fetch(); done <- struct{}{} }()
		}
		for range all {
			select {
			case <-done:
			case <-c.closing:
				cancel()
				<-done
			}
		}
	})
}

func (c *Client) find(ctx context.Context, name pep508.Name) (*Project, error) {
	local, err := c.linkedFiles(ctx, name)
	if err != nil {
		return nil, err
	}
	indexes, err := c.indexesOf(name)
	if err != nil {
		return nil, err
	}
	missing := &NotFoundError{Project: name}
	for _, i := range indexes {
		p, err := c.listed(ctx, i.place, name)
		switch {
		case err == nil:
			c.options.Events.Note(event.Detail, "project", string(name), event.F("from", i.address), event.F("versions", len(p.Releases)))
			c.options.Read(string(name))
			return merge(p, local), nil
		case !errors.Is(err, errNoProject):
			return nil, err
		}
		missing.Places = append(missing.Places, i.address)
	}
	if len(local) > 0 {
		c.options.Events.Note(event.Detail, "project", string(name), event.F("from", "find-links"), event.F("files", len(local)))
		c.options.Read(string(name))
		return merge(&Project{Name: name}, local), nil
	}
	for _, p := range c.findLinks {
		missing.Places = append(missing.Places, p.address)
	}
	return nil, missing
}

// indexesOf are the indexes that may serve a project.
func (c *Client) indexesOf(name pep508.Name) ([]served, error) {
	pin, pinned := c.config.Pins[name]
	var all []served
	for _, i := range c.indexes {
		if pinned && (i.Name == pin || Redact(pin) == i.address) || !pinned && !i.Explicit {
			all = append(all, i)
		}
	}
	if pinned && len(all) == 0 && !c.config.NoIndex {
		if p := newPlace(pin); isRemote(pin) || p.url == pin {
			return []served{{Index{URL: pin}, p}}, nil // an index for this project alone
		}
		return nil, fault.Errorf(fault.Usage, "%s: it is pinned to index %s, which is not configured", name, Redact(pin))
	}
	return all, nil
}

// merge adds the files of find-links places to those of an index. Of two
// files with one name the one of the developer's own places stays.
func merge(p *Project, local []File) *Project {
	if len(local) == 0 {
		return p
	}
	merged := &Project{Name: p.Name, Index: p.Index, Unusable: p.Unusable, Releases: slices.Clone(p.Releases)}
	for _, f := range local {
		if f.Unusable != "" {
			merged.Unusable = append(slices.Clip(merged.Unusable), f)
			continue
		}
		i, found := slices.BinarySearchFunc(merged.Releases, f, func(r *Release, f File) int { return r.Version.Compare(f.Version()) })
		if !found {
			merged.Releases = slices.Insert(merged.Releases, i, &Release{Version: f.Version(), files: func() []File { return nil }})
		}
		merged.Releases[i] = merged.Releases[i].with(f)
	}
	return merged
}

// with is the release with one file more, which takes the place of one with
// the same name.
func (r *Release) with(f File) *Release {
	return &Release{Version: r.Version, files: onceFiles(func() []File {
		files := slices.Clone(r.Files())
		i, found := slices.BinarySearchFunc(files, f.Name, func(a File, name string) int { return compareText(a.Name, name) })
		if found {
			files[i] = f
			return files
		}
		return slices.Insert(files, i, f)
	})}
}
