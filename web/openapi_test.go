package web_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"menshen/proto/openapi"
	"menshen/web"
)

// Whoever writes a program against the API can read what it is, without a token.
func TestOpenAPIIsServed(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, body := s.MustDo(t, "GET", "/openapi.yaml", nil)
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/yaml") || !bytes.Equal([]byte(body), openapi.Document) {
		t.Errorf("%s, %s, %d bytes", res.Status, res.Header.Get("Content-Type"), len(body))
	}
	if res, _ := s.MustDo(t, "POST", "/openapi.yaml", nil); res.StatusCode == http.StatusOK {
		t.Errorf("posting gives %s", res.Status)
	}
}
