package proto_test

import (
	"strings"
	"testing"

	"menshen/proto"
)

func TestSubjects(t *testing.T) {
	s := proto.Subjects{Site: "jiayuan"}
	for got, want := range map[string]string{
		s.Pass("east"):            "menshen.jiayuan.pass.east",
		s.AnyPass():               "menshen.jiayuan.pass.*",
		s.Sighting("east-1"):      "menshen.jiayuan.sighting.east-1",
		s.AnySighting():           "menshen.jiayuan.sighting.*",
		s.Face("east-1"):          "menshen.jiayuan.face.east-1",
		s.AnyFace():               "menshen.jiayuan.face.*",
		s.Door("east"):            "menshen.jiayuan.door.east",
		s.AnyDoor():               "menshen.jiayuan.door.*",
		s.Receipt("east"):         "menshen.jiayuan.receipt.east",
		s.AnyReceipt():            "menshen.jiayuan.receipt.*",
		s.Reconcile("east"):       "menshen.jiayuan.reconcile.east",
		s.AnyReconcile():          "menshen.jiayuan.reconcile.*",
		s.Health("camera-east-1"): "menshen.jiayuan.health.camera-east-1",
		s.AnyHealth():             "menshen.jiayuan.health.*",
		s.Analyse():               "menshen.jiayuan.analyse",
		s.Frame("east-1"):         "menshen.jiayuan.frame.east-1",
		s.Changes("post-1"):       "menshen.jiayuan.changes.post-1",
		s.AnyChanges():            "menshen.jiayuan.changes.*",
		s.Present("east"):         "menshen.jiayuan.present.east",
		s.AnyPresent():            "menshen.jiayuan.present.*",
		s.Nudge():                 "menshen.jiayuan.registry",
		s.Probe():                 "menshen.jiayuan.probe",
		s.All():                   "menshen.jiayuan.>",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got, err := s.Token(proto.KindPass, s.Pass("east-1")); err != nil || got != "east-1" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, bad := range []string{"", "menshen", s.AnyPass(), s.All(), s.Sighting("x"), "menshen.other.pass.east", s.Pass(""), s.Pass("a.b"), s.Pass("A"), "x" + s.Pass("a")} {
		_, err := s.Token(proto.KindPass, bad)
		wantInvalid(t, bad, err)
	}
	if err := proto.ValidateComponent(proto.CameraComponent(strings.Repeat("x", 48))); err != nil {
		t.Errorf("the longest camera id is no component: %v", err)
	}
	for _, bad := range []string{"", "-a", "a-", "a b", "a*", strings.Repeat("x", 65)} {
		wantInvalid(t, bad, proto.ValidateComponent(bad))
	}
}

func FuzzToken(f *testing.F) {
	s := proto.Subjects{Site: "jiayuan"}
	f.Add(s.Pass("east"))
	f.Add(s.AnyPass())
	f.Fuzz(func(t *testing.T, subject string) {
		token, err := s.Token(proto.KindPass, subject)
		if err != nil {
			wantInvalid(t, subject, err)
		} else if s.Pass(token) != subject {
			t.Errorf("%q gives the token %q", subject, token)
		}
	})
}
