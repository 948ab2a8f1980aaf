package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/interpreters"
	"github.com/axlepack/axle/profiles"
	"github.com/axlepack/axle/selector"
)

// selectFlags are shared by axle select and axle deploy.
type selectFlags struct {
	agentFlags
	strict bool
	// profile is that of the agent to select for, in place of this machine.
	profile string
	// rootless says that no folder of deployments is needed.
	rootless bool
}

func (f *selectFlags) add(cmd *cobra.Command) {
	f.addRoot(cmd)
	f.addInterpreters(cmd)
	cmd.Flags().BoolVar(&f.strict, "strict-order", false, "keep to the first interpreter that satisfies requires_python")
}

// choose opens a zip and selects; the choice explains an error too. The zip is
// to be closed whenever there is one.
func (e *env) choose(cmd *cobra.Command, f selectFlags, path string, explain bool) (*selector.Zip, selector.Choice, selector.Agent, error) {
	read := e.agent
	if f.rootless {
		read = e.settings
	}
	a, err := read(f.agentFlags)
	if err != nil {
		return nil, selector.Choice{}, a, err
	}
	find := func() []interpreters.Interpreter { return e.find(cmd.Context(), a, f.agentFlags) }
	if f.profile != "" {
		if len(f.interpreters) > 0 {
			return nil, selector.Choice{}, a, usageError(cmd, errors.New("--interpreter names one of this machine, and --profile another machine"))
		}
		p, err := profiles.Load(f.profile)
		if err != nil {
			return nil, selector.Choice{}, a, err
		}
		a.Policy = selector.Policy{Accept: p.Accept, StrictOrder: p.Policy.StrictOrder, WarnOfBinaries: p.Policy.WarnOfBinaries}
		find = func() []interpreters.Interpreter { return p.Interpreters }
	}
	z, err := selector.Open(path)
	if err != nil {
		if !strings.HasSuffix(path, ".zip") {
			err = fault.WithHints(err, "an extension zip is wanted here: axle build writes it into dist/extension_build")
		}
		return nil, selector.Choice{}, a, err
	}
	e.warn(z.Warnings)
	opt := selector.SelectOptions{Policy: a.Policy, Explain: explain}
	opt.StrictOrder, opt.Root = opt.StrictOrder || f.strict, a.Root
	choice, err := z.Select(cmd.Context(), find(), opt)
	e.warn(choice.Warnings())
	return z, choice, a, err
}

func newSelect(e *env) *cobra.Command {
	f := selectFlags{rootless: true}
	var explain, asJSON bool
	cmd := &cobra.Command{
		Use:   "select ZIP",
		Short: "Say which interpreter and package an extension would get here",
		Long: `Say which interpreter of this machine an extension would run under, and with which of its dependency packages.
Nothing is changed. With --explain every interpreter and every package is shown with the reason it was taken or refused,
also those behind the chosen one: what is taken is marked +, what could be taken too =, the rest -.
With --profile it is said for another machine: one whose axle interpreters export wrote the FILE, or a known system.

With --json: {"version": 1, "selection": {"extension", "extension_version", "interpreter" (null when none fits), "package", "tag",
"considered": [{"path", "python", "implementation", "reason", "detail", "next", "packages": [{"file", "reason", "detail", "tag", "rank", "binaries"}]}]}}.
A reason is chosen, not-reached, no-answer, requires-python, no-package, accept-list, and for packages outranked, tags, libc-floor,
package-requires-python, binaries (they contradict the package's name: {"member", "code", "text"} each), hash or unusable.`,
		Args:    args(cobra.ExactArgs(1)),
		GroupID: "agent",
		RunE: func(cmd *cobra.Command, list []string) error {
			z, choice, _, err := e.choose(cmd, f, list[0], explain || asJSON)
			if z == nil {
				return err
			}
			defer z.Close()
			switch {
			case asJSON:
				err = errors.Join(e.writeJSON("selection", choice), err)
			case explain:
				e.drawExplanation(choice)
			case err == nil:
				e.drawChoice(choice)
			}
			return err
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&f.profile, "profile", "", "select for the agent of this profile: a `FILE`, or a known system such as rhel8 (see axle interpreters profiles)")
	cmd.Flags().BoolVar(&explain, "explain", false, "show every interpreter and package, with the reason it was taken or refused")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) drawChoice(c selector.Choice) {
	fmt.Fprintf(e.stdout, "interpreter  %s (%s %s)\n", c.Interpreter.Path, c.Interpreter.Report.Implementation, c.Interpreter.Report.Version)
	if c.Package == nil {
		fmt.Fprintln(e.stdout, "package      none needed")
		return
	}
	fmt.Fprintf(e.stdout, "package      %s (by %s)\n", c.Package.File(), c.Tag)
	e.notePassedOver(c)
}

// notePassedOver says when an interpreter that satisfies requires_python was
// passed over because no package fits it.
func (e *env) notePassedOver(c selector.Choice) {
	for _, v := range c.Considered {
		if v.Reason == selector.NoPackageFits {
			e.say("note", "%s comes first and has no fitting package; --strict-order would stop there", v.Interpreter.Path)
		}
	}
}

func (e *env) drawExplanation(c selector.Choice) {
	for _, v := range c.Considered {
		name, note := v.Interpreter.Path, ""
		if r := v.Interpreter.Report; r != nil {
			name += fmt.Sprintf(" (%s %s)", r.Implementation, r.Version)
		}
		if v.Next {
			note = " (next in line)"
		}
		fmt.Fprintf(e.stdout, "%s %s: %s%s\n", mark(v.Reason), name, v.Detail, note)
		for _, p := range v.Packages {
			fmt.Fprintf(e.stdout, "    %s %s: %s\n", mark(p.Reason), p.Package.File(), p.Detail())
		}
	}
}

func mark(r selector.Reason) string {
	switch r {
	case selector.Chosen:
		return "+"
	case selector.Outranked, selector.NotReached:
		return "="
	}
	return "-"
}
