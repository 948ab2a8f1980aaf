package wheelbuild

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/native"
	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// inspected is what is known of a wheel that was built.
type inspected struct {
	// Name is the file name with true tags: the backend's own, but for a bare
	// linux_ARCH.
	Name     string
	Metadata []byte
	// Borrowed are libraries of this machine that neither the wheel has nor a
	// manylinux system promises to have.
	Borrowed []string
}

// inspect holds a wheel against its name, its WHEEL and its RECORD, and looks
// at what its binaries need.
func inspect(ctx context.Context, file string, m *machine) (inspected, error) {
	name, err := wheel.ParseFilename(path.Base(strings.ReplaceAll(file, `\`, "/")))
	if err != nil {
		return inspected{}, err
	}
	r, err := archive.OpenReader(file, archive.Limits{})
	if err != nil {
		return inspected{}, calledBy(err, file, name.Text)
	}
	defer func() { _ = r.Close() }()
	i := &inspector{reader: r, name: name, needs: m.target.Platform.Lowest()}
	if err := i.run(ctx, m); err != nil {
		return inspected{}, calledBy(err, file, name.Text)
	}
	out := inspected{Name: i.trueName(), Metadata: i.metadata}
	if isLinux(name) {
		out.Borrowed = i.borrowed()
	}
	return out, nil
}

type inspector struct {
	reader   *archive.Reader
	name     wheel.Filename
	dir      string
	metadata []byte
	record   map[string]wheel.RecordEntry
	needs    target.Platform
	wanted   []string // libraries that binaries are linked to
	problems fault.List
}

func (i *inspector) run(ctx context.Context, m *machine) error {
	if err := i.documents(); err != nil {
		return err
	}
	for _, member := range i.reader.Members() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := i.member(member, m); err != nil {
			return err
		}
	}
	return i.rest()
}

func (i *inspector) refuse(format string, args ...any) {
	i.problems = append(i.problems, fault.Errorf(fault.BadInput, "%s: %s", i.name.Text, fmt.Sprintf(format, args...)))
}

func (i *inspector) documents() (err error) {
	if i.dir, err = wheel.DistInfo(i.reader.Names(), i.name); err != nil {
		return err
	}
	for _, file := range []struct {
		name string
		read func([]byte) error
	}{
		{"WHEEL", i.info},
		{"METADATA", func(data []byte) error {
			m, err := wheel.ParseMetadata(data)
			if err == nil && (m.Name != i.name.Name || !m.Version.Equal(i.name.Version)) {
				err = fault.Errorf(fault.BadInput, "METADATA is that of %s %s", m.Name, m.Version)
			}
			i.metadata = data
			return err
		}},
		{"RECORD", func(data []byte) error {
			record, err := wheel.ParseRecord(data)
			i.record = record.Map()
			return err
		}},
	} {
		data, err := i.reader.ReadFile(i.dir + "/" + file.name)
		if err != nil {
			return err
		}
		if err := file.read(data); err != nil {
			return fmt.Errorf("%s: %w", i.name.Text, err)
		}
	}
	return nil
}

func (i *inspector) info(data []byte) error {
	info, err := wheel.ParseInfo(data)
	if err != nil {
		return err
	}
	own := slices.Compact(slices.SortedFunc(slices.Values(info.Tags), tags.Tag.Compare))
	if !slices.Equal(own, i.name.Tags) {
		i.refuse("its WHEEL has other tags than its name")
	}
	return nil
}

// largeBinary is up to which size a binary is looked at in memory.
const largeBinary = 32 << 20

// spool makes a stream readable at any place: in memory, or in a file beside
// the wheel.
func (i *inspector) spool(size int64, from io.Reader) (at io.ReaderAt, done func(), err error) {
	if size <= largeBinary {
		data, err := io.ReadAll(from)
		return bytes.NewReader(data), func() {}, err
	}
	f, err := os.CreateTemp(filepath.Dir(i.reader.Path()), "binary-")
	if err != nil {
		return nil, nil, err
	}
	done = func() { _ = errors.Join(f.Close(), os.Remove(f.Name())) }
	if _, err := io.Copy(f, from); err != nil {
		done()
		return nil, nil, err
	}
	return f, done, nil
}

// member holds a file against RECORD, and notes what a binary needs.
func (i *inspector) member(m archive.Member, by *machine) error {
	in, err := i.reader.Open(m.Name)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	h := sha256.New()
	from := io.TeeReader(in, h)
	head := make([]byte, min(m.Size, native.MagicSize))
	if _, err := io.ReadFull(from, head); err != nil {
		return err
	}
	if native.Magic(head) {
		at, done, err := i.spool(m.Size, io.MultiReader(bytes.NewReader(head), from))
		if err != nil {
			return err
		}
		i.binary(m, at, by)
		done()
	} else if _, err := io.Copy(io.Discard, from); err != nil {
		return err
	}
	entry, listed := i.record[m.Name]
	delete(i.record, m.Name)
	switch {
	case m.Name == i.dir+"/RECORD":
	case !listed:
		i.refuse("%s is not in RECORD", m.Name)
	case entry.Hash.Algorithm == "sha256" && entry.Hash != wheel.SHA256([sha256.Size]byte(h.Sum(nil))), entry.Size >= 0 && entry.Size != m.Size:
		i.refuse("%s is not what RECORD says", m.Name)
	}
	return nil
}

// rest tells what RECORD names and the wheel has not, with all problems.
func (i *inspector) rest() error {
	for name := range i.record {
		if !strings.HasSuffix(name, "/") && name != i.dir+"/RECORD" {
			i.refuse("%s is in RECORD, but not in the wheel", name)
		}
	}
	slices.SortFunc(i.problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return i.problems.Err()
}

// binary raises what the wheel needs by what one of its files does.
func (i *inspector) binary(m archive.Member, at io.ReaderAt, by *machine) {
	facts, ok, err := native.Inspect(m.Name, at, m.Size)
	if !ok || err != nil {
		return // merging looks at it again, and says so
	}
	need, ok := facts.Demand(i.needs)
	if !ok {
		return // for another system: data
	}
	i.wanted = append(i.wanted, facts.Needed()...)
	if by.target.Platform.Family == target.Musllinux {
		need = by.target.Platform // nothing in it tells the version of musl
	}
	i.raise(need)
	if file, err := elf.NewFile(at); err == nil {
		defer func() { _ = file.Close() }()
		if floor, ok := runtimeFloor(file); ok {
			i.raise(target.Platform{Family: need.Family, Arch: need.Arch, Major: 2, Minor: floor})
		} else {
			i.raise(by.target.Platform)
		}
	}
}

func (i *inspector) raise(to target.Platform) {
	if higher, ok := target.HigherFloor(i.needs, to); ok {
		i.needs = higher
	}
}

// trueName is the name of the file, with the platform that its binaries need
// in place of a bare linux_ARCH.
func (i *inspector) trueName() string {
	f := i.name
	f.Platforms = slices.Clone(f.Platforms)
	bare := "linux_" + i.needs.Arch
	at := slices.Index(f.Platforms, bare)
	if at < 0 {
		return f.Text
	}
	f.Platforms[at] = i.needs.String()
	return f.String()
}

func isLinux(f wheel.Filename) bool {
	return slices.ContainsFunc(f.Platforms, func(p string) bool { return strings.Contains(p, "linux") })
}

// borrowed are the libraries that neither the wheel nor every system has.
func (i *inspector) borrowed() []string {
	var own []string
	for _, name := range i.reader.Names() {
		own = append(own, path.Base(name))
	}
	var out []string
	for _, name := range i.wanted {
		if !slices.Contains(own, name) && !promised(name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
