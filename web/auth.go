package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"connectrpc.com/connect"

	"menshen"
)

// remoteHost gives the address of the caller without its port.
func remoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// authenticated lets only bearers of a known token through, before anything of the body is read.
func authenticated(tokens *Tokens, t *throttle, log *slog.Logger, ew *connect.ErrorWriter, next http.Handler) http.Handler {
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
				next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey, caller{who.Actor, remoteHost(r), who.Role, who.Gates})))
				return
			}
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm="menshen"`)
		if !t.fail(r.RemoteAddr) {
			w.Header().Set("Retry-After", "6")
			writeError(ew, w, r, newError(connect.CodeResourceExhausted, menshen.CodeExhausted,
				"too many calls without a valid token came from this address", "wait a minute, then use the token of the data folder's token file"))
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
