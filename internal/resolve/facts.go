package resolve

// rootFact: the user requires, or constrains, a project.
type rootFact struct {
	root       *root
	on         *info
	place      int         // among the user's requirements and constraints
	asked      *dependency // the requirement itself, or what overrides it
	constraint bool
}

// dependencyFact: versions of a project require another, perhaps only with an extra.
type dependencyFact struct {
	in, extra, on *info
	dependency    *dependency
}

// uselessFact: versions without a file that the target can use.
type uselessFact struct{ in *info }

// brokenFact: a version that its own metadata rules out.
type brokenFact struct {
	in     *info
	choice int
	reason string
	remedy string // what to try; may be empty
	python string // the Requires-Python that excludes the target
}

// patchFact: a version that runs on some patch releases of the target's Python only.
type patchFact struct {
	in     *info
	choice int
	python string
}

func (*rootFact) isFact()       {}
func (*dependencyFact) isFact() {}
func (*uselessFact) isFact()    {}
func (*brokenFact) isFact()     {}
func (*patchFact) isFact()      {}
