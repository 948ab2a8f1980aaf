package lock

// What tests outside of the package need, too.
var (
	Same             = same
	PackagingSelects = packagingSelects
	TargetsOf        = targetsOf
)
