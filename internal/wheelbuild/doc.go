// Package wheelbuild makes wheels out of source distributions and project
// folders, through their build backends (PEP 517, 518).
//
// # How
//
// An archive is unpacked by package unpack, a folder is copied, so that a build
// leaves nothing in it and takes nothing of an earlier build from it.
// [build-system] of pyproject.toml names the backend; without one it is that of
// setuptools, which runs setup.py. The backend runs in a virtual environment
// of an interpreter of this machine, of Python 3.8 or later, with nothing but
// what it requires in it: wheels that are chosen and fetched by the caller
// ([Requirements]), and installed here. No pip takes part.
//
// A backend is a program of somebody else: whether it may run is for the caller
// to decide before calling. It gets this process's environment without what is
// meant for Python, pip and axle, and no credentials of an index. It ends, and
// all that it started, with the context, or at a time limit. What it prints is
// kept for the error that it may end in.
//
// # What comes of it
//
// Metadata is read without running anything where the source distribution
// states it for good (PEP 643), else by prepare_metadata_for_build_wheel, else
// from the built wheel. A wheel is held against the name and version of its
// source, its WHEEL and RECORD, and the metadata that was given before.
//
// A wheel that is made for "linux_x86_64" promises nothing. It is named by what
// its binaries need: manylinux with the least glibc that has all their symbols
// of glibc and libstdc++. Libraries that only this machine may have are warned of.
//
// A pure wheel serves any target its tags fit, whoever built it; it is made by
// the newest of the wanted Pythons that the project admits. A native one serves
// targets of the same system, processor and Python: it is made by an interpreter
// of that very Python. What cannot serve a target is an [*UnfitError].
//
// # Again
//
// Metadata and wheels are kept in the cache under the digest of the source, the
// interpreter, the config settings, and every file of the build environment. A
// build that was done is found without running anything; the same source gives
// the same bytes as far as its backend honours SOURCE_DATE_EPOCH.
package wheelbuild
