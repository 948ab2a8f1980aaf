package deployments

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/launch"
)

// maxHistory is how many deployments the file current remembers.
const maxHistory = 100

// turn is one deployment's time as the current one.
type turn struct {
	ID    string
	Since time.Time // zero where it is not known
}

// pointer is the file current: the deployment that runs, and below it, the
// latest first, those that were current before and can be gone back to, unless
// they were removed since. It is one file so that one rename changes all of it.
type pointer []turn

var errNoPointer = errors.New("current names no deployment")

func (p pointer) marshal() []byte {
	var b strings.Builder
	for _, t := range p[:min(len(p), maxHistory)] {
		fmt.Fprintf(&b, "%s %s\n", t.ID, t.Since.UTC().Format(time.RFC3339))
	}
	return []byte(b.String())
}

// parsePointer reads the file current. What stands below the first line is
// taken as far as it can be understood.
func parsePointer(text string) (pointer, error) {
	var p pointer
	for line := range strings.Lines(text) {
		id, since, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !launch.IsName(id) {
			if len(p) == 0 {
				return nil, errNoPointer
			}
			continue
		}
		at, _ := time.Parse(time.RFC3339, since)
		p = append(p, turn{id, at})
	}
	if len(p) == 0 {
		return nil, errNoPointer
	}
	return p, nil
}

// to is the pointer after id became current: one that was so before is gone
// back to, and what came after it is forgotten as a place to go back to.
func (p pointer) to(id string, now time.Time, back bool) pointer {
	i := slices.IndexFunc(p, func(t turn) bool { return t.ID == id })
	if back && i >= 0 {
		return append(pointer{{id, now}}, p[i+1:]...)
	}
	rest := slices.DeleteFunc(slices.Clone(p), func(t turn) bool { return t.ID == id })
	return append(pointer{{id, now}}, rest...)
}

// pointer reads the file current of an extension.
func (s *Store) pointer(name string) (pointer, error) {
	text, err := os.ReadFile(filepath.Join(s.Path("e/"+name), launch.CurrentFile))
	if err != nil {
		return nil, err
	}
	return parsePointer(string(text))
}
