package selector

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/axlepack/axle/interpreters"
)

// TestUniversalExtension: an extension written for the Universal Agent.
func TestUniversalExtension(t *testing.T) {
	code := py("from universal_extension import UniversalExtension, ExtensionResult, logger, ui, event",
		"from universal_extension.deco import dynamic_choice_command, dynamic_command",
		"class Extension(UniversalExtension):",
		"    def __init__(self):", "        super(Extension, self).__init__()",
		"    @dynamic_choice_command('project')", "    def choices(self, fields):", "        return ExtensionResult(rc=0, message='', values=['a'])",
		"    @dynamic_command('refresh')", "    def refresh(self, fields):", "        return ExtensionResult(output=True, output_data='x', output_name='y')",
		"    def extension_start(self, fields):",
		"        self.log.info('started')", "        ui.update_output_fields({'percent': 50})", "        self.update_extension_status({'percent': 60})",
		"        event.publish('done', {'count': 1, 'names': ['a', 'b']}, 20)",
		"        print('working on', fields.get('what'), self.choices(fields).values, self.uip.is_triggered, self.uip.request_type)",
		"        return ExtensionResult(rc=fields.get('rc', 0), message='m', output_fields={'n': 1}, unv_output=u'\\u00e4')")
	files := content{"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": code}
	zip := writeZip(t, files)
	fields := filepath.Join(t.TempDir(), "fields.json")
	big := strings.Repeat("x", 300_000)
	if err := os.WriteFile(fields, []byte("\ufeff{\"what\": \"file\", \"rc\": 3, \"big\": \""+big+"\"}"), 0o600); err != nil {
		t.Fatal(err)
	}
	somePythons(t, func(t *testing.T, in interpreters.Interpreter) {
		root := t.TempDir()
		place(t, zip, root, in)
		for _, c := range []struct {
			opt  RunOptions
			what string
			rc   int
			code int
		}{
			{RunOptions{}, "None", 0, 0},
			{RunOptions{Fields: `{"what": "text", "rc": 9}`}, "text", 9, 9},
			{RunOptions{Fields: `{"rc": 256}`}, "None", 256, 255},
			{RunOptions{Fields: `{"rc": -1}`}, "None", -1, 255},
			{RunOptions{FieldsFile: fields}, "file", 3, 3},
		} {
			c.opt.Root, c.opt.Name = root, "demo"
			r := run(t, c.opt)
			want := fmt.Sprintf("working on %s ['a'] False EXTENSION_START\n", c.what) +
				fmt.Sprintf(`{"message": "m", "output_fields": {"n": 1}, "rc": %d, "unv_output": "\u00e4"}`, c.rc) + "\n"
			r.want(t, c.code, want)
			for _, part := range []string{"INFO started", "INFO output fields: {'percent': 50}", "percent': 60", "INFO event done: "} {
				if !strings.Contains(r.stderr, part) {
					t.Errorf("%q is missing in\n%s", part, r.stderr)
				}
			}
		}
	})
}

// TestKindsOfExtension: when the class is started and when not.
func TestKindsOfExtension(t *testing.T) {
	base := "from universal_extension import UniversalExtension, ExtensionResult\n"
	class := "class Extension(UniversalExtension):\n    def extension_start(self, fields):\n        print('started')\n        return ExtensionResult()\n"
	result := `{"message": "", "output_fields": null, "rc": 0, "unv_output": null}` + "\n"
	for name, c := range map[string]struct {
		code, stdout string
		exit         int
		stderr       string
	}{
		"no class":                {"print('script')\n", "script\n", 0, ""},
		"a class of another kind": {"class Extension(object):\n    pass\nprint('script')\n", "script\n", 0, ""},
		"a class":                 {base + class, "started\n" + result, 0, ""},
		"a class that starts itself": {base + class + "if __name__ == '__main__':\n    print(Extension().extension_start({}).rc)\n",
			"started\n0\n", 0, ""},
		"a class and a script beside it": {base + class + "if __name__ == '__main__':\n    print('script')\n", "script\nstarted\n" + result, 0, ""},
		"a class that ends by itself":    {base + class + "import sys\nsys.exit(4)\n", "", 4, ""},
		"a class without a base":         {"class Extension:\n    def extension_start(self, fields):\n        print(fields)\n", "{}\n" + result, 0, ""},
		"a result that is none":          {base + "class Extension(UniversalExtension):\n    def extension_start(self, fields):\n        return 'done'\n", "", 1, "TypeError: extension_start returned str"},
		"no extension_start":             {base + "class Extension(UniversalExtension):\n    pass\n", "", 1, "NotImplementedError: extension_start of Extension"},
		"extension_new": {base + "class Extension(UniversalExtension):\n    @classmethod\n    def extension_new(cls, fields):\n        cls.seen = cls.uip.is_triggered\n" +
			"    def extension_start(self, fields):\n        print(self.seen)\n        return ExtensionResult()\n", "False\n" + result, 0, ""},
		"a wrong event": {base + "from universal_extension import event\nevent.publish('x', {'a': [1, 'b']})\n", "", 1, "ValueError: a: a list of one of"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, in := range []interpreters.Interpreter{minors(t)[0], newest(t)} {
				r := runOnce(t, in, content{"extension.yml": manifest("demo", "1.0.0"), "extension.py": py() + c.code}, RunOptions{})
				r.want(t, c.exit, c.stdout)
				if !strings.Contains(r.stderr, c.stderr) {
					t.Errorf("%q is missing in\n%s", c.stderr, r.stderr)
				}
			}
		})
	}
	t.Run("a real universal_extension among the dependencies", func(t *testing.T) {
		real := packageOf(t, universal, content{"universal_extension/__init__.py": "class ExtensionResult(object):\n    def __init__(self, rc): self.rc = rc\nclass UniversalExtension(object):\n    REAL = True\n"})
		code := base + "class Extension(UniversalExtension):\n    def extension_start(self, fields):\n        print(self.REAL)\n        return ExtensionResult(6)\n"
		runOnce(t, newest(t), content{"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": code, "dep/" + universal: real}, RunOptions{}).
			want(t, 6, `True`+"\n"+`{"message": "", "output_fields": null, "rc": 6, "unv_output": null}`+"\n")
	})
}

// TestFieldsAreNotShown: fields hold passwords; neither the arguments of the
// process nor the environment of its children have them.
func TestFieldsAreNotShown(t *testing.T) {
	code := "import os, subprocess, sys\nclass Extension:\n    def extension_start(self, fields):\n        print(fields['password'], 'AXLE_FIELDS' in os.environ)\n" +
		"        with open('/proc/self/cmdline') as f:\n            print('secret' in f.read())\n" +
		"        print('secret' in subprocess.check_output(['env']).decode())\n"
	if runtime.GOOS != "linux" {
		t.Skip("looks into /proc")
	}
	r := runOnce(t, newest(t), content{"extension.yml": manifest("demo", "1.0.0"), "extension.py": code}, RunOptions{Fields: `{"password": "secret"}`})
	if !strings.HasPrefix(r.stdout, "secret False\nFalse\nFalse\n") {
		t.Errorf("%s%s", r.stdout, r.stderr)
	}
}

// TestUniversalOnEachPython: one extension as it runs on a Universal Agent, on
// every Python of the machine.
func TestUniversalOnEachPython(t *testing.T) {
	code := py("import json, logging",
		"from universal_extension import UniversalExtension", "from universal_extension import ExtensionResult", "from universal_extension import logger, ui",
		"from universal_extension.deco.choice import dynamic_choice_command", "from universal_extension.deco.command import dynamic_command",
		"class Extension(UniversalExtension):",
		"    def __init__(self):", "        super(Extension, self).__init__()", "        self.log = logging.getLogger('UNV')",
		"    @dynamic_choice_command('host')", "    def hosts(self, fields):", "        return ExtensionResult(rc=0, message='', values=['a', 'b'])",
		"    @dynamic_command('again')", "    def again(self, fields):", "        return ExtensionResult(message='ok')",
		"    def extension_start(self, fields):",
		"        logger.debug('not seen')", "        self.log.warning('seen')", "        ui.update_output_fields({'step': 1})",
		"        print('own line')",
		"        return ExtensionResult(rc=fields['rc'], message='done', output_fields={'hosts': self.hosts(fields).values}, unv_output=json.dumps(fields['list']))")
	zip := writeZip(t, content{"extension.yml": manifest("demo", "1.0.0"), "extension.py": code})
	eachPython(t, func(t *testing.T, in interpreters.Interpreter) {
		root := t.TempDir()
		place(t, zip, root, in)
		r := run(t, RunOptions{Root: root, Name: "demo", Fields: `{"rc": 7, "list": [1, "x"]}`})
		r.want(t, 7, "own line\n"+`{"message": "done", "output_fields": {"hosts": ["a", "b"]}, "rc": 7, "unv_output": "[1, \"x\"]"}`+"\n")
		if !strings.Contains(r.stderr, "WARNING seen") || strings.Contains(r.stderr, "not seen") {
			t.Errorf("the log: %s", r.stderr)
		}
	})
}
