package merge

import (
	"fmt"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
)

// ClashError is two distributions that want one path with different bytes.
type ClashError struct {
	// Path is what the first wants, OtherPath what the second wants: another
	// spelling of the same, a file where the other has a folder, or the same.
	Path, OtherPath string
	// First and Second name the distributions.
	First, Second string
}

func (e *ClashError) Error() string {
	switch {
	case e.Path == e.OtherPath:
		return fmt.Sprintf("%s: in %s and in %s, with different bytes", e.Path, e.First, e.Second)
	case strings.HasPrefix(archive.FoldName(e.OtherPath), archive.FoldName(e.Path)+"/"):
		return fmt.Sprintf("%s: a file in %s, and a folder in %s (%s)", e.Path, e.First, e.Second, e.OtherPath)
	}
	return fmt.Sprintf("%s: in %s, and %s in %s: names that differ in case or Unicode form only", e.Path, e.First, e.OtherPath, e.Second)
}

// ExitCode is that of a name clash.
func (e *ClashError) ExitCode() int { return fault.NameClash }

// Hints say what to try.
func (e *ClashError) Hints() []string {
	return []string{fmt.Sprintf("take another version of %s or of %s, or leave one out", e.First, e.Second)}
}

// unite sorts entries, makes equal files one, and reports every clash. No
// system is spared: an agent of any kind may unpack the package, and what two
// names are for one system is one for another.
func unite(entries []Entry) ([]Entry, error) {
	sortEntries(entries)
	var problems fault.List
	files, folders := map[string]int{}, map[string]int{}
	out := entries[:0:0]
	for _, e := range entries {
		key := archive.FoldName(e.Path)
		i, taken := files[key]
		switch {
		case !taken:
			files[key] = len(out)
			out = append(out, e)
			addFolders(folders, key, len(out)-1)
		case out[i].Path == e.Path && out[i].equal(e):
			out[i].Exec = out[i].Exec || e.Exec
		default:
			problems = append(problems, &ClashError{out[i].Path, e.Path, out[i].Owner, e.Owner})
		}
	}
	for _, e := range out {
		if i, ok := folders[archive.FoldName(e.Path)]; ok {
			problems = append(problems, &ClashError{e.Path, out[i].Path, e.Owner, out[i].Owner})
		}
	}
	return out, problems.Err()
}

// addFolders notes the folders above a file, and the file that first needs each.
func addFolders(folders map[string]int, key string, file int) {
	for {
		folder, _, ok := cutLast(key, "/")
		if _, known := folders[folder]; !ok || known {
			return
		}
		folders[folder] = file
		key = folder
	}
}
