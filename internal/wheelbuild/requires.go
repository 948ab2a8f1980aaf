package wheelbuild

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
)

// requiresSpace names the format of what is remembered of
// get_requires_for_build_wheel.
const requiresSpace = "sdist-requires-1"

// requires are the pins of everything that the build of a source requires:
// what pyproject.toml says, and what the backend asks for besides.
func (w *workshop) requires(ctx context.Context) ([]lock.Pin, error) {
	ctx, err := w.begin(ctx)
	if err != nil {
		return nil, err
	}
	pins, err := w.resolve(ctx, w.source.about.Build.Requires)
	if err != nil {
		return nil, err
	}
	more, err := w.more(ctx, pins)
	if err != nil || len(more) == 0 {
		return pins, err
	}
	return w.resolve(ctx, slices.Concat(w.source.about.Build.Requires, more))
}

// more is what the backend asks for: remembered, or asked.
func (w *workshop) more(ctx context.Context, pins []lock.Pin) (more []string, err error) {
	cache, key := w.builder.options.Cache, w.key(pins)
	if data, ok := cache.Get(requiresSpace, key); ok && json.Unmarshal(data, &more) == nil {
		return more, nil
	}
	if _, err := w.call(ctx, pins, "get_requires_for_build_wheel", &more); err != nil {
		return nil, err
	}
	data, err := json.Marshal(more)
	if err == nil {
		_ = cache.Set(requiresSpace, key, data) // it is asked again next time
	}
	return more, nil
}

// resolve pins build requirements for the interpreter.
func (w *workshop) resolve(ctx context.Context, texts []string) ([]lock.Pin, error) {
	var list []pep508.Requirement
	for _, text := range texts {
		r, err := pep508.Parse(text)
		if err != nil {
			return nil, fault.Errorf(fault.BadInput, "%s: it asks to be built with %q: %w", w.source, text, err)
		}
		list = append(list, r)
	}
	if len(list) == 0 {
		return nil, nil
	}
	pins, err := w.builder.options.Requirements.Resolve(ctx, w.machine.target, list)
	if err != nil {
		return nil, fmt.Errorf("%s, of what it takes to build it: %w", w.source, err)
	}
	return pins, nil
}

// key identifies a build: equal for those that give the same wheel.
func (w *workshop) key(pins []lock.Pin) string {
	files := make([]string, len(pins))
	for i, p := range pins {
		files[i] = p.File.Filename.Text + " " + p.File.Key()
	}
	slices.Sort(files)
	settings, _ := json.Marshal(w.source.Settings) // keys come sorted
	sum := sha256.Sum256([]byte(strings.Join([]string{hookScript, epoch, w.source.digest, w.machine.identity, string(settings), strings.Join(files, "\n")}, "\n\n")))
	return hex.EncodeToString(sum[:])
}

// chainKey is where a context has the sources that are being built, of which
// each requires the next.
type chainKey struct{}

// begin notes that the source is being built, and refuses one that requires
// itself to be built.
func (w *workshop) begin(ctx context.Context) (context.Context, error) {
	chain, _ := ctx.Value(chainKey{}).([]string)
	name := w.source.String()
	if slices.Contains(chain, name) {
		return nil, fault.New(fault.Resolution, fmt.Sprintf("%s requires itself to be built: %s", name, strings.Join(append(chain, name), " → ")),
			"give a wheel of one of them with --find-links")
	}
	return context.WithValue(ctx, chainKey{}, append(slices.Clip(chain), name)), nil
}

// isNested says whether this is for the sake of another build.
func isNested(ctx context.Context) bool { return ctx.Value(chainKey{}) != nil }
