package merge

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
	"github.com/axlepack/axle/internal/wheel"
)

// A script in bin is a shell script and a Python script at once: the shell
// runs the lines between the triple quotes, up to exec, and Python reads them
// as one string. No path is in it, and it may lie below a folder with spaces.
const polyglot = `#!/bin/sh
'''exec' "${AXLE_PYTHON:-%s}" "$0" "$@"
' '''
`

// prelude puts the package first on the path and honours its .pth files, so
// that a script also runs when nothing else prepared the path.
const prelude = `import os
import site
import sys

root = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
sys.path.insert(0, root)
site.addsitedir(root)

`

// stub calls an entry point.
const stub = `from %s import %s

if __name__ == "__main__":
    sys.exit(%s())
`

// runner runs a script that the distribution brought, and that lies beside it
// as it came: in front of its text nothing can stand, neither a line nor a
// string, that would not take the place of its docstring.
const runner = `__file__ = os.path.join(root, "bin", %q)
with open(__file__, "rb") as script:
    code = compile(script.read(), __file__, "exec")
exec(code)
`

// brought is added to the name of such a script.
const brought = "-script.py"

// command starts the script beside it on Windows, where a file is no program
// for its first line.
const command = "@echo off\r\nsetlocal\r\nif not defined AXLE_PYTHON set \"AXLE_PYTHON=%s\"\r\n\"%%AXLE_PYTHON%%\" \"%%~dp0%s\" %%*\r\n"

// python names the interpreter for a script when nothing says which. It is
// looked up on the PATH of the agent.
func python(python2, gui, windows bool) string {
	switch {
	case windows && gui:
		return "pythonw"
	case windows:
		return "python"
	case python2:
		return "python"
	}
	return "python3"
}

func head(python2 bool) string {
	return fmt.Sprintf(polyglot, python(python2, false, false)) + prelude
}

// entryScript makes the script of an entry point.
func entryScript(s Script, python2 bool) []byte {
	first, _, _ := strings.Cut(s.Attr, ".")
	return fmt.Appendf([]byte(head(python2)), stub, s.Module, first, s.Attr)
}

// runnerScript makes the script that runs the one of this path below bin.
func runnerScript(script string, python2 bool) []byte {
	return fmt.Appendf([]byte(head(python2)), runner, strings.TrimPrefix(script, binFolder+"/"))
}

// commandFile makes the file that starts the script of this path on Windows.
func commandFile(script string, gui bool) []byte {
	name := strings.ReplaceAll(path.Base(script), "%", "%%")
	return fmt.Appendf(nil, command, python(false, gui, true), name)
}

var (
	dotted     = lazyregexp.New(`^[\pL_][\pL\pN_]*(\.[\pL_][\pL\pN_]*)*$`)
	scriptName = lazyregexp.New(`^[\w.+-][\w.+ -]*$`)
)

// checkEntry refuses an entry point from which no script can be made, and one
// whose name would lead out of bin.
func checkEntry(e wheel.EntryPoint) error {
	switch {
	case !scriptName.MatchString(e.Name) || strings.Trim(e.Name, ".") == "":
		return fault.New(fault.BadInput, fmt.Sprintf("entry point %q: no file can have this name", e.Name))
	case !dotted.MatchString(e.Module) || !dotted.MatchString(e.Attr):
		return fault.New(fault.BadInput, fmt.Sprintf("entry point %q: %q names no function", e.Name, e.Value))
	}
	return nil
}

// scriptHead is how much of a script is looked at to tell whether it is one.
const scriptHead = 512

var interpreterLine = lazyregexp.New(`^#!.*?(python|pypy)([0-9.]*)(w?)(\.exe)?"?[ \t]*([^/\\\r\n]*)\r?$`)

// isPythonScript tells from its beginning whether a file of .data/scripts is
// run by Python, and whether without a console. What a wheel says of the
// interpreter's place is the business of whoever built it.
func isPythonScript(head []byte) (script, gui bool) {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	m := interpreterLine.FindSubmatch(line)
	return m != nil, m != nil && len(m[3]) > 0
}

// portable replaces the first line of a Python script, which may name a place
// on the machine that built it. Lines keep their numbers.
func portable(script []byte) []byte {
	_, rest, _ := bytes.Cut(script, []byte("\n"))
	return slices.Concat([]byte("#!python\n"), rest)
}
