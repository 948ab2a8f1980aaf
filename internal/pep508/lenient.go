package pep508

// ParseLenient is not yet lenient.
func ParseLenient(s string) (Requirement, error) { return Parse(s) }
