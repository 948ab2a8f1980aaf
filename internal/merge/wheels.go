package merge

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/wheel"
)

// Source is a wheel on this machine.
type Source struct {
	File lock.File
	// Path is where it lies.
	Path string
	// Sum is its SHA-256 in lower-case hexadecimal. It must be that of the
	// bytes at Path: it is not computed again.
	Sum string
}

// OpenOptions change how wheels are opened. The zero value works.
type OpenOptions struct {
	// Memory, when not nil, keeps what is learned of each wheel.
	Memory Memory
	// Workers is how many wheels are read at once; 0 stands for one for each
	// processor.
	Workers int
	// Limits bound what a wheel may hold.
	Limits archive.Limits
	// Trim says what is left out of all that is made of the wheels.
	Trim Trim
}

// Wheel is an open wheel whose contents are known.
type Wheel struct {
	Source
	Contents

	trim     *Trim
	traits   *traits // nil where nothing is trimmed
	reader   *archive.Reader
	metadata func() (wheel.Metadata, error) // read once
}

// String names the distribution for a person: "numpy 2.1.0".
func (w *Wheel) String() string {
	return string(w.File.Filename.Name) + " " + w.File.Filename.Version.String()
}

// Wheels are the open wheels of a build. They may be used by several
// goroutines at once.
type Wheels struct {
	trim  Trim
	list  []*Wheel
	byKey map[string]*Wheel
}

// Open opens all wheels and learns what is in them. All that is wrong with
// any of them is reported: [fault.BadInput] for a wheel that is damaged or no
// wheel, [fault.Mismatch] for one that differs from its own RECORD.
func Open(ctx context.Context, sources []Source, opt OpenOptions) (*Wheels, error) {
	w := &Wheels{trim: opt.Trim, list: make([]*Wheel, len(sources)), byKey: make(map[string]*Wheel, len(sources))}
	errs := make([]error, len(sources))
	var group errgroup.Group
	group.SetLimit(workers(opt.Workers))
	for i, s := range sources {
		group.Go(func() error {
			w.list[i], errs[i] = openWheel(ctx, s, opt)
			return nil
		})
	}
	_ = group.Wait()
	if err := allOf(ctx, errs); err != nil {
		_ = w.Close()
		return nil, err
	}
	for _, one := range w.list {
		w.byKey[one.File.Key()] = one
	}
	return w, nil
}

// allOf is every error of several pieces of work, in their order and each
// once: what is wrong with a wheel is wrong in every package it is in. Only
// the end of the context counts where that came first.
func allOf(ctx context.Context, errs []error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var problems fault.List
	told := map[string]bool{}
	add := func(err error) {
		if !told[err.Error()] {
			told[err.Error()] = true
			problems = append(problems, err)
		}
	}
	for _, err := range errs {
		var several fault.List
		switch {
		case errors.As(err, &several):
			for _, err := range several {
				add(err)
			}
		case err != nil:
			add(err)
		}
	}
	return problems.Err()
}

func workers(n int) int {
	if n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// All gives the wheels in the order in which they were opened.
func (w *Wheels) All() []*Wheel { return w.list }

// Wheel finds the wheel of a file.
func (w *Wheels) Wheel(f lock.File) (*Wheel, bool) {
	one, ok := w.byKey[f.Key()]
	return one, ok
}

// Close closes all wheels.
func (w *Wheels) Close() error {
	var problems fault.List
	for _, one := range w.list {
		if one != nil && one.reader != nil {
			if err := one.reader.Close(); err != nil {
				problems = append(problems, err)
			}
		}
	}
	return problems.Err()
}

func openWheel(ctx context.Context, s Source, opt OpenOptions) (*Wheel, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r, err := archive.OpenNamed(s.Path, s.File.Filename.Text, opt.Limits)
	if err != nil {
		return nil, err
	}
	one := &Wheel{Source: s, reader: r}
	one.metadata = sync.OnceValues(one.readMetadata)
	contents, err := learn(ctx, r, s, opt.Memory)
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	one.Contents = *contents
	if one.trim = &opt.Trim; len(opt.Trim.Kinds) > 0 {
		if err := one.learnTraits(opt.Memory); err != nil {
			_ = r.Close()
			return nil, err
		}
	}
	return one, nil
}

// learn recalls the contents of a wheel, or reads and remembers them.
func learn(ctx context.Context, r *archive.Reader, s Source, memory Memory) (*Contents, error) {
	if memory != nil && s.Sum != "" {
		if data, ok := memory.Get(contentsSpace, s.Sum); ok {
			if c, err := unmarshalContents(data); err == nil && c.describes(r, s.File.Filename) {
				return c, nil
			}
		}
	}
	c, err := inspect(ctx, r, s.File.Filename)
	if err != nil {
		return nil, err
	}
	if memory != nil && s.Sum != "" {
		if data, err := c.marshal(); err == nil {
			_ = memory.Set(contentsSpace, s.Sum, data) // it is read again next time
		}
	}
	return c, nil
}

// describes is a last doubt about what was remembered: the distribution must
// be that of the file's name, and the members those of the archive.
func (c *Contents) describes(r *archive.Reader, f wheel.Filename) bool {
	name, version, ok := wheel.SplitDistInfo(c.DistInfo)
	if !ok || name != f.Name || !version.Equal(f.Version) || len(c.Members) != len(r.Members()) {
		return false
	}
	for _, m := range c.Members {
		if in, ok := r.Member(m.Name); !ok || in.Size != m.Size {
			return false
		}
	}
	return true
}

// Findings are the oddities of all wheels that do not stop a build.
func (w *Wheels) Findings() []fault.Warning {
	var list []fault.Warning
	for _, one := range w.list {
		for i, text := range one.Contents.Findings {
			if i == maxFindings {
				text = fmt.Sprintf("and %d more oddities in RECORD", len(one.Contents.Findings)-i)
			}
			list = append(list, fault.Warning{File: one.File.Filename.Text, Text: text})
			if i == maxFindings {
				break
			}
		}
	}
	return list
}

// maxFindings is how many oddities of one wheel are told.
const maxFindings = 3
