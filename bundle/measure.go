package bundle

import (
	"context"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/collect"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
)

const (
	// measureTime is how long asking for sizes and licences may take in all:
	// they are told, not needed.
	measureTime = 30 * time.Second
	// measureSlots is how many files are asked for at once.
	measureSlots = 16
)

// measure puts into a lock what its matrix shows and the index does not state:
// the sizes of files and their licences. No file is downloaded for it. What
// cannot be learned is left out.
func (s *session) measure(ctx context.Context, l lock.Lock) {
	ctx, cancel := context.WithTimeout(ctx, measureTime)
	defer cancel()
	sizes, licences := s.sizes(ctx, l), s.licences(ctx, l)
	for _, solution := range l.Solutions {
		for i := range solution.Pins {
			pin := &solution.Pins[i]
			pin.File.Size = sizes(pin.File)
			if pin.Licence == "" {
				pin.Licence = licences[release(*pin)]
			}
		}
	}
}

// fetchedSizes puts into a lock the sizes that its index did not state, of files
// that are here by now.
func fetchedSizes(l lock.Lock, files collect.Files) {
	sizes := map[string]int64{}
	for _, f := range files {
		if info, err := os.Stat(f.Local); err == nil {
			sizes[f.Key()] = info.Size()
		}
	}
	for _, solution := range l.Solutions {
		for i := range solution.Pins {
			if f := &solution.Pins[i].File; f.Size == 0 {
				f.Size = sizes[f.Key()]
			}
		}
	}
}

// sizes asks at once for the sizes of all files that the index does not state.
// What cannot be learned is left out: sizes are told, not needed.
func (s *session) sizes(ctx context.Context, locks ...lock.Lock) func(lock.File) int64 {
	files := map[string]lock.File{}
	for _, l := range locks {
		for _, f := range l.Files() {
			files[f.Key()] = f
		}
	}
	sizes := ask(files, func(f lock.File) int64 {
		n, _ := s.client.Size(ctx, asIndexed(f))
		return n
	})
	return func(f lock.File) int64 { return sizes[f.Key()] }
}

// licences asks for those of releases that no file of says what its is.
func (s *session) licences(ctx context.Context, l lock.Lock) map[string]string {
	files, known := map[string]lock.File{}, map[string]string{}
	for _, solution := range l.Solutions {
		for _, pin := range solution.Pins {
			switch key := release(pin); {
			case pin.Licence != "":
				known[key] = pin.Licence
			case pin.File.IsWheel():
				files[key] = pin.File
			}
		}
	}
	for key := range known {
		delete(files, key)
	}
	asked := ask(files, func(f lock.File) string {
		text, _ := s.client.Licence(ctx, asIndexed(f))
		return text
	})
	for key, text := range asked {
		known[key] = text
	}
	return known
}

// release is a version of a project: its files have one licence.
func release(p lock.Pin) string { return string(p.Project) + " " + p.Version.Canonical() }

// ask asks about files, several at once.
func ask[T any](files map[string]lock.File, of func(lock.File) T) map[string]T {
	keys := make([]string, 0, len(files))
	for key := range files {
		keys = append(keys, key)
	}
	answers := make([]T, len(keys))
	var group errgroup.Group
	group.SetLimit(measureSlots)
	for i, key := range keys {
		group.Go(func() error {
			answers[i] = of(files[key])
			return nil
		})
	}
	_ = group.Wait()
	out := map[string]T{}
	for i, key := range keys {
		out[key] = answers[i]
	}
	return out
}

// asIndexed is a file as the index client asks for it.
func asIndexed(f lock.File) index.File {
	out := index.File{Name: f.Filename.Text, URL: f.URL, Path: f.Path, Size: f.Size, IsWheel: f.IsWheel(), Wheel: f.Filename}
	if f.SHA256 != "" {
		out.Hashes = map[string]string{"sha256": f.SHA256}
	}
	return out
}
