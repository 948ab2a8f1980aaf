package sbomtest

import "testing"

// TestCheck: what says yes to everything proves nothing.
func TestCheck(t *testing.T) {
	const begin = `{"bomFormat":"CycloneDX","specVersion":"1.6",`
	Valid(t, []byte(begin+`"components":[{"type":"library","name":"x","bom-ref":"x","licenses":[{"license":{"id":"MIT"}}]}],"dependencies":[{"ref":"x"}]}`))
	for _, bad := range []string{
		`{`, `{}`,
		begin + `"serialNumber":"urn:uuid:1"}`,
		begin + `"components":[{"type":"wheel","name":"x"}]}`,
		begin + `"components":[{"type":"library","name":"x","extra":1}]}`,
		begin + `"components":[{"type":"library","name":"x","licenses":[{"license":{"id":"My own"}}]}]}`,
		begin + `"components":[{"type":"library","name":"x","hashes":[{"alg":"SHA-256","content":"1"}]}]}`,
		begin + `"components":[{"type":"library","name":"x","bom-ref":"x"},{"type":"library","name":"y","bom-ref":"x"}]}`,
		begin + `"dependencies":[{"ref":"x"}]}`,
	} {
		if Check([]byte(bad)) == nil {
			t.Errorf("accepted: %s", bad)
		}
	}
}
