// Package finding is the closed list of what axle verify can say against an
// extension zip. Every finding has a code from the list, which stays what it is
// from release to release: scripts read it, and bundle.ignore in extension.yml
// names those that are meant so. docs/reference/findings.md is made of the list.
package finding

import (
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
)

// Code is the name of a kind of finding.
type Code string

// The codes.
const (
	Damaged         Code = "damaged"
	Record          Code = "record"
	PackageName     Code = "package-name"
	Metadata        Code = "metadata"
	WheelTags       Code = "wheel-tags"
	BinarySystem    Code = "binary-system"
	BinaryMachine   Code = "binary-machine"
	BinaryLibc      Code = "binary-libc"
	BinaryGlibc     Code = "binary-glibc"
	BinaryMacOS     Code = "binary-macos"
	BinaryABI       Code = "binary-abi"
	BinaryDoubt     Code = "binary-doubt"
	LinuxFloor      Code = "linux-floor"
	MainModule      Code = "main-module"
	ModuleHidden    Code = "module-hidden"
	WindowsPath     Code = "windows-path"
	ZipSafePackages Code = "zip-safe-packages"
	ZipSafeNative   Code = "zip-safe-native"
	Coverage        Code = "python-coverage"
	SBOMMissing     Code = "sbom-missing"
	SBOMUntrue      Code = "sbom-untrue"
	Manifest        Code = "manifest"
)

// Rule is what one code stands for.
type Rule struct {
	Code Code
	// Exit is the exit code of an error; 0 says that it is a warning.
	Exit int
	// About says what is wrong, Next what to do.
	About, Next string
	// Deploy says what axle deploy does about it, whatever is ignored here.
	Deploy string
}

// What axle deploy does.
const (
	refuses = "refuses the zip"
	passes  = "never chooses the package"
	policy  = "never chooses the package, unless agent.yml has `policy: {binaries: warn}`"
	nothing = ""
)

// Rules are all of them, in the order in which they are documented.
func Rules() []Rule {
	return []Rule{
		{Damaged, fault.BadInput, "a package or a file cannot be read: its data is damaged, or a member has a name that no archive may have",
			"build the zip again, or fetch it again", refuses},
		{Record, fault.Mismatch, "a file of a package is not what RECORD says, is not in RECORD, or is in RECORD only",
			"build the package again: it was changed after it was made", refuses},
		{PackageName, fault.BadInput, "a file in `dep/` is not named as a package of this extension and version",
			"build again with the version that extension.yml has, and take packages of other versions out of `dist/dep`", passes},
		{Metadata, fault.BadInput, "METADATA, WHEEL or RECORD of a package is missing, cannot be read, or is that of another project",
			"build the package again", passes},
		{WheelTags, fault.BadInput, "the file name of a package promises other tags than its WHEEL: it was renamed",
			"give the package its old name, or build one for the target that is wanted", nothing},
		{BinarySystem, fault.BadInput, "a binary is for another operating system than the name of its package says",
			"build the package for the platform that is wanted, or take another version of the distribution", policy},
		{BinaryMachine, fault.BadInput, "a binary is for another processor than the name says",
			"build the package for the platform that is wanted, or take another version of the distribution", policy},
		{BinaryLibc, fault.BadInput, "a binary needs glibc where the name says musl, or the other way",
			"build the package for the platform that is wanted", policy},
		{BinaryGlibc, fault.BadInput, "a binary needs a newer glibc than the name says",
			"build for the platform with that glibc, such as `--platform manylinux_2_28_x86_64`, or take another version of the distribution", policy},
		{BinaryMacOS, fault.BadInput, "a binary needs a newer macOS than the name says",
			"build for the platform with that macOS, or take another version of the distribution", policy},
		{BinaryABI, fault.BadInput, "an extension module is for other Pythons than the name says",
			"build the package for the Python that is wanted", policy},
		{BinaryDoubt, 0, "a binary does not fit the name of its package, and may be meant so: a helper for another system among data, an optional module for one Python",
			"try the extension on the target with `axle deploy --test`; if it is meant so, ignore the code", nothing},
		{LinuxFloor, 0, "the name of a package says `linux_ARCH`, which promises no version of the C library",
			"build with axle for a platform that says it, such as `--platform linux/amd64`", "finds out what the binaries need, and refuses what is newer than the agent has"},
		{MainModule, fault.BadInput, "the zip has no `extension.py`, with which an extension begins",
			"put `extension.py` beside extension.yml", nothing},
		{ModuleHidden, 0, "a module of the extension has the name of one of a dependency, and comes before it",
			"rename the module of the extension", nothing},
		{WindowsPath, 0, "a path is so long that Windows does not take it below a root folder of 60 characters",
			"leave the file out, or give agents on Windows a short root folder", "refuses it on Windows where the root folder is too long"},
		{ZipSafePackages, fault.BadInput, "`zip_safe` is true, or is not written, so that agents ignore the packages in `dep/`",
			"write `zip_safe: false` into extension.yml", "deploys without the packages, with a warning"},
		{ZipSafeNative, fault.BadInput, "`zip_safe` is true, and there is a binary beside the modules: Python cannot load it from a zip",
			"write `zip_safe: false` into extension.yml", nothing},
		{Coverage, 0, "`requires_python` admits a Python for which a platform has no package",
			"narrow `requires_python`, which `axle matrix --suggest` does, or build for that Python", "refuses an agent that has only such Pythons, with exit code 5"},
		{SBOMMissing, 0, "a package, or a zip with its dependencies beside its modules, has no bill of materials",
			"build it with axle", nothing},
		{SBOMUntrue, fault.BadInput, "a bill of materials cannot be read, or names other distributions than there are",
			"build the package again", nothing},
		{Manifest, 0, "extension.yml says something that is odd",
			"write what the message says", nothing},
	}
}

// Of gives the rule of a code.
func Of(c Code) Rule {
	for _, r := range Rules() {
		if r.Code == c {
			return r
		}
	}
	return Rule{Code: c, Exit: fault.Internal}
}

// Refused says that agents do not use a package of which it is found.
func (r Rule) Refused() bool {
	return r.Exit != 0 && (r.Deploy == refuses || r.Passed())
}

// Passed says that agents see it before they choose, and take another package.
func (r Rule) Passed() bool { return r.Deploy == passes || r.Deploy == policy }

// What a finding is.
const (
	Error   = "error"
	Warning = "warning"
)

// Severity is [Error] or [Warning].
func (r Rule) Severity() string {
	if r.Exit == 0 {
		return Warning
	}
	return Error
}

// Strict is the exit code of an error, or of a warning that counts as one.
func (r Rule) Strict() int {
	switch {
	case r.Exit != 0:
		return r.Exit
	case r.Code == Coverage:
		return fault.NoPackage
	}
	return fault.BadInput
}

// Codes are all codes as texts, in the order of [Rules].
func Codes() []string {
	var list []string
	for _, r := range Rules() {
		list = append(list, string(r.Code))
	}
	return list
}

// Parse reads a code. The error of an unknown one names the nearest.
func Parse(text string) (Code, error) {
	codes := Codes()
	if slices.Contains(codes, text) {
		return Code(text), nil
	}
	hint := "the codes are " + strings.Join(codes, ", ")
	if near, ok := fault.Nearest(text, codes); ok {
		hint = "did you mean " + near + "?"
	}
	return "", fault.New(fault.BadInput, "\""+text+"\" is no code of a finding", hint)
}

// Finding is one thing that was found.
type Finding struct {
	Code Code `json:"code"`
	// Severity is [Error] or [Warning].
	Severity string `json:"severity"`
	// Exit is the exit code of an error.
	Exit int `json:"-"`
	// Package is the file name of a package, "" for the zip itself; Path the
	// member of it, or "".
	Package string `json:"package,omitempty"`
	Path    string `json:"path,omitempty"`
	// Text says what was found, for people, with the package and the path.
	Text string `json:"text"`
	// Ignored says that the developer means it so.
	Ignored bool `json:"ignored,omitempty"`
	// Err is the error that it was found as, or nil.
	Err error `json:"-"`
}

// Error makes the finding an error, with the exit code of its rule.
func (f Finding) Error() string { return f.Text + " [" + string(f.Code) + "]" }

// ExitCode is Exit.
func (f Finding) ExitCode() int { return f.Exit }

// Hints say what to do next.
func (f Finding) Hints() []string {
	hints := []string{strings.ReplaceAll(Of(f.Code).Next, "`", "")}
	if f.Err != nil {
		if own := fault.Hints(f.Err); len(own) > 0 {
			hints = own
		}
	}
	return hints
}

// Unwrap is the error that it was found as.
func (f Finding) Unwrap() error { return f.Err }
