package bundle

import (
	"strings"
	"testing"
)

func TestTooLong(t *testing.T) {
	fits := strings.Repeat("a", windowsPath-assumedRoot-packageFolder)
	for name, want := range map[string]string{
		"":                         "",
		fits:                       "",
		fits + "b":                 "b: its path on Windows has 200 characters and that of the root folder, and Windows takes 259: the root folder may have 59",
		fits[1:] + "\U0001f40d":    "the root folder may have 59",
		fits[1:] + "\u00e9":        "",
		strings.Repeat("a", 5_000): "the root folder may have 0",
	} {
		if got := tooLong([]string{"short", name}); !strings.HasSuffix(got, want) || (got == "") != (want == "") {
			t.Errorf("%d bytes: %q, want %q", len(name), got, want)
		}
	}
}
