package extension

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
)

// option is an option that may stand in a requirements file.
type option struct {
	long  []string
	short byte
	value bool // takes one
	// item says that the option belongs to a requirement; both that it counts
	// wherever it stands.
	item, both bool
}

// options are those of pip 26.
var options = []*option{
	{long: []string{"--index-url", "--pypi-url"}, short: 'i', value: true},
	{long: []string{"--extra-index-url"}, value: true},
	{long: []string{"--no-index"}},
	{long: []string{"--constraint"}, short: 'c', value: true},
	{long: []string{"--requirement"}, short: 'r', value: true},
	{long: []string{"--editable"}, short: 'e', value: true},
	{long: []string{"--find-links"}, short: 'f', value: true},
	{long: []string{"--no-binary"}, value: true, both: true},
	{long: []string{"--only-binary"}, value: true, both: true},
	{long: []string{"--prefer-binary"}},
	{long: []string{"--require-hashes"}},
	{long: []string{"--no-require-hashes"}},
	{long: []string{"--pre"}},
	{long: []string{"--all-releases"}, value: true, both: true},
	{long: []string{"--only-final"}, value: true, both: true},
	{long: []string{"--trusted-host"}, value: true},
	{long: []string{"--use-feature"}, value: true},
	{long: []string{"--hash"}, value: true, item: true},
	{long: []string{"--config-settings"}, short: 'C', value: true, item: true},
}

// gone are options that pip once read.
var gone = map[string]string{
	"--global-option":            "pip no longer has it; build with --config-settings",
	"--build-option":             "pip no longer has it; build with --config-settings",
	"--install-option":           "pip no longer has it",
	"--process-dependency-links": "pip no longer has it; write NAME @ ADDRESS",
	"--use-wheel":                "pip no longer has it; wheels are used anyway",
	"--no-use-wheel":             "pip no longer has it; write --no-binary :all:",
	"--always-unzip":             "pip no longer has it",
	"--allow-external":           "pip no longer has it",
	"--allow-all-external":       "pip no longer has it",
	"--allow-unverified":         "pip no longer has it",
	"--config-setting":           "",
}

func (o *option) name() string { return o.long[0] }

// given is an option as it stands in a line.
type given struct {
	*option
	at    part // the option, as written
	value string
	arg   part // where the value stands
}

// breakOptions cuts a line at the first word that begins with a dash. Words are
// what stands between single spaces, as for pip.
func breakOptions(line part) (args, opts part) {
	for i, c := range line.chars {
		if c.r == '-' && (i == 0 || line.chars[i-1].r == ' ') {
			return line.slice(0, max(0, i-1)), line.slice(i, len(line.chars))
		}
	}
	return line, line.slice(len(line.chars), len(line.chars))
}

// word is a word as a shell would see it.
type word struct {
	text string
	at   part
}

// splitShell splits as Python's shlex.split does.
func splitShell(p part) (words []word, reason string) {
	const none = rune(0)
	state, within := none, none // within: the quote an escape stands in
	start, text, open := 0, "", false
	for i, c := range p.chars {
		r := c.r
		if !open && (r == ' ' || r == '\t' || r == '\r' || r == '\n') {
			continue
		}
		if !open {
			start, text, open = i, "", true
		}
		switch {
		case state == '\\':
			if within == '"' && r != '\\' && r != '"' {
				text += `\`
			}
			text += string(r)
			state = within
		case state == none && (r == ' ' || r == '\t' || r == '\r' || r == '\n'):
			words = append(words, word{text, p.slice(start, i)})
			open = false
		case state == none && (r == '\'' || r == '"'):
			state = r
		case state != none && r == state:
			state = none
		case r == '\\' && state != '\'':
			state, within = '\\', state
		default:
			text += string(r)
		}
	}
	switch {
	case state == '\\':
		return nil, "ends in a backslash that escapes nothing"
	case state != none:
		return nil, fmt.Sprintf("has a quotation mark (%c) that is not closed", state)
	case open:
		words = append(words, word{text, p.slice(start, len(p.chars))})
	}
	return words, ""
}

// readOptions reads the options of a line as Python's optparse does: long ones
// may be abbreviated, short ones carry their value behind them. It returns what
// stands between them too, which pip drops.
func (r *requirementsReader) readOptions(p part) (all []given, loose []word, ok bool) {
	words, reason := splitShell(p)
	if reason != "" {
		r.fail(p, reason, "")
		return nil, nil, false
	}
	ok = true
	for len(words) > 0 {
		w := words[0]
		words = words[1:]
		var g []given
		var fine bool
		switch {
		case w.text == "--":
			return all, append(loose, words...), ok
		case strings.HasPrefix(w.text, "--"):
			g, words, fine = r.longOption(w, words)
		case len(w.text) > 1 && w.text[0] == '-':
			g, words, fine = r.shortOptions(w, words)
		default:
			loose = append(loose, w)
			continue
		}
		all = append(all, g...)
		ok = ok && fine
	}
	return all, loose, ok
}

func (r *requirementsReader) longOption(w word, rest []word) ([]given, []word, bool) {
	name, value, explicit := strings.Cut(w.text, "=")
	o, reason, hint := findOption(name)
	if o == nil {
		r.fail(w.at, reason, hint)
		return nil, rest, false
	}
	g := given{option: o, at: w.at, value: value, arg: w.at}
	if i := strings.IndexByte(w.at.String(), '='); explicit && i >= 0 {
		g.arg = w.at.atByte(i + 1)
	}
	switch {
	case explicit && !o.value:
		r.fail(w.at, o.name()+" takes no value", "")
		return nil, rest, false
	case explicit || !o.value:
	case len(rest) == 0:
		r.fail(w.at, o.name()+" needs a value", "")
		return nil, rest, false
	default:
		g.value, g.arg = rest[0].text, rest[0].at
		rest = rest[1:]
	}
	return []given{g}, rest, true
}

func (r *requirementsReader) shortOptions(w word, rest []word) (all []given, words []word, ok bool) {
	for i, c := range w.text[1:] {
		o := shortOption(c)
		if o == nil {
			r.fail(w.at, fmt.Sprintf("there is no option -%c", c), "")
			return nil, rest, false
		}
		g := given{option: o, at: w.at, arg: w.at}
		if !o.value {
			all = append(all, g)
			continue
		}
		if g.value = w.text[1+i+len(string(c)):]; g.value == "" {
			if len(rest) == 0 {
				r.fail(w.at, fmt.Sprintf("-%c needs a value", c), "")
				return nil, rest, false
			}
			g.value, g.arg = rest[0].text, rest[0].at
			rest = rest[1:]
		}
		return append(all, g), rest, true
	}
	return all, rest, true
}

func shortOption(c rune) *option {
	for _, o := range options {
		if rune(o.short) == c && c != 0 {
			return o
		}
	}
	return nil
}

// findOption finds a long option by its name or the beginning of it.
func findOption(name string) (o *option, reason, hint string) {
	matches := map[string]*option{}
	for _, o := range options {
		for _, long := range o.long {
			if long == name {
				return o, "", ""
			}
			if strings.HasPrefix(long, name) {
				matches[long] = o
			}
		}
	}
	var names []string
	for n := range matches {
		names = append(names, n)
	}
	sort.Strings(names)
	switch {
	case len(names) == 1:
		return matches[names[0]], "", ""
	case len(names) > 1:
		return nil, fmt.Sprintf("%s could be %s", name, strings.Join(names, " or ")), "write it out"
	}
	return nil, "there is no option " + name, optionHint(name)
}

func optionHint(name string) string {
	if hint := gone[name]; hint != "" {
		return hint
	}
	var names []string
	for _, o := range options {
		names = append(names, o.long...)
	}
	if near, ok := fault.Nearest(name, names); ok {
		return "did you mean " + near + "?"
	}
	return ""
}

// formFeature is a name that --use-feature can have.
var formFeature = lazyregexp.New(`^[a-z0-9-]+$`)

// apply carries out the options of a line without a requirement.
func (r *requirementsReader) apply(f *requirementsFile, all []given) {
	var index, find *given
	var extra []string
	for i, g := range all {
		switch g.name() {
		case "--index-url":
			index = &all[i]
		case "--extra-index-url":
			extra = append(extra, g.value)
		case "--no-index":
			r.out.NoIndex, r.out.IndexURL, r.out.ExtraIndexURLs = true, "", nil
		case "--find-links":
			if find != nil {
				r.warn(g.at, "only the first --find-links of a line counts: this one is dropped, as by pip")
				continue
			}
			find = &all[i]
		case "--prefer-binary":
			r.out.PreferBinary = true
		case "--require-hashes":
			r.out.RequireHashes = true
		case "--no-require-hashes":
			r.out.NoRequireHashes = true
		case "--pre":
			r.out.Releases.AllReleases.All = true
		case "--trusted-host":
			r.out.TrustedHosts = append(r.out.TrustedHosts, g.value)
		case "--use-feature":
			r.useFeature(g)
		case "--hash", "--config-settings":
			r.warn(g.at, g.name()+" stands without a requirement and is dropped, as by pip")
		}
	}
	r.setIndexes(index, extra, all)
	if find != nil {
		r.out.FindLinks = append(r.out.FindLinks, r.findLinks(f, *find))
	}
}

func (r *requirementsReader) useFeature(g given) {
	if !formFeature.MatchString(g.value) {
		r.fail(g.arg, fmt.Sprintf("%q is no feature of pip", g.value), "")
		return
	}
	r.warn(g.at, "--use-feature has no meaning here and is ignored")
}

// setIndexes follows pip: --index-url replaces every index named before, and
// behind --no-index no index counts.
func (r *requirementsReader) setIndexes(index *given, extra []string, all []given) {
	if r.out.NoIndex {
		for _, g := range all {
			if g.name() == "--index-url" || g.name() == "--extra-index-url" {
				r.warn(g.at, g.name()+" has no effect behind --no-index")
			}
		}
		return
	}
	if index != nil {
		r.out.IndexURL, r.out.ExtraIndexURLs = index.value, nil
	}
	r.out.ExtraIndexURLs = append(r.out.ExtraIndexURLs, extra...)
}

// control applies the options that count on every line.
func (r *requirementsReader) control(all []given) {
	formats, releases := &r.out.Formats, &r.out.Releases
	for _, g := range all {
		var target, other *Selection
		switch g.name() {
		case "--only-binary":
			target, other = &formats.OnlyBinary, &formats.NoBinary
		case "--no-binary":
			target, other = &formats.NoBinary, &formats.OnlyBinary
		case "--all-releases":
			target, other = &releases.AllReleases, &releases.OnlyFinal
		case "--only-final":
			target, other = &releases.OnlyFinal, &releases.AllReleases
		default:
			continue
		}
		if strings.HasPrefix(g.value, "-") {
			r.fail(g.at, g.name()+" needs a value", "name projects with commas between them, or :all:, or :none:")
			continue
		}
		for _, odd := range choose(g.value, target, other) {
			r.warn(g.arg, fmt.Sprintf("%q of %s cannot be the name of a project", odd, g.name()))
		}
	}
}

func named(all []given, names ...string) []given {
	var found []given
	for _, g := range all {
		if slices.Contains(names, g.name()) {
			found = append(found, g)
		}
	}
	return found
}
