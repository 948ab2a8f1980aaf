// Package resolve chooses, for every target, a version and a file of each
// project that the user's requirements lead to.
//
// The search is PubGrub: what fails is learned as a clause, so that it fails
// once, and the clauses that prove a failure are what its message is made of.
// Versions are choices of a variable, sets of them are bits (set.go, solver.go);
// problem.go and the files after it say what projects mean in these terms.
//
// # Policy
//
//   - Everything is decided for the target: markers, Requires-Python, tags. A
//     target's 3.9 is every 3.9.x: a marker holds when it holds for one of them,
//     and a version is taken when it runs on one of them; all chosen versions
//     together run on at least one.
//   - Wheels only, unless Options.Sdists and a Builder are given; then a version
//     without a usable wheel may be built.
//   - Final releases come before pre-releases, whether or not a specifier names
//     one; pre-releases are tried when no final release leads to a solution.
//     Options.Pre and PreFor put them in line with the others.
//   - A yanked version is taken where the user, or an earlier solution, pins
//     exactly that version; a pin of some distribution's own is not enough.
//   - linux_ARCH files are taken from the developer's own folders only, and only
//     for targets on the host's own platform.
//   - Of the files of a version: best tag, then greatest build number, then the
//     name that comes first. The file's own metadata counts, not that of another
//     file of the version.
//   - A version whose metadata cannot be read, or is listed but not there, is
//     passed over with a note, and so is one that requires something by URL where
//     the user does not name that project's file.
//   - A requirement's extra that does not exist is noted and otherwise ignored.
//   - The order of decisions is that of uv, so that where several solutions are
//     right the same one is found: first met, first decided; what is often in
//     conflict earlier.
//
// # The matrix
//
// Each target is solved for itself. Where the platforms of a Python (with
// AlignAll: all targets) then differ in a version, they are solved again as one
// problem in which every project has one version, the newest that serves all.
// Only what the proof shows impossible is loosened, one project at a time: over
// the matrix first to runs of Pythons that have a version in common, then to
// single Pythons, then to single targets, which still prefer what the others of
// their Python have. A target without a solution of its own takes no part, so
// that no target hides or spoils another. Notes of the solutions say what was
// held back, and by which target.
//
// Afterwards runs of neighbouring Pythons whose files can be made equal take the
// same abi3 or py3-none files ([PreferShared]).
//
// # Requests
//
// A project is listed once and a file's metadata read once for all targets.
// What will probably be needed is asked for ahead; that never changes a result.
// Where versions by the dozen are rejected for the same cause, further ones are
// probed instead of being read one by one (leap.go): a version may then be passed
// over that no probe met, though only between two that were rejected for what
// they require. A verdict that there is no solution never rests on that.
package resolve
