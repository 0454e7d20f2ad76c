package enrolment_test

import (
	"os"
	"path/filepath"
	"testing"

	"menshen"
	"menshen/enrolment"
	"menshen/recognizer/gallery"
)

func MustRead(tb testing.TB, p string) []byte {
	tb.Helper()
	b, err := os.ReadFile(p)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// With the real networks, a real gallery and a real registry: 40 people with 6 photographs each are enrolled, nearly
// all photographs are taken, nobody under another's name, and blurred ones not at all.
func TestRealPeople(t *testing.T) {
	e := MustEngine(t)
	people, files := photographs(t)
	registry, g := MustRegistry(t), gallery.New(e.ID())
	enroller, err := enrolment.New(e, registry, g, now, enrolment.Config{Engine: e.ID(), Known: known, Consents: &consents{}})
	if err != nil {
		t.Fatal(err)
	}
	home := MustDwelling(t, "3-2-14-1402")

	accepted, all := 0, 0
	why := map[enrolment.Code]int{}
	ids := map[string]string{}
	for _, name := range people {
		req := enrolment.Request{Name: name, Dwelling: home, Consent: signed}
		for _, f := range files[name] {
			req.Photos = append(req.Photos, enrolment.Photo{Name: filepath.Base(f), Data: MustRead(t, f)})
		}
		r, err := enroller.Enroll(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Created || r.Accepted() < 4 {
			t.Errorf("%s: %q", name, codes(r))
		}
		ids[name] = r.Person
		all += len(r.Photos)
		for _, p := range r.Photos {
			if p.Accepted {
				accepted++
				continue
			}
			why[p.Code]++
			t.Logf("%s: %s", p.Name, p.Code)
		}
	}
	t.Logf("%d of %d photographs taken; refused: %v", accepted, all, why)
	if accepted*100 < all*95 {
		t.Errorf("only %d of %d photographs were taken", accepted, all)
	}
	if why[enrolment.CodeAlreadyEnrolled] > 0 || why[enrolment.CodeNoFace] > 0 || why[enrolment.CodeBlurred] > 3 {
		t.Errorf("refused: %v", why)
	}
	if g.Len() != accepted || g.People() != len(people) {
		t.Errorf("the gallery has %d templates of %d people", g.Len(), g.People())
	}

	t.Run("under another name", func(t *testing.T) {
		for i, name := range people[:10] {
			f := files[name][i%len(files[name])]
			r, err := enroller.Enroll(t.Context(), enrolment.Request{Name: "somebody else", Dwelling: home, Consent: signed,
				Photos: []enrolment.Photo{{Name: f, Data: MustRead(t, f)}}})
			if err != nil || r.Person != "" || r.Accepted() > 0 {
				t.Errorf("%s: %+v %v", name, r, err)
			}
		}
	})
	t.Run("somebody else's photograph", func(t *testing.T) {
		f := files[people[1]][0]
		r, err := enroller.Enroll(t.Context(), enrolment.Request{Person: ids[people[0]], Photos: []enrolment.Photo{{Name: f, Data: MustRead(t, f)}}})
		if err != nil || r.Accepted() > 0 {
			t.Errorf("%+v %v", r, err)
		}
	})
	t.Run("blurred", func(t *testing.T) {
		for _, name := range people {
			r, err := enroller.Enroll(t.Context(), enrolment.Request{Name: name + " blurred", Dwelling: home, Consent: signed,
				Photos: []enrolment.Photo{{Name: name, Data: blurred(t, MustRead(t, files[name][0]), 3)}}})
			if err != nil || r.Accepted() > 0 {
				t.Errorf("%s: %+v %v", name, r, err)
			}
		}
	})
	t.Run("no picture", func(t *testing.T) {
		data := MustRead(t, files[people[0]][0])
		r, err := enroller.Enroll(t.Context(), enrolment.Request{Name: "damaged", Dwelling: home, Consent: signed,
			Photos: []enrolment.Photo{{Name: "text", Data: []byte("no picture")}, {Name: "cut", Data: data[:len(data)/100]}}})
		if err != nil || r.Accepted() > 0 || r.Photos[0].Code != enrolment.CodeUnreadable {
			t.Errorf("%+v %v", r, err)
		}
	})
	t.Run("by table", func(t *testing.T) {
		// A folder for each person, as the face set has it. Everybody is enrolled already and skipped.
		office := &office{enroller, registry}
		table := "name,dwelling\n" + people[0] + ",3-2-14-1402\n" + people[1] + ",3-2-14-1402\nnobody,1-1-1-101\n"
		r, err := enrolment.ImportCSV(t.Context(), office, stringReader(table), shared(t, "testdata/faces"), enrolment.ImportOptions{Consented: true})
		if err != nil || r.Rows != 3 || r.Skipped != 2 || r.Refused != 1 || r.Enrolled != 0 {
			t.Errorf("%+v %v", r, err)
		}
	})
	if _, err := registry.Person(t.Context(), ids[people[0]]); menshen.ErrorCode(err) != "" {
		t.Error(err)
	}
}
