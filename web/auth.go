package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto/menshen/v1/menshenv1connect"
)

// remoteHost gives the address of the caller without its port.
func remoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// recordIssue puts the issue of a token into the audit log before its first call. A door waits for no record: there it is tried
// again with the next call.
func recordIssue(ctx context.Context, rec recorder, who Bearer, path string) error {
	if who.markRecorded == nil {
		return nil
	}
	err := rec.issue(ctx, who)
	if err == nil {
		err = who.markRecorded()
	}
	if path == menshenv1connect.GuardServicePresentProcedure {
		return nil
	}
	return err
}

// authenticated lets only bearers of a known token and holders of a session through, before anything of the body is read.
func authenticated(tokens *Tokens, door sessionDoor, rec recorder, t *throttle, log *slog.Logger, ew errorWriter, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if strings.EqualFold(scheme, "Bearer") {
			if who, ok := tokens.Bearer(strings.TrimSpace(token)); ok {
				if !who.Role.mayCall(r.URL.Path) {
					log.WarnContext(r.Context(), "call beyond the role of a token", "request", requestID(r.Context()), "actor", who.Actor, "path", r.URL.Path)
					writeError(ew, w, r, newError(connect.CodePermissionDenied, menshen.CodeDenied, "this token may not make this call",
						"use a token whose role allows it; menshen token list shows which there are"))
					return
				}
				if err := recordIssue(r.Context(), rec, who, r.URL.Path); err != nil {
					writeError(ew, w, r, toConnect(r.Context(), err))
					return
				}
				next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey, caller{actor: who.Actor, remote: remoteHost(r), role: who.Role, gates: who.Gates, issued: who.Issued})))
				return
			}
		}
		if scheme == "" && door.served(w, r, next) {
			return
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm="menshen"`)
		if !t.fail(r.RemoteAddr) {
			w.Header().Set("Retry-After", "6")
			refused := newError(connect.CodeResourceExhausted, menshen.CodeExhausted,
				"too many calls without a valid token came from this address", "wait a minute, then use the token of the data folder's token file")
			if door.ofPage(r) {
				refused = newError(connect.CodeResourceExhausted, menshen.CodeExhausted,
					"too many calls of nobody who is signed in came from this address", "wait a minute, then sign in")
			}
			writeError(ew, w, r, refused)
			return
		}
		if door.ofPage(r) {
			log.InfoContext(r.Context(), "call of a page without a session", "request", requestID(r.Context()), "remote", r.RemoteAddr, "path", r.URL.Path)
			writeError(ew, w, r, newError(connect.CodeUnauthenticated, menshen.CodeDenied, "nobody is signed in", "sign in, then do it again"))
			return
		}
		message := "this call needs a token"
		if scheme != "" {
			message = "this token is not valid"
		}
		log.WarnContext(r.Context(), "call without a valid token", "request", requestID(r.Context()), "remote", r.RemoteAddr, "path", r.URL.Path)
		writeError(ew, w, r, newError(connect.CodeUnauthenticated, menshen.CodeDenied, message,
			"send the token of the data folder's token file as: Authorization: Bearer <token>"))
	})
}
