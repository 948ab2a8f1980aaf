package sbom

import (
	_ "embed" // for the lists
	"strings"
	"sync"
	"unicode"

	"github.com/axlepack/axle/internal/wheel"
)

// spdxText are the identifiers of licences and exceptions, those of the list
// that CycloneDX has: 3.28.0 of SPDX.
//
//go:embed spdx.txt
var spdxText string

// classifierText are the classifiers that mean one SPDX licence, and which.
//
//go:embed classifiers.txt
var classifierText string

// spdx gives the identifiers in their own spelling, by lower case.
var spdx = sync.OnceValue(func() map[string]string {
	ids := make(map[string]string, 1024)
	for id := range strings.Lines(spdxText) {
		id = strings.TrimSpace(id)
		ids[strings.ToLower(id)] = id
	}
	return ids
})

// declared is what a licence is that METADATA names: nobody looked at the files.
const declared = "declared"

// Licenses are what METADATA says of the licence, nothing where it says nothing.
func Licenses(m wheel.Metadata) []License {
	if m.LicenseExpression != "" {
		text, known := Expression(m.LicenseExpression)
		if text == "" {
			return named(m.LicenseExpression)
		}
		return expressed(text, known)
	}
	field := oneLine(m.License)
	if text, known := Expression(field); known {
		return expressed(text, known)
	}
	list, all := classified(m.LicenseClassifiers)
	if field != "" && !all {
		return named(field)
	}
	return list
}

// expressed is one SPDX expression. A single known licence is an identifier.
func expressed(text string, known bool) []License {
	if known && spdx()[strings.ToLower(text)] == text && !strings.ContainsAny(text, " ()") {
		return []License{{Named: &Named{ID: text, Acknowledgement: declared}}}
	}
	return []License{{Expression: text, Acknowledgement: declared}}
}

func named(text string) []License {
	return []License{{Named: &Named{Name: text, Acknowledgement: declared}}}
}

// longestName is what the name of a licence has at most; more is its text.
const longestName = 80

// oneLine is the License field where it names a licence: a field of several
// lines holds the text of one.
func oneLine(field string) string {
	line := strings.TrimSpace(field)
	if strings.EqualFold(line, "unknown") || len(line) > longestName || strings.ContainsFunc(line, unicode.IsControl) {
		return ""
	}
	return line
}

// classified are the licences that classifiers name, and whether SPDX has an
// identifier for each.
func classified(classifiers []string) (list []License, all bool) {
	all = len(classifiers) > 0
	told := map[string]bool{}
	for _, c := range classifiers {
		parts := strings.Split(c, "::")
		name := strings.TrimSpace(parts[len(parts)-1])
		if name == "" || name == "OSI Approved" || told[name] {
			continue // which of them it does not say
		}
		told[name] = true
		id := meaning(name)
		all = all && id != ""
		if id != "" {
			list = append(list, License{Named: &Named{ID: id, Acknowledgement: declared}})
		} else {
			list = append(list, named(name)...)
		}
	}
	return list, all && len(list) > 0
}

// meaning is the SPDX identifier of a classifier's last part, or "".
func meaning(name string) string {
	for line := range strings.Lines(classifierText) {
		if text, id, _ := strings.Cut(strings.TrimSpace(line), "\t"); text == name {
			return id
		}
	}
	return ""
}

// Expression reads an SPDX licence expression and writes it as SPDX does. It is
// "" for what is none; known says that every licence and exception is one of the
// list, or the author's own (LicenseRef-).
func Expression(text string) (written string, known bool) {
	p := expression{tokens: tokens(text), known: true}
	if !p.alternatives() || len(p.tokens) > 0 {
		return "", false
	}
	written = strings.Join(p.out, " ")
	written = strings.ReplaceAll(strings.ReplaceAll(written, "( ", "("), " )", ")")
	return written, p.known
}

func tokens(text string) []string {
	return strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text))
}

// expression is what is left to read, and what was written.
type expression struct {
	tokens, out []string
	known       bool
	depth       int
}

// deepest is how deep parentheses may go.
const deepest = 32

// take takes a word, in whatever case.
func (p *expression) take(word string) bool {
	if len(p.tokens) == 0 || !strings.EqualFold(p.tokens[0], word) {
		return false
	}
	p.tokens, p.out = p.tokens[1:], append(p.out, word)
	return true
}

// alternatives is A OR B AND C; which binds closer does not change how it is
// written.
func (p *expression) alternatives() bool {
	for {
		if !p.one() {
			return false
		}
		if !p.take("AND") && !p.take("OR") {
			return true
		}
	}
}

func (p *expression) one() bool {
	if p.take("(") {
		p.depth++
		ok := p.depth <= deepest && p.alternatives() && p.take(")")
		p.depth--
		return ok
	}
	if !p.id() {
		return false
	}
	return !p.take("WITH") || p.id()
}

// id is a licence or an exception.
func (p *expression) id() bool {
	if len(p.tokens) == 0 {
		return false
	}
	text := p.tokens[0]
	plain, plus := strings.CutSuffix(text, "+")
	if !isID(plain) {
		return false
	}
	if own := strings.HasPrefix(text, "LicenseRef-") || strings.HasPrefix(text, "DocumentRef-"); !own {
		id, ok := spdx()[strings.ToLower(text)] // GPL-2.0+ is one of the list
		if !ok && plus {
			id, ok = spdx()[strings.ToLower(plain)]
			id += "+"
		}
		if ok {
			text = id
		}
		p.known = p.known && ok
	}
	p.tokens, p.out = p.tokens[1:], append(p.out, text)
	return true
}

func isID(text string) bool {
	for _, word := range []string{"AND", "OR", "WITH"} {
		if strings.EqualFold(text, word) {
			return false
		}
	}
	return text != "" && !strings.ContainsFunc(text, func(c rune) bool {
		return c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("-.:", c)
	})
}
