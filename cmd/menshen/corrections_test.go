package main_test

import (
	"path/filepath"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// TestCorrectedPasses tells of a card that somebody else showed: what the guard says of the pass moves it to who it was, at
// once and after a start, which reads pages.
func TestCorrectedPasses(t *testing.T) {
	c := newCommunity(t, `site:
  id: corrected
  zones: [{id: compound, kind: compound}]
  gates: [{id: east, from: outside, to: compound}]
access: {cooldown: 1s}`)
	hub := c.serve()
	api := c.api(filepath.Join(c.dir, "data"))
	li := call(t, api.Registry.PutPerson, &menshenv1.PutPersonRequest{Name: "李雷", Dwelling: "1-1-3-301"}).GetPerson()
	wang := call(t, api.Registry.PutPerson, &menshenv1.PutPersonRequest{Name: "王芳", Dwelling: "1-1-3-302"}).GetPerson()
	call(t, api.Credentials.IssueCredential, &menshenv1.IssueCredentialRequest{Person: li, Kind: "card", Card: "C0001"})
	call(t, api.Guard.Present, &menshenv1.PresentRequest{Gate: "east", Direction: menshenv1.Direction_DIRECTION_IN, Kind: "card", Value: "C0001"})

	cases := map[string]string{li: "case-li", wang: "case-wang"}
	for person, number := range cases {
		c.openCase(number, person)
	}
	count := func(person string) int {
		res, err := api.Tracing.Movements(t.Context(), connect.NewRequest(&menshenv1.MovementsRequest{Person: person, Case: cases[person]}))
		if menshen.ErrorCode(err) == menshen.CodeNotFound {
			return 0
		}
		if err != nil {
			t.Fatal(err)
		}
		return len(res.Msg.GetPasses())
	}
	eventually(t, "the pass is in memory", func() bool { return count(li) == 1 })
	say := func(kind, person string) {
		t.Helper()
		call(t, api.Guard.Annotate, &menshenv1.AnnotateRequest{Pass: "east:1", Kind: kind, Person: person})
	}
	want := func(what string, ofLi, ofWang int) {
		t.Helper()
		if a, b := count(li), count(wang); a != ofLi || b != ofWang {
			t.Errorf("%s: %d passes of 李雷 and %d of 王芳, want %d and %d", what, a, b, ofLi, ofWang)
		}
	}
	want("as read", 1, 0)
	say("not_them", "")
	want("not them", 0, 0)
	say("identity", wang)
	want("who it was", 0, 1)
	// An export says the same.
	for args, persons := range map[string]string{"": wang, "--person " + wang: wang, "--person " + li: "", "--gate east": wang} {
		out := c.must(append([]string{"passes", "export", "-"}, strings.Fields(args)...)...)
		if rows := strings.Split(strings.TrimSpace(out), "\n")[1:]; (len(rows) == 1 && strings.Contains(rows[0], persons)) != (persons != "") || strings.Contains(out, li) {
			t.Errorf("export %s:\n%s", args, out)
		}
	}

	hub.stop(t)
	hub = c.serve()
	api = c.api(filepath.Join(c.dir, "data"))
	want("after a start", 0, 1)
	if !strings.Contains(hub.log.String(), "pages=1") {
		t.Error("the start read no page")
	}
	say("not_them", "")
	want("taken back", 0, 0)
}
