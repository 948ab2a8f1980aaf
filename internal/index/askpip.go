package index

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/fault"
)

// PipScript is a Python program that prints, as one line of JSON, the index
// that the pip of the interpreter uses when nothing is configured. It is for
// "python -c", with -E and -s where they can be had; it runs on Python 2.7 and
// 3.4 or later and knows pip 9 to 26. Where the interpreter has no pip it
// looks at the one that ensurepip would install. It prints {"index": null}
// where there is none at all, and touches neither network nor disk.
const PipScript = `
import json, os, sys
sys.path[:] = [p for p in sys.path if p not in ('', '.', os.getcwd())]
def default():
    try:
        try:
            from pip._internal.cli import cmdoptions
        except ImportError:
            try:
                from pip._internal import cmdoptions
            except ImportError:
                from pip import cmdoptions
        url = cmdoptions.index_url().default
        if url:
            return url
    except Exception:
        pass
    try:
        from pip._internal.models.index import PyPI
    except ImportError:
        from pip.models import PyPI
    return PyPI.simple_url
def bundled():
    import ensurepip
    for folder in (os.path.join(os.path.dirname(ensurepip.__file__), '_bundled'), '/usr/share/python-wheels'):
        for name in sorted(os.listdir(folder) if os.path.isdir(folder) else []):
            if name.startswith('pip-') and name.endswith('.whl'):
                sys.path.insert(0, os.path.join(folder, name))
                return
def find():
    try:
        return default()
    except Exception:
        pass
    try:
        for name in [m for m in sys.modules if m == 'pip' or m.startswith('pip.')]:
            del sys.modules[name]
        bundled()
        return default()
    except Exception:
        return None
print(json.dumps({'index': find()}))
`

const (
	pipSpace = "pip-1"
	pipKeyOf = "default-index"
	pipLife  = 30 * 24 * time.Hour
)

// pipAnswer is what PipScript prints, and what is remembered of it.
type pipAnswer struct {
	Index string `json:"index"`
	Asked int64  `json:"asked,omitempty"` // seconds since 1970
}

// askPip is the default index of the pip of an interpreter, "" when there is
// none to ask. An answer is remembered for a month; an old one is better than
// none.
func (d *discovery) askPip(ctx context.Context) string {
	o := d.options
	var old pipAnswer
	if o.Cache != nil {
		if data, ok := o.Cache.Get(pipSpace, pipKeyOf); ok && json.Unmarshal(data, &old) == nil {
			if o.Now().Sub(time.Unix(old.Asked, 0)) < pipLife {
				return old.Index
			}
		}
	}
	if o.AskPip == nil {
		return old.Index
	}
	output, err := o.AskPip(ctx)
	if ctx.Err() != nil {
		return old.Index // who ended the run knows why pip was not heard
	}
	if err != nil {
		d.warnings = append(d.warnings, fault.Warning{Text: "no pip could be asked for its default index: " + err.Error()})
		return old.Index
	}
	answer, err := readPipAnswer(output)
	if err != nil {
		d.warnings = append(d.warnings, fault.Warning{Text: "the pip that was asked for its default index: " + err.Error()})
		return old.Index
	}
	answer.Asked = o.Now().Unix()
	if data, err := json.Marshal(answer); err == nil && o.Cache != nil {
		_ = o.Cache.Set(pipSpace, pipKeyOf, data) // asked again next time
	}
	return answer.Index
}

// readPipAnswer reads the last line of the output: what is before it was
// printed by the interpreter's own start-up.
func readPipAnswer(output string) (pipAnswer, error) {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	var answer pipAnswer
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &answer); err != nil {
		return answer, errors.New("its answer cannot be read")
	}
	if !isRemote(answer.Index) {
		return answer, errors.New("its answer is no address")
	}
	return answer, nil
}
