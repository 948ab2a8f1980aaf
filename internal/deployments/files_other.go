//go:build !linux

package deployments

// syncTree makes everything below dir durable.
func syncTree(dir string) error { return syncEach(dir) }
