package index

import "context"

// licenceSpace keeps what the metadata of files says of their licences.
const licenceSpace = "licence-1"

// Licence is what the metadata of a wheel says of its licence in a line, ""
// where it says nothing. The wheel is never downloaded for it: where the server
// gives no parts of files it is an error.
func (c *Client) Licence(ctx context.Context, f File) (string, error) {
	if path, ok := c.have(f); ok {
		data, err := readLocalMetadata(path, f)
		if err != nil {
			return "", err
		}
		m, err := c.contents.parse(headerFields(data), f)
		return m.Licence(), err
	}
	if text, ok := c.storage.get(licenceSpace, contentKey(f)); ok {
		return string(text), nil
	}
	if c.options.Offline {
		return "", &OfflineError{What: "the metadata of " + f.Name}
	}
	data, err := c.partialMetadata(ctx, f)
	if err != nil {
		return "", err
	}
	m, err := c.contents.parse(headerFields(data), f)
	if err == nil {
		c.storage.set(licenceSpace, contentKey(f), []byte(m.Licence()))
	}
	return m.Licence(), err
}
