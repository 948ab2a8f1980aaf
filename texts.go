// Package axle holds the texts that the program carries and that people read
// beside it: the example of extension.yml, its JSON Schema and the topics of
// axle help. They lie here because files are embedded from below their package
// only. The program is cmd/axle; the packages for other programs are bundle,
// selector, interpreters and profiles.
package axle

import (
	"embed"
	"io/fs"
	"strings"

	"github.com/axlepack/axle/internal/lazyregexp"
)

//go:embed extension.yml.example
var example string

//go:embed docs/extension.schema.json
var schema []byte

//go:embed docs/topics/*.md
var topics embed.FS

// Example is extension.yml.example.
func Example() string { return example }

// Schema is the JSON Schema (2020-12) of extension.yml.
func Schema() []byte { return schema }

// Topics are the topics of axle help, in Markdown: NAME.md.
func Topics() fs.FS {
	below, err := fs.Sub(topics, "docs/topics")
	if err != nil {
		panic(err) // the name is right
	}
	return below
}

// Key is a key of extension.yml as the example shows it.
type Key struct {
	// Path is the key with its sections: "bundle.index.url".
	Path string
	// Comment is what the example says of it, one paragraph line by line,
	// without the marks of a comment.
	Comment []string
	// Text is the comment and the key as they stand there, with what belongs
	// to the key.
	Text string
}

var keyLine = lazyregexp.New(`^( *)([A-Za-z_-]+):\s`)

// Keys are the keys of extension.yml, in the order of the example.
func Keys() []Key {
	var keys []Key
	var sections, comment []string
	for line := range strings.Lines(example) {
		bare := strings.TrimSpace(line)
		m := keyLine.FindStringSubmatch(line)
		switch {
		case bare == "":
			comment = nil // it was about the file, or about nothing
		case bare[0] == '#':
			comment = append(comment, strings.TrimPrefix(strings.TrimPrefix(bare, "#"), " "))
		case m != nil && strings.HasPrefix(strings.Join(sections, "."), "bundle.index.pins") && len(m[1]) > 4:
			keys[len(keys)-1].Text += line // a project, which the user names
		case m != nil:
			sections = append(sections[:min(len(m[1])/2, len(sections))], m[2])
			keys = append(keys, Key{Path: strings.Join(sections, "."), Comment: comment, Text: marked(comment, m[1]) + line})
			comment = nil
		default:
			keys[len(keys)-1].Text += line
		}
	}
	return keys
}

// marked is a comment as it stands in the file.
func marked(comment []string, indent string) string {
	var b strings.Builder
	for _, line := range comment {
		b.WriteString(strings.TrimRight(indent+"# "+line, " ") + "\n")
	}
	return b.String()
}
