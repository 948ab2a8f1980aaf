package selector

import (
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
)

// TestTooLong: the longest member and the root against what Windows takes.
func TestTooLong(t *testing.T) {
	dir := `C:\ProgramData\axle\p\abcdefghijklmnopqrstuvwxyz`
	fits := strings.Repeat("m", windowsPath-len(dir)-1)
	for name, over := range map[string]string{
		"short.py": "", fits: "", fits[1:] + "\u00e9": "", fits + "m": "1 characters shorter", fits + "12345": "5 characters shorter",
		fits[1:] + "\U0001f40d": "1 characters shorter",
	} {
		err := tooLong(dir, []string{"a", name, "b"})
		if (err == nil) != (over == "") || err != nil && (fault.ExitCode(err) != fault.BadInput || !strings.Contains(strings.Join(fault.Hints(err), " "), over) || !strings.Contains(err.Error(), name)) {
			t.Errorf("%d characters: %v, hints %q", len(name), err, fault.Hints(err))
		}
	}
	if err := tooLong(dir, nil); err != nil {
		t.Error(err)
	}
}

func TestLongPath(t *testing.T) {
	fits := strings.Repeat("a", windowsPath-assumedRoot-folderInRoot)
	for name, want := range map[string]string{
		"":                         "",
		fits:                       "",
		fits + "b":                 "b: its path on Windows has 200 characters and that of the root folder, and Windows takes 259: the root folder may have 59",
		fits[1:] + "\U0001f40d":    "the root folder may have 59",
		fits[1:] + "\u00e9":        "",
		strings.Repeat("a", 5_000): "the root folder may have 0",
	} {
		if got := LongPath([]string{"short", name}); !strings.HasSuffix(got, want) || (got == "") != (want == "") {
			t.Errorf("%d bytes: %q, want %q", len(name), got, want)
		}
	}
}
