package extension

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/wheel"
)

var (
	schemeForm  = lazyregexp.New(`^[A-Za-z][A-Za-z0-9+.-]*:`)
	versionTool = lazyregexp.New(`^(git|hg|svn|bzr)(\+|:)`)
	extrasForm  = lazyregexp.New(`^(.+)(\[[^\]]+\])$`)
	archiveForm = lazyregexp.New(`(?i)\.(zip|whl|tar\.bz2|tbz|tar\.gz|tgz|tar|tar\.xz|txz|tlz|tar\.lz|tar\.lzma)$`)
)

// schemeOf is the scheme of an address that pip takes for one, else "".
func schemeOf(s string) string {
	scheme := strings.ToLower(strings.TrimSuffix(schemeForm.FindString(s), ":"))
	switch tool, _, _ := strings.Cut(scheme, "+"); {
	case slices.Contains([]string{"http", "https", "file", "ftp"}, scheme):
		return scheme
	case scheme != tool && slices.Contains([]string{"git", "hg", "svn", "bzr"}, tool):
		return scheme
	}
	return ""
}

const noTool = "a requirement from version control cannot be built yet"

func (r *requirementsReader) readRequirement(item *RequirementLine, args part) bool {
	scheme := schemeOf(args.String())
	rest, marker, ok := r.readMarker(args, scheme != "")
	rest = rest.cutSpace()
	switch {
	case !ok:
		return false
	case scheme != "":
		ok = r.readAddress(item, rest, rest.String())
	case r.isPath(rest.String()):
		ok = r.readPath(item, rest)
	default:
		ok = r.readNamed(item, rest)
	}
	item.Requirement.Marker = marker
	return ok
}

// readNamed reads a requirement with a name, perhaps "NAME @ ADDRESS".
func (r *requirementsReader) readNamed(item *RequirementLine, p part) bool {
	req, err := pep508.Parse(p.String())
	if err != nil {
		r.failRequirement(p, err)
		return false
	}
	item.Requirement = req
	if req.URL == "" {
		return true
	}
	at := p
	if i := strings.Index(p.String(), req.URL); i >= 0 {
		at = p.atByte(i)
	}
	if !r.readAddress(item, at, req.URL) {
		return false
	}
	found := item.Requirement
	if isWheel := !found.Specifier.IsEmpty(); isWheel && found.Name != req.Name {
		r.fail(at, fmt.Sprintf("the wheel is of %s, not of %s", found.Name, req.NameText), "")
		return false
	}
	item.Requirement = req
	return true
}

// readAddress reads what an address says: a path for file:, the name and
// version of a wheel, hashes in the fragment.
func (r *requirementsReader) readAddress(item *RequirementLine, at part, address string) bool {
	u, err := url.Parse(address)
	scheme := schemeOf(address)
	switch {
	case err != nil:
		r.fail(at, "the address cannot be read", "")
		return false
	case strings.Contains(scheme, "+") || versionTool.MatchString(address):
		r.fail(at, noTool, "build a wheel of it and name the wheel, or require a version from an index")
		return false
	case scheme == "":
		r.fail(at, "is not an address", "an address begins with https:// or file://; a path stands alone, without NAME @")
		return false
	case scheme == "ftp":
		r.fail(at, "an ftp address cannot be read", "download the file and name its path")
		return false
	}
	item.Requirement.URL = address
	r.fragmentHashes(item, at, u.Fragment)
	file := path.Base(strings.TrimRight(u.Path, "/"))
	if i := strings.IndexByte(file, ';'); i > 0 && archiveForm.MatchString(file[:i]) {
		r.fail(at, "the marker is part of the address", `a marker behind an address begins with " ; ", spaces and all`)
		return false
	}
	if scheme == "file" {
		local, reason := urlToPath(address)
		if reason != "" {
			r.fail(at, reason, "")
			return false
		}
		item.Path = r.inDir(local)
		file = filepath.Base(item.Path)
		if _, err := r.Stat(item.Path); err != nil {
			r.fail(at, item.Path+": "+reasonOf(err), "")
			return false
		}
	}
	if egg := fragmentValue(u.Fragment, "egg"); egg != "" {
		item.Requirement.NameText, item.Requirement.Name = egg, pep508.Normalize(egg)
	}
	return r.nameFromFile(item, at, file)
}

// nameFromFile takes the name, and of a wheel the version, from a file's name.
func (r *requirementsReader) nameFromFile(item *RequirementLine, at part, file string) bool {
	if !strings.HasSuffix(file, wheel.Extension) {
		if name, ok := sdistName(file); ok && item.Requirement.Name == "" {
			item.Requirement.NameText, item.Requirement.Name = name, pep508.Normalize(name)
		}
		return true
	}
	f, err := wheel.ParseFilename(file)
	if err != nil {
		r.fail(at, err.Error(), "")
		return false
	}
	item.Requirement.NameText, item.Requirement.Name = string(f.Name), f.Name
	item.Requirement.Specifier, err = pep440.ParseSpecifierSet("==" + f.Version.String())
	if err != nil {
		r.fail(at, err.Error(), "")
	}
	return err == nil
}

// sdistName is the name in NAME-VERSION.tar.gz, where the version has no dash.
func sdistName(file string) (string, bool) {
	stem := archiveForm.ReplaceAllString(file, "")
	i := strings.LastIndexByte(stem, '-')
	if i <= 0 || stem == file {
		return "", false
	}
	if _, err := pep440.Parse(stem[i+1:]); err != nil {
		return "", false
	}
	_, err := pep508.ParseName(stem[:i])
	return stem[:i], err == nil
}

func fragmentValue(fragment, key string) string {
	for _, field := range strings.Split(fragment, "&") {
		if value, ok := strings.CutPrefix(field, key+"="); ok {
			return value
		}
	}
	return ""
}

func (r *requirementsReader) fragmentHashes(item *RequirementLine, at part, fragment string) {
	for _, algorithm := range []string{"sha256", "sha384", "sha512"} {
		if digest := fragmentValue(fragment, algorithm); digest != "" {
			r.addHash(item, given{value: algorithm + ":" + digest, arg: at})
		}
	}
	for _, weak := range []string{"md5", "sha1", "sha224"} {
		if fragmentValue(fragment, weak) != "" {
			r.warn(at, "the "+weak+" digest in the address is not checked; write sha256")
		}
	}
}

// isPath says whether pip takes a requirement for a path: a folder that looks
// like a path, or a file with the ending of an archive.
func (r *requirementsReader) isPath(s string) bool {
	name, _ := cutExtras(s)
	if looksLikePath(s) {
		if info, err := r.Stat(r.inDir(name)); err == nil && info.IsDir() {
			return true
		}
	}
	if !archiveForm.MatchString(name) {
		return false
	}
	if info, err := r.Stat(r.inDir(name)); err == nil && info.Mode().IsRegular() {
		return true
	}
	before, _, at := strings.Cut(s, "@")
	return !at || looksLikePath(before)
}

func looksLikePath(s string) bool {
	return strings.Contains(s, "/") || strings.HasPrefix(s, ".") || runtime.GOOS == "windows" && strings.Contains(s, `\`)
}

func cutExtras(s string) (name, extras string) {
	if m := extrasForm.FindStringSubmatch(s); m != nil {
		return strings.TrimRight(m[1], " \t"), m[2]
	}
	return s, ""
}

// inDir is a path as seen from the folder that pip would run in.
func (r *requirementsReader) inDir(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(r.Dir, p)
}

func (r *requirementsReader) readPath(item *RequirementLine, p part) bool {
	name, extras := cutExtras(p.String())
	item.Path = r.inDir(name)
	if extras != "" {
		req, err := pep508.Parse("placeholder" + strings.ToLower(extras))
		if err != nil {
			r.fail(p.atByte(strings.LastIndexByte(p.String(), '[')), "the extras cannot be read", "")
			return false
		}
		item.Requirement.Extras, item.Requirement.ExtrasText = req.Extras, req.ExtrasText
	}
	info, err := r.Stat(item.Path)
	switch {
	case err != nil:
		r.fail(p, reasonOf(err), "it looks like a path, seen from "+r.folder())
		return false
	case info.IsDir() && !r.installable(item.Path):
		r.fail(p, "the folder has neither pyproject.toml nor setup.py", "")
		return false
	case info.IsDir():
		return true
	}
	return r.nameFromFile(item, p, filepath.Base(item.Path))
}

func (r *requirementsReader) folder() string {
	if r.Dir == "" {
		return "the current folder"
	}
	return r.Dir
}

func (r *requirementsReader) installable(dir string) bool {
	for _, name := range []string{"pyproject.toml", "setup.py"} {
		if info, err := r.Stat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}

// findLinks resolves a value of --find-links: a path beside the file if it
// exists there, else as written from Dir. "~" has no meaning, as for pip.
func (r *requirementsReader) findLinks(f *requirementsFile, g given) string {
	value := g.value
	if beside := filepath.Join(filepath.Dir(f.name), value); !filepath.IsAbs(value) && r.exists(beside) {
		return beside
	}
	if schemeForm.MatchString(value) && !(runtime.GOOS == "windows" && filepath.IsAbs(value)) {
		return value
	}
	if value = r.inDir(value); !r.exists(value) {
		r.warn(g.arg, g.arg.written()+" does not exist")
	}
	return value
}

func (r *requirementsReader) exists(path string) bool {
	_, err := r.Stat(path)
	return err == nil
}

// urlToPath is the path that a file: address names.
func urlToPath(address string) (path, reason string) {
	u, err := url.Parse(address)
	if err != nil {
		return "", "the address cannot be read"
	}
	if u.Host != "" && u.Host != "localhost" {
		return "", "a file: address names a file of this machine, and this one names " + u.Host
	}
	path = u.Path
	if path == "" {
		path, _ = url.PathUnescape(u.Opaque)
	}
	if runtime.GOOS == "windows" && len(path) > 2 && path[0] == '/' && path[2] == ':' {
		path = path[1:]
	}
	return filepath.FromSlash(path), ""
}

// failRequirement is the error of a requirement that cannot be read.
func (r *requirementsReader) failRequirement(p part, err error) {
	text := p.String()
	switch {
	case text == "":
		r.fail(p, "no project is named before the marker", "")
	case versionTool.MatchString(text), strings.HasPrefix(text, "ssh:"):
		r.fail(p, noTool, "")
	case looksLikePath(text) && !strings.Contains(text, "@"):
		r.fail(p, "no such file, and not a requirement", "it looks like a path, seen from "+r.folder())
	case onlyEquals.MatchString(text):
		r.fail(p.atByte(strings.IndexByte(text, '=')).slice(0, 1), "= is not an operator", "did you mean == ?")
	default:
		r.failParse(p, err)
	}
}

var onlyEquals = lazyregexp.New(`^[^=<>!~]*[^=<>!~]=[^=]`)

// failParse places an error of the parser of requirements.
func (r *requirementsReader) failParse(p part, err error) {
	var bad *pep440.ParseError
	if !errors.As(err, &bad) {
		r.fail(p, err.Error(), strings.Join(fault.Hints(err), "; "))
		return
	}
	at := p.atByte(bad.Offset)
	word := markerWord.FindString(at.String())
	if n := len([]rune(bad.Text[bad.Offset:max(bad.Offset, bad.End)])); n < len(at.chars) {
		at = at.slice(0, max(1, n))
	}
	reason := p.written() + ": " + bad.Problem
	if p.secret() {
		reason = p.written() + " cannot be read with its variables replaced"
	}
	hint := ""
	if near, ok := fault.Nearest(word, markerVariables); ok && word != "" {
		hint = "did you mean " + near + "?"
	}
	r.fail(at, reason, hint)
}

// markerWord is a word that may be a variable of a marker spelled wrong.
var (
	markerWord      = lazyregexp.New(`^[A-Za-z]+[._-][A-Za-z._-]+`)
	markerVariables = []string{"python_version", "python_full_version", "os_name", "sys_platform", "platform_release", "platform_system", "platform_version",
		"platform_machine", "platform_python_implementation", "implementation_name", "implementation_version"}
)
