// Package sbom writes and reads the software bill of materials of what axle
// builds: CycloneDX 1.6 as JSON.
//
// A [Thing] is what was built, with its distributions: [Thing.Document] says of
// each its version, the SHA-256 of the wheel that was taken, its licence, its
// package URL, which others it requires, and which libraries its wheel brings
// along. A dependency package has the document in its own dist-info
// ([InPackage], PEP 770).
//
// Only what is known is said. The document depends on the thing alone: it has no
// time, its serial number is a digest of the rest, and no address of an index is
// in it. The same lock gives the same bytes.
//
// # Licences
//
// A License-Expression (PEP 639) is taken as it is written, with the spelling
// that SPDX has for its licences. Else the License field counts where it is an
// SPDX expression, then the classifiers that mean one SPDX licence. What else
// they say is the name of a licence, not an identifier of one. License files are
// named with their SHA-256.
package sbom
