package web

import (
	"bytes"
	"crypto/rand"
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"menshen"
)

// built is what make pages made of ui/src; without it, .gitkeep alone.
//
//go:embed all:ui/dist
var built embed.FS

// pageAreas are the first parts of the addresses that the pages have; the rest of an address is theirs to read.
var pageAreas = []string{"account", "auditor", "display", "guard", "investigation", "office", "operator"}

// pages serves what people use in a browser: one document for all addresses, and the files that it names.
type pages struct {
	document []byte
	assets   fs.FS
}

// noncePlace is where the document takes the nonce by which its style sheets are allowed.
const noncePlace = "__NONCE__"

// newPages gives the pages of a folder that Vite made; nil where there are none, as go build alone leaves them. Without a folder,
// they are those that are built in.
func newPages(dist fs.FS) (*pages, error) {
	if dist == nil {
		var err error
		if dist, err = fs.Sub(built, "ui/dist"); err != nil {
			return nil, menshen.Errorf(menshen.CodeInternal, "web.pages", "the pages cannot be read").WithCause(err)
		}
	}
	document, err := fs.ReadFile(dist, "index.html")
	if err != nil {
		return nil, nil //nolint:nilnil,nilerr // see above
	}
	assets, err := fs.Sub(dist, "assets")
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "web.pages", "the pages cannot be read").WithCause(err)
	}
	return &pages{document, assets}, nil
}

// ServeHTTP serves the document. Scripts and style sheets come from this server alone; the camera is for pages of this server.
func (p *pages) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	nonce := rand.Text()
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store") // a nonce is good once
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"+nonce+
		"'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; "+
		"manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
	h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
	_, _ = w.Write(bytes.ReplaceAll(p.document, []byte(noncePlace), []byte(nonce))) // the caller is gone then
}

// asset serves a file of the pages, compressed if the browser takes it. Its address tells its content, so it is good for ever.
func (p *pages) asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	h := w.Header()
	file := name
	for _, way := range []struct{ encoding, ending string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if strings.Contains(r.Header.Get("Accept-Encoding"), way.encoding) {
			if _, err := fs.Stat(p.assets, name+way.ending); err == nil {
				file = name + way.ending
				h.Set("Content-Encoding", way.encoding)
				break
			}
		}
	}
	data, err := fs.ReadFile(p.assets, file)
	if err != nil || path.Ext(name) == ".br" || path.Ext(name) == ".gz" {
		h.Del("Content-Encoding")
		http.NotFound(w, r)
		return
	}
	h.Set("Content-Type", typeOf(name))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	_, _ = w.Write(data) // the caller is gone then
}

// typeOf gives the media type of a file of the pages.
func typeOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".woff2":
		return "font/woff2"
	case ".json":
		return "application/json"
	}
	return "application/octet-stream"
}
