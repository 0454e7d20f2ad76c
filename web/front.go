package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"golang.org/x/text/language"
	"google.golang.org/protobuf/reflect/protoreflect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// Front is what the front page tells besides what it knows itself.
type Front struct {
	Version   string
	Simulated bool      // the people and passes are made up
	Commands  []Command // what can be done from the terminal, in order
}

// Command is a line for the terminal with what it does.
type Command struct {
	Line  string
	About menshen.Text
}

var (
	//go:embed page/front.html
	frontHTML string
	//go:embed page/front.css
	frontCSS string
	//go:embed page/mark.svg
	markSVG []byte
)

// frontPage serves /about. It needs no sign-in, so it shows nothing about anybody.
type frontPage struct {
	front    Front
	overview Overview
	health   *health
	log      *slog.Logger
	page     *template.Template
	policy   string // Content-Security-Policy: the one style sheet, by its hash, and pictures of our own
}

// frontView is what the template shows. T gives the text of a key in the page's language, O in the other one.
type frontView struct {
	Front
	Lang, Other string // BCP 47
	OtherQuery  string
	Site        string
	Well        bool
	Origin      string
	Services    []string
	CSS         template.CSS
}

// T gives a text in the page's language.
func (v frontView) T(key string) string { return frontTexts[key].In(v.Lang) }

// O gives a text in the other language.
func (v frontView) O(key string) string { return frontTexts[key].In(v.Other) }

// About gives what a command does in the page's language.
func (v frontView) About(c Command) string { return c.About.In(v.Lang) }

func newFrontPage(f Front, o Overview, h *health, log *slog.Logger) (*frontPage, error) {
	page, err := template.New("front").Parse(frontHTML)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "web.front", "the front page cannot be made").WithCause(err)
	}
	sum := sha256.Sum256([]byte(frontCSS))
	return &frontPage{
		front: f, overview: o, health: h, log: log, page: page,
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
	}, nil
}

// apiFiles are the descriptions of the API.
func apiFiles() []protoreflect.FileDescriptor {
	return []protoreflect.FileDescriptor{
		menshenv1.File_menshen_v1_api_proto, menshenv1.File_menshen_v1_registry_proto, menshenv1.File_menshen_v1_permit_proto,
		menshenv1.File_menshen_v1_health_proto, menshenv1.File_menshen_v1_visit_proto, menshenv1.File_menshen_v1_gate_proto,
		menshenv1.File_menshen_v1_policy_proto,
	}
}

func (p *frontPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := frontView{
		Front: p.front, Lang: "zh-CN", Other: "en", OtherQuery: "en", Well: p.health.ask(r.Context()),
		Origin: "http://" + r.Host, CSS: template.CSS(frontCSS),
	}
	if wantsEnglish(r) {
		v.Lang, v.Other, v.OtherQuery = "en", "zh-CN", "zh"
	}
	if r.TLS != nil {
		v.Origin = "https://" + r.Host
	}
	if site, err := p.overview.Site(r.Context()); err == nil {
		v.Site = site.Name.In(v.Lang)
	} else {
		p.log.WarnContext(r.Context(), "front page without the site's name", "request", requestID(r.Context()), "err", err)
	}
	for _, file := range apiFiles() {
		for i := range file.Services().Len() {
			v.Services = append(v.Services, string(file.Services().Get(i).FullName()))
		}
	}
	var b bytes.Buffer
	if err := p.page.Execute(&b, v); err != nil {
		p.log.ErrorContext(r.Context(), "front page failed", "request", requestID(r.Context()), "err", err)
		http.Error(w, "internal error, request "+requestID(r.Context()), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.Lang)
	h.Set("Content-Security-Policy", p.policy)
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Language")
	_, _ = w.Write(b.Bytes()) // the caller is gone then
}

// wantsEnglish reads ?lang=, else Accept-Language; Chinese is the answer to everything but English.
func wantsEnglish(r *http.Request) bool {
	if lang := r.URL.Query().Get("lang"); lang != "" {
		return strings.HasPrefix(strings.ToLower(lang), "en")
	}
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return false
	}
	_, i, confidence := language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English, language.TraditionalChinese}).Match(tags...)
	return i == 1 && confidence != language.No
}

// serveMark gives the picture for the browser's tab.
func serveMark(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "max-age=86400")
	_, _ = w.Write(markSVG) // the caller is gone then
}
