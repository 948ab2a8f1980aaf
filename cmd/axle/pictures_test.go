package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/indextest"
)

// TestPictures: docs/pictures shows what the program prints of the project of the
// tutorial, as it does now. -update draws them.
func TestPictures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := indextest.New(t, indextest.Options{}, describe(t, dir, tutorialIndex)...)
	mustRun(t, dir, 0, "extension.yml", "init", "forge", "--yes")
	mustWrite(t, filepath.Join(dir, "forge", "requirements.txt"), []byte("requests\nPyYAML\n"))
	for name, args := range map[string][]string{
		"matrix":  {"matrix", "forge"},
		"suggest": {"matrix", "--suggest", "forge"},
		"tree":    {"tree", "forge"},
	} {
		cmd := axleCommand(t, dir, append([]string{"--quiet"}, args...), "AXLE_INDEX_URL="+server.Simple())
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		want := drawn("axle "+strings.Join(args, " "), string(out))
		path := filepath.Join("..", "..", "docs", "pictures", name+".svg")
		if *update {
			mustWrite(t, path, []byte(want))
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("docs/pictures/%s.svg is not up to date (%v): go test ./cmd/axle -run TestPictures -update", name, err)
		}
	}
}

// drawn is a terminal with a command and what it printed, as SVG, dark where the
// reader's page is.
func drawn(command, printed string) string {
	lines := append([]string{"$ " + command}, strings.Split(strings.TrimRight(printed, "\n"), "\n")...)
	columns := 0
	for _, line := range lines {
		columns = max(columns, len([]rune(line)))
	}
	const advance, leading, margin = 8, 18, 16
	width, height := columns*advance+2*margin, len(lines)*leading+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label=%q>
<style>
rect { fill: #f6f8fa }
text { fill: #1f2328; font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre }
@media (prefers-color-scheme: dark) { rect { fill: #161b22 } text { fill: #e6edf3 } }
</style>
<rect width="%d" height="%d" rx="6"/>
`, width, height, width, height, "What "+command+" prints", width, height)
	for i, line := range lines {
		if line = strings.TrimRight(line, " "); line != "" {
			fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" xml:space=\"preserve\">%s</text>\n", margin, margin+(i+1)*leading-5, len([]rune(line))*advance, escaped(line))
		}
	}
	return b.String() + "</svg>\n"
}

func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // it writes to memory
	return b.String()
}
