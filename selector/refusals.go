package selector

import (
	"context"
	"fmt"
	"strings"

	"github.com/axlepack/axle/internal/finding"
)

// Refusal says why a package serves nothing.
type Refusal struct {
	// Text is what was found, without the name of the package.
	Text string
	// Chosen says that an agent does not see it before it chooses: then the zip is
	// refused when the package is extracted, or what is deployed is not for the
	// target. Otherwise the next best package is chosen.
	Chosen bool
}

// Refusals are the packages of a zip that serve nothing, by their file names:
// those with a finding of [VerifyZip] that agents act upon, or that were renamed.
// What is said of "" is about the zip itself, which then runs nowhere. Errors are those of
// [VerifyZip].
func Refusals(ctx context.Context, file string) (map[string]Refusal, error) {
	z, err := Open(file)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	v := zipVerifier{z: z}
	all := map[string]Refusal{}
	v.own()
	if r, refused := v.refusal(nil, z.Path+": "); refused {
		all[""] = r
	}
	for i := range z.Extension.Packages {
		p := &z.Extension.Packages[i]
		v.out.Findings = nil
		v.verify(ctx, p)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if r, refused := v.refusal(p, z.Path+"!"+p.Member+": "); refused {
			all[p.File()] = r
		}
	}
	return all, nil
}

// refusal is what the findings on a package, or on the zip itself, mean for
// agents. Their texts begin with the prefix.
func (v *zipVerifier) refusal(p *Package, prefix string) (Refusal, bool) {
	r := Refusal{Chosen: p != nil && p.Problem == nil}
	var texts []string
	for _, f := range v.out.Findings {
		rule := finding.Of(f.Code)
		if rule.Refused() || f.Code == finding.WheelTags || p == nil && f.Code == finding.ZipSafeNative {
			texts = append(texts, strings.TrimPrefix(f.Text, prefix))
			r.Chosen = r.Chosen && !rule.Passed()
		}
	}
	r.Text = some(texts)
	return r, len(texts) > 0
}

// some joins a few sentences, and counts the others.
func some(texts []string) string {
	text := strings.Join(texts[:min(len(texts), maxLies)], "; ")
	if more := len(texts) - maxLies; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}
