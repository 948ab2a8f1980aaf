package resolve

import (
	"fmt"
	"strings"
	"testing"
)

// A project whose versions pin another, of which the user wants an old one,
// stays before it: the newest version whose pin the user admits is taken, not
// the newest of the other, which only an ancient version without a pin admits.
func TestPinsDoNotGoBeforeWhatIsOftenRejected(t *testing.T) {
	var b strings.Builder
	for i := 40; i > 0; i-- {
		fmt.Fprintf(&b, "lib 1.%d | wheels: py3-none-any\n", i)
		switch i {
		case 20, 19: // no version of app is for these
		case 1:
			fmt.Fprintf(&b, "app 1.%d | wheels: py3-none-any | requires: lib\n", i)
		default:
			fmt.Fprintf(&b, "app 1.%d | wheels: py3-none-any | requires: lib==1.%d\n", i, i)
		}
	}
	request := Request{Targets: parseTargets(t, "cp311@linux/amd64"), Requirements: parseRequirements(t, []string{"app", "lib<1.21"})}
	for at, got := range resolveFiles(t, newClient(t, tinyIndex(t, b.String())), request, Options{}) {
		if want := "app-1.18-py3-none-any.whl lib-1.18-py3-none-any.whl"; got != want {
			t.Errorf("%s: got %s, want %s", at, got, want)
		}
	}
}
