package interpreters

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"
	"unicode/utf16"
)

// reparse makes the data of a reparse point of an alias of the Store.
func reparse(tag uint32, parts ...string) []byte {
	data := binary.LittleEndian.AppendUint32(nil, tag)
	var text []uint16
	for _, part := range parts {
		text = append(append(text, utf16.Encode([]rune(part))...), 0)
	}
	data = binary.LittleEndian.AppendUint16(data, uint16(4+2*len(text)))
	data = binary.LittleEndian.AppendUint16(data, 0)
	data = binary.LittleEndian.AppendUint32(data, 3)
	for _, unit := range text {
		data = binary.LittleEndian.AppendUint16(data, unit)
	}
	return data
}

func TestStoreStubs(t *testing.T) {
	const alias = `C:\Users\Zoë\AppData\Local\Microsoft\WindowsApps\python3.exe`
	stub := reparse(0x8000001b, "Microsoft.DesktopAppInstaller_8wekyb3d8bbwe", "Microsoft.DesktopAppInstaller_8wekyb3d8bbwe!PythonRedirector",
		`C:\Program Files\WindowsApps\Microsoft.DesktopAppInstaller_1.0_x64__8wekyb3d8bbwe\AppInstallerPythonRedirector.exe`, "0")
	real := reparse(0x8000001b, "PythonSoftwareFoundation.Python.3.11_qbz5n2kfra8p0", "PythonSoftwareFoundation.Python.3.11_qbz5n2kfra8p0!Python",
		`C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.11_3.11.2544.0_x64__qbz5n2kfra8p0\python3.11.exe`, "0")
	for name, c := range map[string]struct {
		path string
		size int64
		data []byte
		err  error
		want bool
	}{
		"stub":                   {alias, 0, stub, nil, true},
		"stub, other slashes":    {`c:/users/me/appdata/local/microsoft/windowsapps/python.exe`, 0, stub, nil, true},
		"installed":              {alias, 0, real, nil, false},
		"unreadable":             {alias, 0, nil, errors.New("access denied"), true},
		"another kind of link":   {alias, 0, reparse(0xa000000c, "a", "b", "c"), nil, true},
		"cut short":              {alias, 0, stub[:11], nil, true},
		"no program":             {alias, 0, reparse(0x8000001b, "a", "b", ""), nil, true},
		"a file with contents":   {alias, 1, stub, nil, false},
		"somewhere else":         {`C:\Python311\python.exe`, 0, stub, nil, false},
		"a folder of that name":  {`D:\WindowsApps\python.exe`, 0, stub, nil, false},
		"another program's stub": {alias, 0, reparse(0x8000001b, "a", "b", `C:\other.exe`, "0"), nil, false},
	} {
		detail, got := storeStubAt(c.path, c.size, func(string) ([]byte, error) { return c.data, c.err })
		if got != c.want || (detail != "") != c.want {
			t.Errorf("%s: got %v %q, want %v", name, got, detail, c.want)
		}
	}
}

func FuzzAppExecTarget(f *testing.F) {
	f.Add(reparse(0x8000001b, "a", "b", "c", "d"))
	f.Add(reparse(0x8000001b))
	f.Fuzz(func(t *testing.T, data []byte) {
		if target, ok := appExecTarget(data); ok && target == "" {
			t.Error("an empty target")
		}
	})
}

func TestLauncherPaths(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{" -V:3.13 *        C:\\Python313\\python.exe\r\n -V:3.11-32       C:\\Program Files (x86)\\Python311-32\\python.exe\r\n",
			[]string{`C:\Python313\python.exe`, `C:\Program Files (x86)\Python311-32\python.exe`}},
		{" -3.7-64\t\"D:\\py 37\\python.exe\" *\n", []string{`D:\py 37\python.exe`}},
		{" -V:ContinuumAnalytics/py39_4.12.0-64 c:\\conda\\python.exe\n", []string{`c:\conda\python.exe`}},
		{"No installed Pythons found!\n", nil},
		{"Installed Pythons found by C:\\Windows\\py.exe Launcher for Windows\n -2.7-64 C:\\Python27\\python.exe *\n", []string{`C:\Python27\python.exe`}},
		{" -V:3.9 :\\\n - \n", nil},
		{"", nil},
	} {
		if got := launcherPaths(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func FuzzLauncherPaths(f *testing.F) {
	f.Add(" -V:3.13 *        C:\\Python313\\python.exe\r\n")
	f.Add("- :\\\n-:\\")
	f.Fuzz(func(t *testing.T, text string) {
		for _, path := range launcherPaths(text) {
			if len(path) < 3 {
				t.Errorf("%q is no path", path)
			}
		}
	})
}
