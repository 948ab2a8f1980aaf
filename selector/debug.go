package selector

import (
	"fmt"
	"strings"

	"github.com/axlepack/axle/internal/fault"
)

// debugOptions are those by which axle_debug.py learns that it is wanted: not
// in the environment, which the extension's children have too. debugpy sees
// little of modules that are frozen into the interpreter.
func debugOptions(d Deployment, opt RunOptions) ([]string, error) {
	in := d.Record.Interpreter
	switch {
	case opt.DebugPort == 0:
		return nil, nil
	case opt.DebugPort < 1 || opt.DebugPort > 65535:
		return nil, fault.New(fault.Usage, fmt.Sprintf("--debugpy: %d is no port", opt.DebugPort), "choose one of 1024 to 65535")
	case strings.HasPrefix(in.Version, "2."):
		return nil, fault.New(fault.Unloadable, fmt.Sprintf("%s: --debugpy needs Python 3, and it runs under %s (Python %s)", d.Record.Name, in.Path, in.Version),
			"deploy it with another interpreter: axle deploy --interpreter PATH "+d.Record.Zip.Path)
	}
	value := fmt.Sprintf("axle_debugpy=%d", opt.DebugPort)
	if opt.DebugWait {
		value += ",wait"
	}
	return []string{"-X", "frozen_modules=off", "-X", value}, nil
}
