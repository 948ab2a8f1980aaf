package pep440

import "strings"

// ParseSpecifierSetLenient reads what ParseSpecifierSet does, and also what
// published metadata has and old tools took:
//
//	>=7.2.0<8.0.0     a comma is missing
//	(>=3.6), >= '2.7' parentheses and quotes
//	>=1.9.*, ~=3.6.*  a wildcard that the operator cannot have: it is dropped
//	!=3.0*            a dot is missing
//	!=~5.0            it means !=5.0.*
//	>dev              it means >0.0.0.dev0
//	>=9.0.0a1.0       a zero too many
//
// It is for metadata and index pages only, never for what a user writes. The
// error is that of ParseSpecifierSet.
func ParseSpecifierSetLenient(s string) (SpecifierSet, error) {
	set, err := ParseSpecifierSet(s)
	if err == nil {
		return set, nil
	}
	if repaired, fault := ParseSpecifierSet(repair(s)); fault == nil {
		return repaired, nil
	}
	return SpecifierSet{}, err
}

var enclosing = strings.NewReplacer("'", "", `"`, "", "(", "", ")", "")

// repair makes a specifier set out of one that is not quite right.
func repair(s string) string {
	s = enclosing.Replace(s)
	var clauses []string
	for at := 0; ; {
		for at < len(s) && (s[at] == ',' || s[at] == ' ' || s[at] == '\t') {
			at++
		}
		if at == len(s) {
			return strings.Join(clauses, ",")
		}
		version := at
		for version < len(s) && strings.IndexByte("<>=!~", s[version]) >= 0 {
			version++
		}
		end := version
		for end < len(s) && s[end] != ',' && !operatorStarts(s[end:]) {
			end++
		}
		clauses = append(clauses, repairClause(s[at:version], trimmed(s[version:end])))
		at = end
	}
}

// operatorStarts says whether an operator begins here, unlike the ! of an epoch.
func operatorStarts(s string) bool {
	switch s[0] {
	case '<', '>':
		return true
	case '=', '!', '~':
		return len(s) > 1 && (s[1] == '=' || s[1] == '~')
	}
	return false
}

func repairClause(op, version string) string {
	if op == "!=~" {
		op, version = "!=", version+".*"
	}
	if n := len(version); n > 1 && version[n-1] == '*' && version[n-2]-'0' <= 9 {
		version = version[:n-1] + ".*"
	}
	if op != "==" && op != "!=" {
		version = strings.TrimSuffix(version, ".*")
	}
	if version == "dev" && (op == ">" || op == ">=") {
		version = "0.0.0.dev0"
	}
	if shorter := strings.TrimSuffix(version, ".0"); endsInPre(shorter) {
		version = shorter
	}
	return op + version
}

// endsInPre says whether s is a version that is more than a release.
func endsInPre(s string) bool {
	v, err := Parse(s)
	return err == nil && (v.IsPrerelease() || v.IsPostrelease())
}
