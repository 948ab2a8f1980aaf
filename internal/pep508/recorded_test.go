package pep508

import (
	"archive/zip"
	"bufio"
	"io"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/conformance"
	"github.com/axlepack/axle/internal/pep440"
)

// TestConformanceRecordedMetadata reads every requirement of the recorded
// index: none of them may be refused, and what is read must read back equal.
func TestConformanceRecordedMetadata(t *testing.T) {
	for _, name := range []string{"resolver/index.zip", "resolver/heavy/index-more.zip"} {
		t.Run(name, func(t *testing.T) { checkRecorded(t, name) })
	}
}

func checkRecorded(t *testing.T, name string) {
	archive, err := zip.OpenReader(conformance.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	count := map[string]int{}
	for _, member := range archive.File {
		if !strings.HasPrefix(member.Name, "meta/") || strings.HasSuffix(member.Name, "/") {
			continue
		}
		content, err := member.Open()
		if err != nil {
			t.Fatal(err)
		}
		checkMetadata(t, member.Name, content, count)
		_ = content.Close()
	}
	if count["Requires-Dist"] == 0 || count["Requires-Python"] == 0 {
		t.Error("no requirements at all")
	}
	t.Log(count)
}

func checkMetadata(t *testing.T, name string, content io.Reader, count map[string]int) {
	t.Helper()
	lines := bufio.NewScanner(content)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() && lines.Text() != "" {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		count[key]++
		switch key {
		case "Requires-Dist":
			r, err := ParseLenient(value)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			} else if again, err := Parse(r.String()); err != nil || !again.Equal(r) {
				t.Errorf("%s: %q reads back as %q, %v", name, r, again, err)
			}
		case "Requires-Python":
			if _, err := pep440.ParseSpecifierSetLenient(value); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case "Version":
			if v, err := pep440.Parse(value); err != nil || v.String() != value {
				t.Errorf("%s: %q, %v", name, v, err)
			}
		}
	}
}
