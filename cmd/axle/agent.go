package main

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/internal/places"
	"github.com/axlepack/axle/interpreters"
	"github.com/axlepack/axle/selector"
)

// agentFlags are the flags that all commands of the agent side share.
type agentFlags struct {
	root, config string
	interpreters []string
	again        bool
}

func (f *agentFlags) addRoot(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.root, "root", "", "`folder` of the deployments (default: AXLE_ROOT, else the data folder)")
	f.addConfig(cmd)
}

func (f *agentFlags) addConfig(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.config, "config", "", "agent.yml to read, by its `path` (default: AXLE_CONFIG, else the usual places)")
}

func (f *agentFlags) addInterpreters(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.interpreters, "interpreter", nil, "consider the interpreter at this `path` alone (may be repeated, best first)")
	cmd.Flags().BoolVar(&f.again, "refresh", false, "ask interpreters again, whatever is remembered")
}

// agent reads agent.yml and lets the flags override it.
func (e *env) agent(f agentFlags) (selector.Agent, error) {
	a, err := e.settings(f)
	if err == nil {
		a.Root, err = e.deployRoot(f.root, a.Root)
	}
	return a, err
}

// runRoot is where axle run finds what is deployed. Of agent.yml it needs the
// root folder alone, and nothing where that is named otherwise: what is deployed
// goes on running beside a file that somebody is editing.
func (e *env) runRoot(f agentFlags) (string, error) {
	if dir := cmp.Or(f.root, e.first("AXLE_ROOT")); dir != "" && f.config == "" {
		return dir, nil
	}
	a, err := e.agent(f)
	return a.Root, err
}

// settings is agent for what needs no folder of deployments.
func (e *env) settings(f agentFlags) (selector.Agent, error) {
	paths, required := e.places().AgentFiles(f.config)
	a, warnings, err := selector.LoadAgent(paths, required)
	e.warn(warnings)
	if len(f.interpreters) > 0 {
		a.Interpreters, a.Discover = f.interpreters, false
	}
	return a, err
}

// find asks the interpreters of the machine, or remembers their answers.
func (e *env) find(ctx context.Context, a selector.Agent, f agentFlags) []interpreters.Interpreter {
	opt := a.FindOptions(places.Below(e.places().Cache(), "interpreters"))
	opt.Env, opt.Again = e.lookup, f.again
	events, done := e.events()
	defer done()
	opt.Events = events
	return interpreters.Find(ctx, opt)
}
