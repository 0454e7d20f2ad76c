package web

import (
	"net/http"

	"menshen/proto/openapi"
)

// serveOpenAPI gives the description of the API. It is the same for everybody and says nothing of the site.
func serveOpenAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	_, _ = w.Write(openapi.Document) // who asked may be gone
}
