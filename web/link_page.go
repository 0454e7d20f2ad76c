package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"menshen"
)

var (
	//go:embed page/link.html
	linkHTML string
	//go:embed page/link.css
	linkCSS string
)

const (
	linkPath      = "/l/"
	maxLinkForm   = 64 << 10 // bytes of a filled-in form
	linkActor     = "link"   // for the audit log
	linkBurst     = 120      // pages of one address at once: many share one behind a carrier's NAT
	linkEvery     = 500 * time.Millisecond
	linkHashShown = 12 // characters of a token's hash in the audit log: enough to tell links apart
)

var linkToken = regexp.MustCompile(`^[A-Za-z0-9_-]{16,128}$`)

// linkPage serves /l/<token>: a questionnaire to fill in, or a visit to answer, for whoever has the link. The token is the
// only key and is in no log: the audit log has the beginning of its hash.
type linkPage struct {
	links    Links
	follow   FollowUps
	overview Overview
	recorder recorder
	chinese  func(string) string
	log      *slog.Logger
	now      func() time.Time
	calls    *throttle // every page
	guesses  *throttle // tokens that there are none of
	page     *template.Template
	policy   string
}

func newLinkPage(d Deps, r recorder) (*linkPage, error) {
	page, err := template.New("link").Parse(linkHTML)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "web.link", "the page of links cannot be made").WithCause(err)
	}
	sum := sha256.Sum256([]byte(linkCSS))
	chinese := d.Chinese
	if chinese == nil {
		chinese = func(text string) string { return text }
	}
	return &linkPage{
		links: d.Links, follow: d.FollowUps, overview: d.Overview, recorder: r, chinese: chinese, log: d.Log, now: d.Now,
		calls: newThrottleOf(d.Now, maxThrottled, linkBurst, linkEvery), guesses: newThrottle(d.Now, maxThrottled), page: page,
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
	}, nil
}

// linkView is what the template shows: a notice, a form or a visit.
type linkView struct {
	Site   menshen.Text
	CSS    template.CSS
	Title  menshen.Text
	Notice []menshen.Text // in place of a form, or before it
	Failed bool           // the notice tells of something wrong
	Name   string         // masked
	Until  string         // how long the link is good

	Fields []fieldView
	Visit  *visitNoticeView
	Daily  *dailyView
	Code   *codeView // of a visitor who may come
}

// visitNoticeView is a visit as its host is shown it.
type visitNoticeView struct {
	Visitor, Reason, From, Begin, End string
}

func (p *linkPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := linkView{CSS: template.CSS(linkCSS)}
	location := time.UTC
	if site, err := p.overview.Site(r.Context()); err == nil {
		v.Site = site.Name
		if site.Location != nil {
			location = site.Location
		}
	}
	if !p.calls.fail(r.RemoteAddr) {
		w.Header().Set("Retry-After", "60")
		p.fail(w, r, v, menshen.CodeExhausted, nil)
		return
	}
	r = r.WithContext(context.WithValue(r.Context(), callerKey, caller{actor: linkActor, remote: remoteHost(r)}))
	token := r.PathValue("token")
	link, daily, err := p.open(r, token)
	if err != nil {
		code := menshen.ErrorCode(err)
		if code == menshen.CodeNotFound && !p.guesses.fail(r.RemoteAddr) {
			w.Header().Set("Retry-After", "60")
			code, err = menshen.CodeExhausted, nil
		}
		p.fail(w, r, v, code, err)
		return
	}
	v.Name, v.Until = link.Name, link.Expires.In(location).Format("2006-01-02 15:04")
	switch {
	case daily != nil:
		v.Title, v.Name = linkTexts["daily"], daily.Name
		p.serveFollowUp(w, r, v, token, *daily)
	case link.Form != nil:
		v.Title = link.Form.Title
		p.serveForm(w, r, v, token, *link.Form)
	case link.Visit != nil:
		v.Title = linkTexts["visit"]
		p.serveVisit(w, r, v, token, *link.Visit, location)
	default:
		p.fail(w, r, v, menshen.CodeNotFound, nil)
	}
}

// open finds what a link is for, and records that it was opened before anything is told. daily is set where it is a contact's
// for the daily follow-up.
func (p *linkPage) open(r *http.Request, token string) (link OpenLink, daily *FollowUpPage, err error) {
	if !linkToken.MatchString(token) {
		return link, nil, menshen.Errorf(menshen.CodeNotFound, "web.link", "there is no such link")
	}
	link, err = p.links.Open(r.Context(), token)
	if menshen.ErrorCode(err) == menshen.CodeNotFound {
		page, followErr := p.follow.OpenFollowUpLink(r.Context(), token)
		if menshen.ErrorCode(followErr) == menshen.CodeNotFound {
			return link, nil, err
		}
		daily, link.Purpose, err = &page, linkFollowUp, followErr
	}
	detail := map[string]any{"link": linkName(token), "purpose": link.Purpose, "method": r.Method}
	if err := p.recorder.record(r.Context(), "link.open", "", "", detail); err != nil {
		return OpenLink{}, nil, err
	}
	return link, daily, err
}

// linkName tells links apart in the audit log.
func linkName(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])[:linkHashShown]
}

func (p *linkPage) serveForm(w http.ResponseWriter, r *http.Request, v linkView, token string, form menshen.Form) {
	if r.Method != http.MethodPost {
		v.Fields, _ = readFields(form, nil)
		p.show(w, r, v, http.StatusOK)
		return
	}
	if err := r.ParseForm(); err != nil {
		p.fail(w, r, v, menshen.CodeInvalid, err)
		return
	}
	var answers map[string]string
	v.Fields, answers = readFields(form, r.PostForm)
	if answers == nil {
		v.Notice, v.Failed = []menshen.Text{linkTexts["mend"]}, true
		p.show(w, r, v, http.StatusUnprocessableEntity)
		return
	}
	if err := p.recorder.record(r.Context(), "link.submit", "", "", map[string]any{"link": linkName(token), "form": form.ID}); err != nil {
		p.fail(w, r, v, menshen.ErrorCode(err), err)
		return
	}
	done, err := p.links.Submit(r.Context(), token, answers)
	if menshen.ErrorCode(err) == menshen.CodeInvalid {
		v.Notice, v.Failed = p.said(err), true
		p.show(w, r, v, http.StatusUnprocessableEntity)
		return
	}
	if err != nil {
		p.fail(w, r, v, menshen.ErrorCode(err), err)
		return
	}
	v.Fields, v.Notice = nil, []menshen.Text{linkTexts["thanks"]}
	if s := done.Answer.State; s != "" {
		state := s.Text()
		v.Notice = append(v.Notice, menshen.Text{ZH: "登记为：" + state.ZH, EN: "registered as: " + state.EN})
		if done.Answer.Reason != (menshen.Text{}) {
			v.Notice = append(v.Notice, done.Answer.Reason)
		}
	}
	p.show(w, r, v, http.StatusOK)
}

func (p *linkPage) serveVisit(w http.ResponseWriter, r *http.Request, v linkView, token string, n VisitNotice, location *time.Location) {
	show := func(t time.Time) string {
		if t.IsZero() {
			return "–"
		}
		return t.In(location).Format("2006-01-02 15:04")
	}
	v.Visit = &visitNoticeView{masked(n.Visitor), n.Reason, n.From, show(n.Span.From), show(n.To)}
	if r.Method != http.MethodPost {
		p.show(w, r, v, http.StatusOK)
		return
	}
	if err := r.ParseForm(); err != nil {
		p.fail(w, r, v, menshen.CodeInvalid, err)
		return
	}
	answer := r.PostForm.Get("answer")
	if answer != "yes" && answer != "no" {
		v.Notice, v.Failed = []menshen.Text{linkTexts["choose"]}, true
		p.show(w, r, v, http.StatusUnprocessableEntity)
		return
	}
	if err := p.recorder.record(r.Context(), "link.answer", "", "", map[string]any{"link": linkName(token), "confirm": answer == "yes"}); err != nil {
		p.fail(w, r, v, menshen.ErrorCode(err), err)
		return
	}
	done, err := p.links.AnswerByLink(r.Context(), token, answer == "yes")
	if err != nil {
		p.fail(w, r, v, menshen.ErrorCode(err), err)
		return
	}
	v.Visit, v.Notice = nil, []menshen.Text{linkTexts["refused"]}
	if answer == "yes" {
		v.Notice = []menshen.Text{linkTexts["confirmed"]}
		if v.Code = newCodeView(done.Code); v.Code != nil {
			v.Notice = append(v.Notice, linkTexts["forward"])
		}
	}
	p.show(w, r, v, http.StatusOK)
}

// said gives what people may read of an error.
func (p *linkPage) said(err error) []menshen.Text {
	message, hint := menshen.ErrorMessage(err)
	texts := []menshen.Text{{ZH: p.chinese(message), EN: message}}
	if hint != "" {
		texts = append(texts, menshen.Text{ZH: p.chinese(hint), EN: hint})
	}
	return texts
}

// fail shows a page that says what is the matter, in the office's words where it refused, and logs what is not the
// caller's fault. err may be nil.
func (p *linkPage) fail(w http.ResponseWriter, r *http.Request, v linkView, code menshen.Code, err error) {
	status, notice := http.StatusServiceUnavailable, []menshen.Text{linkTexts["trouble"]}
	_, office := errors.AsType[*menshen.Error](err)
	switch {
	case code == menshen.CodeNotFound:
		status, notice = http.StatusNotFound, []menshen.Text{linkTexts["unknown"]}
	case code == menshen.CodeExhausted && err == nil:
		status, notice = http.StatusTooManyRequests, []menshen.Text{linkTexts["slow"]}
	case code == menshen.CodeConflict && office:
		status, notice = http.StatusConflict, p.said(err)
	case code == menshen.CodeDenied && office:
		status, notice = http.StatusForbidden, p.said(err)
	case code == menshen.CodeInvalid && !office:
		status, notice = http.StatusBadRequest, []menshen.Text{linkTexts["unreadable"]}
	case code == menshen.CodeInvalid:
		status, notice = http.StatusUnprocessableEntity, p.said(err)
	default:
		p.log.WarnContext(r.Context(), "page of a link failed", "request", requestID(r.Context()), "code", string(code), "err", err)
	}
	p.show(w, r, linkView{Site: v.Site, CSS: v.CSS, Title: linkTexts["sorry"], Notice: notice, Failed: true}, status)
}

func (p *linkPage) show(w http.ResponseWriter, r *http.Request, v linkView, status int) {
	var b bytes.Buffer
	if err := p.page.Execute(&b, v); err != nil {
		p.log.ErrorContext(r.Context(), "page of a link failed", "request", requestID(r.Context()), "err", err)
		http.Error(w, "internal error, request "+requestID(r.Context()), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", p.policy)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	// With no-referrer, browsers that do not say Sec-Fetch-Site send "Origin: null" with a form, which is refused.
	h.Set("Referrer-Policy", "same-origin")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the caller is gone then
}
