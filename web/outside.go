package web

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"

	"menshen"
)

const (
	outsideBegin    = "/oidc/begin"
	outsideCallback = "/oidc/callback"
	outsideCookie   = "__Host-menshen-oidc" // binds a sign-in to the browser that began it
	outsideAge      = 600                   // seconds
)

// outsideDoor lets people in whom the site's provider of sign-ins vouches for. What goes wrong is told by the sign-in page.
type outsideDoor struct{ signInService }

// begin sends a browser to the provider.
func (d outsideDoor) begin(w http.ResponseWriter, r *http.Request) {
	address, state, err := d.outside.Begin(r.Context(), d.base()+outsideCallback)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	http.SetCookie(w, outsideMark(state+" "+local(r.URL.Query().Get("to")), outsideAge))
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// outsideMark holds the state and where to go then; MaxAge below 0 takes it away.
func outsideMark(value string, age int) *http.Cookie {
	return &http.Cookie{Name: outsideCookie, Value: url.QueryEscape(value), Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode, MaxAge: age}
}

// local gives a path of this server, "/" for anything else.
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") {
		return "/"
	}
	return to
}

// callback takes whom the provider sends back.
func (d outsideDoor) callback(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	kept, _ := url.QueryUnescape(valueOf(r.Header, outsideCookie))
	state, to, _ := strings.Cut(kept, " ")
	http.SetCookie(w, outsideMark("", -1))
	if state == "" || subtle.ConstantTimeCompare([]byte(state), []byte(q.Get("state"))) != 1 {
		d.refuse(w, r, menshen.Errorf(menshen.CodeInvalid, "web.outside", "this sign-in was begun in another browser, or is done already").WithHint("begin anew"))
		return
	}
	if q.Get("error") != "" {
		d.log.InfoContext(r.Context(), "the provider of sign-ins refused somebody", "error", q.Get("error"))
		d.leave(w, r, "cancelled")
		return
	}
	a, session, secret, err := d.outside.Finish(r.Context(), state, q.Get("code"), device(r.Header), callerOf(r.Context()).remote)
	if err != nil {
		d.refuse(w, r, d.failed(r.Context(), "account.sign_in_failed", "", err))
		return
	}
	_, cookies, err := d.begun(r.Context(), r.Header, "account.sign_in_outside", a, session, secret)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	setCookies(w.Header(), cookies)
	http.Redirect(w, r, local(to), http.StatusSeeOther)
}

// refuse leads to the sign-in page with what went wrong.
func (d outsideDoor) refuse(w http.ResponseWriter, r *http.Request, err error) {
	d.log.WarnContext(r.Context(), "a sign-in with the provider failed", "request", requestID(r.Context()), "error", err)
	why := "provider"
	switch menshen.ErrorCode(err) {
	case menshen.CodeInvalid:
		why = "expired"
	case menshen.CodeNotFound:
		why = "unknown"
	case menshen.CodeDenied:
		why = "refused"
	}
	d.leave(w, r, why)
}

func (d outsideDoor) leave(w http.ResponseWriter, r *http.Request, why string) {
	http.Redirect(w, r, "/?oidc="+why, http.StatusSeeOther)
}
