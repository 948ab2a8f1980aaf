// Package archive is the one owner of zip files: wheels, dependency packages
// and extension zips are checked, read, copied, written and extracted here.
//
// # Reading
//
// An archive is not trusted. [OpenReader] looks at all of it before anything of
// it is used, and reports every problem at once ([Problem], exit code 3): names
// that are absolute, leave the folder, name a device or cannot live on Windows;
// names that differ in case or Unicode form only, come twice, or are a file and
// a folder; links, devices, encrypted members, unknown methods; members that
// overlap or whose local header is at odds with the directory; sizes that
// cannot be true or pass the [Limits]. What cannot be seen without reading the
// data (a size or a CRC-32 that lies) is an error of the read. An archive that
// opened can be read by several goroutines at once.
//
// # Writing
//
// The bytes a [Writer] makes depend on the calls alone: every member is dated
// 1980-01-01, its mode is 0644 or 0755, there are no extra fields (but zip64's
// where a size needs it), no data descriptors, and the directory has the order
// of the calls. Members of another archive are copied still compressed; new
// data is deflated by klauspost/compress, whose version go.mod fixes, and read
// by internal/inflate.
//
// # Why not archive/zip
//
// The format is read and written here, because the standard library hides what
// the checks need (the offset of a local header, the end of the directory), and
// because the bytes it writes may change with the Go release. Its reader, and
// Python's zipfile, are the oracles of the tests.
package archive
