package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	menshenv1 "menshen/proto/menshen/v1"
)

// TestWithdrawnFaceIsMatchedNowhere shows two real faces to a gate of the hub and to one of a post, again and again. Once the first
// one's consent is withdrawn that face is known at neither any more, and the other one still is.
func TestWithdrawnFaceIsMatchedNowhere(t *testing.T) {
	c := &community{tb: t, dir: t.TempDir()}
	yaml := fmt.Sprintf(`site:
  id: garden
  zones: [{id: compound, kind: compound}]
  gates: [{id: east, from: outside, to: compound}, {id: lodge, from: outside, to: compound}]
cameras:
  - {id: east-1, gate: east, source: walk.mp4, loop: true}
  - {id: lodge-1, gate: lodge, source: walk.mp4, loop: true}
access: {cooldown: 1s}
engine: {name: opencv, models: models, evaluation: true}
posts: [{id: lodge, gates: [lodge]}]
bus: {listen: %q}
web: {listen: "127.0.0.1:0"}
`, closedPort(t))
	if err := os.WriteFile(filepath.Join(c.dir, "menshen.yaml"), []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	c.try("models", "fetch", "--offline", "--from", mustShared(t, "models")) // not all are to be had
	people := []string{"Gerry_Adams", "Roy_Moore"}
	faces := mustShared(t, "testdata/faces")
	join := []string{"-v", "error"}
	for _, name := range people {
		film := filepath.Join(c.dir, name+".mp4")
		mustFilm(t, filepath.Join(faces, name, name+"_0001.jpg"), film)
		join = append(join, "-i", film)
	}
	join = append(join, "-filter_complex", "concat=n=2:v=1", "-preset", "ultrafast", filepath.Join(c.dir, "walk.mp4"))
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", join...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}

	c.serve()
	c.start(mustBinary(t), []string{"post", "lodge"})
	api := c.api(filepath.Join(c.dir, "data"))
	ids := map[string]string{}
	for i, name := range people {
		var photos []*menshenv1.Photo
		for _, n := range []string{"0002", "0003", "0004"} {
			data, err := os.ReadFile(filepath.Join(faces, name, name+"_"+n+".jpg"))
			if err != nil {
				t.Fatal(err)
			}
			photos = append(photos, &menshenv1.Photo{Name: n, Data: data})
		}
		ids[name] = call(t, api.People.Enroll, &menshenv1.EnrollRequest{
			Name: name, Dwelling: fmt.Sprintf("1-1-1-10%d", i), Photos: photos, Consent: &menshenv1.EnrolmentConsent{Signer: name},
		}).GetPerson()
		if ids[name] == "" {
			t.Fatalf("%s was not enrolled", name)
		}
	}
	withdrawn, stays := ids[people[0]], ids[people[1]]
	// passed gives the passes of somebody, "" for faces that nobody is known by, that were captured at a gate after a time.
	passed := func(gate, person string, after time.Time) (all []time.Time) {
		for _, v := range call(t, api.Passes.ListPasses, &menshenv1.ListPassesRequest{Gate: gate, Limit: 1000}).GetPasses() {
			if p := v.GetPass(); p.GetPerson() == person && p.GetCaptured().AsTime().After(after) {
				all = append(all, p.GetCaptured().AsTime())
			}
		}
		slices.SortFunc(all, time.Time.Compare)
		return all
	}
	gates := []string{"east", "lodge"}
	for _, gate := range gates {
		eventually(t, "both are known at "+gate, func() bool {
			return len(passed(gate, withdrawn, time.Time{})) > 0 && len(passed(gate, stays, time.Time{})) > 0
		})
	}

	begun := time.Now()
	call(t, api.Consents.RecordConsent, &menshenv1.RecordConsentRequest{Person: withdrawn, Refused: true, Version: 1, Signer: people[0]})
	for _, gate := range gates {
		eventually(t, "both come to "+gate+" again, the first one as a stranger", func() bool {
			strangers := passed(gate, "", begun)
			return len(strangers) > 0 && len(passed(gate, stays, strangers[0])) > 1
		})
	}
	for _, gate := range gates {
		if late := passed(gate, withdrawn, passed(gate, "", begun)[0]); len(late) > 0 {
			t.Errorf("at %s the face is known again at %v", gate, late)
		}
		for _, at := range passed(gate, withdrawn, begun) {
			t.Logf("at %s the face was still known %v after the consent was withdrawn", gate, at.Sub(begun).Round(10*time.Millisecond))
		}
		t.Logf("at %s it is a stranger's from %v on", gate, passed(gate, "", begun)[0].Sub(begun).Round(10*time.Millisecond))
	}
}
