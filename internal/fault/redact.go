package fault

import (
	"strings"
	"unicode/utf8"

	"github.com/axlepack/axle/internal/lazyregexp"
)

// credentials are what stands between "://" and "@" in an address.
var credentials = lazyregexp.New(`://[^/\s"'<>]*@`)

// Redact replaces the credentials of every address in s by as many asterisks,
// so that columns stay true. [Print], [Problem] and [Warning] do it themselves.
func Redact(s string) string {
	if !strings.Contains(s, "://") {
		return s
	}
	return credentials.ReplaceAllStringFunc(s, func(m string) string {
		return "://" + strings.Repeat("*", utf8.RuneCountInString(m)-4) + "@"
	})
}
