package enrolment_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"menshen"
	"menshen/enrolment"
	"menshen/recognizer/gallery"
	"menshen/store/sqlite"
)

func TestEnroll(t *testing.T) {
	h := MustHouse(t)
	r, err := h.Enroll(t.Context(), request(t, " 王芳 ", draw(drawnFace{Who: 1}), draw(drawnFace{Who: 1, Variant: 1})))
	if err != nil || !r.Created || r.Accepted() != 2 {
		t.Fatalf("%+v %v", r, err)
	}
	p, err := h.registry.Person(t.Context(), r.Person)
	if err != nil || p.Name != "王芳" || p.Dwelling.String() != "3-2-14-1402" || p.State != menshen.PersonActive || p.Household == "" || !p.Created.Equal(today) {
		t.Errorf("stored %+v %v", p, err)
	}
	for tp, err := range h.registry.Templates(t.Context(), synthetic) {
		if err != nil || tp.Person != r.Person || !tp.Created.Equal(today) || tp.Quality < 0.8 || tp.Quality > 1 {
			t.Errorf("stored %+v %v", tp, err)
		}
	}
	h.inStep(t, 1, 2)
}

func TestPhotoRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		picture []byte
		code    enrolment.Code
	}{
		"fine":                   {draw(drawnFace{Who: 1}), ""},
		"empty":                  {nil, enrolment.CodeUnreadable},
		"no picture":             {[]byte("\xff\xd8"), enrolment.CodeUnreadable},
		"nobody":                 {draw(), enrolment.CodeNoFace},
		"two of a size":          {draw(drawnFace{Who: 1, Width: 110}, drawnFace{Who: 2, X: 130}), enrolment.CodeSeveralFaces},
		"bystander":              {draw(drawnFace{Who: 1}, drawnFace{Who: 2, Width: 60, X: 130}), ""},
		"larger one at the edge": {draw(drawnFace{Who: 2, Width: 120, X: 190}, drawnFace{Who: 1}), enrolment.CodeSeveralFaces},
		"small":                  {draw(drawnFace{Who: 1, Eyes: 24}), enrolment.CodeTooSmall},
		"just large enough":      {draw(drawnFace{Who: 1, Eyes: 25}), ""},
		"turned":                 {draw(drawnFace{Who: 1, Pose: 0.05}), enrolment.CodeTurned},
		"dark":                   {draw(drawnFace{Who: 1, Light: 0.2}), enrolment.CodeBadLight},
		"blurred":                {draw(drawnFace{Who: 1, Sharp: 0.5}), enrolment.CodeBlurred},
		"no template":            {draw(drawnFace{Who: 1, NoTemplate: true}), enrolment.CodeNoTemplate},
	} {
		t.Run(name, func(t *testing.T) {
			h := MustHouse(t)
			r, err := h.Enroll(t.Context(), request(t, "王芳", c.picture))
			if err != nil || len(r.Photos) != 1 {
				t.Fatalf("%+v %v", r, err)
			}
			p := r.Photos[0]
			if p.Code != c.code || p.Accepted != (c.code == "") || p.Name != "a.jpg" {
				t.Errorf("%+v, want %q", p, c.code)
			}
			if !p.Accepted {
				if p.Message.ZH == "" || p.Message.EN == "" || p.Hint.ZH == "" || p.Hint.EN == "" || r.Person != "" || r.Created {
					t.Errorf("%+v", r)
				}
				h.inStep(t, 0, 0)
				return
			}
			h.inStep(t, 1, 1)
		})
	}
}

func TestPhotosAmongEachOther(t *testing.T) {
	one := func(v int) []byte { return draw(drawnFace{Who: 1, Variant: v}) }
	two := func(v int) []byte { return draw(drawnFace{Who: 2, Variant: v}) }
	bad := draw(drawnFace{Who: 2, Sharp: 0.1})
	again := drawing{Faces: []drawnFace{{Who: 1}}, Note: "saved again"}.bytes()
	for name, c := range map[string]struct {
		pictures [][]byte
		codes    []enrolment.Code
	}{
		"same bytes":               {[][]byte{one(0), one(0)}, []enrolment.Code{"", enrolment.CodeDuplicate}},
		"same picture":             {[][]byte{one(0), again}, []enrolment.Code{"", enrolment.CodeDuplicate}},
		"second of another person": {[][]byte{one(0), two(0)}, []enrolment.Code{"", enrolment.CodeUnlikeOthers}},
		"first of another person":  {[][]byte{two(0), one(0), one(1)}, []enrolment.Code{enrolment.CodeUnlikeOthers, "", ""}},
		"a refused one has no say": {[][]byte{bad, one(0), bad, one(1)}, []enrolment.Code{enrolment.CodeBlurred, "", enrolment.CodeBlurred, ""}},
	} {
		t.Run(name, func(t *testing.T) {
			h := MustHouse(t)
			r, err := h.Enroll(t.Context(), request(t, "王芳", c.pictures...))
			if err != nil || !slices.Equal(codes(r), c.codes) {
				t.Errorf("%q %v, want %q", codes(r), err, c.codes)
			}
			h.inStep(t, 1, r.Accepted())
		})
	}
}

func TestTooManyPhotos(t *testing.T) {
	h := MustHouse(t)
	e, err := enrolment.New(h.analyser, h.registry, h.gallery, now, enrolment.Config{Engine: synthetic, Known: 1, MaxPhotos: 2, Consents: &consents{}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{}), draw(drawnFace{Variant: 1}), draw(drawnFace{Variant: 2})))
	if err != nil || !slices.Equal(codes(r), []enrolment.Code{"", "", enrolment.CodeTooMany}) || h.analyser.calls.Load() != 2 {
		t.Errorf("%q %v, %d analysed", codes(r), err, h.analyser.calls.Load())
	}
}

func TestAlreadyEnrolled(t *testing.T) {
	h := MustHouse(t)
	first, err := h.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 1})))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("under another name", func(t *testing.T) {
		// The second photograph alone is far enough from 王芳's: it must not slip in beside the first.
		r, err := h.Enroll(t.Context(), request(t, "李雷", draw(drawnFace{Who: 1, Variant: 1}), draw(drawnFace{Who: 1, Variant: 2})))
		if err != nil || r.Person != "" || !slices.Equal(codes(r), []enrolment.Code{enrolment.CodeAlreadyEnrolled, enrolment.CodeAlreadyEnrolled}) {
			t.Fatalf("%+v %v", r, err)
		}
		for _, text := range []string{r.Photos[0].Message.ZH, r.Photos[0].Message.EN} {
			if !strings.Contains(text, "王芳") || !strings.Contains(text, "3-2-14-1402") {
				t.Errorf("%q does not say as whom", text)
			}
		}
		h.inStep(t, 1, 1)
	})
	t.Run("under another dwelling", func(t *testing.T) {
		req := request(t, "王芳", draw(drawnFace{Who: 1, Variant: 1}))
		req.Dwelling = MustDwelling(t, "1-1-1-101")
		r, err := h.Enroll(t.Context(), req)
		if err != nil || !slices.Equal(codes(r), []enrolment.Code{enrolment.CodeAlreadyEnrolled}) {
			t.Errorf("%+v %v", r, err)
		}
	})
	t.Run("the same request again", func(t *testing.T) {
		r, err := h.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 1})))
		if err != nil || r.Person != first.Person || r.Created || !slices.Equal(codes(r), []enrolment.Code{enrolment.CodeDuplicate}) {
			t.Errorf("%+v %v", r, err)
		}
		h.inStep(t, 1, 1)
	})
	t.Run("the same person, another photograph", func(t *testing.T) {
		r, err := h.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 1, Variant: 3})))
		if err != nil || r.Person != first.Person || r.Created || r.Accepted() != 1 {
			t.Errorf("%+v %v", r, err)
		}
		h.inStep(t, 1, 2)
	})
	t.Run("a namesake at home with another face", func(t *testing.T) {
		r, err := h.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 2})))
		if err != nil || !r.Created || r.Person == first.Person {
			t.Errorf("%+v %v", r, err)
		}
		h.inStep(t, 2, 3)
	})
}

func TestAddPhotographs(t *testing.T) {
	h := MustHouse(t)
	first, err := h.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 1})))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Enroll(t.Context(), request(t, "李雷", draw(drawnFace{Who: 2}))); err != nil {
		t.Fatal(err)
	}
	req := request(t, "", draw(drawnFace{Who: 1, Variant: 1}), draw(drawnFace{Who: 1}))
	req.Person, req.Dwelling = first.Person, menshen.Dwelling{}
	r, err := h.Enroll(t.Context(), req)
	if err != nil || r.Person != first.Person || r.Created || !slices.Equal(codes(r), []enrolment.Code{"", enrolment.CodeDuplicate}) {
		t.Errorf("%+v %v", r, err)
	}
	h.inStep(t, 2, 3)

	req.Photos = []enrolment.Photo{{Name: "x", Data: draw(drawnFace{Who: 5})}}
	if r, err = h.Enroll(t.Context(), req); err != nil || !slices.Equal(codes(r), []enrolment.Code{enrolment.CodeUnlikePerson}) {
		t.Errorf("a stranger's photograph: %+v %v", r, err)
	}
	req.Photos = []enrolment.Photo{{Name: "x", Data: draw(drawnFace{Who: 2, Variant: 4})}}
	if r, err = h.Enroll(t.Context(), req); err != nil || !slices.Equal(codes(r), []enrolment.Code{enrolment.CodeAlreadyEnrolled}) {
		t.Errorf("a neighbour's photograph: %+v %v", r, err)
	}
	req.Person = "nobody"
	if _, err = h.Enroll(t.Context(), req); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Errorf("nobody: %v", err)
	}
	h.inStep(t, 2, 3)
}

// A person in the registry without templates of this engine can be given some.
func TestAddFirstPhotographs(t *testing.T) {
	h := MustHouse(t)
	p := menshen.Person{ID: menshen.NewID(), Name: "王芳", Dwelling: MustDwelling(t, "3-2-14-1402"), State: menshen.PersonActive}
	if err := h.registry.AddPerson(t.Context(), p, nil); err != nil {
		t.Fatal(err)
	}
	req := request(t, "", draw(drawnFace{Who: 1}))
	req.Person = p.ID
	if r, err := h.Enroll(t.Context(), req); err != nil || r.Accepted() != 1 || r.Created {
		t.Errorf("%+v %v", r, err)
	}
	h.inStep(t, 1, 1)
}

func TestEnrollTogether(t *testing.T) {
	h := MustHouse(t)
	var wg sync.WaitGroup
	results := make([]enrolment.Result, 8)
	for i := range results {
		req := request(t, "人"+string(rune('甲'+i)), draw(drawnFace{Who: 1, Variant: i}))
		wg.Go(func() {
			var err error
			if results[i], err = h.Enroll(t.Context(), req); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	won := 0
	for _, r := range results {
		won += r.Accepted()
	}
	if won != 1 {
		t.Errorf("one face was enrolled %d times", won)
	}
	h.inStep(t, 1, 1)
}

func TestRequestsThatCannotBeMeant(t *testing.T) {
	h := MustHouse(t)
	good := draw(drawnFace{})
	for name, change := range map[string]func(*enrolment.Request){
		"no photograph": func(r *enrolment.Request) { r.Photos = nil },
		"no name":       func(r *enrolment.Request) { r.Name = " " },
		"long name":     func(r *enrolment.Request) { r.Name = strings.Repeat("长", 81) },
		"no dwelling":   func(r *enrolment.Request) { r.Dwelling = menshen.Dwelling{} },
		"bad dwelling":  func(r *enrolment.Request) { r.Dwelling.Room = "a-b" },
	} {
		req := request(t, "王芳", good)
		change(&req)
		if _, err := h.Enroll(t.Context(), req); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.inStep(t, 0, 0)
	for name, cfg := range map[string]enrolment.Config{
		"no threshold":     {Engine: synthetic},
		"no engine":        {Known: 1},
		"same below known": {Engine: synthetic, Known: 1, Same: 0.5},
		"quality above 1":  {Engine: synthetic, Known: 1, MinPose: 2},
	} {
		if _, err := enrolment.New(h.analyser, h.registry, h.gallery, now, cfg); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRecognizerAway(t *testing.T) {
	h := MustHouse(t)
	h.analyser.fail = menshen.Errorf(menshen.CodeUnavailable, "test", "no recognizer answers")
	if _, err := h.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{}))); menshen.ErrorCode(err) != menshen.CodeUnavailable {
		t.Errorf("%v", err)
	}
	h.inStep(t, 0, 0)
	h.analyser.fail = nil
	other := synthetic
	other.ModelHash = "11"
	e, err := enrolment.New(h.analyser, h.registry, gallery.New(other), now, enrolment.Config{Engine: other, Known: 1, Consents: &consents{}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{}))); menshen.ErrorCode(err) != menshen.CodeUnavailable {
		t.Errorf("another engine: %v", err)
	}
	h.inStep(t, 0, 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Enroll(ctx, request(t, "王芳", draw(drawnFace{}))); err == nil {
		t.Error("a cancelled request was enrolled")
	}
	h.inStep(t, 0, 0)
}

// balky is a gallery that refuses while told to.
type balky struct {
	*gallery.Gallery
	refuse bool
}

func (b *balky) Insert(t ...menshen.Template) error {
	if b.refuse {
		return menshen.Errorf(menshen.CodeExhausted, "test", "full")
	}
	return b.Gallery.Insert(t...)
}

func TestGalleryFails(t *testing.T) {
	h := MustHouse(t)
	g := &balky{h.gallery, true}
	e := MustEnroller(t, h.analyser, h.registry, g)
	req := request(t, "王芳", draw(drawnFace{Who: 1}))
	r, err := e.Enroll(t.Context(), req)
	if menshen.ErrorCode(err) != menshen.CodeExhausted || r.Person == "" {
		t.Fatalf("%+v %v", r, err)
	}
	if _, hint := menshen.ErrorMessage(err); hint == "" {
		t.Error("no hint")
	}
	if _, err := e.Enroll(t.Context(), request(t, "李雷", draw(drawnFace{Who: 1, Variant: 1}))); menshen.ErrorCode(err) != menshen.CodeExhausted {
		t.Errorf("while the gallery does not know a stored face nobody may be enrolled: %v", err)
	}
	g.refuse = false
	again, err := e.Enroll(t.Context(), req)
	if err != nil || again.Person != r.Person || again.Created {
		t.Errorf("%+v %v", again, err)
	}
	h.inStep(t, 1, 1)
}

// Removing somebody whose templates the gates have not got yet must not let them in later.
func TestRemoveDropsWhatIsPending(t *testing.T) {
	h := MustHouse(t)
	g := &balky{h.gallery, true}
	e := MustEnroller(t, h.analyser, h.registry, g)
	r, err := e.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 1})))
	if err == nil {
		t.Fatal("no error")
	}
	if err := e.Remove(t.Context(), r.Person); err != nil {
		t.Fatal(err)
	}
	g.refuse = false
	if _, err := e.Enroll(t.Context(), request(t, "李雷", draw(drawnFace{Who: 2}))); err != nil {
		t.Fatal(err)
	}
	h.inStep(t, 2, 1)
	if err := e.Remove(t.Context(), "nobody"); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Errorf("got %v, want not found", err)
	}
}

// Who was removed and is enrolled anew is active again, as the same person.
func TestRemovedPersonComesBack(t *testing.T) {
	h := MustHouse(t)
	e := MustEnroller(t, h.analyser, h.registry, h.gallery)
	r, err := e.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 1})))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Remove(t.Context(), r.Person); err != nil {
		t.Fatal(err)
	}
	again := request(t, "", draw(drawnFace{Who: 1}))
	again.Person = r.Person
	if r, err = e.Enroll(t.Context(), again); err != nil || r.Accepted() != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if p, err := h.registry.Person(t.Context(), r.Person); err != nil || p.State != menshen.PersonActive {
		t.Errorf("%+v, %v, want active", p, err)
	}
	h.inStep(t, 1, 1)
}

// A removal while the photographs are looked at wins over the enrolment.
func TestRemovedDuringEnrolment(t *testing.T) {
	h := MustHouse(t)
	first := MustEnroller(t, h.analyser, h.registry, h.gallery)
	r, err := first.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 1})))
	if err != nil {
		t.Fatal(err)
	}
	var e *enrolment.Enroller
	e = MustEnroller(t, analyserFunc(func(ctx context.Context, image []byte) (menshen.Analysis, error) {
		if err := e.Remove(ctx, r.Person); err != nil {
			return menshen.Analysis{}, err
		}
		return h.analyser.Analyse(ctx, image)
	}), h.registry, h.gallery)
	more := request(t, "", draw(drawnFace{Who: 1}))
	more.Person = r.Person
	if _, err := e.Enroll(t.Context(), more); menshen.ErrorCode(err) != menshen.CodeConflict {
		t.Errorf("got %v, want conflict", err)
	}
	if p, err := h.registry.Person(t.Context(), r.Person); err != nil || p.State != menshen.PersonInactive {
		t.Errorf("%+v, %v, want inactive", p, err)
	}
	if h.gallery.Len() != 0 {
		t.Errorf("%d templates are at the gates", h.gallery.Len())
	}
}

// analyserFunc is an analyser that does something besides.
type analyserFunc func(ctx context.Context, image []byte) (menshen.Analysis, error)

func (f analyserFunc) Analyse(ctx context.Context, image []byte) (menshen.Analysis, error) {
	return f(ctx, image)
}

// interrupted is a registry whose answer to AddPerson is lost: before the work is done, or after.
type interrupted struct {
	*sqlite.Site
	after bool
}

var errLost = errors.New("the answer is lost")

func (i *interrupted) AddPerson(ctx context.Context, p menshen.Person, t []menshen.Template) error {
	if i.after {
		if err := i.Site.AddPerson(ctx, p, t); err != nil {
			return err
		}
	}
	return errLost
}

func TestRegistryFails(t *testing.T) {
	h := MustHouse(t)
	req := request(t, "王芳", draw(drawnFace{Who: 1}))
	if _, err := MustEnroller(t, h.analyser, &interrupted{Site: h.registry}, h.gallery).Enroll(t.Context(), req); !errors.Is(err, errLost) {
		t.Errorf("%v", err)
	}
	h.inStep(t, 0, 0)
	if r, err := MustEnroller(t, h.analyser, &interrupted{h.registry, true}, h.gallery).Enroll(t.Context(), req); err != nil || !r.Created {
		t.Errorf("stored after all: %+v %v", r, err)
	}
	h.inStep(t, 1, 1)
}

func TestTexts(t *testing.T) {
	seen := map[enrolment.Code]bool{}
	for _, c := range enrolment.Codes() {
		m, h := c.Text(), c.Hint()
		if m.ZH == "" || m.EN == "" || h.ZH == "" || h.EN == "" || seen[c] {
			t.Errorf("%s lacks a text, or is listed twice", c)
		}
		seen[c] = true
	}
	if enrolment.Code("x").Text() != (menshen.Text{}) {
		t.Error("an unknown code has a text")
	}
}
