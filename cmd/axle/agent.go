package main

import (
	"context"

	"github.com/spf13/cobra"

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
	cmd.Flags().StringVar(&f.root, "root", "", "folder of the deployments (default: AXLE_ROOT, else the data folder)")
	f.addConfig(cmd)
}

func (f *agentFlags) addConfig(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.config, "config", "", "agent.yml to read (default: AXLE_CONFIG, else the usual places)")
}

func (f *agentFlags) addInterpreters(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.interpreters, "interpreter", nil, "consider this interpreter alone (may be repeated, best first)")
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

// settings is agent for what needs no folder of deployments.
func (e *env) settings(f agentFlags) (selector.Agent, error) {
	paths, required := e.agentFiles(f.config)
	a, warnings, err := selector.LoadAgent(paths, required)
	e.warn(warnings)
	if len(f.interpreters) > 0 {
		a.Interpreters, a.Discover = f.interpreters, false
	}
	return a, err
}

// find asks the interpreters of the machine, or remembers their answers.
func (e *env) find(ctx context.Context, a selector.Agent, f agentFlags) []interpreters.Interpreter {
	opt := a.FindOptions(below(e.cacheDir(), "interpreters"))
	opt.Env, opt.Again = e.lookup, f.again
	return interpreters.Find(ctx, opt)
}
