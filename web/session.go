package web

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"connectrpc.com/connect"

	"menshen"
)

// sessionCookie is bound to this host by its prefix: no neighbour under the same domain can set it.
const sessionCookie = "__Host-menshen"

// cookieOf makes the cookie of a session; "" takes it away. Lax, because a provider of sign-ins leads back with a GET.
func cookieOf(secret string) *http.Cookie {
	c := &http.Cookie{Name: sessionCookie, Value: secret, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode}
	if secret == "" {
		c.MaxAge = -1
	}
	return c
}

// deviceCookie is the mark of a browser that somebody signed in with: failures elsewhere do not slow it down.
const deviceCookie = "__Host-menshen-device"

const deviceAge = 365 * 24 * time.Hour

func markCookie(mark string) *http.Cookie {
	return &http.Cookie{Name: deviceCookie, Value: mark, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode, MaxAge: int(deviceAge.Seconds())}
}

func markOf(h http.Header) string { return valueOf(h, deviceCookie) }

// unusedHeader is on calls that a page makes by itself while nobody uses it.
const unusedHeader = "Menshen-Unused"

func useOf(h http.Header) menshen.AccountUse { return h.Get(unusedHeader) == "" }

func secretOf(h http.Header) string { return valueOf(h, sessionCookie) }

func valueOf(h http.Header, name string) string {
	c, err := (&http.Request{Header: h}).Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// remembered hands on from where a call of somebody comes who is not signed in.
func remembered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey, caller{actor: "nobody", remote: remoteHost(r)})))
	})
}

// sessionDoor lets the holders of sessions through.
type sessionDoor struct {
	accounts Accounts
	log      *slog.Logger
	ew       errorWriter
}

// served answers a call that has the cookie of a session, and reports whether it had one.
func (d sessionDoor) served(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
	secret := secretOf(r.Header)
	if d.accounts == nil || secret == "" { // posts know no accounts {
		return false
	}
	a, s, found, err := d.accounts.Session(r.Context(), secret, useOf(r.Header))
	if err != nil {
		writeError(d.ew, w, r, toConnect(r.Context(), err))
		return true
	}
	if !found {
		writeError(d.ew, w, r, newError(connect.CodeUnauthenticated, menshen.CodeDenied, "the session has ended", "sign in again"))
		return true
	}
	if !s.Done && !d.mayAddFactor(r.Context(), a, r.URL.Path) {
		writeError(d.ew, w, r, newError(connect.CodeUnauthenticated, menshen.CodeDenied, "the sign-in is not complete", "answer with the second factor first, or add one"))
		return true
	}
	role := roleOf(a, r.URL.Path)
	if role == "" {
		d.log.WarnContext(r.Context(), "call beyond the roles of an account", "request", requestID(r.Context()), "actor", a.Actor(), "path", r.URL.Path)
		writeError(d.ew, w, r, newError(connect.CodePermissionDenied, menshen.CodeDenied, "this account may not do that", "ask an operator for the role that may"))
		return true
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer d.accounts.OnEnd(s.ID, cancel)() // a stream ends with its session
	who := caller{actor: a.Actor(), remote: remoteHost(r), role: role, issued: a.Trusted, account: a, session: s}
	next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, callerKey, who)))
	return true
}

// ofPage reports whether a call is of a page in a browser, whose user can sign in: browsers say from where a call is, and
// programs, which have tokens, do not.
func (d sessionDoor) ofPage(r *http.Request) bool {
	return d.accounts != nil && r.Header.Get("Authorization") == "" && (r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != "")
}

// mayAddFactor reports whether a session that is not complete may add the second factor that it lacks.
func (d sessionDoor) mayAddFactor(ctx context.Context, a menshen.Account, procedure string) bool {
	if !slices.Contains(factorProcedures, procedure) {
		return false
	}
	factors, err := d.accounts.Factors(ctx, a.ID)
	return err == nil && len(factors) == 0
}
