package resolve

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/bitset"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
)

// refused is why a run of versions cannot be used by a target.
type refused struct {
	project  *project
	versions set
	why      refusal
	detail   string    // "its wheels are for …"
	uploaded time.Time // of a file of it; of several versions the first
	remedy   string    // what to try, where that is known at once
	floor    target.Platform
	// onlyPython: there are wheels for the target's platform, for other Pythons.
	onlyPython bool
	// sameSystem: there are wheels for the target's system on other processors.
	sameSystem bool
	// onlySystem is the sys_platform of the one system that there are wheels for.
	onlySystem string
	// foreign are the tags of wheels of which none is for the target's system and
	// processor, whatever the Python; pythonFits says that some are for its Python.
	foreign    []tags.Tag
	pythonFits bool
}

// text is a line about the versions.
func (r *refused) text() string {
	return fmt.Sprintf("%s %s: %s", r.project.name, versionsText(r.project, r.versions), r.detail)
}

// inBrief goes behind "X requires Y, ".
func (r *refused) inBrief() string {
	return fmt.Sprintf("of which %s cannot be used: %s", versionsText(r.project, r.versions), r.detail)
}

// refusals are the reasons for all versions in a set, newest first; versions
// refused for the same reason are one. Pre-releases are told of where there is
// nothing else.
func (ev *evidence) refusals(on *info, within set) []*refused {
	finals := bitset.New(on.project.size())
	for c := within.Next(1); c > absent; c = within.Next(c + 1) {
		if !on.project.isPre(c) {
			finals.Put(c)
		}
	}
	if !finals.Empty() {
		within = finals
	}
	var out []*refused
	for c := within.Prev(len(within) * 64); c > absent; c = within.Prev(c - 1) {
		r := ev.refusal(on, c)
		i := slices.IndexFunc(out, r.sameCause)
		if i < 0 {
			out = append(out, r)
			continue
		}
		out[i].add(r)
	}
	for _, r := range out {
		switch {
		case len(r.foreign) > 0 && r.pythonFits:
			r.detail = "its wheels are for " + platformsText(r.foreign)
		case len(r.foreign) > 0:
			r.detail = fmt.Sprintf("its wheels are for %s on %s", pythonsText(r.foreign), platformsText(r.foreign))
		}
	}
	return out
}

// sameCause says whether versions are refused for the same reason: wheels for
// other platforms are one, whichever those are and whatever their Pythons.
func (r *refused) sameCause(o *refused) bool {
	return o.why == r.why && (o.detail == r.detail || o.dated() && r.dated() || len(o.foreign) > 0 && len(r.foreign) > 0)
}

// add takes an older version in that is refused for the same reason.
func (r *refused) add(older *refused) {
	r.versions = r.versions.Or(older.versions)
	r.foreign = append(r.foreign, older.foreign...)
	r.pythonFits = r.pythonFits || older.pythonFits
	if r.dated() && r.detail != older.detail { // of those that are too new, the first says most
		if older.uploaded.Before(r.uploaded) {
			r.uploaded = older.uploaded
		}
		r.detail = "uploaded on " + day(r.uploaded) + " or later"
	}
}

// dated says that versions are too new by the time of their upload.
func (r *refused) dated() bool { return r.why == refuseNewer && !r.uploaded.IsZero() }

func day(at time.Time) string { return at.UTC().Format("2006-01-02") }

// closeness orders refusals: of the files of a version, the one that came
// closest to being taken says what is wrong with it.
var closeness = map[refusal]int{
	refuseBroken: 0, refuseSdist: 1, refuseWheel: 2,
	refuseTag: 3, refuseUnfit: 4, refusePython: 5, refuseYanked: 6, refuseHash: 7, refuseNoHash: 8, refuseNewer: 9,
}

// refusal says why a version cannot be used.
func (ev *evidence) refusal(on *info, choice int) *refused {
	r := &refused{project: on.project, versions: bitset.Single(on.project.size(), choice)}
	for _, f := range ev.broken[on.x] {
		if f.choice == choice {
			r.why, r.detail, r.remedy = refuseBroken, f.reason, f.remedy
			if f.python != "" {
				r.why, r.detail = refusePython, "requires Python "+f.python
			}
			return r
		}
	}
	files := on.project.candidates(choice)
	for i := range files {
		f := &files[i]
		why := on.on.refuse(on.project, choice, f)
		if why == refuseNewer {
			why = on.on.butForTime(on.project, choice, f)
		}
		if why != fine && (r.why == "" || closeness[why] > closeness[r.why]) {
			r.why = why
			r.detail, r.uploaded = refusalText(why, f.file), f.file.UploadTime
			if u := on.on.unfit(f); why == refuseUnfit {
				r.detail, r.remedy = u.Reason, u.Remedy
			}
		}
	}
	switch {
	case r.why == refuseTag:
		r.wheels(on.on, files)
	case r.why == refuseSdist || r.why == refuseWheel:
		r.building(on.on)
	}
	return r
}

// butForTime is why a file that is too new could not be used if it were not: its
// age is the reason only where nothing else is.
func (c *cell) butForTime(p *project, choice int, f *candidate) refusal {
	anyTime, options := *c, *c.options
	options.ExcludeNewer = time.Time{}
	anyTime.options = &options
	if why := anyTime.refuse(p, choice, f); why != fine {
		return why
	}
	return refuseNewer
}

// building says what keeps a version with nothing but source, or nothing but
// wheels, from being built.
func (r *refused) building(c *cell) {
	name, o := r.project.name, c.options
	switch allow := "--build-sdists=" + string(name); {
	case r.why == refuseWheel && c.takesSdists(name):
		r.detail, r.remedy = "--no-binary refuses its wheels, and there is no source", fmt.Sprintf("leave %s out of --no-binary", name)
	case r.why == refuseWheel:
		r.remedy = fmt.Sprintf("leave %s out of --no-binary, or let it be built on this machine: %s", name, allow)
	case o.refusesSdists(name):
		r.detail += ", which --only-binary refuses"
		r.remedy = fmt.Sprintf("leave %s out of --only-binary", name)
	default:
		r.remedy = "let it be built on this machine, if you trust it: " + allow
	}
}

func refusalText(why refusal, f *index.File) string {
	switch why {
	case refusePython:
		return "requires Python " + f.RequiresPythonText
	case refuseYanked:
		if f.YankedReason != "" {
			return fmt.Sprintf("yanked (%s)", f.YankedReason)
		}
		return "yanked"
	case refuseSdist:
		return "no wheel, only source"
	case refuseWheel:
		return "--no-binary refuses its wheels, and nothing may be built"
	case refuseNewer:
		if f.UploadTime.IsZero() {
			return "uploaded at an unknown time"
		}
		return "uploaded on " + day(f.UploadTime)
	case refuseHash:
		return "no file has one of the digests given for it"
	case refuseNoHash:
		return "no digest is given for it"
	}
	return f.Unusable
}

// wheels says what the wheels of a version are for, and what keeps the target
// from using them.
func (r *refused) wheels(c *cell, files []candidate) {
	has := newHalves(c)
	var pythons, platforms []tags.Tag
	var all []tags.Tag
	for _, f := range files {
		if !f.file.IsWheel {
			continue
		}
		for _, tag := range f.file.Wheel.Tags {
			all = append(all, tag)
			python, platform := has.python[tag.Python+"-"+tag.ABI], has.platform[tag.Platform]
			switch {
			case python:
				platforms = append(platforms, tag)
			case platform:
				pythons = append(pythons, tag)
			}
		}
	}
	r.sameSystem, r.onlySystem = sameSystem(c.target.Platform, platforms), onlySystem(all)
	if _, near := nearFloor(c.target.Platform, all); !near && len(pythons) == 0 && !bareLinux(c.target.Platform, all) {
		r.foreign, r.pythonFits = all, len(platforms) > 0
	}
	switch floor, ok := nearFloor(c.target.Platform, platforms); {
	case ok:
		r.floor = floor
		r.detail = fmt.Sprintf("its wheels need %s; the floor of %s is %s", floorText(floor), c.target.Platform, floorNumber(c.target.Platform))
	case bareLinux(c.target.Platform, platforms):
		r.bareLinux(c, files)
	case len(platforms) > 0:
		r.detail = "its wheels are for " + platformsText(platforms)
	case len(pythons) > 0:
		r.onlyPython = true
		r.detail = "its wheels are for " + pythonsText(pythons)
	default:
		r.sameSystem = sameSystem(c.target.Platform, all)
		r.detail = fmt.Sprintf("its wheels are for %s on %s", pythonsText(all), platformsText(all))
	}
}

// bareLinux says what becomes of wheels that name no floor.
func (r *refused) bareLinux(c *cell, files []candidate) {
	p := c.target.Platform
	r.detail = "its wheels are tagged linux_" + p.Arch
	if slices.ContainsFunc(files, func(f candidate) bool { return f.file.Local || f.file.Path != "" }) {
		r.detail += ", which are taken on the machine that made them only"
		r.remedy = fmt.Sprintf("make a manylinux or musllinux wheel of %s, or build where it was made", r.project.name)
		return
	}
	r.detail += ", which promises nothing and is not taken from an index"
	r.remedy = "ask who made it for a manylinux wheel"
}

// halves is what a target runs, each half of its tags by itself.
type halves struct{ python, platform map[string]bool }

func newHalves(c *cell) halves {
	r := halves{map[string]bool{}, map[string]bool{}}
	for _, tag := range c.index.List() {
		r.python[tag.Python+"-"+tag.ABI] = true
		r.platform[tag.Platform] = true
	}
	return r
}

// nearFloor is the lowest floor with which the target's own system and
// architecture would run one of the tags.
func nearFloor(p target.Platform, of []tags.Tag) (best target.Platform, ok bool) {
	for _, tag := range of {
		family, floor, arch, known := target.SplitTag(tag.Platform)
		if !known || family != p.Family || arch != p.Arch && !(family == target.MacOS && arch == "universal2") {
			continue
		}
		q := target.Platform{Family: family, Arch: p.Arch, Major: floor[0], Minor: floor[1]}
		if !ok || q.Compare(best) < 0 {
			best, ok = q, true
		}
	}
	return best, ok
}

// bareLinux says whether some tags are for the platform's system and processor,
// and name no floor.
func bareLinux(p target.Platform, of []tags.Tag) bool {
	isLinux := p.Family == target.Manylinux || p.Family == target.Musllinux
	return isLinux && slices.ContainsFunc(of, func(t tags.Tag) bool { return t.Platform == "linux_"+p.Arch })
}

func floorText(p target.Platform) string {
	name := map[target.OS]string{target.Manylinux: "glibc", target.Musllinux: "musl", target.MacOS: "macOS"}[p.Family]
	return name + " " + floorNumber(p)
}

func floorNumber(p target.Platform) string { return fmt.Sprintf("%d.%d", p.Major, p.Minor) }

// tellNoFile: the versions demanded exist, but the target can use none.
func (ev *evidence) tellNoFile(e *Error, t *trouble) {
	list := ev.refusals(t.on, t.within)
	cause := telling(list)
	e.Kind = kindOf(cause.why)
	for i, d := range t.demands {
		e.require(ev.chain(d, t.options[i])...)
	}
	e.summary = noFileSummary(e, string(t.on.name), specifiersText(t.options), list)
	for i, r := range list {
		if i == linesTold {
			e.lines = append(e.lines, fmt.Sprintf("and so on for %d older versions", rest(list[i:])))
			break
		}
		e.lines = append(e.lines, r.text())
	}
	best := ev.newestUsable(t.on)
	if best != absent {
		e.lines = append(e.lines, fmt.Sprintf("%s %s is the newest version with a file for %s", t.on.name, t.on.project.version(best), e.Target))
	}
	e.hints = ev.nextStep(t, cause, best)
	e.tellSource()
}

const linesTold = 3

func rest(list []*refused) (n int) {
	for _, r := range list {
		n += r.versions.Count()
	}
	return n
}

func noFileSummary(e *Error, name, asked string, list []*refused) string {
	no, all := name+": no version", name+": all versions"
	if asked != "" {
		no, all = no+" "+asked, all+" "+asked
	}
	switch {
	case list[0].why == refuseNoHash:
		return name + ": no digest is given for it, and --require-hashes wants one for everything"
	case e.Kind == RequiresPython:
		return fmt.Sprintf("%s runs on Python %s", no, e.Target.Python)
	case e.Kind == Yanked:
		return all + " were yanked"
	case e.Kind == TooNew && slices.ContainsFunc(list, func(r *refused) bool { return r.why != refuseNewer }):
		return fmt.Sprintf("%s has a file for %s that is old enough", no, e.Target)
	case e.Kind == TooNew:
		return no + " is old enough"
	case e.Kind == NoHash:
		return fmt.Sprintf("%s has a file for %s with a digest that was given", no, e.Target)
	case e.Kind == Broken:
		return no + " can be used"
	}
	return fmt.Sprintf("%s has a file for %s", no, e.Target)
}

// telling is the reason that says most: that of a version which is just too new,
// else that of the newest.
func telling(list []*refused) *refused {
	if i := slices.IndexFunc(list, func(r *refused) bool { return r.why == refuseNewer }); i >= 0 {
		return list[i]
	}
	return list[0]
}

// kindOf is the kind of trouble for a reason.
func kindOf(why refusal) Kind {
	switch why {
	case refusePython:
		return RequiresPython
	case refuseYanked:
		return Yanked
	case refuseNewer:
		return TooNew
	case refuseHash, refuseNoHash:
		return NoHash
	case refuseWheel:
		return NoSdist
	case refuseBroken:
		return Broken
	}
	return NoWheel
}

// nextStep is what to try about versions that cannot be used.
func (ev *evidence) nextStep(t *trouble, r *refused, best int) []string {
	d, name := t.demands[0], t.on.name
	who := ev.who(d, t.options[0])
	newest := r.project.version(r.versions.Prev(len(r.versions) * 64))
	switch {
	case r.remedy != "":
		return []string{r.remedy}
	case r.floor != target.Platform{}:
		return []string{fmt.Sprintf("build for the newer floor: --platform %s", r.floor)}
	case r.why == refuseYanked && d.root != nil:
		return []string{fmt.Sprintf("if it must be, pin it in %s: %s==%s", who, name, newest)}
	case r.why == refuseYanked:
		return []string{fmt.Sprintf("if it must be, pin it in your own requirements: %s==%s", name, newest)}
	case r.why == refuseNewer:
		return []string{"move --exclude-newer to a later date"}
	case r.why == refuseNoHash:
		return []string{fmt.Sprintf("add %s to your requirements, pinned and with --hash", name)}
	case r.why == refuseHash:
		return []string{fmt.Sprintf("add the digest of the file that is wanted to %s", who)}
	case best != absent && d.root != nil:
		return []string{fmt.Sprintf("change %s to admit %s==%s", who, name, r.project.version(best))}
	case d.root == nil:
		if step := ev.steerClear(t); step != "" {
			return []string{step}
		}
		return []string{ev.withoutTarget(t, r)}
	case r.why == refusePython, r.why == refuseTag:
		return []string{ev.withoutTarget(t, r)}
	}
	return []string{fmt.Sprintf("ask in %s for another version", who)}
}

// withoutTarget is how to do without a target, or without the requirement of
// the user that it cannot serve.
func (ev *evidence) withoutTarget(t *trouble, r *refused) string {
	d := t.demands[0]
	for d.root == nil && ev.via[d.in.x] != nil {
		d = ev.via[d.in.x]
	}
	switch {
	case r.why == refusePython || r.onlyPython:
		return fmt.Sprintf("leave Python %s out of the build", t.on.on.target.Python)
	case d.root == nil:
		return fmt.Sprintf("leave %s out of the build", t.on.on.target.Platform)
	}
	return withoutPlatform(t.on.on, d.options[0].asked, ev.who(d, d.options[0]), r)
}

// withoutPlatform is how to leave a project, or the platform, out.
func withoutPlatform(c *cell, d *dependency, who string, r *refused) string {
	p := c.target.Platform
	if p.Family == target.Musllinux { // no marker tells it from glibc
		return fmt.Sprintf("leave %s out of the build", p)
	}
	marker := fmt.Sprintf("sys_platform != %q", c.env.SysPlatform)
	switch {
	case r.sameSystem:
		marker = fmt.Sprintf("platform_machine != %q", c.env.PlatformMachine)
	case r.onlySystem != "" && r.onlySystem != c.env.SysPlatform:
		marker = fmt.Sprintf("sys_platform == %q", r.onlySystem)
	}
	if !d.Marker.IsZero() {
		marker = fmt.Sprintf("(%s) and %s", d.Marker, marker)
	}
	return fmt.Sprintf("if %s can do without it, write in %s: %s; %s", p, who, d.short(), marker)
}

// onlySystem is the sys_platform of the system that all tags are for; "" where
// they are for several, or for one that is not known here.
func onlySystem(of []tags.Tag) (system string) {
	for _, t := range of {
		var is string
		switch family, _, _, ok := target.SplitTag(t.Platform); {
		case strings.HasPrefix(t.Platform, "linux_"), ok && (family == target.Manylinux || family == target.Musllinux):
			is = "linux"
		case ok && family == target.MacOS:
			is = "darwin"
		case ok && family == target.Windows:
			is = "win32"
		}
		if is == "" || system != "" && system != is {
			return ""
		}
		system = is
	}
	return system
}

// sameSystem says whether some tags are for another architecture of p's system.
func sameSystem(p target.Platform, of []tags.Tag) bool {
	return slices.ContainsFunc(of, func(t tags.Tag) bool {
		family, _, _, ok := target.SplitTag(t.Platform)
		return ok && family == p.Family || p.Family == target.Manylinux && strings.HasPrefix(t.Platform, "linux_")
	})
}
