package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/axlepack/axle/internal/agent"
	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/indextest"
)

// page is a file of Markdown.
type page struct{ path, text string }

// docs are README.md and all pages below docs.
func docs(t *testing.T) []page {
	t.Helper()
	top := filepath.Join("..", "..")
	pages := []page{{filepath.Join(top, "README.md"), readme(t)}}
	err := filepath.WalkDir(filepath.Join(top, "docs"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		data, err := os.ReadFile(path)
		pages = append(pages, page{path, string(data)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) < 20 {
		t.Errorf("only %d pages", len(pages))
	}
	return pages
}

var (
	linkMark    = regexp.MustCompile(`!?\[[^\]]*\]\(([^)\s]+)\)`)
	headingMark = regexp.MustCompile(`(?m)^#+ (.+)$`)
	codeBlock   = regexp.MustCompile("(?ms)^```[a-z]*\n.*?^```$")
)

// TestDocsLinks: every link leads to a file that is there, and to a heading
// that it has; every page but the entry can be reached from another.
func TestDocsLinks(t *testing.T) {
	pages := docs(t)
	reached := map[string]bool{}
	for _, p := range pages {
		for _, m := range linkMark.FindAllStringSubmatch(codeBlock.ReplaceAllString(p.text, ""), -1) {
			if strings.Contains(m[1], "://") {
				t.Errorf("%s: %s leads away: the pages are read without a network", p.path, m[1])
				continue
			}
			file, heading, _ := strings.Cut(m[1], "#")
			file, err := url.PathUnescape(file)
			if err != nil {
				t.Fatal(err)
			}
			to := p.path
			if file != "" {
				to = filepath.Join(filepath.Dir(p.path), filepath.FromSlash(file))
			}
			data, err := os.ReadFile(to)
			if info, statErr := os.Stat(to); statErr == nil && info.IsDir() {
				err = nil
			}
			if err != nil {
				t.Errorf("%s: %s leads nowhere: %v", p.path, m[1], err)
			}
			if heading != "" && !slices.Contains(headings(string(data)), heading) {
				t.Errorf("%s: %s: there is no such heading", p.path, m[1])
			}
			if to != p.path {
				reached[to] = true
			}
		}
	}
	for _, p := range pages[1:] {
		if !reached[p.path] {
			t.Errorf("%s: no page leads to it", p.path)
		}
	}
}

// headings are the anchors of a page.
func headings(text string) (all []string) {
	for _, m := range headingMark.FindAllStringSubmatch(codeBlock.ReplaceAllString(text, ""), -1) {
		keep := func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z':
				return r
			}
			return -1
		}
		all = append(all, strings.Map(keep, strings.ToLower(m[1])))
	}
	return all
}

// TestDocsCommands: every command line in the pages is one that the program
// understands, and so are the files shown.
func TestDocsCommands(t *testing.T) {
	checked := 0
	for _, p := range docs(t) {
		for _, language := range []string{"sh", "text", "console"} {
			for _, block := range blocks(p.text, language) {
				for line := range strings.Lines(block) {
					line = strings.TrimPrefix(strings.TrimSpace(line), "$ ")
					if !strings.HasPrefix(line, "axle ") || strings.Contains(line, "[flags]") || strings.Contains(p.path, "reference") {
						continue
					}
					checked++
					if err := understood(commandLine(line)); err != nil {
						t.Errorf("%s: %s: %v", p.path, line, err)
					}
				}
			}
		}
		if strings.Contains(p.path, "reference") {
			continue
		}
		for _, block := range blocks(p.text, "yaml") {
			if err := readable(block); err != nil {
				t.Errorf("%s: %v\n%s", p.path, err, block)
			}
		}
	}
	if checked < 40 {
		t.Errorf("%d command lines, which cannot be all", checked)
	}
}

// commandLine are the words of a line, without what follows #, | or >.
func commandLine(line string) (words []string) {
	for _, m := range regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`).FindAllString(line, -1) {
		if m[0] == '#' || m == "|" || m == ">" {
			break
		}
		words = append(words, strings.Trim(m, `'"`))
	}
	return words
}

// understood says whether the program knows a command line and its flags.
func understood(words []string) error {
	root := newRoot(&env{}, nil)
	cmd, rest, err := root.Find(words[1:])
	if err != nil || cmd == root && len(rest) > 0 && rest[0] != "help" && rest[0] != "completion" && !strings.HasPrefix(rest[0], "-") {
		return fmt.Errorf("no such command (%v)", err)
	}
	if cmd == root && len(rest) > 0 {
		if rest[0] == "help" && len(rest) == 2 && !slices.Contains(helpNames(root), rest[1]) && strings.ToUpper(rest[1]) != rest[1] {
			return errors.New("no such topic")
		}
		return nil
	}
	cmd.InitDefaultHelpFlag()
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	if cmd.Args != nil {
		return cmd.ValidateArgs(cmd.Flags().Args())
	}
	return nil
}

// readable says whether a file in YAML is an extension.yml, a part of one, or an
// agent.yml without a mistake.
func readable(text string) error {
	if strings.Contains(text, "$schema") {
		return nil
	}
	if !regexp.MustCompile(`(?m)^(extension|bundle|owner):`).MatchString(text) {
		_, warnings, err := agent.Parse("agent.yml", []byte(text))
		if len(warnings) > 0 {
			err = errors.Join(err, errors.New(warnings[0].String()))
		}
		return err
	}
	if !strings.Contains(text, "extension:") {
		text = "extension: {name: forge, version: 1.0.0, api_level: 1.4.0}\n" + text
	}
	_, warnings, err := extension.ParseManifest("extension.yml", []byte(text))
	if len(warnings) > 0 {
		err = errors.Join(err, errors.New(warnings[0].String()))
	}
	return err
}

// tutorialIndex is what the index of the tutorial has.
const tutorialIndex = `
requests 2.32.5 py3-none-any
    requires: urllib3>=1.21.1,<3
    requires-python: >=3.9
urllib3 2.5.0 py3-none-any
    requires-python: >=3.9
PyYAML 6.0.3 cp39..cp314@manylinux_2_17_x86_64,manylinux_2_17_aarch64,win_amd64,macosx_11_0_arm64
    native: yaml/_yaml
    file yaml/__init__.py: __version__ = "6.0.3"
`

// TestTutorial does what docs/tutorial.md says, and then the pages that explain
// what it made, in order: files are written, commands run, and what they print
// is held against the page. Three dots stand for anything.
func TestTutorial(t *testing.T) {
	t.Parallel()
	if machinePython() == "" {
		t.Skip("there is no Python on this machine")
	}
	if !slices.Contains([]string{"linux/amd64", "linux/arm64", "windows/amd64", "darwin/arm64"}, runtime.GOOS+"/"+runtime.GOARCH) {
		t.Skip("the tutorial builds for other systems than this one")
	}
	var text []byte
	for _, name := range []string{"tutorial.md", "explanation/sharing.md", "explanation/selection.md"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, data...)
	}
	dir := t.TempDir()
	server := indextest.New(t, indextest.Options{}, describe(t, dir, tutorialIndex)...)
	ran, wrote := 0, 0
	step := regexp.MustCompile("(?ms)(^[^\n]*`([^`\n]+)`:\n\n)?^```([a-z]+)\n(.*?)^```$")
	for _, m := range step.FindAllStringSubmatch(string(text), -1) {
		switch file, language, block := m[2], m[3], m[4]; {
		case language == "console":
			ran += runConsole(t, dir, block, "AXLE_INDEX_URL="+server.Simple())
		case file != "":
			mustWrite(t, filepath.Join(dir, filepath.FromSlash(file)), []byte(block))
			wrote++
		default:
			t.Errorf("this is neither a console nor a file:\n%s", m[0])
		}
	}
	if ran < 12 || wrote < 2 {
		t.Errorf("%d commands and %d files, which cannot be all", ran, wrote)
	}
}

var exitMark = regexp.MustCompile(` +# exit code (\d+)$`)

// runConsole runs the commands of a block and checks what they print.
func runConsole(t *testing.T, dir, block string, variables ...string) (ran int) {
	t.Helper()
	for _, part := range strings.Split("\n"+block, "\n$ ")[1:] {
		line, want, _ := strings.Cut(part, "\n")
		code := 0
		if m := exitMark.FindStringSubmatch(line); m != nil {
			code, _ = strconv.Atoi(m[1])
		}
		words := commandLine(line)
		if words[0] != "axle" {
			t.Fatalf("%s: only axle can be run here", line)
		}
		cmd := axleCommand(t, dir, words[1:], variables...)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Fatalf("$ %s\nexit code %d, want %d\n%s", line, got, code, &out)
		}
		if !printedAs(strings.ReplaceAll(out.String(), "\\", "/"), want) {
			t.Errorf("$ %s\nis not as the page has it:\n%s", line, &out)
		}
		ran++
	}
	return ran
}

// printedAs says whether what was printed is what a page shows, where "..."
// stands for anything, and any number of spaces are like one.
func printedAs(printed, shown string) bool {
	var pattern strings.Builder
	for line := range strings.Lines(shown) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		parts := strings.Split(strings.Join(strings.Fields(line), " "), "...")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		pattern.WriteString(strings.Join(parts, `(?s:.*)`) + `\n?`)
	}
	var squeezed strings.Builder
	for line := range strings.Lines(printed) {
		if strings.TrimSpace(line) != "" {
			squeezed.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
		}
	}
	return regexp.MustCompile(`^` + pattern.String() + `$`).MatchString(squeezed.String())
}

// TestDocsExitCodes: the table has every code there is.
func TestDocsExitCodes(t *testing.T) {
	text := topic("exit-codes")
	for code := fault.Internal; code <= fault.Locked; code++ {
		if !regexp.MustCompile(fmt.Sprintf(`(?m)^  %d +\S`, code)).MatchString(text) {
			t.Errorf("exit code %d is not in docs/topics/exit-codes.md", code)
		}
	}
}

// TestTopics: the names that the help lists are those of the files.
func TestTopics(t *testing.T) {
	if got := strings.Join(topics(), ", "); got != topicNames {
		t.Errorf("topicNames is %q, and there are %q", topicNames, got)
	}
	if long := strings.Join(strings.Fields(newRoot(&env{}, nil).Long), " "); !strings.Contains(long, "more of: "+topicNames+".") {
		t.Errorf("the help of axle does not list the topics:\n%s", long)
	}
	for _, name := range topics() {
		for line := range strings.Lines(topic(name)) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 150 {
				t.Errorf("%s: a line has %d columns: %s", name, n, line)
			}
		}
	}
}

// TestDocsFlagsExist: flags named in the text of pages are flags of some
// command.
func TestDocsFlagsExist(t *testing.T) {
	var known []string
	each(newRoot(&env{}, nil), func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		c.InitDefaultVersionFlag()
		c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	})
	for _, p := range docs(t) {
		for _, m := range regexp.MustCompile("`--([a-z][a-z-]*)").FindAllStringSubmatch(p.text, -1) {
			if !slices.Contains(known, m[1]) {
				t.Errorf("%s: --%s: there is no such flag", p.path, m[1])
			}
		}
	}
}
