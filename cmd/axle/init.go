package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/scaffold"
)

func newInit(e *env) *cobra.Command {
	var p scaffold.Project
	var yes, force bool
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Make a new project that builds",
		Long: `Make a project in DIR, or in this folder: src/extension.yml, src/extension.py, requirements.txt and .gitignore. On a
terminal what no flag says is asked for; elsewhere, and with --yes, it gets its usual value; without a terminal one of DIR, --name and --yes
is needed. A requirements.txt and a .gitignore that are there already are kept.`,
		Args:    args(cobra.MaximumNArgs(1)),
		GroupID: "build",
		RunE: func(cmd *cobra.Command, list []string) error {
			dir := "."
			if len(list) > 0 {
				dir = list[0]
			}
			if err := checkInit(cmd, p); err != nil {
				return err
			}
			asks := !yes && isTerminal(e.stdin)
			if !asks && !yes && len(list) == 0 && p.Name == "" {
				return fault.New(fault.Usage, "axle init: nothing says what to make, and there is no terminal to ask on",
					"name it: axle init DIR, or axle init --name NAME for this folder", "take the usual values: axle init --yes")
			}
			if err := scaffold.CheckFolder(dir, force); err != nil {
				return err
			}
			if asks {
				if err := e.askInit(cmd.Context(), cmd, dir, &p); err != nil {
					return err
				}
			}
			made, err := scaffold.Write(dir, p, force)
			if err != nil {
				return err
			}
			return e.drawInit(dir, made)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&p.Name, "name", "", "`name` of the extension (default: that of the folder)")
	flags.StringVar(&p.Version, "version", "", "`version` of the extension (default 1.0.0)")
	flags.StringVar(&p.RequiresPython, "requires-python", "", "the `Pythons` that it works with (default >=3.9)")
	flags.StringSliceVar(&p.Platforms, "platform", nil, "a `platform` to build for (may be repeated; default linux/amd64, linux/arm64, windows/amd64, macos/arm64)")
	flags.BoolVar(&p.ZipSafe, "zip-safe", false, "it runs straight from its zip, with pure Python alone")
	flags.BoolVarP(&yes, "yes", "y", false, "ask nothing")
	flags.BoolVar(&force, "force", false, "write over an extension.yml and extension.py that are there")
	return cmd
}

// checkInit says what is wrong with the flags.
func checkInit(cmd *cobra.Command, p scaffold.Project) error {
	var problems fault.List
	for _, c := range []struct {
		flag string
		err  func() error
	}{
		{"name", func() error { return scaffold.CheckName(p.Name) }},
		{"version", func() error { return scaffold.CheckVersion(p.Version) }},
		{"requires-python", func() error { return scaffold.CheckPythons(p.RequiresPython) }},
		{"platform", func() error { return scaffold.CheckPlatforms(p.Platforms) }},
	} {
		if !cmd.Flags().Changed(c.flag) {
			continue
		}
		if err := c.err(); err != nil {
			problems = append(problems, fault.Errorf(fault.Usage, "--%s: %w", c.flag, err))
		}
	}
	return problems.Err()
}

// isTerminal says whether a person sits at the other end.
func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// question is asked of a person, where no flag answers it.
type question struct {
	flag, text, usual string
	about             string // what the answer is for, in lines
	take              func(string) error
}

// askInit asks for what no flag says. An empty answer is the usual value, which
// is shown; a bad answer is asked for again.
func (e *env) askInit(ctx context.Context, cmd *cobra.Command, dir string, p *scaffold.Project) error {
	q := questions{ctx: ctx, in: bufio.NewReader(e.stdin), out: e.stderr, palette: e.palette(e.stderr)}
	fmt.Fprintf(q.out, "This makes an extension in %s.\nEnter alone takes what is in brackets; Ctrl-C leaves everything as it is.\n", place(dir))
	for _, ask := range initQuestions(dir, p) {
		if cmd.Flags().Changed(ask.flag) {
			continue
		}
		if err := q.ask(ask); err != nil {
			return err
		}
	}
	fmt.Fprintln(q.out)
	return nil
}

// place names a folder in a sentence.
func place(dir string) string {
	if dir == "." {
		return "this folder"
	}
	return "the folder " + dir
}

// initQuestions are those of axle init, for a project in dir.
func initQuestions(dir string, p *scaffold.Project) []question {
	usual := p.Usual(dir)
	return []question{
		{"name", "Name of the extension", usual.Name,
			"Its zip and its packages are named so, and it is deployed and run by this name.",
			func(s string) error { p.Name = s; return scaffold.CheckName(s) }},
		{"version", "Version", usual.Version,
			"Three numbers: 1.0.0, or 1.0.0-rc.1 before it.",
			func(s string) error { p.Version = s; return scaffold.CheckVersion(s) }},
		{"requires-python", "Pythons that it works with", usual.RequiresPython,
			"It is built for all of these: >=3.9, or >=3.9,<3.13. Fewer need fewer packages.",
			func(s string) error { p.RequiresPython = s; return scaffold.CheckPythons(s) }},
		{"platform", "Platforms to build for", strings.Join(usual.Platforms, ", "),
			"The systems and processors of the agents that will run it.",
			func(s string) error {
				p.Platforms = strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
				return scaffold.CheckPlatforms(p.Platforms)
			}},
		{"zip-safe", "Does it run straight from its zip (yes or no)", "no",
			"Yes only if all that it requires is pure Python. With no, agents extract it.",
			func(s string) (err error) { p.ZipSafe, err = yesOrNo(s); return err }},
	}
}

func yesOrNo(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "yes", "y", "true":
		return true, nil
	case "no", "n", "false":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither yes nor no", s)
}

// questions are asked of a person.
type questions struct {
	ctx     context.Context
	in      *bufio.Reader
	out     io.Writer
	palette fault.Palette
}

// ask repeats a question until there is no objection to the answer.
func (q questions) ask(ask question) error {
	fmt.Fprintf(q.out, "\n%s\n", q.palette.Paint(fault.Faint, ask.about))
	for {
		fmt.Fprintf(q.out, "%s [%s]: ", ask.text, ask.usual)
		answer, err := q.line()
		if err != nil {
			fmt.Fprintln(q.out)
			return err
		}
		if answer = strings.TrimSpace(answer); answer == "" {
			answer = ask.usual
		}
		if err = ask.take(answer); err == nil {
			return nil
		}
		q.palette.Print(q.out, err)
	}
}

// line reads a line, and gives up when the program is interrupted: the reader
// itself would wait for the person.
func (q questions) line() (string, error) {
	type read struct {
		text string
		err  error
	}
	done := make(chan read, 1)
	go func() {
		text, err := q.in.ReadString('\n')
		done <- read{text, err}
	}()
	select {
	case <-q.ctx.Done():
		return "", q.ctx.Err()
	case r := <-done:
		if r.err != nil && r.text == "" {
			return "", fault.New(fault.Usage, "the answers end before the questions; nothing was written", "answer with flags, or take the usual values with --yes: axle init --help")
		}
		return r.text, nil
	}
}

func (e *env) drawInit(dir string, made []scaffold.Made) error {
	for _, m := range made {
		line := m.Path
		if m.Kept {
			line += "  kept"
		}
		if _, err := fmt.Fprintln(e.stdout, line); err != nil {
			return err
		}
	}
	e.say("next", "axle build %s", quoted(dir))
	return nil
}

// quoted is an argument as a shell takes it.
func quoted(arg string) string {
	if strings.ContainsFunc(arg, func(r rune) bool { return strings.ContainsRune(" \t\"'$&|;<>()*?#~`", r) }) {
		return strconv.Quote(arg)
	}
	return arg
}
