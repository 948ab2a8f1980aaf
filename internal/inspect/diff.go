package inspect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/internal/target"
)

// Side is one of two things that are compared: an extension zip, or the matrix of
// a project or a lock, of which less is known.
type Side struct {
	Matrix report.Matrix
	Zip    *Extension // nil where there is none
	// Locked are the SHA-256 of the files of a lock; nil where it is none.
	Locked map[string]string
}

// Difference is what became of one extension in another. Lists are empty where
// nothing changed, or where one side is no zip.
type Difference struct {
	report.Comparison
	// Same says that both are zips with the same bytes.
	Same bool `json:"same"`
	// Keys are those of extension.yml.
	Keys []Change `json:"keys"`
	// PackageChanges are by the tags of their names, since those have the version.
	PackageChanges []PackageChange `json:"package_changes"`
	// Licences and EntryPoints are of distributions that both have; an entry point
	// is named with its group.
	Licences    []Change `json:"licences"`
	EntryPoints []Change `json:"entry_points"`
	// Own are the extension's own files that differ, Files those of packages and
	// of distributions beside the modules.
	Own   []FileChange `json:"own_files"`
	Files []FileChange `json:"files"`
	// Locked are the files of two locks, with their SHA-256.
	Locked []Change `json:"locked_files"`

	zips bool
}

// Change is something that has another value: From is empty for what is new, To for
// what is gone.
type Change struct {
	Name string `json:"name"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// PackageChange is a package that came, went or changed. Sizes are 0 where there
// is none.
type PackageChange struct {
	Tags string   `json:"tags"`
	From string   `json:"from,omitempty"`
	To   string   `json:"to,omitempty"`
	Size [2]int64 `json:"bytes"`
	// What changed beside its bytes: its floors, Requires-Python and distributions.
	What []Change `json:"what,omitempty"`
}

// Compare says what changes from one side to the other. Files are compared by
// their sizes and CRC-32, and by SHA-256 where both sides have been hashed
// ([Extension.Hash]).
//
// Cells are the same on both sides: unless options choose them, those of both.
// Errors are about the options.
func Compare(from, to Side, opt MatrixOptions) (Difference, error) {
	if err := sameCells(&from, &to, opt); err != nil {
		return Difference{}, err
	}
	d := Difference{
		Comparison: report.Compare(from.Matrix, to.Matrix), Keys: []Change{}, PackageChanges: []PackageChange{},
		Licences: []Change{}, EntryPoints: []Change{}, Own: []FileChange{}, Files: []FileChange{}, Locked: []Change{},
	}
	if from.Locked != nil && to.Locked != nil {
		d.Locked = append(d.Locked, changes(from.Locked, to.Locked)...)
	}
	if from.Zip == nil || to.Zip == nil {
		return d, nil
	}
	a, b := from.Zip, to.Zip
	d.zips, d.Same = true, a.SHA256 == b.SHA256
	d.Keys = append(d.Keys, changes(a.keys, b.keys)...)
	same := d.packages(a, b)
	both := inBoth(a.rows(), b.rows())
	d.Licences = append(d.Licences, changes(licences(a.rows(), both), licences(b.rows(), both))...)
	d.EntryPoints = append(d.EntryPoints, changes(entryPoints(a.rows(), both), entryPoints(b.rows(), both))...)
	d.files(a.files, renamed(b.files, same))
	return d, nil
}

// sameCells gives zips the matrix of the platforms of both sides: the floor of a
// zip alone is that of what is in it, and may be another.
func sameCells(from, to *Side, opt MatrixOptions) error {
	if len(opt.Platforms) == 0 {
		for _, sides := range [][2]*Side{{from, to}, {to, from}} {
			if side, other := sides[0], sides[1]; side.Zip != nil && (side.Zip.ZipSafe || other.Zip == nil) {
				continue // which has none of its own, or only what is in it
			}
			for _, p := range sides[0].Matrix.Platforms {
				opt.Platforms = append(opt.Platforms, p.String())
			}
		}
	}
	for _, side := range []*Side{from, to} {
		if side.Zip == nil {
			continue
		}
		var err error
		if side.Matrix, err = side.Zip.Matrix(opt); err != nil {
			return err
		}
	}
	return nil
}

// renamed calls packages by what they stand for.
func renamed(files map[fileKey]FileState, same map[string]string) map[fileKey]FileState {
	out := make(map[fileKey]FileState, len(files))
	for key, state := range files {
		key.pack = cmp.Or(same[key.pack], key.pack)
		out[key] = state
	}
	return out
}

// Empty says that nothing differs: of zips not a byte.
func (d Difference) Empty() bool { return d.nothing() && (d.Same || !d.zips) }

// nothing says that nothing of what is compared differs.
func (d Difference) nothing() bool {
	return len(d.Gained)+len(d.Lost)+len(d.Changes)+len(d.Keys)+len(d.PackageChanges)+len(d.Licences)+len(d.EntryPoints)+len(d.Own)+len(d.Files)+len(d.Locked) == 0
}

// changes are the keys whose values differ, sorted.
func changes(from, to map[string]string) []Change {
	var list []Change
	for key, was := range from {
		if is := to[key]; is != was {
			list = append(list, Change{key, was, is})
		}
	}
	for key, is := range to {
		if _, known := from[key]; !known && is != "" {
			list = append(list, Change{key, "", is})
		}
	}
	slices.SortFunc(list, func(a, b Change) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// keysOf are the values of extension.yml, as they count.
func keysOf(m extension.Manifest) map[string]string {
	zipSafe := "false"
	if m.ZipSafe {
		zipSafe = "true"
	}
	return map[string]string{
		"extension.name": m.Name, "extension.version": m.Version.String(), "extension.api_level": m.APILevel.String(),
		"extension.requires_python": m.RequiresPython.String(), "extension.python_extra_paths": strings.Join(m.PythonExtraPaths, ":"),
		"extension.zip_safe": zipSafe, "extension.description": m.Description, "owner.name": m.Owner.Name,
		"owner.organization": m.Owner.Organization, "owner.email": m.Owner.Email, "comments": m.Comments,
	}
}

func versions(list []Distribution) map[string]string {
	all := map[string]string{}
	for _, d := range list {
		all[d.Name] = d.Version
	}
	return all
}

// packages compares those that are for the same, and gives which of the second
// zip stands for which of the first, by the tags of their names.
func (d *Difference) packages(a, b *Extension) (same map[string]string) {
	same = pairs(a.Packages, b.Packages)
	was := byTags(a.Packages)
	for _, q := range b.Packages {
		tags := tagPart(q.File)
		p, both := was[same[tags]]
		if !both {
			d.PackageChanges = append(d.PackageChanges, PackageChange{Tags: tags, To: q.File, Size: [2]int64{0, q.Size}})
			continue
		}
		delete(was, same[tags])
		c := PackageChange{Tags: same[tags], From: p.File, To: q.File, Size: [2]int64{p.Size, q.Size}}
		c.What = changes(p.facts(), q.facts())
		if same[tags] != tags {
			c.What = append([]Change{{"Tags", same[tags], tags}}, c.What...)
		}
		if len(c.What) > 0 || p.Size != q.Size || p.crc != q.crc {
			d.PackageChanges = append(d.PackageChanges, c)
		}
	}
	for tags, p := range was {
		d.PackageChanges = append(d.PackageChanges, PackageChange{Tags: tags, From: p.File, Size: [2]int64{p.Size, 0}})
	}
	slices.SortFunc(d.PackageChanges, func(a, b PackageChange) int { return cmp.Compare(a.Tags, b.Tags) })
	return same
}

// pairs finds for each package of the second list the one of the first that it
// stands for: with the same tags, else with tags that differ in floors alone.
func pairs(a, b []Package) map[string]string {
	free, out := byTags(a), map[string]string{}
	for _, q := range b {
		if tags := tagPart(q.File); free[tags].File != "" {
			out[tags] = tags
			delete(free, tags)
		}
	}
	byFamily := map[string]string{}
	for tags := range free {
		family := withoutFloors(tags)
		if _, twice := byFamily[family]; twice {
			tags = "" // which of them is not known
		}
		byFamily[family] = tags
	}
	for _, q := range b {
		tags := tagPart(q.File)
		if was := byFamily[withoutFloors(tags)]; out[tags] == "" && was != "" {
			out[tags] = was
			byFamily[withoutFloors(tags)] = ""
		}
	}
	return out
}

// withoutFloors are the tags of a name with systems and processors in place of
// platforms.
func withoutFloors(tags string) string {
	i := strings.LastIndex(tags, "-")
	var all []string
	for name := range strings.SplitSeq(tags[i+1:], ".") {
		if arch, bare := strings.CutPrefix(name, "linux_"); bare {
			name = "manylinux_2_5_" + arch
		}
		if p, err := target.ParsePlatform(name); err == nil {
			name = fmt.Sprint(p.Family, p.Arch)
		}
		all = append(all, name)
	}
	slices.Sort(all)
	return tags[:i+1] + strings.Join(slices.Compact(all), ".")
}

func byTags(list []Package) map[string]Package {
	all := map[string]Package{}
	for _, p := range list {
		all[tagPart(p.File)] = p
	}
	return all
}

// tagPart is the name of a package without the extension's name and version.
func tagPart(file string) string {
	stem := strings.TrimSuffix(file, ".whl")
	parts := strings.Split(stem, "-")
	if len(parts) < 5 {
		return stem
	}
	return strings.Join(parts[2:], "-")
}

// packageFacts are what is told of a package beside its distributions, whose
// names have no capitals.
var packageFacts = []string{"Tags", "Requires-Python", "Needs", "Trimmed", "Generator", "Problem"}

// facts are what packages are compared by.
func (p Package) facts() map[string]string {
	facts := map[string]string{
		"Needs": strings.Join(p.Needs, ", "), "Requires-Python": p.RequiresPython, "Problem": p.Problem, "Generator": p.Generator, "Trimmed": p.Trimmed,
	}
	for name, version := range versions(p.Distributions) {
		if name != "" {
			facts[name] = version
		}
	}
	return facts
}

func inBoth(a, b []row) map[string]bool {
	both := map[string]bool{}
	for _, r := range a {
		both[r.name] = slices.ContainsFunc(b, func(o row) bool { return o.name == r.name })
	}
	return both
}

func licences(rows []row, of map[string]bool) map[string]string {
	all := map[string]string{}
	for _, r := range rows {
		if of[r.name] {
			all[r.name] = r.licence()
		}
	}
	return all
}

func entryPoints(rows []row, of map[string]bool) map[string]string {
	all := map[string]string{}
	for _, r := range rows {
		for _, p := range r.points {
			if of[r.name] {
				all[p.Group+": "+p.Name] = p.Value
			}
		}
	}
	return all
}
