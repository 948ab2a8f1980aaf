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
