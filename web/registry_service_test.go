package web_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

// refusal is a request that cannot be answered, and a word that the error must have.
type refusal struct {
	ask  func(s *served) error
	word string
}

// wantRefusals makes calls that must all be refused before anything is recorded or done.
func wantRefusals(t *testing.T, refusals map[string]refusal) {
	t.Helper()
	s := MustServe(t, newHouse(), web.Config{})
	for name, r := range refusals {
		t.Run(name, func(t *testing.T) { wantError(t, r.ask(s), menshen.CodeInvalid, r.word) })
	}
	if len(s.events) != 0 {
		t.Errorf("something was done: %v", s.events)
	}
}

func TestGetPerson(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, err := s.client.Registry.GetPerson(t.Context(), connect.NewRequest(&menshenv1.GetPersonRequest{Person: " 王芳 "}))
	if err != nil {
		t.Fatal(err)
	}
	r := res.Msg.GetRecord()
	if r.GetPerson().GetId() != "p-1" || r.GetPerson().GetDwelling() != "3-2-14-1402" || r.GetParticulars().GetDocumentNumber() != "E12345678" || r.GetTemplates() != 3 ||
		r.GetHealth().GetState() != "observation" || len(r.GetPermits()) != 1 || r.GetPermits()[0].GetKind() != "resident" {
		t.Errorf("record %v", r)
	}
	if c := r.GetCredentials(); len(c) != 1 || c[0].GetLabel() != "blue card" || len(c[0].GetKey()) != 0 {
		t.Errorf("credentials %v", c)
	}
	if a := s.audits[0]; a.Action != "person.show" || a.Subject != "p-1" || !strings.Contains(a.Detail, "王芳") {
		t.Errorf("audit %+v", a)
	}
	// That nobody or several were found tells something too.
	for who, code := range map[string]menshen.Code{"赵敏": menshen.CodeNotFound, "李强": menshen.CodeConflict} {
		_, err := s.client.Registry.GetPerson(t.Context(), connect.NewRequest(&menshenv1.GetPersonRequest{Person: who}))
		wantError(t, err, code, who)
		if a := s.audits[len(s.audits)-1]; a.Subject != who {
			t.Errorf("audit of %s: %+v", who, a)
		}
	}
}

func TestPutPerson(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	put := func(m *menshenv1.PutPersonRequest) (menshen.Person, *menshen.Particulars) {
		t.Helper()
		if _, err := s.client.Registry.PutPerson(t.Context(), connect.NewRequest(m)); err != nil {
			t.Fatal(err)
		}
		with, _ := s.last().([2]any)
		particulars, _ := with[1].(*menshen.Particulars)
		return with[0].(menshen.Person), particulars
	}
	p, x := put(&menshenv1.PutPersonRequest{Name: " 赵敏 ", Dwelling: "3-2-14-1402", Particulars: &menshenv1.Particulars{
		Phone: "+86 138-0000-1111", DocumentNumber: "11010519491231002x", Role: "tenant", Born: "1949-12-31",
	}})
	if p.Name != "赵敏" || p.State != menshen.PersonActive || p.Dwelling.Floor != 14 || x == nil || x.Phone != "+8613800001111" ||
		x.Document.Kind != menshen.DocumentIDCard || x.Document.Number.Reveal() != "11010519491231002X" || x.Role != menshen.RoleTenant || x.Born.Year() != 1949 {
		t.Errorf("added %+v with %+v", p, x)
	}
	if a := s.audits[0]; a.Action != "person.add" || a.Subject != "" || strings.Contains(a.Detail, "赵敏") || strings.Contains(a.Detail, "1949") || strings.Contains(a.Detail, "138") {
		t.Errorf("audit %+v", a)
	}
	p, x = put(&menshenv1.PutPersonRequest{Person: "p-1", Name: "王芳", State: "inactive"})
	if p.ID != "p-1" || p.State != menshen.PersonInactive || x != nil {
		t.Errorf("changed %+v with %+v", p, x)
	}
	if a := s.audits[1]; a.Action != "person.put" || a.Subject != "p-1" {
		t.Errorf("audit %+v", a)
	}
}

func TestFindByDocument(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, err := s.client.Registry.FindByDocument(t.Context(), connect.NewRequest(&menshenv1.FindByDocumentRequest{DocumentNumber: " e123 45678 "}))
	if err != nil || len(res.Msg.GetPeople()) != 1 || res.Msg.GetPeople()[0].GetId() != "p-1" {
		t.Fatalf("found %v, %v", res, err)
	}
	if s.last() != menshen.Secret("E12345678") {
		t.Error("the number was not brought to its form")
	}
	if len(s.audits) != 2 || s.audits[1].Subject != "p-1" {
		t.Errorf("audits %+v", s.audits)
	}
	for _, a := range s.audits {
		if strings.Contains(strings.ToUpper(a.Subject+a.Detail), "45678") {
			t.Errorf("the number is in the audit log: %+v", a)
		}
	}
	if strings.Contains(s.log.String(), "45678") {
		t.Error("the number is in the log")
	}
}

func TestHouseholds(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, err := s.client.Registry.ListHouseholds(t.Context(), connect.NewRequest(&menshenv1.ListHouseholdsRequest{Query: " 3-2 "}))
	if err != nil || len(res.Msg.GetHouseholds()) != 1 || res.Msg.GetHouseholds()[0].GetPeople()[0].GetName() != "王芳" || res.Msg.GetHouseholds()[0].GetNote() != "a dog" {
		t.Fatalf("households %v, %v", res, err)
	}
	if s.last() != [2]any{"3-2", 100} {
		t.Errorf("asked with %v", s.last())
	}
	put, err := s.client.Registry.PutHousehold(t.Context(), connect.NewRequest(&menshenv1.PutHouseholdRequest{Dwelling: "3-2-14-1402", Language: "en"}))
	if err != nil || put.Msg.GetHousehold() != "h-1" {
		t.Errorf("put %v, %v", put, err)
	}
}

func TestTables(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, err := s.client.Registry.ImportPeople(t.Context(), connect.NewRequest(&menshenv1.ImportPeopleRequest{Name: "People.CSV", Data: table, DryRun: true}))
	if err != nil {
		t.Fatal(err)
	}
	if m := res.Msg; m.GetRows() != 3 || m.GetAdded() != 1 || m.GetUnchanged() != 1 || len(m.GetRefused()) != 1 || m.GetRefused()[0].GetLine() != 4 || m.GetRefused()[0].GetHint().GetEn() != "leave it out" {
		t.Errorf("report %v", m)
	}
	if s.last() != [2]any{string(table), true} || !strings.Contains(s.audits[0].Detail, `"dry_run":true`) {
		t.Errorf("asked with %v, audit %+v", s.last(), s.audits)
	}
	// A table may be larger than other requests, to a limit.
	if _, err := s.client.Registry.ImportPeople(t.Context(), connect.NewRequest(&menshenv1.ImportPeopleRequest{Name: "a.xlsx", Data: make([]byte, 16<<20)})); err != nil {
		t.Errorf("16 MB: %v", err)
	}
	_, err = s.client.Registry.ImportPeople(t.Context(), connect.NewRequest(&menshenv1.ImportPeopleRequest{Name: "a.xlsx", Data: make([]byte, 16<<20+1)}))
	wantError(t, err, menshen.CodeInvalid, "16 MB")
	_, err = s.client.Registry.ImportPeople(t.Context(), connect.NewRequest(&menshenv1.ImportPeopleRequest{Name: "a.xlsx", Data: make([]byte, 30<<20)}))
	wantError(t, err, menshen.CodeExhausted, "24 MB")

	out, err := s.client.Registry.ExportPeople(t.Context(), connect.NewRequest(&menshenv1.ExportPeopleRequest{Format: "XLSX", Documents: true}))
	if err != nil || out.Msg.GetName() != "people.xlsx" || string(out.Msg.GetData()) != "table" || out.Msg.GetRows() != 3 || s.last() != true {
		t.Errorf("export %v, %v", out, err)
	}
	if a := s.audits[len(s.audits)-1]; a.Action != "people.export" || !strings.Contains(a.Detail, `"documents":true`) {
		t.Errorf("audit %+v", a)
	}
}

func TestRegistryRefuses(t *testing.T) {
	ctx := context.Background()
	put := func(m *menshenv1.PutPersonRequest) func(s *served) error {
		return func(s *served) error {
			_, err := s.client.Registry.PutPerson(ctx, connect.NewRequest(m))
			return err
		}
	}
	imports := func(m *menshenv1.ImportPeopleRequest) func(s *served) error {
		return func(s *served) error {
			_, err := s.client.Registry.ImportPeople(ctx, connect.NewRequest(m))
			return err
		}
	}
	wantRefusals(t, map[string]refusal{
		"nobody": {func(s *served) error {
			_, err := s.client.Registry.GetPerson(ctx, connect.NewRequest(&menshenv1.GetPersonRequest{Person: "  "}))
			return err
		}, "person"},
		"an endless name asked for": {func(s *served) error {
			_, err := s.client.Registry.GetPerson(ctx, connect.NewRequest(&menshenv1.GetPersonRequest{Person: strings.Repeat("长", 201)}))
			return err
		}, "too long"},
		"no name":          {put(&menshenv1.PutPersonRequest{}), "name"},
		"bad dwelling":     {put(&menshenv1.PutPersonRequest{Name: "赵敏", Dwelling: "upstairs"}), "building-unit-floor-room"},
		"bad state":        {put(&menshenv1.PutPersonRequest{Name: "赵敏", State: "gone"}), "active or inactive"},
		"bad phone":        {put(&menshenv1.PutPersonRequest{Name: "赵敏", Particulars: &menshenv1.Particulars{Phone: "call me"}}), "phone"},
		"bad document":     {put(&menshenv1.PutPersonRequest{Name: "赵敏", Particulars: &menshenv1.Particulars{DocumentNumber: "110105194912310021"}}), "identity card"},
		"bad birthday":     {put(&menshenv1.PutPersonRequest{Name: "赵敏", Particulars: &menshenv1.Particulars{Born: "31/12/1949"}}), "1990-05-31"},
		"an empty table":   {imports(&menshenv1.ImportPeopleRequest{Name: "a.csv"}), "empty"},
		"no kind of table": {imports(&menshenv1.ImportPeopleRequest{Name: "a.pdf", Data: table}), ".xlsx"},
		"no document": {func(s *served) error {
			_, err := s.client.Registry.FindByDocument(ctx, connect.NewRequest(&menshenv1.FindByDocumentRequest{}))
			return err
		}, "document_number"},
		"no export of that": {func(s *served) error {
			_, err := s.client.Registry.ExportPeople(ctx, connect.NewRequest(&menshenv1.ExportPeopleRequest{Format: "pdf"}))
			return err
		}, "csv or xlsx"},
		"bad language": {func(s *served) error {
			_, err := s.client.Registry.PutHousehold(ctx, connect.NewRequest(&menshenv1.PutHouseholdRequest{Dwelling: "3-2-14-1402", Language: "fr"}))
			return err
		}, "zh or en"},
		"too many at once": {func(s *served) error {
			_, err := s.client.Registry.ListHouseholds(ctx, connect.NewRequest(&menshenv1.ListHouseholdsRequest{Limit: 10_001}))
			return err
		}, "limit"},
	})
}

func TestOfficeErrorsReachTheCaller(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	h.fail = menshen.Errorf(menshen.CodeConflict, "test", "the document belongs to somebody else").WithHint("look at that person")
	_, err := s.client.Registry.PutPerson(t.Context(), connect.NewRequest(&menshenv1.PutPersonRequest{Name: "赵敏"}))
	wantError(t, err, menshen.CodeConflict, "look at that person")
	if !slices.Equal(h.events, []string{"audit", "put person"}) {
		t.Errorf("order %v", h.events)
	}
}
