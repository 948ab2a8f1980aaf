package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/bytesize"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/selector"
)

func newPrune(e *env) *cobra.Command {
	var f agentFlags
	var opt selector.PruneOptions
	var olderThan, maxSize string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Remove old deployments, and what nothing refers to",
		Long: `Remove deployments beyond the limits that are given, never one that is current or that something runs from, and with them the packages
that nothing refers to any more and what killed operations left. Without a limit only the latter.

With --json: {"version": 1, "pruned": {"removed": [records as axle deployments prints them], "running": likewise (not removed, since
something runs from them), "packages": [folders], "leftover", "freed", "size" (bytes; -1 where it was not counted), "damaged", "dry_run"}}.`,
		Args:    args(cobra.NoArgs),
		GroupID: "agent",
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := e.agent(f)
			if err != nil {
				return err
			}
			if opt.OlderThan, err = parseAge(olderThan); err != nil {
				return err
			}
			if opt.MaxSize, err = parseSize(maxSize); err != nil {
				return err
			}
			if opt.Keep < 0 || cmd.Flags().Changed("keep") && opt.Keep == 0 {
				return fault.New(fault.Usage, fmt.Sprintf("--keep %d: at least 1 stays, the current one", opt.Keep))
			}
			p, err := selector.Prune(cmd.Context(), a.Root, opt)
			if err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON("pruned", p)
			}
			e.drawPruned(p)
			return nil
		},
	}
	f.addRoot(cmd)
	cmd.Flags().StringVar(&olderThan, "older-than", "", "remove what was made current longer ago than this `age`: 30d, 12h")
	cmd.Flags().IntVar(&opt.Keep, "keep", 0, "keep this `number` of deployments of each extension, the current one counted")
	cmd.Flags().StringVar(&maxSize, "max-size", "", "remove the oldest until the root folder takes no more than this `size`: 2GB, 500MiB")
	cmd.Flags().BoolVar(&opt.DryRun, "dry-run", false, "say what would be removed, and change nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) drawPruned(p selector.Pruned) {
	e.drawRemoved(p.Removed, p.DryRun)
	for _, d := range p.Running {
		fmt.Fprintf(e.stdout, "kept %s %s: it is running\n", d.Record.Name, d.Record.ID)
	}
	verb := "removed"
	if p.DryRun {
		verb = "would remove"
	}
	for _, folder := range p.Packages {
		fmt.Fprintf(e.stdout, "%s %s: no deployment has it\n", verb, folder)
	}
	if p.Leftover > 0 {
		fmt.Fprintf(e.stdout, "%s what %d killed operations left\n", verb, p.Leftover)
	}
	if len(p.Damaged) > 0 {
		e.warn([]fault.Warning{{Text: "packages are kept while deployments are damaged: " + strings.Join(p.Damaged, ", ")}})
	}
	if len(p.Removed)+len(p.Packages)+p.Leftover == 0 {
		fmt.Fprintln(e.stdout, "nothing to remove")
	}
}

// parseAge reads 30d, 2w, and what time.ParseDuration reads.
func parseAge(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	for unit, length := range map[string]time.Duration{"d": 24 * time.Hour, "w": 7 * 24 * time.Hour} {
		if number, ok := strings.CutSuffix(text, unit); ok {
			if n, err := strconv.ParseFloat(number, 64); err == nil && n > 0 && n*float64(length) < math.MaxInt64 {
				return time.Duration(n * float64(length)), nil
			}
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d, nil
	}
	return 0, fault.New(fault.Usage, fmt.Sprintf("--older-than %s: not an age", text), "an age looks like 30d, 2w or 12h")
}

// parseSize reads 2GB, 500MiB or bytes.
func parseSize(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	size, err := bytesize.Parse(text)
	if err != nil {
		return 0, fault.WithHints(fault.WithCode(fmt.Errorf("--max-size: %w", err), fault.Usage), fault.Hints(err)...)
	}
	return size.Bytes, nil
}
