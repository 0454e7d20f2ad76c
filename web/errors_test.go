package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

// wantSilence checks that the client got nothing of an inner text.
func wantSilence(tb testing.TB, err error, secret string) {
	tb.Helper()
	if strings.Contains(err.Error(), secret) || strings.Contains(fmt.Sprintf("%+v", err), secret) {
		tb.Errorf("the client reads %q", err)
	}
}

func TestErrorsReachTheClient(t *testing.T) {
	codes := map[menshen.Code]connect.Code{
		menshen.CodeInvalid: connect.CodeInvalidArgument, menshen.CodeNotFound: connect.CodeNotFound, menshen.CodeConflict: connect.CodeAlreadyExists,
		menshen.CodeDenied: connect.CodePermissionDenied, menshen.CodeUnavailable: connect.CodeUnavailable, menshen.CodeMissing: connect.CodeFailedPrecondition,
		menshen.CodeExhausted: connect.CodeResourceExhausted, menshen.CodeCorrupt: connect.CodeDataLoss, menshen.CodeInternal: connect.CodeInternal,
	}
	for code, want := range codes {
		t.Run(string(code), func(t *testing.T) {
			h := newHouse()
			h.fail = fmt.Errorf("select secret: %w", menshen.Errorf(code, "store.secret", "something is wrong").WithHint("do this").WithCause(errors.New("secret cause")))
			s := MustServe(t, h, web.Config{})
			_, err := s.client.Site.GetSite(context.Background(), connect.NewRequest(&menshenv1.GetSiteRequest{}))
			wantError(t, err, code, "something is wrong")
			wantSilence(t, err, "secret")
			ce, ok := errors.AsType[*connect.Error](err)
			if !ok || ce.Code() != want {
				t.Fatalf("connect code %v, wanted %v", ce, want)
			}
			id := ce.Meta().Get("X-Request-Id")
			if code == menshen.CodeInternal || code == menshen.CodeCorrupt {
				wantError(t, err, code, id)
			} else {
				wantError(t, err, code, "do this")
			}
			if log := s.log.String(); len(id) != 16 || !strings.Contains(log, "request="+id) || !strings.Contains(log, "secret cause") {
				t.Errorf("request %q is not in the log: %s", id, log)
			}
		})
	}
}

func TestForeignErrorsAreInternal(t *testing.T) {
	h := newHouse()
	h.fail = errors.New("near \"SELECT\": secret syntax error")
	s := MustServe(t, h, web.Config{})
	_, err := s.client.People.ListPeople(context.Background(), connect.NewRequest(&menshenv1.ListPeopleRequest{}))
	wantError(t, err, menshen.CodeInternal, "internal error")
	wantSilence(t, err, "secret")
	if !strings.Contains(s.log.String(), "level=ERROR msg=\"request failed\"") {
		t.Errorf("log %s", s.log)
	}
}

func TestPanics(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	h.mu.Lock()
	h.panics = "secret panic"
	h.mu.Unlock()
	_, err := s.client.Site.GetSite(context.Background(), connect.NewRequest(&menshenv1.GetSiteRequest{}))
	wantError(t, err, menshen.CodeInternal, "internal error")
	wantSilence(t, err, "secret")

	stream, err := s.client.Passes.WatchPasses(context.Background(), connect.NewRequest(&menshenv1.WatchPassesRequest{Gate: "east-1"}))
	if err != nil {
		t.Fatal(err)
	}
	if stream.Receive() {
		t.Error("a pass came")
	}
	wantError(t, stream.Err(), menshen.CodeInternal, "internal error")
	stream.Close()

	res, body := s.MustDo(t, "GET", "/about", nil)
	if res.StatusCode != http.StatusInternalServerError || strings.Contains(body, "secret") || !strings.Contains(body, res.Header.Get("X-Request-Id")) {
		t.Errorf("page: %s %q", res.Status, body)
	}
	if log := s.log.String(); strings.Count(log, "request panicked") != 3 || !strings.Contains(log, "secret panic") || !strings.Contains(log, "house_test.go") {
		t.Errorf("log %s", log)
	}
}
