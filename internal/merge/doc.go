// Package merge makes dependency packages: it decides which packages a matrix
// needs and how each is named ([NewPlan]), and writes a package as one wheel that
// holds all its members ([Wheels.Write]).
//
// # Which packages
//
// Targets whose chosen files are equal share a package. Its name is the
// intersection of its members' tags: the highest libc or macOS floor, the
// narrowest ABI, the lowest Python of its targets; its METADATA has the exact
// Requires-Python. Since some agents know file names only, a name is taken
// only when, for every target of the matrix, the plain PEP 425 order over all
// names picks the package meant for that target, and picks none for a hole.
// Names are tried from the most shared to the exact:
//
//	pure members       py3-none-any where nothing else serves the same platforms,
//	                   py39-none-any, cp39.cp310-none-any, the same for named platforms,
//	                   cp39.cp310-cp39.cp310-PLATFORMS
//	stable ABI         cp39-abi3-PLATFORM, cp39.cp310-cp39.cp310-PLATFORM
//	others             cp311-cp311-PLATFORM
//
// and last with the target's own floor for a platform. Targets of one package
// are parted only when no name will do.
//
// # What is in a package
//
// A package is a folder to put on sys.path. Members of the wheels are copied
// still compressed; members that are equal in two wheels are there once, and
// one path with different bytes is a [ClashError] that names both.
//
//	*.dist-info          of every member, with its own RECORD, brought up to date
//	*.libs, *.pth, …     as they are
//	.data/purelib, platlib, data   at the root of the package
//	.data/headers        below include/{project}
//	.data/scripts        below bin, on every platform; a Python script as
//	                     NAME-script.py, beside a NAME that runs it
//	bin/NAME             made again for each console and gui script
//	bin/NAME.cmd         beside each Python script where Windows is served
//	{name}-{version}.dist-info     the package's own WHEEL, METADATA, RECORD, and
//	                               in sboms what it holds (PEP 770)
//
// Left out are folders, signatures of RECORD (it changes), what an installer
// writes (INSTALLER, REQUESTED, direct_url.json), and byte code in __pycache__:
// it is bound to a time stamp that no agent keeps, and would never be used.
// Scripts in bin are at once a shell and a Python script: run by themselves,
// they start the interpreter that the variable AXLE_PYTHON names, or python3.
// No path of the machine that builds is in them.
//
// # What is trimmed
//
// Nothing, unless [OpenOptions.Trim] asks for it. Then, of each member that is not
// excepted, and never of *.dist-info, *.egg-info, *.libs and *.dylibs:
//
//	tests        a folder tests or test right inside of a Python package (one with
//	             __init__.py) that has a test_*.py, *_test.py or conftest.py, and a
//	             conftest.py inside of a package
//	stubs        *.pyi and py.typed
//	headers      *.h, *.hh, *.hpp, *.hxx, *.cuh, and Cython's *.pxd and *.pxi
//	static_libs  *.a and *.lib that begin as archives do
//	bytecode     *.pyc and *.pyo beside their source
//
// Tests stay where anything that stays refers to them: an import in any
// distribution of the package or in the extension itself, also inside of a
// function, a dotted name or a path in a string, an entry point, a .pth file, a
// binary. Comments do not count. Stubs stay in a distribution whose code has
// strings that end with ".pyi", and likewise Cython's declarations; a header whose
// name stands in a string stays. So it is the package that decides, not the wheel.
//
// What is trimmed is no more in the RECORD of its distribution, so that
// importlib.metadata and whatever verifies find the files that are there; METADATA
// and its requirements stay. WHEEL of the package says what was trimmed, as
// Axle-Trimmed: packages that were made with another trim differ.
//
// # What is checked
//
// The contents of a wheel are read once and remembered under its digest
// ([Memory]): each member's SHA-256 against RECORD ([fault.Mismatch] if it
// differs), and what its ELF, Mach-O and PE files need. A binary that needs a
// newer libc or macOS than the wheel's name says raises the floor of the
// package; where the target does not have that, it is an error.
package merge
