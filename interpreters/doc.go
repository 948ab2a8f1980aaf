// Package interpreters finds the Python interpreters of a machine, asks each
// what it can run, and remembers the answer. It uses no network and links none.
//
// # Finding
//
// [Find] returns, in the order in which an agent should prefer them: those
// that the agent's configuration lists, in its order; the agent's defaults
// (/usr/bin/python3, /usr/bin/python, /usr/libexec/platform-python); and, when
// asked to discover, every other one it finds, the newest version first.
// Finals come before pre-releases, CPython before other implementations, an
// installation before the virtual environments made from it; what only the
// Windows registry knows (PEP 514) comes last. The order depends on nothing
// but the machine.
//
// An interpreter is listed once, however many names lead to it. Two names are
// one interpreter when both answer the same from the same prefix; a virtual
// environment has a prefix of its own and is one by itself.
//
// What cannot be used is listed too, with an [*Error] that says why: a name
// that does not exist, a stub that would open the Windows Store, a program
// that does not answer in time. Stubs are recognised and never run.
//
// # Asking
//
// [Probe] runs one executable, with nothing of its site-packages and without
// the PYTHON* variables of the environment, and hands it a script on standard
// input. The script runs on CPython 2.7 and 3.4 or later, PyPy and GraalPy. Its
// answer, a [Report], holds the compatibility tags that packaging.tags.sys_tags()
// of pypa/packaging 26.3 gives under that interpreter, in the same order, and
// the marker environment of packaging.markers.default_environment(). Where an
// interpreter cannot start so (a virtual environment made by old versions of
// virtualenv), it is run once more as a user would.
//
// Whatever the interpreter or its children do, the question ends at the time
// limit, and the processes with it. What they print beside the answer does
// not matter.
//
// # Remembering
//
// Where a [Memory] is given, an answer is kept until one of the files it
// depends on (the executable, its libraries, the C library, pyvenv.cfg) has
// another inode, size or time of change, or the running system is another, or
// the script is. Which names in a folder are those of interpreters is kept until
// the folder has another time of change. An executable that only starts another
// one, which can change without any file telling (a shim of a version manager),
// is resolved to what it starts, and asked every time. A memory that cannot be
// read or written costs time, never an error.
package interpreters
