package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/axlepack/axle/internal/fault"
)

// usageError gives wrong flags and arguments their exit code, and the name
// that was perhaps meant.
func usageError(cmd *cobra.Command, err error) error {
	var hints []string
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var known []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
		if near, ok := fault.Nearest(unknown.GetSpecifiedName(), known); ok {
			hints = append(hints, "did you mean --"+near+"?")
		}
		if cmd.Name() == "run" {
			hints = append(hints, behindDashes)
		}
	}
	err = ofFlag(err)
	return fault.WithHints(fault.WithCode(err, fault.Usage), append(hints, "see: "+cmd.CommandPath()+" --help")...)
}

// behindDashes is for who gives the flags of an extension to axle.
const behindDashes = "what the extension itself gets stands behind --: axle run NAME -- ARGS..."

// ofFlag is an error of a flag's value in the words that other errors have.
func ofFlag(err error) error {
	if none := (*pflag.ValueRequiredError)(nil); errors.As(err, &none) {
		return fmt.Errorf("--%s: a %s is wanted behind it", none.GetFlag().Name, valueOf(none.GetFlag()))
	}
	wrong := (*pflag.InvalidValueError)(nil)
	if !errors.As(err, &wrong) {
		return err
	}
	cause := wrong.Unwrap().Error()
	switch wrong.GetFlag().Value.Type() {
	case "int", "int64", "uint", "count":
		cause = "it is no whole number, or too large a one"
	case "bool":
		cause = "it is neither true nor false"
	}
	return fmt.Errorf("--%s %s: %s", wrong.GetFlag().Name, wrong.GetValue(), cause)
}

// valueOf is what the help calls the value of a flag.
func valueOf(f *pflag.Flag) string {
	name, _ := pflag.UnquoteUsage(f)
	switch name {
	case "", "string", "strings", "stringArray", "int":
		return "value"
	}
	return "value (" + name + ")"
}

// args wraps a check of the positional arguments: what is wrong with them is
// said by the line that shows how the command is used.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, list []string) error {
		if check(cmd, list) == nil {
			return nil
		}
		given := fmt.Sprintf("%d arguments are", len(list))
		switch len(list) {
		case 0:
			given = "no argument is"
		case 1:
			given = "an argument is"
		}
		return usageError(cmd, fmt.Errorf("%s given, and this is how it goes: %s", given, cmd.UseLine()))
	}
}

// knownCommand refuses the words of the command line that name no command.
func knownCommand(cmd *cobra.Command, list []string) error {
	if len(list) == 0 {
		return nil
	}
	var known, hints []string
	for _, c := range cmd.Root().Commands() {
		if c.IsAvailableCommand() {
			known = append(known, c.Name())
		}
	}
	if near, ok := fault.Nearest(list[0], known); ok {
		hints = append(hints, "did you mean: axle "+near)
	}
	if list[0] == "version" {
		hints = append(hints, "the version is printed by: axle --version")
	}
	return fault.New(fault.Usage, fmt.Sprintf("%q is no command of axle", list[0]), append(hints, "see: axle --help")...)
}
