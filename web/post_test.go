package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
	"menshen/web/client"
)

// A post serves its readers and guards, and nothing else.
func TestPost(t *testing.T) {
	h := newHouse()
	token := web.NewToken()
	tokens, err := web.NewTokens(web.Grant{Token: token, Actor: "guard@east", Role: web.RoleGuard, Gates: []string{"east-1"}})
	if err != nil {
		t.Fatal(err)
	}
	d := web.PostDeps{
		Overview: h, People: h, Guards: h, Auditor: h, Tokens: tokens, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: func() time.Time { return now },
	}
	srv, err := web.NewPost(d, web.Config{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	c, err := client.New(srv.URL(), token, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	res, err := c.Guard.Present(t.Context(), connect.NewRequest(&menshenv1.PresentRequest{Gate: "east-1", Direction: menshenv1.Direction_DIRECTION_IN, Kind: "pin", Value: "271828"}))
	if err != nil || res.Msg.GetName() != "王芳" {
		t.Errorf("present: %v, %v", res, err)
	}
	if _, err := c.Guard.ListReviews(t.Context(), connect.NewRequest(&menshenv1.ListReviewsRequest{})); err != nil || len(h.audits) != 1 || h.audits[0].Actor != "guard@east" {
		t.Errorf("reviews: %v, %+v", err, h.audits)
	}
	if site, err := c.Site.GetSite(t.Context(), connect.NewRequest(&menshenv1.GetSiteRequest{})); err != nil || site.Msg.GetSite().GetId() != "lake" {
		t.Errorf("site: %v, %v", site, err)
	}
	// A post keeps no annotations; the answer stands, and its note is in the audit log.
	answer, err := c.Guard.Answer(t.Context(), connect.NewRequest(&menshenv1.AnswerRequest{Pass: "east-1:3", Allow: true, Person: "p-1", Note: "she lowered her mask"}))
	if err != nil || answer.Msg.GetOutcome() != menshenv1.Outcome_OUTCOME_ALLOW || !strings.Contains(h.audits[len(h.audits)-1].Detail, "lowered") {
		t.Errorf("answer: %v, %v, %+v", answer, err, h.audits)
	}
	_, err = c.Guard.Annotate(t.Context(), connect.NewRequest(&menshenv1.AnnotateRequest{Pass: "east-1:3", Kind: "help"}))
	wantError(t, err, menshen.CodeUnavailable, "hub")
	_, err = c.Guard.Annotate(t.Context(), connect.NewRequest(&menshenv1.AnnotateRequest{Gate: "east-1", Kind: "help"}))
	wantError(t, err, menshen.CodeUnavailable, "telephone")
	_, err = c.Guard.ListAnnotations(t.Context(), connect.NewRequest(&menshenv1.ListAnnotationsRequest{}))
	wantError(t, err, menshen.CodeUnavailable, "hub")
	s := &served{house: h, url: srv.URL()}
	for path, status := range map[string]int{
		"/healthz": http.StatusOK, "/": http.StatusNotFound, "/metrics": http.StatusNotFound, "/l/" + formToken: http.StatusNotFound,
		"/menshen.v1.PersonService/ListPeople": http.StatusNotFound, "/menshen.v1.VisitService/ListVisits": http.StatusNotFound,
	} {
		if res, _ := s.MustDo(t, "GET", path, nil, "Authorization", "Bearer "+token.Reveal()); res.StatusCode != status {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
	d.Guards = nil
	_, err = web.NewPost(d, web.Config{Listen: "127.0.0.1:0"})
	wantError(t, err, menshen.CodeInternal, "Guards")
}
