package selector

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/native"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// maxWhole is how large a binary may be that is read as a whole.
const maxWhole = 256 << 20

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

// readBinaries holds the libraries and extension modules of a package against
// its name. Of each only the beginning is read, which tells the system and the
// processor; the name tells the Python. A package for linux_ARCH promises no
// floor, so that its binaries alone tell which C library it needs: they are read
// whole.
func readBinaries(r *archive.Reader, f wheel.Filename) (b Binaries, err error) {
	if !slices.ContainsFunc(f.Platforms, func(p string) bool { return p != "any" }) {
		return b, nil
	}
	whole := slices.ContainsFunc(f.Platforms, isBare)
	var all []native.Facts
	for _, m := range r.Members() {
		if !native.Loadable(m.Name) {
			continue
		}
		facts, ok, err := binary(r, m, whole)
		if err != nil {
			return b, err
		}
		if ok {
			all = append(all, facts)
		}
	}
	for _, found := range native.CheckAll(all, f.Tags) {
		if found.Certain {
			b.Lies = append(b.Lies, Lie{found.File, string(found.Code), found.Text})
		}
	}
	for _, facts := range all {
		if floor := facts.GlibcFloor(); whole && slices.Compare(floor[:], b.Glibc[:]) > 0 {
			b.Glibc, b.Member = floor, facts.Name
		}
	}
	return b, nil
}

// isBare says whether a platform is Linux without a floor.
func isBare(platform string) bool { return strings.HasPrefix(platform, "linux_") }

// binary reads a member, or the beginning of it.
func binary(r *archive.Reader, m archive.Member, whole bool) (native.Facts, bool, error) {
	in, err := r.Open(m.Name)
	if err != nil {
		return native.Facts{}, false, err
	}
	defer func() { _ = in.Close() }()
	head := make([]byte, min(m.Size, native.HeadSize))
	if _, err := io.ReadFull(in, head); err != nil {
		return native.Facts{}, false, fmt.Errorf("%s: %w", m.Name, err)
	}
	if !whole || !native.Magic(head) || m.Size > maxWhole {
		facts, ok := native.Glance(m.Name, head, m.Size)
		return facts, ok, nil
	}
	data := bytes.NewBuffer(make([]byte, 0, m.Size+bytes.MinRead))
	data.Write(head)
	if _, err := data.ReadFrom(in); err != nil {
		return native.Facts{}, false, err
	}
	// A broken one is no contradiction: whether it is ever loaded is not known.
	facts, ok, _ := native.Inspect(m.Name, bytes.NewReader(data.Bytes()), m.Size)
	return facts, ok, nil
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
