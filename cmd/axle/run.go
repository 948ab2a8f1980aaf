package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/selector"
)

func newRun(e *env) *cobra.Command {
	var f agentFlags
	var fields string
	cmd := &cobra.Command{
		Use:     "run NAME [-- ARGS...]",
		Short:   "Start a deployed extension; its exit code is axle's",
		Args:    args(cobra.MinimumNArgs(1)),
		GroupID: "agent",
		RunE: func(cmd *cobra.Command, list []string) error {
			a, err := e.agent(f)
			if err != nil {
				return err
			}
			text, err := readFields(fields)
			if err != nil {
				return err
			}
			e.code, err = selector.Run(cmd.Context(), selector.RunOptions{Root: a.Root, Name: list[0], Args: list[1:], Fields: text})
			return err
		},
	}
	f.addRoot(cmd)
	cmd.Flags().StringVar(&fields, "fields", "", "JSON, or a file of it, for an extension that is a class with extension_start(fields)")
	// What follows NAME is the extension's own.
	cmd.Flags().SetInterspersed(false)
	return cmd
}

// readFields takes JSON as it is, and anything else as the name of a file.
func readFields(text string) (string, error) {
	if trimmed := strings.TrimSpace(text); trimmed == "" || strings.HasPrefix(trimmed, "{") {
		return trimmed, nil
	}
	data, err := os.ReadFile(text)
	if err != nil {
		return "", fault.WithHints(fault.WithCode(err, fault.Usage), "--fields takes a JSON object or the name of a file that holds one")
	}
	return string(data), nil
}
