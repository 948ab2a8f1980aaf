package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/selector"
)

// selectFlags are shared by axle select and axle deploy.
type selectFlags struct {
	agentFlags
	strict bool
}

func (f *selectFlags) add(cmd *cobra.Command) {
	f.addRoot(cmd)
	f.addInterpreters(cmd)
	cmd.Flags().BoolVar(&f.strict, "strict-order", false, "keep to the first interpreter that satisfies requires_python")
}

// choose opens a zip and selects; the choice explains an error too.
func (e *env) choose(cmd *cobra.Command, f selectFlags, path string) (*selector.Zip, selector.Choice, selector.Agent, error) {
	a, err := e.agent(f.agentFlags)
	if err != nil {
		return nil, selector.Choice{}, a, err
	}
	z, err := selector.Open(path)
	if err != nil {
		return nil, selector.Choice{}, a, err
	}
	e.warn(z.Warnings)
	a.Policy.StrictOrder = a.Policy.StrictOrder || f.strict
	choice, err := selector.Select(z.Extension, e.find(cmd.Context(), a, f.agentFlags), a.Policy)
	if ctxErr := cmd.Context().Err(); ctxErr != nil {
		err = ctxErr
	}
	return z, choice, a, err
}

func newSelect(e *env) *cobra.Command {
	var f selectFlags
	var explain, asJSON bool
	cmd := &cobra.Command{
		Use:     "select ZIP",
		Short:   "Say which interpreter and package an extension would get here",
		Args:    args(cobra.ExactArgs(1)),
		GroupID: "agent",
		RunE: func(cmd *cobra.Command, list []string) error {
			z, choice, _, err := e.choose(cmd, f, list[0])
			if z == nil {
				return err
			}
			defer z.Close()
			switch {
			case asJSON:
				if jsonErr := e.writeJSON("selection", selectionOf(z, choice)); jsonErr != nil {
					return jsonErr
				}
			case explain:
				e.drawExplanation(choice)
			case err == nil:
				e.drawChoice(choice)
			}
			return err
		},
	}
	f.add(cmd)
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
		if v.Reason == selector.NoPackageFits && !e.quiet {
			fmt.Fprintf(e.stderr, "note: %s comes first and has no fitting package; --strict-order would stop there\n", v.Interpreter.Path)
		}
	}
}

func (e *env) drawExplanation(c selector.Choice) {
	for _, v := range c.Considered {
		name := v.Interpreter.Path
		if r := v.Interpreter.Report; r != nil {
			name += fmt.Sprintf(" (%s %s)", r.Implementation, r.Version)
		}
		fmt.Fprintf(e.stdout, "%s %s: %s\n", mark(v.Reason), name, v.Detail)
		for _, p := range v.Packages {
			fmt.Fprintf(e.stdout, "    %s %s: %s\n", mark(p.Reason), p.Package.File(), p.Detail)
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

// selection is the JSON form of a choice.
type selection struct {
	Extension   string             `json:"extension"`
	Version     string             `json:"extension_version"`
	Interpreter *selectedPython    `json:"interpreter"`
	Package     string             `json:"package,omitempty"`
	Tag         string             `json:"tag,omitempty"`
	Considered  []consideredPython `json:"considered"`
}

type selectedPython struct {
	Path           string `json:"path"`
	Python         string `json:"python"`
	Implementation string `json:"implementation"`
}

type consideredPython struct {
	Path     string              `json:"path"`
	Reason   selector.Reason     `json:"reason"`
	Detail   string              `json:"detail"`
	Packages []consideredPackage `json:"packages,omitempty"`
}

type consideredPackage struct {
	File   string          `json:"file"`
	Reason selector.Reason `json:"reason"`
	Detail string          `json:"detail"`
}

func selectionOf(z *selector.Zip, c selector.Choice) selection {
	m := z.Extension.Manifest
	s := selection{Extension: m.Name, Version: m.Version.String()}
	if c.Interpreter != nil {
		r := c.Interpreter.Report
		s.Interpreter = &selectedPython{Path: c.Interpreter.Path, Python: r.Version, Implementation: r.Implementation}
	}
	if c.Package != nil {
		s.Package, s.Tag = c.Package.File(), c.Tag.String()
	}
	for _, v := range c.Considered {
		p := consideredPython{Path: v.Interpreter.Path, Reason: v.Reason, Detail: v.Detail}
		for _, pv := range v.Packages {
			p.Packages = append(p.Packages, consideredPackage{File: pv.Package.File(), Reason: pv.Reason, Detail: pv.Detail})
		}
		s.Considered = append(s.Considered, p)
	}
	return s
}
