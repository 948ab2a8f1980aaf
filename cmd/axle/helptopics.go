package main

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
)

// topicNames are the topics, written out so that a run that prints none of
// them does not look for them.
const topicNames = "agent, exit-codes, index, locks, offline, requires_python, tags, targets, zip_safe"

// newHelp is cobra's help command, which also knows topics, and takes an
// unknown name for an error.
func newHelp(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND|TOPIC]",
		Short: "Help about any command, or a topic",
		Long:  "Print the help of a command, or a topic: " + topicNames + ".",
		ValidArgsFunction: func(cmd *cobra.Command, list []string, typed string) ([]string, cobra.ShellCompDirective) {
			if len(list) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return starting(helpNames(cmd.Root()), typed), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, list []string) error {
			about, rest, err := cmd.Root().Find(list)
			if err == nil && len(rest) == 0 {
				about.InitDefaultHelpFlag()
				about.InitDefaultVersionFlag()
				return about.Help()
			}
			if len(list) == 1 && slices.Contains(topics(), list[0]) {
				_, err := io.WriteString(e.stdout, wrapped(topic(list[0]), e.textWidth())+"\n")
				return err
			}
			return unknownHelp(cmd.Root(), list)
		},
	}
}

// topics are the names of the topics, sorted.
func topics() []string {
	files, err := fs.Glob(axle.Topics(), "*.md")
	if err != nil {
		panic(err) // the pattern is right
	}
	for i, name := range files {
		files[i] = strings.TrimSuffix(name, ".md")
	}
	return files
}

// topic is a topic as it is printed.
func topic(name string) string {
	text, err := fs.ReadFile(axle.Topics(), name+".md")
	if err != nil {
		panic(err) // it is one of topics
	}
	return plainText(string(text))
}

// helpNames are all that axle help can be asked for.
func helpNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return append(names, topics()...)
}

func unknownHelp(root *cobra.Command, list []string) error {
	var hints []string
	if near, ok := fault.Nearest(list[0], helpNames(root)); ok {
		hints = append(hints, "did you mean: axle help "+near)
	}
	hints = append(hints, "topics are "+topicNames, "commands: axle --help")
	return fault.New(fault.Usage, fmt.Sprintf("%q is no command and no topic of axle", strings.Join(list, " ")), hints...)
}

var (
	links = lazyregexp.New(`\[([^\]]*)\]\(([^)]*)\)`)
	rule  = lazyregexp.New(`^\|[-| :]+\|$`)
)

// plainText is Markdown as the topics use it for a terminal: headings, paragraphs,
// tables, lists, links, and blocks of code.
func plainText(markdown string) string {
	var b strings.Builder
	var table [][]string
	code := false
	for line := range strings.Lines(markdown) {
		line = strings.TrimSuffix(line, "\n")
		if !code && strings.HasPrefix(line, "|") {
			if !rule.MatchString(line) {
				table = append(table, cells(line))
			}
			continue
		}
		b.WriteString(aligned(table))
		table = nil
		switch {
		case strings.HasPrefix(line, "```"):
			code = !code
		case code:
			b.WriteString(strings.TrimRight("    "+line, " ") + "\n")
		case strings.HasPrefix(line, "# "):
			title := inline(line[2:])
			b.WriteString(title + "\n" + strings.Repeat("=", utf8.RuneCountInString(title)) + "\n")
		case strings.HasPrefix(line, "## "):
			title := inline(line[3:])
			b.WriteString(title + "\n" + strings.Repeat("-", utf8.RuneCountInString(title)) + "\n")
		default:
			b.WriteString(inline(line) + "\n")
		}
	}
	return b.String() + aligned(table)
}

// inline takes marks out of a line. A link to another topic says how to print it.
func inline(line string) string {
	line = links.ReplaceAllStringFunc(line, func(s string) string {
		m := links.FindStringSubmatch(s)
		name := strings.TrimSuffix(path.Base(m[2]), ".md")
		if slices.Contains(topics(), name) {
			return "axle help " + name
		}
		return m[1]
	})
	return strings.ReplaceAll(line, "`", "")
}

// cells are those of a line of a table.
func cells(line string) []string {
	list := strings.Split(strings.Trim(line, "|"), "|")
	for i := range list {
		list[i] = inline(strings.TrimSpace(list[i]))
	}
	return list
}

// aligned is a table with columns as wide as they need to be.
func aligned(table [][]string) string {
	var widths []int
	for _, row := range table {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range table {
		line := " "
		for i, cell := range row {
			line += " " + cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+1)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}
