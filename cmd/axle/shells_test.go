package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestShells lets real shells complete: what they source comes from axle
// completion, and what they offer is what axle knows, from the names of commands
// to those of what is deployed. A shell that is not installed is left out.
func TestShells(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the shells are those of Unix")
	}
	dir := t.TempDir()
	deployed := machinePython() != ""
	if deployed {
		zip := smallZip(t, dir, "forge_of_mine", "1.0.0")
		if out, err := axleCommand(t, dir, []string{"deploy", zip}).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	// Where a person stands in the line, and what has to be offered then.
	var lines, wanted []string
	for line, want := range map[string]string{
		"axle bui":                        "build",
		"axle interpreters ad":            "add",
		"axle build --platf":              "--platform",
		"axle build --platform linux/a":   "linux/amd64",
		"axle build --resolution lowest-": "lowest-direct",
		"axle build --color al":           "always",
		"axle matrix --profile rhe":       "rhel8",
		"axle help requires":              "requires_python",
		"axle completion fi":              "fish",
		"axle run forge_":                 "forge_of_mine",
		"axle rollback forge_of_mine 1":   "1.0.0",
	} {
		if deployed || !strings.Contains(line, "forge_") {
			lines, wanted = append(lines, line), append(wanted, want)
		}
	}
	for shell, script := range map[string]func(line string) string{"bash": offerBash, "fish": offerFish, "zsh": offerZsh} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(shell); err != nil {
				t.Skip("it is not installed here")
			}
			all := starts[shell]
			for _, line := range lines {
				all += "echo '<' ; " + script(line) + "\n"
			}
			offers := strings.Split(inShell(t, dir, shell, all), "<\n")[1:]
			for i, line := range lines {
				if got := strings.Fields(offers[i]); !slices.Contains(got, wanted[i]) {
					t.Errorf("%q offers %q, want %s", line, got, wanted[i])
				}
			}
		})
	}
}

// inShell runs a script in a shell, which has no start-up files and finds axle.
func inShell(t *testing.T, dir, shell, script string) string {
	t.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Fatal(err)
	}
	bare := map[string][]string{"bash": {"--norc", "--noprofile"}, "zsh": {"-f"}, "fish": {"--no-config"}}
	cmd := axleCommand(t, dir, nil)
	cmd.Env = append(cmd.Env, "PATH="+filepath.Dir(cmd.Path)+string(os.PathListSeparator)+os.Getenv("PATH"))
	cmd.Path, cmd.Args = path, slices.Concat([]string{shell}, bare[shell], []string{"-c", script})
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", shell, err, out)
	}
	return string(out)
}

// starts is what each shell sources. What bash-completion would tell bash of the
// line the script tells, for where that is not installed; zsh has a function in
// place of the line editor.
var starts = map[string]string{
	"bash": `
source <(axle completion bash)
complete -p axle >/dev/null || exit 1
_get_comp_words_by_ref() { cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD; }
__ltrim_colon_completions() { :; }
compopt() { :; }
`,
	"zsh": `
autoload -Uz compinit && compinit -u -D
source <(axle completion zsh)
_describe() { print -rl -- "${completions[@]%%:*}"; }
_arguments() { :; }
`,
	"fish": "axle completion fish | source\n",
}

func offerBash(line string) string {
	return "COMP_WORDS=(" + line + ") COMP_LINE='" + line + "' COMP_TYPE=9; COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_POINT=${#COMP_LINE}; __start_axle; printf '%s\\n' \"${COMPREPLY[@]}\""
}

func offerFish(line string) string {
	return "complete -C '" + line + "' | string replace -r '\\t.*' ''; true"
}

func offerZsh(line string) string { return "words=(" + line + "); CURRENT=${#words}; _axle; true" }
