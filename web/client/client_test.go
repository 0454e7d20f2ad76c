package client_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/proto/menshen/v1/menshenv1connect"
	"menshen/web"
	"menshen/web/client"
)

func MustClient(tb testing.TB, url string) *client.Client {
	tb.Helper()
	c, err := client.New(url, web.NewToken(), "")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.Close)
	return c
}

// both makes a call of either kind and gives the two errors.
func both(ctx context.Context, c *client.Client) map[string]error {
	_, unary := c.Site.GetSite(ctx, connect.NewRequest(&menshenv1.GetSiteRequest{}))
	stream, streaming := c.Passes.WatchPasses(ctx, connect.NewRequest(&menshenv1.WatchPassesRequest{}))
	if streaming == nil {
		for stream.Receive() {
		}
		streaming = stream.Err()
		stream.Close()
	}
	return map[string]error{"unary": unary, "streaming": streaming}
}

func want(tb testing.TB, errs map[string]error, code menshen.Code, message, hint string) {
	tb.Helper()
	for kind, err := range errs {
		e, ok := errors.AsType[*menshen.Error](err)
		if !ok || e.Code != code || !strings.Contains(e.Message, message) || !strings.Contains(e.Hint, hint) {
			tb.Errorf("%s: %v, wanted %s with %q and %q", kind, err, code, message, hint)
		}
	}
}

func TestAddress(t *testing.T) {
	for url, word := range map[string]string{
		"http://127.0.0.1:8080": "", "http://127.0.0.1:8080/": "", "http://localhost:1": "", "http://[::1]:8080": "", "https://menshen.example": "",
		"http://menshen.example": "in clear", "http://10.0.0.1:8080": "in clear", "127.0.0.1:8080": "address", "ftp://x": "neither", "": "address",
		"https://user:secret@x": "not usable", "https://x?y=z": "not usable", "https://": "not usable", "http://127.0.0.1.evil.example": "in clear",
	} {
		_, err := client.New(url, web.NewToken(), "")
		if word == "" {
			if err != nil {
				t.Errorf("%s: %v", url, err)
			}
			continue
		}
		if menshen.ErrorCode(err) != menshen.CodeInvalid || !strings.Contains(err.Error(), word) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestNotRunning(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String()
	l.Close()
	want(t, both(context.Background(), MustClient(t, url)), menshen.CodeUnavailable, "Menshen is not running at "+url, "start it with: menshen serve")
}

func TestSomethingElseAnswers(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"page": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>a printer") },
		"404":  http.NotFound,
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example/", http.StatusFound)
		},
		"502": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "bad gateway", http.StatusBadGateway) },
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(h)
			defer s.Close()
			c := MustClient(t, s.URL)
			defer c.Close()
			want(t, both(context.Background(), c), menshen.CodeUnavailable, s.URL, "")
		})
	}
}

func TestUntrustedCertificate(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	c := MustClient(t, s.URL)
	defer c.Close()
	want(t, both(context.Background(), c), menshen.CodeUnavailable, "not trusted", "SSL_CERT_FILE")
}

// On this machine the hub is known by its key, whatever name and issuer its certificate has; nobody else is.
func TestPinnedKey(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	sum := sha256.Sum256(s.Certificate().RawSubjectPublicKeyInfo)
	for hash, says := range map[string]string{hex.EncodeToString(sum[:]): "the connection to Menshen", strings.Repeat("0", 64): "another program"} {
		c, err := client.New(s.URL, web.NewToken(), hash)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Site.GetSite(t.Context(), connect.NewRequest(&menshenv1.GetSiteRequest{}))
		if message, hint := menshen.ErrorMessage(err); !strings.Contains(message, says) || hint == "" {
			t.Errorf("key %s: %q, hint %q, want %q", hash, message, hint, says)
		}
		c.Close()
	}
}

func TestClearServerAskedForTLS(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	c := MustClient(t, strings.Replace(s.URL, "http://", "https://", 1))
	defer c.Close()
	want(t, both(context.Background(), c), menshen.CodeUnavailable, s.URL[len("http://"):], "http://")
}

// silent answers nothing until the caller gives up.
type silent struct {
	menshenv1connect.UnimplementedSiteServiceHandler
	menshenv1connect.UnimplementedPassServiceHandler
}

func (silent) GetSite(ctx context.Context, _ *connect.Request[menshenv1.GetSiteRequest]) (*connect.Response[menshenv1.GetSiteResponse], error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (silent) WatchPasses(ctx context.Context, _ *connect.Request[menshenv1.WatchPassesRequest], _ *connect.ServerStream[menshenv1.WatchPassesResponse]) error {
	<-ctx.Done()
	return ctx.Err()
}

func MustSilent(tb testing.TB) *client.Client {
	tb.Helper()
	mux := http.NewServeMux()
	mux.Handle(menshenv1connect.NewSiteServiceHandler(silent{}))
	mux.Handle(menshenv1connect.NewPassServiceHandler(silent{}))
	s := httptest.NewServer(mux)
	tb.Cleanup(s.Close)
	return MustClient(tb, s.URL)
}

func TestTooSlow(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	want(t, both(ctx, MustSilent(t)), menshen.CodeUnavailable, "in time", "try again")
}

func TestCancelled(t *testing.T) {
	c := MustSilent(t)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(10*time.Millisecond, cancel)
	for kind, err := range both(ctx, c) {
		if err != context.Canceled {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// erring answers with errors that a hub of another version, or Connect itself, may make.
type erring struct {
	menshenv1connect.UnimplementedSiteServiceHandler
	menshenv1connect.UnimplementedPassServiceHandler
	err error
}

func (e erring) GetSite(context.Context, *connect.Request[menshenv1.GetSiteRequest]) (*connect.Response[menshenv1.GetSiteResponse], error) {
	return nil, e.err
}

func (e erring) WatchPasses(context.Context, *connect.Request[menshenv1.WatchPassesRequest], *connect.ServerStream[menshenv1.WatchPassesResponse]) error {
	return e.err
}

func TestErrors(t *testing.T) {
	detailed := func(cc connect.Code, code, hint string) error {
		e := connect.NewError(cc, errors.New("the message"))
		d, err := connect.NewErrorDetail(&menshenv1.ErrorDetail{Code: code, Hint: hint})
		if err != nil {
			t.Fatal(err)
		}
		e.AddDetail(d)
		return e
	}
	plain := func(cc connect.Code) error { return connect.NewError(cc, errors.New("the message")) }
	for name, c := range map[string]struct {
		err           error
		code          menshen.Code
		message, hint string
	}{
		"with detail":      {detailed(connect.CodeUnauthenticated, "denied", "do this"), menshen.CodeDenied, "the message", "do this"},
		"conflict":         {detailed(connect.CodeAlreadyExists, "conflict", "do this"), menshen.CodeConflict, "the message", "do this"},
		"code of tomorrow": {detailed(connect.CodeAborted, "tomorrow", "do this"), menshen.CodeInternal, "the message", "do this"},
		"too large":        {plain(connect.CodeResourceExhausted), menshen.CodeExhausted, "the message", ""},
		"malformed":        {plain(connect.CodeInvalidArgument), menshen.CodeInvalid, "the message", ""},
		"not found":        {plain(connect.CodeNotFound), menshen.CodeNotFound, "the message", ""},
		"no such call":     {plain(connect.CodeUnimplemented), menshen.CodeUnavailable, "not this Menshen", "versions"},
		"data loss":        {plain(connect.CodeDataLoss), menshen.CodeInternal, "the message", ""},
	} {
		t.Run(name, func(t *testing.T) {
			mux := http.NewServeMux()
			mux.Handle(menshenv1connect.NewSiteServiceHandler(erring{err: c.err}))
			mux.Handle(menshenv1connect.NewPassServiceHandler(erring{err: c.err}))
			s := httptest.NewServer(mux)
			defer s.Close()
			cl := MustClient(t, s.URL)
			defer cl.Close()
			want(t, both(context.Background(), cl), c.code, c.message, c.hint)
		})
	}
}
