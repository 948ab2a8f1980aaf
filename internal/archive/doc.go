// Package archive is the one owner of zip files: wheels and extension zips are
// checked, read, copied, written and extracted here.
package archive
