package web_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

func TestIssuePermit(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	end := now.Add(30 * 24 * time.Hour)
	res, err := s.client.Permits.IssuePermit(t.Context(), connect.NewRequest(&menshenv1.IssuePermitRequest{Permit: &menshenv1.Permit{
		Id: "chosen", Kind: "worker", Person: "王芳", To: timestamppb.New(end), Gates: []string{"east-1"}, Weekdays: 0b0111110, Hours: "08:00-18:00",
		Quota: &menshenv1.Quota{Outings: 1, Days: 2, Household: true}, IssuedBy: "somebody else", Revoked: timestamppb.New(now),
	}}))
	if err != nil {
		t.Fatal(err)
	}
	p, _ := s.last().(menshen.Permit)
	want := menshen.Permit{
		ID: "permit-2", Kind: menshen.PermitWorker, Person: "p-1", Span: menshen.Span{From: now, To: end}, Gates: []string{"east-1"}, Weekdays: 0b0111110,
		Hours: menshen.DayHours{From: 480, To: 1080}, Quota: menshen.Quota{Outings: 1, Days: 2, Household: true}, Issued: now, IssuedBy: "operator@terminal",
	}
	if p.ID != want.ID || p.Person != want.Person || !p.From.Equal(want.From) || !p.To.Equal(end) || !slices.Equal(p.Gates, want.Gates) || p.Weekdays != want.Weekdays ||
		p.Hours != want.Hours || p.Quota != want.Quota || p.IssuedBy != want.IssuedBy || !p.Revoked.IsZero() || p.Kind != want.Kind {
		t.Errorf("issued %+v, wanted %+v", p, want)
	}
	if res.Msg.GetPermit().GetId() != "permit-2" || res.Msg.GetPermit().GetHours() != "08:00-18:00" {
		t.Errorf("answer %v", res.Msg)
	}
	if a := s.audits[0]; a.Action != "permit.issue" || a.Subject != "p-1" || !strings.Contains(a.Detail, "worker") {
		t.Errorf("audit %+v", a)
	}
	_, err = s.client.Permits.IssuePermit(t.Context(), connect.NewRequest(&menshenv1.IssuePermitRequest{Permit: &menshenv1.Permit{Kind: "resident", Person: "p-1", Gates: []string{"north-9"}}}))
	wantError(t, err, menshen.CodeNotFound, "north-9")
}

func TestPermitLife(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	to := now.Add(time.Hour)
	renewed, err := s.client.Permits.RenewPermit(t.Context(), connect.NewRequest(&menshenv1.RenewPermitRequest{Permit: "permit-1", To: timestamppb.New(to)}))
	if err != nil || renewed.Msg.GetPermit().GetRenews() != "permit-1" || !renewed.Msg.GetPermit().GetTo().AsTime().Equal(to) {
		t.Errorf("renewed %v, %v", renewed, err)
	}
	revoked, err := s.client.Permits.RevokePermit(t.Context(), connect.NewRequest(&menshenv1.RevokePermitRequest{Permit: "permit-1", Reason: " moved away "}))
	if err != nil || revoked.Msg.GetPermit().GetRevokedFor() != "moved away" || revoked.Msg.GetPermit().GetRevokedBy() != "operator@terminal" {
		t.Errorf("revoked %v, %v", revoked, err)
	}
	if a := s.audits[1]; a.Action != "permit.revoke" || a.Subject != "permit-1" || a.Purpose != "moved away" {
		t.Errorf("audit %+v", a)
	}
	list, err := s.client.Permits.ListPermits(t.Context(), connect.NewRequest(&menshenv1.ListPermitsRequest{Person: "王芳", Kind: "resident", Valid: true}))
	if err != nil || len(list.Msg.GetPermits()) != 1 || list.Msg.GetPermits()[0].GetStatus() != "valid" || list.Msg.GetPermits()[0].GetName() != "王芳" || list.Msg.GetPermits()[0].GetDwelling() != "3-2-14-1402" {
		t.Errorf("list %v, %v", list, err)
	}
	if s.last() != (web.PermitQuery{Person: "p-1", Kind: menshen.PermitResident, Valid: true, Limit: 101}) {
		t.Errorf("asked with %+v", s.last())
	}
	if _, err = s.client.Permits.ListPermits(t.Context(), connect.NewRequest(&menshenv1.ListPermitsRequest{Query: "王芳", Status: "expired"})); err != nil {
		t.Error(err)
	}
	if q, _ := s.last().(web.PermitQuery); q.Status != "expired" || q.Among == nil || !q.Among.Holders["p-1"] || q.Among.Plate != "王芳" {
		t.Errorf("asked with %+v", s.last())
	}
	page, err := s.client.Permits.PrintPermits(t.Context(), connect.NewRequest(&menshenv1.PrintPermitsRequest{Permits: []string{"permit-1"}, Language: "en"}))
	if err != nil || string(page.Msg.GetPage()) != "<html>" {
		t.Errorf("page %v, %v", page, err)
	}
}

func TestCredentials(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, err := s.client.Credentials.IssueCredential(t.Context(), connect.NewRequest(&menshenv1.IssueCredentialRequest{Person: "王芳", Kind: "card", Card: " 0A1B2C ", Label: "blue"}))
	if err != nil || res.Msg.GetSecret() != "271828" || len(res.Msg.GetCredential().GetKey()) != 0 {
		t.Fatalf("issued %v, %v", res, err)
	}
	if r, _ := s.last().(web.CredentialRequest); r.Person != "p-1" || r.Card != "0A1B2C" || r.Label != "blue" || r.Kind != menshen.CredentialCard {
		t.Errorf("asked with %+v", s.last())
	}
	if strings.Contains(s.audits[0].Detail+s.log.String(), "0A1B2C") || strings.Contains(s.log.String(), "271828") || s.audits[0].Subject != "p-1" {
		t.Errorf("a secret was written down, or the wrong subject: %+v", s.audits[0])
	}
	list, err := s.client.Credentials.ListCredentials(t.Context(), connect.NewRequest(&menshenv1.ListCredentialsRequest{Person: "p-1"}))
	if err != nil || len(list.Msg.GetCredentials()) != 1 || len(list.Msg.GetCredentials()[0].GetKey()) != 0 {
		t.Errorf("list %v, %v", list, err)
	}
	if _, err := s.client.Credentials.RevokeCredential(t.Context(), connect.NewRequest(&menshenv1.RevokeCredentialRequest{Credential: "c-1", Reason: "lost"})); err != nil || s.last() != "c-1" {
		t.Errorf("revoked %v, %v", s.last(), err)
	}
}

func TestPermitsRefuse(t *testing.T) {
	ctx := context.Background()
	issue := func(p *menshenv1.Permit) func(s *served) error {
		return func(s *served) error {
			_, err := s.client.Permits.IssuePermit(ctx, connect.NewRequest(&menshenv1.IssuePermitRequest{Permit: p}))
			return err
		}
	}
	credential := func(m *menshenv1.IssueCredentialRequest) func(s *served) error {
		return func(s *served) error {
			_, err := s.client.Credentials.IssueCredential(ctx, connect.NewRequest(m))
			return err
		}
	}
	past := timestamppb.New(now.Add(-time.Hour))
	wantRefusals(t, map[string]refusal{
		"no permit":          {issue(nil), "permit"},
		"no kind":            {issue(&menshenv1.Permit{Person: "p-1"}), "resident, returnee"},
		"nobody":             {issue(&menshenv1.Permit{Kind: "resident"}), "person"},
		"no plate":           {issue(&menshenv1.Permit{Kind: "vehicle", Person: "p-1"}), "plate"},
		"no end":             {issue(&menshenv1.Permit{Kind: "temporary", Person: "p-1"}), "until when"},
		"an end in the past": {issue(&menshenv1.Permit{Kind: "temporary", Person: "p-1", To: past}), "ends before"},
		"strange hours":      {issue(&menshenv1.Permit{Kind: "resident", Person: "p-1", Hours: "morning"}), "08:00-20:00"},
		"strange weekdays":   {issue(&menshenv1.Permit{Kind: "resident", Person: "p-1", Weekdays: 128}), "Sunday"},
		"a boundless quota":  {issue(&menshenv1.Permit{Kind: "resident", Person: "p-1", Quota: &menshenv1.Quota{Outings: 1, Days: 400}}), "quota"},
		"a time out of time": {issue(&menshenv1.Permit{Kind: "resident", Person: "p-1", From: &timestamppb.Timestamp{Seconds: -1 << 60}}), "from"},
		"renewed to the past": {func(s *served) error {
			_, err := s.client.Permits.RenewPermit(ctx, connect.NewRequest(&menshenv1.RenewPermitRequest{Permit: "permit-1", To: past}))
			return err
		}, "passed"},
		"no reason": {func(s *served) error {
			_, err := s.client.Permits.RevokePermit(ctx, connect.NewRequest(&menshenv1.RevokePermitRequest{Permit: "permit-1", Reason: " "}))
			return err
		}, "--reason"},
		"nothing to print": {func(s *served) error {
			_, err := s.client.Permits.PrintPermits(ctx, connect.NewRequest(&menshenv1.PrintPermitsRequest{}))
			return err
		}, "500"},
		"too much to print": {func(s *served) error {
			_, err := s.client.Permits.PrintPermits(ctx, connect.NewRequest(&menshenv1.PrintPermitsRequest{Permits: slices.Repeat([]string{"p"}, 501)}))
			return err
		}, "500"},
		"no kind of list": {func(s *served) error {
			_, err := s.client.Permits.ListPermits(ctx, connect.NewRequest(&menshenv1.ListPermitsRequest{Kind: "golden"}))
			return err
		}, "golden"},
		"no credential kind": {credential(&menshenv1.IssueCredentialRequest{Person: "p-1", Kind: "song"}), "qr, pin or card"},
		"no card number":     {credential(&menshenv1.IssueCredentialRequest{Person: "p-1", Kind: "card"}), "card"},
		"a PIN with a card":  {credential(&menshenv1.IssueCredentialRequest{Person: "p-1", Kind: "pin", Card: "1"}), "leave it out"},
		"half a key":         {credential(&menshenv1.IssueCredentialRequest{Person: "p-1", Kind: "qr", PublicKey: make([]byte, 16)}), "32 bytes"},
	})
}
