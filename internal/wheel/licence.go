package wheel

import "strings"

// Licence is what the metadata says of the licence in a line: the SPDX
// expression (PEP 639), else the first line of the License field, else the
// classifiers. A field that holds the text of a licence says nothing in a line.
func (m Metadata) Licence() string {
	if m.LicenseExpression != "" {
		return m.LicenseExpression
	}
	line := strings.TrimSpace(m.License)
	if line != "" && line != "UNKNOWN" && !strings.Contains(line, "\n") && len(line) <= longestLicence {
		return line
	}
	var names []string
	for _, classifier := range m.LicenseClassifiers {
		names = append(names, strings.TrimSpace(classifier[strings.LastIndex(classifier, "::")+2:]))
	}
	return strings.Join(names, "; ")
}

// longestLicence is what a name of a licence has at most; more is its text.
const longestLicence = 80
