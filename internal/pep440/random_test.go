package pep440

import (
	"math/rand/v2"
	"strings"
)

// maker makes random versions and specifiers from few numbers, so that equal
// and neighbouring ones are common.
type maker struct{ *rand.Rand }

func newMaker(seed uint64) maker { return maker{rand.New(rand.NewPCG(seed, 440))} }

func (m maker) pick(texts ...string) string { return texts[m.IntN(len(texts))] }

func (m maker) chance(percent int) bool { return m.IntN(100) < percent }

func (m maker) number() string {
	if m.chance(5) {
		return m.pick("9", "10", "65535", "65536", "131069", "131070", "131071", "134217726", "134217727", "99999999999999999999", "100000000000000000000", "9999999999999999999", "10000000000000000000")
	}
	return m.pick("0", "0", "1", "1", "2", "3")
}

func (m maker) release() string {
	numbers := make([]string, 1+m.IntN(4))
	if m.chance(5) {
		numbers = make([]string, 6)
	}
	for i := range numbers {
		numbers[i] = m.number()
	}
	text := strings.Join(numbers, ".")
	if m.chance(5) {
		text = m.number() + "!" + text
	}
	return text
}

func (m maker) public() string {
	text := m.release()
	if m.chance(30) {
		text += m.pick("a", "b", "rc") + m.number()
	}
	if m.chance(25) {
		text += ".post" + m.number()
	}
	if m.chance(25) {
		text += ".dev" + m.number()
	}
	return text
}

func (m maker) version() string {
	text := m.public()
	if m.chance(20) {
		text += "+" + m.pick("a", "0a", "1", "a.1", "1.a", "a.0", "99999999999999999999", "b")
	}
	return text
}

func (m maker) specifier() string {
	switch op := m.pick("==", "!=", "<=", ">=", "<", ">", "~="); {
	case (op == "==" || op == "!=") && m.chance(30):
		return op + m.release() + ".*"
	case op == "==" || op == "!=":
		return op + m.version()
	case op == "~=":
		return op + strings.TrimSuffix(m.release(), ".0") + "." + m.public()[:1] + m.pick("", "", "a1", ".post1", ".dev0", "rc1.post0.dev2")
	default:
		return op + m.public()
	}
}

func (m maker) set() SpecifierSet {
	clauses := make([]string, 1+m.IntN(3))
	for i := range clauses {
		clauses[i] = m.specifier()
	}
	return MustParseSpecifierSet(strings.Join(clauses, ","))
}

// near are versions close to those that the set names.
func (m maker) near(set SpecifierSet) []Version {
	texts := []string{m.version(), m.version(), m.version(), m.version()}
	for _, spec := range set.clauses {
		v := spec.version.Public().String()
		for _, suffix := range []string{"", ".0", ".1", ".0.0.0.0.1", ".dev0", ".dev1", "a1", "rc1.dev0", "rc9.post3", ".post0", ".post1", ".post0.dev0", ".post1.dev2", "+0a", "+a", "+a.0", ".post0+b"} {
			texts = append(texts, v+suffix)
		}
		texts = append(texts, spec.version.String(), spec.version.Base().String(), m.neighbour(spec.version))
	}
	var versions []Version
	for _, text := range texts {
		if v, err := Parse(text); err == nil {
			versions = append(versions, v)
		}
	}
	return versions
}

// neighbour changes one number of v by one.
func (m maker) neighbour(v Version) string {
	p := v.parts()
	switch m.IntN(4) {
	case 0:
		p.bumpRelease(1 + m.IntN(p.count))
	case 1:
		p.preN = p.preN.next()
	case 2:
		p.postN = p.postN.next()
	case 3:
		p.devN = p.devN.next()
	}
	p.local = nil
	return string(p.text(nil))
}
