// Package selector is what axle does on an agent: it reads an extension zip,
// chooses an interpreter and the best dependency package for it, extracts
// that package and no other, and starts the extension with it.
//
// # Selecting
//
// [Open] reads a zip as axle build or UIP-CLI makes it, also inside a full
// package (unv_tmplt_NAME-VERSION.zip). [Zip.Select] takes the interpreters as
// values from the package interpreters and gives a [Choice]; the rule is the
// pure function [Select], and every interpreter and package gets one of a
// closed list of reasons ([Reasons]).
//
// A package is also held against its own binaries, as far as that costs no more
// than a few milliseconds: whether they are for the system, the processor and
// the Python that its name promises, and which C library a package for
// linux_ARCH needs. One that is not what its name says is refused, unless the
// policy only warns; its METADATA is held against RECORD.
//
// # Deploying
//
// [Deploy] writes below one root folder (see internal/deployments) and changes
// it by renames alone. Archives are not trusted: they are checked before
// anything is written (see internal/archive), and every file of a package is
// held against its RECORD while it is written. Byte code is made by the
// interpreter that will run it. Files that are equal between packages are one
// file; each package and each deployment keeps a list of its files with their
// hashes, and what it was made of, so that [Verify] can check and mend it.
//
// Older deployments stay for [Rollback]. What runs holds a lease on its
// deployment, which ends with the last of its processes; [Remove] and [Prune]
// leave alone what is leased or current. [Examine] looks at all of it.
//
// # Running
//
// [Run] replaces the process, where the system can, by the interpreter of the
// deployment, which finds on its path, in this order: the extension, its
// python_extra_paths, the interpreter's own library, the dependencies, what
// their .pth files add, and last a package that answers for
// universal_extension. Nothing of the host's site-packages is on it.
// extension.py is __main__, as with python -m. If it then has a class
// Extension with a method extension_start, and has not made an instance of it
// itself, that is started as the product's agent would: the method gets the
// fields, its ExtensionResult is printed as one line of JSON
//
//	{"message": "", "output_fields": {}, "rc": 0, "unv_output": null}
//
// as the last line of standard output, behind what the extension printed itself,
// and rc is the exit code, 255 where it does not fit one. A request to end
// (SIGTERM) calls extension_cancel where the class has one.
//
// The package needs no network and links none, needs no pip, and no PATH.
package selector
