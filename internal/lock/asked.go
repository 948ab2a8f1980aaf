package lock

import (
	"maps"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// Asked is what a lock is the answer to. When it changes, the lock has to be
// made anew.
type Asked struct {
	// Targets are sorted, each once.
	Targets []target.Target
	// Requirements, Constraints and Overrides are texts of [RequirementText],
	// sorted, each once.
	Requirements, Constraints, Overrides []string
	// Policy are the settings that are not the default.
	Policy map[string]string
}

// hashOption comes before each digest in the text of a requirement.
const hashOption = " --hash="

// RequirementText is a requirement as [Asked] keeps it: names normalised, so
// that their spelling makes no difference, and the digests the user admits
// ("sha256:0123…") behind it.
func RequirementText(r pep508.Requirement, hashes []string) string {
	r.NameText, r.ExtrasText = string(r.Name), nil
	for _, e := range r.Extras {
		r.ExtrasText = append(r.ExtrasText, string(e))
	}
	text := r.String()
	for _, h := range slices.Compact(slices.Sorted(slices.Values(hashes))) {
		text += hashOption + h
	}
	return text
}

// parseAsked reads what RequirementText wrote, without the digests.
func parseAsked(text string) (pep508.Requirement, error) {
	text, _, _ = strings.Cut(text, hashOption)
	return pep508.Parse(text)
}

// Normalize sorts the lists, and drops what is in them twice.
func (a *Asked) Normalize() {
	slices.SortFunc(a.Targets, target.Target.Compare)
	a.Targets = slices.Compact(a.Targets)
	for _, list := range []*[]string{&a.Requirements, &a.Constraints, &a.Overrides} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
}

// Difference is what was changed since something was locked.
type Difference struct {
	// Changes are sentences without a period: of requirements and policy.
	Changes []string
	// Added targets are asked for and not locked, Removed ones the reverse.
	Added, Removed []target.Target
}

// Compare says what a lock for a lacks when now is asked.
func (a Asked) Compare(now Asked) Difference {
	var d Difference
	d.compareTexts("", a.Requirements, now.Requirements)
	d.compareTexts("the constraint ", a.Constraints, now.Constraints)
	d.compareTexts("the override ", a.Overrides, now.Overrides)
	for _, key := range slices.Compact(slices.Sorted(chain(maps.Keys(a.Policy), maps.Keys(now.Policy)))) {
		was, is := a.Policy[key], now.Policy[key]
		switch {
		case was == is:
		case was == "":
			d.Changes = append(d.Changes, key+" "+is+" is asked for and was not")
		case is == "":
			d.Changes = append(d.Changes, key+" "+was+" was asked for and no longer is")
		default:
			d.Changes = append(d.Changes, key+" "+is+" is asked for, and was "+was)
		}
	}
	d.Added, d.Removed = without(now.Targets, a.Targets), without(a.Targets, now.Targets)
	return d
}

// compareTexts pairs what was taken away with what came for the same project.
func (d *Difference) compareTexts(what string, was, is []string) {
	gone, come := without(was, is), without(is, was)
	for _, text := range gone {
		i := slices.IndexFunc(come, func(other string) bool { return projectOf(other) == projectOf(text) })
		if i < 0 {
			d.Changes = append(d.Changes, what+text+" is no longer asked for")
			continue
		}
		d.Changes = append(d.Changes, what+come[i]+" is asked for, and was "+text)
		come = slices.Delete(come, i, i+1)
	}
	for _, text := range come {
		d.Changes = append(d.Changes, what+text+" is asked for and was not")
	}
}

// projectOf is the name at the begin of a normalised requirement.
func projectOf(text string) string {
	if i := strings.IndexFunc(text, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	}); i >= 0 {
		return text[:i]
	}
	return text
}

// None says that nothing has changed.
func (d Difference) None() bool { return len(d.Changes)+len(d.Added)+len(d.Removed) == 0 }

// Lines has a sentence for each change, targets put together.
func (d Difference) Lines() []string {
	lines := slices.Clone(d.Changes)
	for _, names := range TargetNames(d.Added) {
		lines = append(lines, "not locked: "+names)
	}
	for _, names := range TargetNames(d.Removed) {
		lines = append(lines, "locked, and no longer asked for: "+names)
	}
	return lines
}

// TargetNames describes targets, with one text for each platform: "cp39, cp310
// on win_amd64". One alone is written as such.
func TargetNames(targets []target.Target) []string {
	if len(targets) == 1 {
		return []string{targets[0].String()}
	}
	var platforms []target.Platform
	pythons := map[target.Platform][]string{}
	for _, t := range targets {
		if pythons[t.Platform] == nil {
			platforms = append(platforms, t.Platform)
		}
		python, _, _ := strings.Cut(t.String(), "@")
		pythons[t.Platform] = append(pythons[t.Platform], python)
	}
	texts := make([]string, len(platforms))
	for i, p := range platforms {
		texts[i] = strings.Join(pythons[p], ", ") + " on " + p.String()
	}
	return texts
}

func without[T comparable](all, some []T) []T {
	var rest []T
	for _, v := range all {
		if !slices.Contains(some, v) {
			rest = append(rest, v)
		}
	}
	return rest
}

func chain[T any](seqs ...func(func(T) bool)) func(func(T) bool) {
	return func(yield func(T) bool) {
		for _, seq := range seqs {
			for v := range seq {
				if !yield(v) {
					return
				}
			}
		}
	}
}
