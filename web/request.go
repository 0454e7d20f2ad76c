package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"menshen"
)

type contextKey int

const (
	requestKey contextKey = iota
	callerKey
)

// caller is who asks, for the audit log.
type caller struct {
	actor  string
	remote string
	role   Role
	gates  []string  // the only ones that they may act at; empty is every gate
	issued time.Time // when their token was made; zero for one that is there from the first start

	account menshen.Account // zero for a token
	session menshen.AccountSession
}

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey).(caller)
	return c
}

// requestID gives the number under which the log has a request, "" outside of one.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey).(string)
	return id
}

// requestHeader tells the client the number of its request.
const requestHeader = "X-Request-Id"

// numbered gives every request a number that client and log share, and turns a panic into an error without text. A
// panic after the first byte of the answer ends the connection, so that a cut answer is not taken for a whole one.
func numbered(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b [8]byte
		rand.Read(b[:])
		id := hex.EncodeToString(b[:])
		r = r.WithContext(context.WithValue(r.Context(), requestKey, id))
		w.Header().Set(requestHeader, id)
		tracked := &startedWriter{ResponseWriter: w}
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(v)
			}
			_ = panicked(r.Context(), log, logPath(r.URL.Path), v)
			if tracked.started {
				panic(http.ErrAbortHandler)
			}
			http.Error(w, "internal error, request "+id, http.StatusInternalServerError)
		}()
		next.ServeHTTP(tracked, r)
	})
}

// logPath gives a path as the log may have it: the token of a link is not in it.
func logPath(path string) string {
	if strings.HasPrefix(path, linkPath) {
		return linkPath
	}
	return path
}

// startedWriter knows whether an answer has begun.
type startedWriter struct {
	http.ResponseWriter
	started bool
}

func (w *startedWriter) WriteHeader(status int) {
	w.started = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *startedWriter) Write(b []byte) (int, error) {
	w.started = true
	return w.ResponseWriter.Write(b)
}

func (w *startedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
