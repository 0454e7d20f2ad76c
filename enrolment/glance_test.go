package enrolment_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"

	"menshen"
	"menshen/enrolment"
	"menshen/recognizer/gallery"
)

func TestLook(t *testing.T) {
	h := MustHouse(t)
	for code, faces := range map[enrolment.Code][]drawnFace{
		"":                         {{Who: 1, Eyes: 60}},
		enrolment.CodeNoFace:       nil,
		enrolment.CodeSeveralFaces: {{Who: 1, X: -60, Eyes: 60}, {Who: 2, X: 60, Eyes: 60}},
		enrolment.CodeTooSmall:     {{Who: 1, Eyes: 10}},
		enrolment.CodeFar:          {{Who: 1, Eyes: 30}},
		enrolment.CodeAside:        {{Who: 1, Eyes: 60, X: 150}},
		enrolment.CodeTurned:       {{Who: 1, Eyes: 60, Pose: 0.05}},
		enrolment.CodeBadLight:     {{Who: 1, Eyes: 60, Light: 0.2}},
		enrolment.CodeBlurred:      {{Who: 1, Eyes: 60, Sharp: 0.2}},
		enrolment.CodeCovered:      {{Who: 1, Eyes: 60, Masked: true}},
	} {
		g, err := h.Look(t.Context(), draw(faces...))
		if err != nil || g.Code != code || g.Faces != len(faces) || (g.Box == menshen.Box{}) != (len(faces) == 0) {
			t.Errorf("%q: %+v, %v", code, g, err)
		}
	}
	if _, err := h.Look(t.Context(), []byte("no picture")); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Error(err)
	}
	h.inStep(t, 0, 0) // nothing is kept
}

func TestEraseFace(t *testing.T) {
	h := MustHouse(t)
	r, err := h.Enroll(t.Context(), request(t, "王一", draw(drawnFace{Who: 1})))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.EraseFace(t.Context(), r.Person); err != nil {
		t.Fatal(err)
	}
	h.inStep(t, 1, 0)
	if p, err := h.registry.Person(t.Context(), r.Person); err != nil || p.State != menshen.PersonActive {
		t.Error(p, err)
	}
	if err := h.EraseFace(t.Context(), "nobody"); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Error(err)
	}
}

// What was begun before a face was erased must not bring it back, be it a renewal or an enrolment.
func TestErasedMeanwhile(t *testing.T) {
	registry := MustRegistry(t)
	old := synthetic
	old.ModelHash = "ff"
	cfg := config()
	cfg.Engine, cfg.KeepPhotographs = old, true
	before, err := enrolment.New(&rebranded{drawn: &drawn{}, id: old}, registry, gallery.New(old), now, cfg)
	if err != nil {
		t.Fatal(err)
	}
	r, err := before.Enroll(t.Context(), request(t, "王一", draw(drawnFace{Who: 1})))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Engine = synthetic
	var e *enrolment.Enroller
	erasing := analyserFunc(func(ctx context.Context, image []byte) (menshen.Analysis, error) {
		if err := e.EraseFace(ctx, r.Person); err != nil {
			return menshen.Analysis{}, err
		}
		return (&drawn{}).Analyse(ctx, image)
	})
	if e, err = enrolment.New(erasing, registry, gallery.New(synthetic), now, cfg); err != nil {
		t.Fatal(err)
	}
	made := -1
	if err := e.Renew(t.Context(), []string{r.Person}, func(x enrolment.Renewed) error { made = x.Templates; return nil }); err != nil || made != 0 {
		t.Errorf("a renewal made %d templates, %v", made, err)
	}
	again := request(t, "", draw(drawnFace{Who: 1, Variant: 1}))
	again.Person, again.Dwelling = r.Person, menshen.Dwelling{}
	if _, err := e.Enroll(t.Context(), again); menshen.ErrorCode(err) != menshen.CodeConflict {
		t.Errorf("an enrolment went on: %v", err)
	}
	for x, err := range registry.TemplatesOf(t.Context(), synthetic, r.Person) {
		t.Errorf("there is %v, %v", x.ID, err)
	}
}

// A photograph of somebody enrolled names whom it looks like, so that the office can see both.
func TestRefusalNamesTheOther(t *testing.T) {
	h := MustHouse(t)
	first, err := h.Enroll(t.Context(), request(t, "王一", draw(drawnFace{Who: 1})))
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.Enroll(t.Context(), request(t, "王二", draw(drawnFace{Who: 1, Variant: 1})))
	if err != nil || r.Photos[0].Code != enrolment.CodeAlreadyEnrolled || r.Photos[0].Other != first.Person {
		t.Errorf("%+v, %v", r, err)
	}
}

// hugePNG is the beginning of a picture of 200 megapixels.
func hugePNG() []byte {
	head := make([]byte, 13)
	binary.BigEndian.PutUint32(head, 20_000)
	binary.BigEndian.PutUint32(head[4:], 10_000)
	head[8], head[9] = 8, 2
	chunk := append([]byte("IHDR"), head...)
	b := bytes.NewBufferString("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d")
	b.Write(chunk)
	_ = binary.Write(b, binary.BigEndian, crc32.ChecksumIEEE(chunk))
	return b.Bytes()
}

func TestUnreadableFilesAreExplained(t *testing.T) {
	h := MustHouse(t)
	for word, data := range map[string][]byte{
		"20000×10000": hugePNG(), "PDF": []byte("%PDF-1.7"), "HEIC": []byte("\x00\x00\x00\x18ftypheic"), "ZIP": []byte("PK\x03\x04"), "damaged": []byte("\xff\xd8"),
	} {
		r, err := h.Enroll(t.Context(), request(t, "王一", data))
		if err != nil || r.Photos[0].Code != enrolment.CodeUnreadable || !strings.Contains(r.Photos[0].Message.EN, word) || r.Photos[0].Message.ZH == "" || r.Photos[0].Hint.ZH == "" {
			t.Errorf("%s: %+v, %v", word, r, err)
		}
	}
}
