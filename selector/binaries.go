package selector

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/native"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// maxWhole is how large a binary may be that is read as a whole.
const maxWhole = 128 << 20

// Binaries is what the binaries of a package say of it.
type Binaries struct {
	// Lies are contradictions between a binary and the package's name.
	Lies []Lie
	// Glibc is the least version of glibc that all of them need, zero for none,
	// and Member the one that needs it. They are known for packages
	// whose platform promises no floor (linux_x86_64).
	Glibc  [2]int
	Member string
}

// Lie is a binary that is not what its package's name promises.
type Lie struct {
	// Member is its name in the package.
	Member string `json:"member"`
	// Code says what is wrong: format, machine, libc, glibc, macos or abi.
	Code string `json:"code"`
	// Text is a sentence for people, without the member.
	Text string `json:"text"`
}

// String gives "member: text".
func (l Lie) String() string { return l.Member + ": " + l.Text }

// maxHeads is how many binaries of a package are looked into. A wheel that was
// renamed shows it in any of them.
const maxHeads = 4

// readBinaries holds the libraries and extension modules of a package against
// its name. The names of all of them tell the Python; of the first few the
// beginning is read, which tells the system and the processor. A package for
// linux_ARCH promises no floor, so that its binaries alone tell which C library
// it needs: they are all read whole.
func readBinaries(r *archive.Reader, f wheel.Filename) (b Binaries, err error) {
	if !slices.ContainsFunc(f.Platforms, func(p string) bool { return p != "any" }) {
		return b, nil
	}
	bare := slices.ContainsFunc(f.Platforms, isBare)
	read, named := binariesOf(r, bare)
	found := make([]native.Facts, len(read))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range read {
		group.Go(func() (err error) {
			found[i], err = binary(r, m, bare)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return b, err
	}
	found = slices.DeleteFunc(found, func(f native.Facts) bool { return f.Name == "" })
	for _, one := range slices.Concat(native.CheckAll(found, f.Tags), native.CheckAll(named, f.Tags)) {
		if one.Certain {
			b.Lies = append(b.Lies, Lie{one.File, string(one.Code), one.Text})
		}
	}
	for _, facts := range found {
		if floor := facts.GlibcFloor(); bare && slices.Compare(floor[:], b.Glibc[:]) > 0 {
			b.Glibc, b.Member = floor, facts.Name
		}
	}
	return b, nil
}

// binariesOf lists the binaries that are to be read, extension modules first,
// and gives what the names of the others tell.
func binariesOf(r *archive.Reader, all bool) (read []archive.Member, named []native.Facts) {
	var modules, libraries []archive.Member
	for _, m := range r.Members() {
		if !native.Loadable(m.Name) {
			continue
		}
		if native.Named(m.Name).Module {
			modules = append(modules, m)
		} else {
			libraries = append(libraries, m)
		}
	}
	read = append(modules, libraries...)
	if all || len(read) <= maxHeads {
		return read, nil
	}
	for _, m := range read[maxHeads:] {
		named = append(named, native.Named(m.Name))
	}
	return read[:maxHeads], named
}

// isBare says whether a platform is Linux without a floor.
func isBare(platform string) bool { return strings.HasPrefix(platform, "linux_") }

// binary reads a member, or the beginning of it; the facts have no name where
// it is no binary.
func binary(r *archive.Reader, m archive.Member, whole bool) (native.Facts, error) {
	if whole && m.Size <= maxWhole {
		// A broken one is no contradiction: whether it is ever loaded is not known.
		facts, ok, err := r.Native(m)
		if ok {
			err = nil
		}
		return facts, err
	}
	in, err := r.Open(m.Name)
	if err != nil {
		return native.Facts{}, err
	}
	defer func() { _ = in.Close() }()
	head := make([]byte, min(m.Size, native.HeadSize))
	if _, err := io.ReadFull(in, head); err != nil {
		return native.Facts{}, fmt.Errorf("%s: %w", m.Name, err)
	}
	facts, _ := native.Glance(m.Name, head, m.Size)
	return facts, nil
}

// lies says what is wrong with the binaries of a package for an interpreter.
func (m *matcher) lies(p *Package) []Lie {
	found := p.Binaries.Lies
	if p.Binaries.Glibc == [2]int{} {
		return found
	}
	m.prepare()
	needs := fmt.Sprintf("needs glibc %d.%d", p.Binaries.Glibc[0], p.Binaries.Glibc[1])
	for _, platform := range p.Filename.Platforms {
		arch, bare := strings.CutPrefix(platform, "linux_")
		if !bare {
			continue
		}
		has, glibc := m.offers[offer{target.Manylinux, arch}]
		_, musl := m.offers[offer{target.Musllinux, arch}]
		switch {
		case glibc && above(p.Binaries.Glibc, has):
			return append(slices.Clone(found), Lie{p.Binaries.Member, string(native.GlibcTooNew), fmt.Sprintf("%s, and this system has %d.%d", needs, has.Major, has.Minor)})
		case musl && !glibc:
			return append(slices.Clone(found), Lie{p.Binaries.Member, string(native.WrongLibc), needs + ", and this system has musl"})
		}
	}
	return found
}

// Warnings name the binaries of the chosen package that are not what its name
// promises, which the policy lets pass.
func (c Choice) Warnings() []fault.Warning {
	var out []fault.Warning
	for _, v := range c.Considered {
		for _, p := range v.Packages {
			if v.Reason == Chosen && p.Reason == Chosen {
				for _, lie := range p.Lies {
					out = append(out, fault.Warning{File: p.Package.File(), Text: lie.String()})
				}
			}
		}
	}
	return out
}
