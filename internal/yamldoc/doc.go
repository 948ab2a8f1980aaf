// Package yamldoc reads small YAML files that people write (extension.yml,
// agent.yml), so that every mistake is found at once and shown at its line and
// column.
//
// A [Reader] collects problems; a [Map] is asked for its keys, and a [Value]
// for a text, a truth, a list. Nothing is converted silently: a number where a
// text is meant is a problem with the hint to quote it, a key written twice is
// a problem, an unknown key is a warning that names the nearest known one.
// Scalars are judged as YAML 1.1 and 1.2 both see them, because the tools that
// read the same files differ: "yes" is a truth to one and a text to the other.
//
// One document is read; more are refused. Aliases are followed; merge keys and
// tags of one's own are refused. Files are UTF-8.
//
// The package owns gopkg.in/yaml.v3 and touches no file.
package yamldoc
