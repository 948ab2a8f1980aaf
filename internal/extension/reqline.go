package extension

import (
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/axlepack/axle/internal/lazyregexp"
	"github.com/axlepack/axle/internal/pep508"
)

var fileScheme = lazyregexp.New(`(?i)^(https?|file):`)

// readLine reads a logical line: a requirement with its options, or options.
func (r *requirementsReader) readLine(f *requirementsFile, line part) {
	args, opts := breakOptions(line)
	all, loose, ok := r.readOptions(opts)
	if !ok {
		return
	}
	for _, w := range loose {
		r.warn(w.at, fmt.Sprintf("%q stands behind an option and is dropped, as by pip", w.at.written()))
	}
	r.control(all)
	editable := named(all, "--editable")
	include := named(all, "--requirement", "--constraint")
	switch {
	case len(editable) > 0:
		r.fail(editable[0].at, "an editable requirement cannot be packed", "build a wheel of the project and name the wheel")
	case len(args.chars) > 0:
		r.readItem(f, line, args, all)
	case len(include) > 0:
		r.include(f, all, include)
	default:
		r.apply(f, all)
	}
}

// include reads the file of the first -r of a line, else of its first -c: pip
// does so, and drops the rest.
func (r *requirementsReader) include(f *requirementsFile, all, include []given) {
	first := include[0]
	if i := named(include, "--requirement"); len(i) > 0 {
		first = i[0]
	}
	for _, g := range all {
		if g.at.chars[0] != first.at.chars[0] && !g.both {
			r.warn(g.at, g.name()+" stands beside "+first.name()+" and is dropped, as by pip")
		}
	}
	path := first.value
	switch scheme, _, _ := strings.Cut(strings.ToLower(path), ":"); {
	case !fileScheme.MatchString(path):
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(f.name), path)
		}
	case scheme == "file":
		local, reason := urlToPath(path)
		if reason != "" {
			r.fail(first.arg, reason, "")
			return
		}
		path = local
	default:
		r.fail(first.arg, "a file on the network cannot be included", "download it into the project")
		return
	}
	at, as := first.arg, required
	switch {
	case first.name() == "--constraint":
		as = constrained
	case f.role == overridden:
		as = overridden
	}
	r.readFile(path, as, &at)
}

// readItem reads a requirement or constraint.
func (r *requirementsReader) readItem(f *requirementsFile, line, args part, all []given) {
	before := len(r.problems)
	_, col := line.place()
	item := RequirementLine{File: f.name, Line: line.first, Text: line.written(), col: col, source: f.lines[line.first-1]}
	for _, g := range all {
		switch {
		case g.name() == "--hash":
			r.addHash(&item, g)
		case g.name() == "--config-settings":
			r.addSetting(&item, g)
		case !g.both:
			r.warn(g.at, g.name()+" has no effect on the line of a requirement: it is dropped, as by pip")
		}
	}
	if !r.readRequirement(&item, args) || len(r.problems) > before {
		return
	}
	switch {
	case f.role == required:
		r.out.Items = append(r.out.Items, item)
	case item.Requirement.Name == "" && f.role == overridden:
		r.fail(args, "an override needs the name of a project", "")
	case f.role == overridden:
		r.out.Overrides = append(r.out.Overrides, item)
	case item.Requirement.Name == "":
		r.fail(args, "a constraint needs the name of a project", "")
	case len(item.Requirement.Extras) > 0:
		r.fail(args, "a constraint cannot have extras", "write the extras where the project is required")
	default:
		r.out.Constraints = append(r.out.Constraints, item)
	}
}

// digests are the algorithms pip takes, and how many hexadecimal digits each has.
var digests = map[string]int{"sha256": 64, "sha384": 96, "sha512": 128}

func (r *requirementsReader) addHash(item *RequirementLine, g given) {
	algorithm, digest, ok := strings.Cut(g.value, ":")
	if !ok {
		r.fail(g.arg, "a hash has an algorithm and a digest", "write --hash=sha256:…")
		return
	}
	length, known := digests[algorithm]
	if !known {
		r.fail(g.arg, fmt.Sprintf("%q is not an algorithm for hashes", algorithm), "pip takes sha256, sha384 and sha512")
		return
	}
	if _, err := hex.DecodeString(digest); err != nil || len(digest) != length {
		r.fail(g.arg, fmt.Sprintf("the digest is not %s: it has %d characters, and %d hexadecimal digits are needed", algorithm, len(digest), length), "")
		return
	}
	item.Hashes = append(item.Hashes, Hash{algorithm, strings.ToLower(digest)})
}

func (r *requirementsReader) addSetting(item *RequirementLine, g given) {
	key, value, ok := strings.Cut(g.value, "=")
	if !ok {
		r.fail(g.arg, "a setting has the form KEY=VALUE", "")
		return
	}
	if item.ConfigSettings == nil {
		item.ConfigSettings = map[string][]string{}
	}
	item.ConfigSettings[key] = append(item.ConfigSettings[key], value)
}

// readMarker takes the marker off a requirement: behind ";", and behind "; "
// of an address, which may have a ";" of its own.
func (r *requirementsReader) readMarker(args part, address bool) (rest part, marker pep508.Marker, ok bool) {
	separator := ";"
	if address {
		separator = "; "
	}
	text := args.String()
	i := strings.Index(text, separator)
	if i < 0 {
		return args, marker, true
	}
	at := args.atByte(i + len(separator)).cutSpace()
	rest = args.slice(0, len([]rune(text[:i])))
	if len(at.chars) == 0 {
		return rest, marker, true
	}
	marker, err := pep508.ParseMarker(at.String())
	if err != nil {
		r.failParse(at, err)
	}
	return rest, marker, err == nil
}
