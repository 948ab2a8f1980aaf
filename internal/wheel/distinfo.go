package wheel

// DistInfo finds the .dist-info folder of a wheel among its member names, as
// the wheel spells it.
func DistInfo(names []string, f Filename) (string, error) { return "", errTODO }
