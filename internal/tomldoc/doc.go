// Package tomldoc reads small TOML files that people write (pyproject.toml),
// so that what is wrong in them is shown at its line and column, all of it at
// once.
//
// A [Reader] collects problems; a [Value] is asked for its members, a text, a
// list. Nothing is converted: a number where a text is meant is a problem.
// Keys that nobody asks for are left alone: the file belongs to many tools.
//
// One TOML 1.1 document in UTF-8 is read. The package touches no file.
package tomldoc
