package pep440

// ParseSpecifierSetLenient is not yet lenient.
func ParseSpecifierSetLenient(s string) (SpecifierSet, error) { return ParseSpecifierSet(s) }
