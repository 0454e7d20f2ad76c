// Package openapi has the description of the whole API in OpenAPI 3.1, as `make generate` makes it of the .proto files: every
// call of Connect as a POST of JSON. It is generated; nothing here is written by hand but the generator beside it.
package openapi

import _ "embed" // the document

// Document is openapi.yaml.
//
//go:embed openapi.yaml
var Document []byte
