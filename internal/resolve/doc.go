// Package resolve chooses, for every target, a version and a file of each
// project that the user's requirements lead to.
//
// The search is PubGrub: what fails is learned as a clause, so that it fails
// once, and the clauses that prove a failure are what its message is made of.
//
// # Policy
//
//   - Everything is decided for the target: markers, Requires-Python, tags. A
//     target's 3.9 is every 3.9.x: a marker holds when it holds for one of them,
//     and a version is taken when it runs on one of them; all chosen versions
//     together run on at least one.
//   - Wheels only, unless Options.Sdists says otherwise.
//   - Final releases come before pre-releases, whether or not a specifier names
//     one; pre-releases are tried when no final release leads to a solution.
//     Options.Pre and PreFor put them in line with the others.
//   - A yanked version is taken where the user, or an earlier solution, pins
//     exactly that version; a pin of some distribution's own is not enough.
//   - linux_ARCH files are taken from the developer's own folders only, and only
//     for the target that the host is.
//   - Of the files of a version: best tag, then greatest build number, then the
//     name that comes first.
//   - A version whose metadata cannot be read is passed over, and so is one that
//     requires something by URL; only the user may do that.
//   - A requirement's extra that does not exist is noted and otherwise ignored.
//
// Targets do not influence each other's result by the time their answers
// arrive: the same request and the same index give the same result.
package resolve
