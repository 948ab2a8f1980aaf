package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/axlepack/axle/internal/fault"
)

func pageOf(t *testing.T, m Matrix) (string, *html.Node) {
	t.Helper()
	var b bytes.Buffer
	if err := m.HTML(&b); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), root
}

// all are the elements of a name, in order; "" for all elements.
func all(root *html.Node, name string) (found []*html.Node) {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && (name == "" || n.Data == name) {
			found = append(found, n)
		}
	}
	return found
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// textOf is the text of a node, with single spaces.
func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// TestHTMLStructure: the page reads well without its script, by eye and by ear.
func TestHTMLStructure(t *testing.T) {
	_, root := pageOf(t, rich(t))
	ids := map[string]*html.Node{}
	for _, n := range all(root, "") {
		if id := attr(n, "id"); id != "" {
			if ids[id] != nil {
				t.Errorf("two elements have the id %s", id)
			}
			ids[id] = n
		}
	}
	for _, n := range all(root, "") {
		for _, name := range []string{"aria-labelledby", "aria-describedby"} {
			for _, id := range strings.Fields(attr(n, name)) {
				if ids[id] == nil {
					t.Errorf("<%s> is labelled by %s, which is not there", n.Data, id)
				}
			}
		}
		if href := attr(n, "href"); n.Data == "a" && (!strings.HasPrefix(href, "#") || ids[href[1:]] == nil) {
			t.Errorf("a link to %q leads nowhere", href)
		}
		if attr(n, "role") == "region" && attr(n, "aria-labelledby")+attr(n, "aria-label") == "" {
			t.Errorf("a region without a name: %s", textOf(n))
		}
	}
	level := 0
	for _, n := range all(root, "") {
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			if now := int(n.Data[1] - '0'); now > level+1 {
				t.Errorf("<%s> %s comes after a heading of level %d", n.Data, textOf(n), level)
			} else {
				level = now
			}
		}
	}
	if len(all(root, "h1")) != 1 || len(all(root, "main")) != 1 || attr(all(root, "html")[0], "lang") == "" || textOf(all(root, "title")[0]) == "" {
		t.Error("the page needs one h1, one main, a language and a title")
	}
	if first := all(root, "a")[0]; attr(first, "href") != "#matrix" {
		t.Errorf("the first link is %s, not the skip link", textOf(first))
	}
	for _, table := range all(root, "table") {
		if len(all(table, "caption")) != 1 {
			t.Errorf("a table without a caption: %.80s", textOf(table))
		}
		for _, th := range all(table, "th") {
			if attr(th, "scope") == "" || textOf(th) == "" {
				t.Errorf("a heading of a table without scope or text: %q", textOf(th))
			}
		}
	}
}

// TestHTMLCells: each cell has its mark and says in words what it is.
func TestHTMLCells(t *testing.T) {
	_, root := pageOf(t, rich(t))
	cells := map[string]*html.Node{}
	for _, a := range all(root, "a") {
		if at := attr(a, "data-target"); at != "" {
			cells[at] = a
		}
	}
	if len(cells) != 22 {
		t.Fatalf("%d cells, want 20 and 2 of profiles", len(cells))
	}
	for at, want := range map[string][3]string{
		"cp39@manylinux_2_28_x86_64": {"#package-A", "Python 3.9 on linux/amd64: package A, about 23.1 MiB, glibc 2.28", "A about 23.1 MiB glibc 2.28"},
		"cp39@win_amd64":             {"#hole-1", "Python 3.9 on windows/amd64: hole, no package, for kiln, oven", "✗ kiln and 1 more"},
		"3.9":                        {"#agents", "Python 3.9 on agent rhel9: package A", "A 3.9.18"},
		"3.11":                       {"#agents", "Python 3.11 on agent rhel|8: hole, no package", "✗ 3.11.7"},
	} {
		a := cells[at]
		if got := [3]string{attr(a, "href"), attr(a, "aria-label"), textOf(a)}; got != want {
			t.Errorf("%s: got %q, want %q", at, got, want)
		}
	}
}

// TestHTMLIsSelfContained: nothing is fetched, nothing runs but the page's own
// script, and what comes from outside is text.
func TestHTMLIsSelfContained(t *testing.T) {
	text, root := pageOf(t, rich(t))
	for _, n := range all(root, "") {
		if slices.Contains([]string{"img", "iframe", "object", "embed", "base", "video", "audio", "source"}, n.Data) {
			t.Errorf("there is an <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "srcset" || a.Key == "action" {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
		if n.Data == "link" && attr(n, "href") != "data:," {
			t.Errorf("a link to %s", attr(n, "href"))
		}
	}
	if found := regexp.MustCompile(`https?://|@import|url\(|ZgotmplZ`).FindAllString(text, -1); found != nil {
		t.Errorf("the page has %q", found)
	}
	scripts := all(root, "script")
	if len(scripts) != 2 {
		t.Fatalf("%d scripts, want the data and the program", len(scripts))
	}
	var data struct {
		Cells []struct {
			Target, Problem string
		}
		Packages []struct{ File string }
	}
	if err := json.Unmarshal([]byte(scripts[0].FirstChild.Data), &data); err != nil {
		t.Fatal(err)
	}
	if len(data.Cells) != 20 || len(data.Packages) != 18 {
		t.Errorf("the data has %d cells and %d packages", len(data.Cells), len(data.Packages))
	}
	if !slices.ContainsFunc(data.Cells, func(c struct{ Target, Problem string }) bool { return strings.Contains(c.Problem, hostile) }) {
		t.Error("the data does not tell the reason of a hole as it is")
	}
	if pre := textOf(all(root, "pre")[0]); !strings.Contains(pre, hostile) {
		t.Errorf("the reason of a hole is shown as %q", pre)
	}
}

// TestHTMLOfEveryShape: a matrix without packages, holes or dependencies has a
// page, too.
func TestHTMLOfEveryShape(t *testing.T) {
	for name, m := range map[string]Matrix{
		"plain": drawn(t, "linux/amd64\n3.9 x"), "holes": drawn(t, "linux/amd64\n3.9 -"),
		"not asked": drawn(t, "linux/amd64 win_amd64\n3.9 x .\ncp313t . -"), "empty": {},
	} {
		if text, _ := pageOf(t, m); strings.Contains(text, "ZgotmplZ") || !strings.Contains(text, "</html>") {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}

// TestWriteHTML: what is there is replaced whole, and nothing else is left.
func TestWriteHTML(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "page.html")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sample(t).WriteHTML(path); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	want, _ := pageOf(t, sample(t))
	if err != nil || string(got) != want {
		t.Errorf("%v, %d bytes, want %d", err, len(got), len(want))
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files are in the folder", len(entries))
	}
	if err := sample(t).WriteHTML(filepath.Join(dir, "none", "page.html")); fault.ExitCode(err) != fault.NotFound || !strings.Contains(err.Error(), "page.html") {
		t.Errorf("%v", err)
	}
}
