package main

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/axlepack/axle/internal/fault"
)

// addTo adds the flags that all commands have.
func (t *talk) addTo(flags *pflag.FlagSet) {
	flags.BoolVarP(&t.quiet, "quiet", "q", false, "print results and errors only")
	flags.CountVarP(&t.verbose, "verbose", "v", "say what is done: each request, file and package; -vv: each choice, too")
	flags.Var(colorFlag{&t.color}, "color", "use colours in messages: `auto|always|never`")
	flags.BoolVar(&t.logJSON, "log-json", false, "write messages as JSON, one object in a line, to standard error")
}

// colorFlag takes nothing but what it knows.
type colorFlag struct{ value *string }

func (c colorFlag) String() string { return "" }
func (c colorFlag) Type() string   { return "when" }
func (c colorFlag) Set(s string) error {
	known := []string{"auto", "always", "never"}
	if slices.Contains(known, s) {
		*c.value = s
		return nil
	}
	if near, ok := fault.Nearest(s, known); ok {
		return fmt.Errorf("it is auto, always or never; did you mean %s?", near)
	}
	return fmt.Errorf("it is auto, always or never")
}

// check refuses flags of all commands that contradict each other.
func (t *talk) check(cmd *cobra.Command) error {
	if t.quiet && t.verbose > 0 {
		return usageError(cmd, fmt.Errorf("--quiet and --verbose are opposites"))
	}
	return nil
}

// warn prints warnings, which are not part of the result.
func (e *env) warn(warnings []fault.Warning) {
	if e.quiet {
		return
	}
	e.opens()
	for _, w := range warnings {
		if e.log != nil {
			e.log.Warn(w)
		} else {
			w.Print(e.clearly(), e.palette(e.stderr))
		}
	}
}

// say prints what may be good to know, after a word such as "note".
func (e *env) say(word, format string, a ...any) {
	if e.quiet {
		return
	}
	e.opens()
	if text := fmt.Sprintf(format, a...); e.log != nil {
		e.log.Say(word, text)
	} else {
		fmt.Fprintln(e.clearly(), e.palette(e.stderr).Paint(fault.Cyan, word+":")+" "+fault.Printable(text))
	}
}

// fail prints an error, and returns the exit code of the program.
func (e *env) fail(err error) int {
	code := fault.ExitCode(err)
	if e.opens(); e.log != nil {
		e.log.Error(err, code)
	} else {
		e.palette(e.stderr).Print(e.clearly(), err)
	}
	return code
}

// palette says whether what is written to w has colours: as --color says, else
// the environment (see https://no-color.org and https://bixense.com/clicolors),
// else where w is a terminal.
func (e *env) palette(w io.Writer) fault.Palette {
	f, isFile := w.(*os.File)
	switch {
	case e.color == "always":
		return true
	case e.color == "never", e.first("NO_COLOR") != "":
		return false
	case e.forces("FORCE_COLOR"), e.forces("CLICOLOR_FORCE"):
		return true
	case e.first("CLICOLOR") == "0", e.first("TERM") == "dumb":
		return false
	}
	return fault.Palette(isFile && isTerminal(f) && understands(f))
}

// forces says that a variable is set to something that is no no.
func (e *env) forces(name string) bool {
	v := e.first(name)
	return v != "" && v != "0" && v != "false"
}
