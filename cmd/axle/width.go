package main

import (
	"cmp"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/fault"
)

const (
	// usualWidth is that of text which is not for a terminal, widest the most
	// that is easy to read, and narrowest the least that is still broken anew.
	usualWidth = 100
	widest     = 100
	narrowest  = 30
)

// textWidth is how wide text on standard output may be.
func (e *env) textWidth() int {
	width := 0
	if f, ok := e.stdout.(*os.File); ok {
		width, _ = sizeOf(f)
	}
	if width == 0 {
		width, _ = strconv.Atoi(e.first("COLUMNS"))
	}
	if width <= 0 {
		return usualWidth
	}
	return max(narrowest, min(width, widest))
}

// wrapHelp lets the help of all commands be as wide as the terminal.
func (e *env) wrapHelp(root *cobra.Command) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		width := e.textWidth()
		text := wrapped(cmp.Or(cmd.Long, cmd.Short), width) + "\n\n" + narrowed(cmd.UsageString(), width)
		_, _ = io.WriteString(cmd.OutOrStdout(), text) // as cobra has it: nothing can be done
	})
}

// narrowed is the usage of a command whose lists of commands and flags keep to
// a width: descriptions are broken, or stand below what they describe where
// little room is left beside it.
func narrowed(usage string, width int) string {
	var b strings.Builder
	list := false
	for line := range strings.Lines(usage) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] != ' ' {
			list = strings.HasSuffix(line, ":") && !strings.HasPrefix(line, "Usage")
			b.WriteString(filled(strings.Fields(line), width))
			if line == "" {
				b.WriteByte('\n')
			}
			continue
		}
		name, about, at := described(line)
		if !list || about == "" || len(line) <= width {
			b.WriteString(line + "\n")
			continue
		}
		beside := name + strings.Repeat(" ", at-len(name))
		if width-at < 40 {
			b.WriteString(name + "\n")
			at, beside = min(8, width/4), ""
		}
		indent := strings.Repeat(" ", at)
		text := indent + strings.ReplaceAll(strings.TrimSuffix(filled(strings.Fields(about), width-at), "\n"), "\n", "\n"+indent)
		b.WriteString(beside + text[len(beside):] + "\n")
	}
	return b.String()
}

// described splits a line of a list: what is described, and from which column on.
func described(line string) (name, about string, at int) {
	begin := len(line) - len(strings.TrimLeft(line, " "))
	gap := "   " // flags
	if line[begin] != '-' {
		gap = " " // commands
	}
	end := strings.Index(line[begin:], gap)
	if end < 0 {
		return line, "", len(line)
	}
	end += begin
	about = strings.TrimLeft(line[end:], " ")
	return line[:end], about, len(line) - len(about)
}

// wrapped is text whose paragraphs are broken anew. Lines that are indented stay
// as they are, as do the ends of lines before them.
func wrapped(text string, width int) string {
	var b strings.Builder
	var paragraph []string
	flush := func() {
		b.WriteString(filled(paragraph, width))
		paragraph = nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == ' ' || strings.HasPrefix(line, "- ") || strings.Trim(line, "-=") == "" {
			flush()
			b.WriteString(line + "\n")
			continue
		}
		paragraph = append(paragraph, strings.Fields(line)...)
		if strings.HasSuffix(line, ".") && len(line) < 60 {
			flush() // a line of its own
		}
	}
	flush()
	return strings.TrimSuffix(b.String(), "\n")
}

// filled are lines of words.
func filled(words []string, width int) string {
	var b strings.Builder
	at := 0
	for _, word := range words {
		wide := fault.Columns(word)
		switch {
		case at == 0:
		case at+1+wide > width:
			b.WriteByte('\n')
			at = 0
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += wide
	}
	if at > 0 {
		b.WriteByte('\n')
	}
	return b.String()
}
