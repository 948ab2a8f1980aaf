package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"

	"github.com/axlepack/axle"
	"github.com/axlepack/axle/internal/finding"
)

// documented is the program with all its commands, as they are documented:
// without those that cobra adds.
func documented() *cobra.Command {
	root := newRoot(&env{}, nil)
	root.DisableAutoGenTag = true
	return root
}

// each calls visit for a command and those below it that can be called.
func each(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			each(c, visit)
		}
	}
}

// TestManualPages: docs/man has a page for each command and each topic, as it
// is now. -update writes them.
func TestManualPages(t *testing.T) {
	pages := map[string]string{}
	each(documented(), func(c *cobra.Command) {
		var b bytes.Buffer
		some := time.Unix(0, 0).UTC()
		if err := doc.GenMan(c, &doc.GenManHeader{Title: strings.ToUpper(strings.ReplaceAll(c.CommandPath(), " ", "-")), Section: "1", Date: &some, Source: "axle", Manual: "axle"}, &b); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join("man1", strings.ReplaceAll(c.CommandPath(), " ", "-")+".1")
		pages[name] = strings.Replace(b.String(), `"Jan 1970"`, `""`, 1)
	})
	for _, name := range topics() {
		pages[filepath.Join("man7", "axle-"+name+".7")] = manualTopic(t, name)
	}
	compareFiles(t, filepath.Join("..", "..", "docs", "man"), pages)
}

func manualTopic(t *testing.T, name string) string {
	t.Helper()
	text, err := fs.ReadFile(axle.Topics(), name+".md")
	if err != nil {
		t.Fatal(err)
	}
	title, body, _ := strings.Cut(string(text), "\n")
	_, about, said := strings.Cut(title, ": ")
	if !said {
		t.Errorf("%s.md: its title says nothing of it", name)
	}
	page := fmt.Sprintf("%% \"AXLE-%s\" \"7\" \"\" \"axle\" \"axle\"\n# NAME\naxle-%s - %s\n\n# DESCRIPTION\n%s",
		strings.ToUpper(name), name, about, links.ReplaceAllString(body, "$1"))
	return string(md2man.Render([]byte(page)))
}

// compareFiles holds the files of a folder against what they should be; with
// -update it writes them.
func compareFiles(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		for name, text := range want {
			mustWrite(t, filepath.Join(dir, name), []byte(text))
		}
	}
	got := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		data, err := os.ReadFile(path)
		got[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] != want[name] {
			t.Errorf("%s is not up to date: go test ./cmd/axle -run %s -update", filepath.Join(dir, name), t.Name())
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("%s is of nothing that there is", filepath.Join(dir, name))
	}
}

// TestReference: docs/reference/commands.md has every command with its flags,
// and extension-yml.md every key, as they are now. -update writes them.
func TestReference(t *testing.T) {
	for name, want := range map[string]string{"commands.md": referenceOfCommands(), "extension-yml.md": referenceOfKeys(), "findings.md": referenceOfFindings()} {
		path := filepath.Join("..", "..", "docs", "reference", name)
		if *update {
			mustWrite(t, path, []byte(want))
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("docs/reference/%s is not up to date: go test ./cmd/axle -run TestReference -update", name)
		}
	}
}

func referenceOfCommands() string {
	var b strings.Builder
	b.WriteString("# Commands\n\nWritten by the program. `axle help COMMAND` prints the same. The exit codes are in [exit codes](../topics/exit-codes.md).\n")
	root := documented()
	each(root, func(c *cobra.Command) {
		fmt.Fprintf(&b, "\n- [`%s`](#%s): %s", c.CommandPath(), anchor(c.CommandPath()), c.Short)
	})
	b.WriteString("\n")
	each(root, func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		c.InitDefaultVersionFlag()
		fmt.Fprintf(&b, "\n## %s\n\n", c.CommandPath())
		if c.Runnable() && c.HasParent() {
			fmt.Fprintf(&b, "```text\n%s\n```\n\n", c.UseLine())
		}
		b.WriteString(paragraphs(c))
		if c.HasExample() {
			b.WriteString("\n```text\n" + c.Example + "\n```\n")
		}
		var flags strings.Builder
		c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) { flags.WriteString(flagRow(f)) })
		if flags.Len() > 0 {
			b.WriteString("\n| flag | meaning |\n|---|---|\n" + flags.String())
		}
	})
	return b.String()
}

// anchor is what a web page calls the heading of a command.
func anchor(heading string) string { return strings.ReplaceAll(heading, " ", "-") }

// paragraphs are the long help of a command, what is printed as JSON set off as
// code.
func paragraphs(c *cobra.Command) string {
	long := c.Long
	if long == "" {
		long = c.Short + "."
	}
	return "```text\n" + long + "\n```\n"
}

func flagRow(f *pflag.Flag) string {
	if f.Hidden {
		return ""
	}
	value, usage := pflag.UnquoteUsage(f)
	name := "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	if value != "" {
		name += " " + value
	}
	escape := strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "*", `\*`)
	return fmt.Sprintf("| `%s` | %s |\n", strings.ReplaceAll(name, "|", `\|`), escape.Replace(usage))
}

func referenceOfFindings() string {
	var b strings.Builder
	b.WriteString(`# Findings of axle verify

Written by the program. ` + "`axle verify ZIP`" + ` tells what is wrong with an extension zip, or may be, each with its code: on the
screen in brackets, in ` + "`--json`" + ` as ` + "`code`" + `. The codes stay what they are. ` + "`axle build`" + ` asks the same of what it has made; targets without a
package it tells by itself, not as ` + "`python-coverage`" + `.

An error ends with its exit code, the first one counts; warnings end with 0, and with ` + "`--strict`" + ` as errors do, with the
exit code in brackets. A file that is no extension zip at all is none of these: exit code 3, or 11 where there is none.

What is meant so is named in extension.yml (` + "[`bundle.ignore`](extension-yml.md#bundleignore)" + `). A zip does not have that section,
so ` + "`axle verify`" + ` is told where the project is, or the code:

` + "```sh\naxle verify forge-1.0.0.zip --project .\naxle verify forge-1.0.0.zip --ignore sbom-missing\n```" + `

Nothing that is ignored makes ` + "`axle deploy`" + ` accept more: it makes checks of its own, and knows no codes. An unknown code is
an error.

| code | severity | exit code |
|---|---|---|
`)
	for _, r := range finding.Rules() {
		exit := strconv.Itoa(r.Exit)
		if r.Exit == 0 {
			exit = fmt.Sprintf("0 (%d)", r.Strict())
		}
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.Code, r.Code, r.Severity(), exit)
	}
	for _, r := range finding.Rules() {
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n\n- What to do: %s.\n", r.Code, capital(r.About), r.Next)
		if r.Deploy != "" {
			fmt.Fprintf(&b, "- `axle deploy` %s.\n", r.Deploy)
		}
	}
	return b.String()
}

// capital begins a sentence.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func referenceOfKeys() string {
	var b strings.Builder
	b.WriteString("# Keys of extension.yml\n\nWritten from [extension.yml.example](../../extension.yml.example), which is such a file with every key. " +
		"The [JSON Schema](../extension.schema.json) has the same keys; `axle schema` prints it. `bundle` is not packed.\n")
	for _, key := range axle.Keys() {
		fmt.Fprintf(&b, "\n## %s\n\n", key.Path)
		if len(key.Comment) > 0 {
			b.WriteString("```text\n" + strings.Join(key.Comment, "\n") + "\n```\n\n")
		}
		var value []string
		for line := range strings.Lines(key.Text) {
			if !strings.HasPrefix(strings.TrimSpace(line), "#") {
				value = append(value, line)
			}
		}
		b.WriteString("```yaml\n" + strings.Join(value, "") + "```\n")
	}
	return b.String()
}
