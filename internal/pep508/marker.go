package pep508

// Marker is an environment marker; the zero Marker is always true.
type Marker struct{ text string }

func ParseMarker(s string) (Marker, error)                 { return Marker{}, errTODO }
func (m Marker) IsZero() bool                              { return m.text == "" }
func (m Marker) String() string                            { return m.text }
func (m Marker) And(o Marker) Marker                       { return m }
func (m Marker) Eval(env Environment, extras ...Name) bool { return true }
func (m Marker) Uses(variable string) bool                 { return false }
func (m Marker) NamedExtras() []Name                       { return nil }
func (m Marker) Equal(o Marker) bool                       { return m == o }

// Environment is what a marker is decided for.
type Environment struct {
	OSName, SysPlatform              string
	PlatformSystem, PlatformMachine  string
	PlatformRelease, PlatformVersion string
	PlatformPythonImplementation     string
	ImplementationName               string
	ImplementationVersion            string
	PythonVersion, PythonFullVersion string

	// AnyPatch says that PythonFullVersion stands for every patch release of PythonVersion.
	AnyPatch bool
}
