//go:build !windows && !darwin

package interpreters

func productVersion() string { return "" }

// stubAt tells stubs; there are none here.
func stubAt(string) (string, bool) { return "", false }
